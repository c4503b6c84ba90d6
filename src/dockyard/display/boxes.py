"""The account's picture as boxes in columns and the arrows between them, with places on paper.

Knows nothing about SVG: a box is words and a place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from dockyard.display import outline
from dockyard.display.outline import at_most, by_zone, repositories_of, target_words, task_words

__all__ = ["Arrow", "Box", "Sheet", "laid_out"]

#: In pixels: a box's width, the space between columns and between boxes, a line's height, the head of the sheet.
WIDTH, BETWEEN, BELOW, LINE, HEAD, PADDING = 164, 28, 14, 16, 26, 10
COLUMNS = ("Repositories", "Task definitions", "Services and tasks", "Target groups", "Load balancers")


@dataclass(slots=True)
class Box:
    """A thing: its key, its words (the name first), and `tone`, how it fares: "", good, busy or bad."""

    key: str
    words: list[str]
    tone: str = ""
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        """In pixels."""
        return LINE * len(self.words) + PADDING


@dataclass(slots=True, frozen=True)
class Arrow:
    """From one box to another; a dashed one carries no traffic and no image, but a call."""

    start: Box
    end: Box
    dashed: bool = False


@dataclass(slots=True)
class Sheet:
    """Everything with its place."""

    heads: list[tuple[float, float, str]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    width: float = len(COLUMNS) * (WIDTH + BETWEEN) - BETWEEN + 2
    height: float = 0.0


def laid_out(picture: dict[str, Any]) -> Sheet:
    """The sheet of what GET /_dockyard/picture tells."""
    sheet = Sheet()
    columns = [
        [_repository(one) for one in picture["repositories"]],
        _definitions(picture),
        [*(_service(one) for one in picture["services"]), *(_lone(one) for one in picture["tasks"])],
        [_group(one) for one in picture["groups"]],
        [_balancer(one) for one in picture["balancers"]],
    ]
    feet = [_stack(sheet, number, COLUMNS[number], boxes, 0) for number, boxes in enumerate(columns)]
    # alarms lie below the target groups: there is room, and beside them is the service that they call
    if picture["alarms"]:
        feet.append(_stack(sheet, 3, "Alarms", [_alarm(one) for one in picture["alarms"]], feet[3] + BELOW))
    sheet.height = max(feet) + 2
    _connect(sheet, picture)
    return sheet


def _stack(sheet: Sheet, column: int, head: str, boxes: list[Box], top: float) -> float:
    """Put boxes below each other under a head; returns where they end."""
    x, y = column * (WIDTH + BETWEEN) + 1.0, top + HEAD
    sheet.heads.append((x, top + 3, head))
    for box in boxes or [Box("", ["none yet"])]:
        box.x, box.y = x, y
        sheet.boxes.append(box)
        y += box.height + BELOW
    return y - BELOW


def _connect(sheet: Sheet, picture: dict[str, Any]) -> None:
    """Images flow to the right, requests to the left; they meet in the service."""
    boxes = {one.key: one for one in sheet.boxes}
    links = [
        (f"repository {name}", f"definition {one['name']}")
        for one in picture["definitions"]
        for name in repositories_of(picture, one)
    ]
    for one in picture["services"]:
        links += [(f"definition {name}", f"service {one['name']}") for name in one["definitions"]]
        links += [(f"group {name}", f"service {one['name']}") for name in one["groups"]]
    links += [(f"group_of {one['name']}", f"group {name}") for one in picture["balancers"] for name in one["groups"]]
    links += [(f"definition {one['definition']}", f"task {one['id']}") for one in picture["tasks"]]
    calls = [(f"alarm {one['name']}", f"service {name}") for one in picture["alarms"] for name in one["services"]]
    for dashed, pairs in ((False, links), (True, calls)):
        found = [(boxes.get(start), boxes.get(end)) for start, end in pairs]
        sheet.arrows += [Arrow(start, end, dashed) for start, end in found if start and end]


def _repository(one: dict[str, Any]) -> Box:
    count = len(one["images"])
    tags = [tag for image in one["images"] for tag in image["tags"]]
    told = f"{count} image{'' if count == 1 else 's'}" if count else "no image yet"
    return Box(f"repository {one['name']}", [one["name"], told, *([f"tags {', '.join(tags)}"] if tags else [])])


def _definitions(picture: dict[str, Any]) -> list[Box]:
    aside = outline.idle(picture)
    boxes = [
        Box(f"definition {one['name']}", [one["name"], outline.size_words(one)])
        for one in picture["definitions"]
        if one["name"] not in aside
    ]
    return [*boxes, Box("", ["nothing runs of", *at_most([f"  {name}" for name in aside])])] if aside else boxes


def _service(one: dict[str, Any]) -> Box:
    cluster, name = one["name"].split("/")
    words = [name, f"in cluster {cluster}", *outline.counts_words(one).split(", ")]
    if one["scaling"]:
        words.append(outline.scaling_words(one))
    for zone, tasks in groupby(by_zone(one["tasks"]), key=lambda task: str(task["zone"])):
        words += [f"{zone}:", *at_most([f"  {task['id'][:8]} {_briefly(task)}" for task in tasks])]
    running = sum(task["status"] == "RUNNING" for task in one["tasks"])
    return Box(f"service {one['name']}", words, _tone(running >= one["desired"], one["rollout"] == "FAILED"))


def _briefly(task: dict[str, Any]) -> str:
    """A task's state in a box: AWS has three words for starting and three for stopping, the outline says which."""
    words = task_words(task)
    return {"◐": "◐ starting", "○": "○ stopping"}.get(words[0], words)


def _lone(one: dict[str, Any]) -> Box:
    words = [f"task {one['id'][:8]}", "of no service", one["zone"], task_words(one)]
    return Box(f"task {one['id']}", words, _tone(one["status"] == "RUNNING", False))


def _group(one: dict[str, Any]) -> Box:
    targets = [f"{each['address']} {target_words(each)}" for each in one["targets"]] or ["no target yet"]
    states = [each["state"] for each in one["targets"]]
    tone = _tone("healthy" in states and "unhealthy" not in states, "unhealthy" in states) if states else ""
    return Box(f"group {one['name']}", [one["name"], one["check"], *at_most(targets)], tone)


def _balancer(one: dict[str, Any]) -> Box:
    words = [one["name"], one["state"], *(one["listeners"] or ["no listener yet"]), *one["zones"]]
    return Box(f"group_of {one['name']}", words, _tone(one["state"] == "active", False))


def _alarm(one: dict[str, Any]) -> Box:
    rule, _, often = one["rule"].partition(", ")
    rule = rule.partition(" of ")[2] or rule
    policies = [f"calls {name}" for name in one["policies"]] or ["calls nobody"]
    return Box(f"alarm {one['name']}", [one["name"], one["state"], rule, often, *policies], _alarm_tone(one["state"]))


def _alarm_tone(state: str) -> str:
    return {"ALARM": "busy", "OK": "good"}.get(state, "")


def _tone(good: bool, bad: bool) -> str:
    return "bad" if bad else "good" if good else "busy"
