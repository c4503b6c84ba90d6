"""A build: a Dockerfile's instructions carried out one by one, in the words of Docker's classic builder.

Knows nothing about HTTP: it is given a context, an order and a function that takes each line of its log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dockyard.containers.context import Context
from dockyard.containers.copying import copy, work_folder
from dockyard.containers.dockerfile import Instruction, parse, read_instruction
from dockyard.containers.draft import Draft
from dockyard.containers.images import Image, Images
from dockyard.containers.last_build import LastBuild
from dockyard.containers.oci import Platform
from dockyard.containers.references import Reference
from dockyard.containers.running import run
from dockyard.containers.settings import SETTINGS, argument
from dockyard.containers.sources import Sources
from dockyard.containers.stage import Change, Stage, failure
from dockyard.containers.starting import Fetch, find_base, image_entries, until_target
from dockyard.containers.substitution import SubstitutionError, expand, split_words
from dockyard.errors import EngineError

__all__ = ["Build", "Order", "Say"]

Say = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a client asks of a build: `docker build`'s options."""

    dockerfile: str = "Dockerfile"
    tags: tuple[str, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    platform: str = ""
    use_cache: bool = True
    quiet: bool = False


class Build:
    """One build. Reading the Dockerfile may raise at once; `run` raises where a step fails."""

    def __init__(self, images: Images, context: Context, order: Order, fetch: Fetch = lambda _, __: None) -> None:
        self._images = images
        self._fetch = fetch
        self._context = context
        self._order = order
        self._platform = Platform.parse(order.platform)
        self._tags = [Reference.parse(tag) for tag in order.tags]
        with self._noted():
            self._instructions = until_target(self._read(), order.target)
        self._instructions += [_label(name, value) for name, value in sorted(order.labels.items())]
        self._above: dict[str, str] = {}
        self._stages: list[Stage] = []

    def run(self, say: Say) -> Image:
        """Carry out every step and give the image its names; EngineError where a step fails."""
        tell: Say = _silent if self._order.quiet else say
        with self._noted():
            for number, instruction in enumerate(self._instructions, 1):
                tell({"stream": f"Step {number}/{len(self._instructions)} : {instruction}\n"})
                self._step(instruction, tell)
        self._images.table.save()
        return self._finish(say, tell)

    def _read(self) -> list[Instruction]:
        text = self._context.text(self._order.dockerfile)
        if text is None:
            sentence = f"Cannot locate specified Dockerfile: {self._order.dockerfile}."
            raise EngineError(sentence, next_step="It must lie in the folder given to docker build.")
        return parse(text, self._order.dockerfile)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Where this fails, it is kept as what the last build of these names came to."""
        try:
            yield
        except EngineError as error:
            self._images.table.note_build(self._tags, LastBuild(error.message))
            raise

    def _finish(self, say: Say, tell: Say) -> Image:
        *before, last = self._stages
        draft = last.draft.after([stage.draft for stage in before], [stage.steps for stage in before if stage.steps])
        image = draft.image(self._images.blobs)
        self._images.keep(image)
        self._warn_of_unused(tell)
        tell({"aux": {"ID": image.id}})
        tell({"stream": f"Successfully built {_short(image.id)}\n"})
        for reference in self._tags:
            self._images.table.tag(image.id, reference)
            tell({"stream": f"Successfully tagged {reference}\n"})
        self._images.table.note_build(self._tags, self._as_sent())
        self._warn_of_untried(tell)
        if self._order.quiet:
            say({"stream": f"{image.id}\n"})
        return image

    def _as_sent(self) -> LastBuild:
        top = {path.partition("/")[0] for path in self._context.entries}
        return LastBuild("", tuple(sorted(top)), self._context.text(".dockerignore") or "")

    def _warn_of_unused(self, tell: Say) -> None:
        asked = [word for each in self._instructions if each.keyword == "ARG" for word in split_words(each.text)]
        unused = sorted(set(self._order.arguments) - {word.partition("=")[0] for word in asked})
        if unused:
            tell({"stream": f"[Warning] One or more build-args [{' '.join(unused)}] were not consumed\n"})

    def _warn_of_untried(self, tell: Say) -> None:
        """Said where the build ends, and also of a step from the cache: a real build might have failed there."""
        for text in (each for stage in self._stages for each in stage.left_out):
            told = "Dockyard did not carry this out, so a green build does not say that it works"
            tell({"stream": f"[Warning] {told}: {' '.join(text.split())}\n"})

    def _step(self, instruction: Instruction, tell: Say) -> None:
        if instruction.keyword == "FROM":
            self._stages.append(self._begin(instruction))
            self._trigger(self._stages[-1], instruction, tell)
        elif not self._stages:
            self._argument_above(instruction)
            return
        else:
            self._apply(instruction, tell)
        tell({"stream": f" ---> {_short(self._stages[-1].draft.id)}\n"})

    def _trigger(self, stage: Stage, begun: Instruction, tell: Say) -> None:
        """Carry out what the base image's ONBUILD lines say; they are not handed on."""
        triggers = stage.draft.settings.get("OnBuild") or []
        stage.draft = stage.draft.changed({"OnBuild": None})
        if triggers:
            tell({"stream": f"# Executing {len(triggers)} build trigger{'s' if len(triggers) > 1 else ''}\n"})
        for text in triggers:
            self._apply(_triggered(begun.line, text), tell)

    def _apply(self, instruction: Instruction, tell: Say) -> None:
        stage = self._stages[-1]
        change = self._change(stage, instruction)
        if stage.apply(change):
            tell({"stream": " ---> Using cache\n"})
        else:
            for line in change.log:
                tell({"stream": f"{line}\n"})

    def _change(self, stage: Stage, instruction: Instruction) -> Change:
        match instruction.keyword:
            case "ARG":
                return argument(stage, instruction, self._order.arguments, self._outside)
            case "COPY" | "ADD":
                return copy(stage, instruction, self._sources(instruction), stage.files())
            case "RUN":
                return run(stage, instruction)
            case "WORKDIR":
                return work_folder(stage, instruction)
            case _:
                return SETTINGS[instruction.keyword](stage, instruction)

    def _argument_above(self, instruction: Instruction) -> None:
        """ARG before FROM: seen by FROM lines only."""
        for word in split_words(instruction.text):
            name, _, default = word.partition("=")
            self._above[name] = self._order.arguments.get(name, self._expanded(default, instruction))

    def _expanded(self, text: str, instruction: Instruction) -> str:
        try:
            return expand(text, self._outside)
        except SubstitutionError as error:
            raise failure(
                instruction.line, f"failed to process {json.dumps(text, ensure_ascii=False)}: {error}."
            ) from error

    @property
    def _outside(self) -> dict[str, str]:
        """What stands outside the stages: the platform's variables, and ARGs before FROM."""
        return {**_platform_values(self._platform), **self._above}

    def _begin(self, instruction: Instruction) -> Stage:
        words = instruction.words
        name = self._expanded(words[0], instruction)
        if not name:
            sentence = f"base name ({words[0]}) should not be blank."
            raise failure(instruction.line, sentence, "Give the ARG above FROM a default.")
        platform = self._expanded(instruction.flags.get("platform", ""), instruction)
        wanted = Platform.parse(platform) if platform else self._platform
        draft, called = self._base(instruction, name, wanted), words[2].lower() if len(words) == 3 else ""
        return Stage(self._images, draft, called, self._order.use_cache, self._stage_named(name))

    def _base(self, instruction: Instruction, name: str, platform: Platform) -> Draft:
        """An earlier stage, an image of this account, or one of the built-in table."""
        stage = self._stage_named(name)
        if stage is not None:
            return stage.draft
        return find_base(self._images, instruction, name, platform, self._fetch)

    def _stage_named(self, name: str) -> Stage | None:
        return next((stage for stage in reversed(self._stages) if stage.name and stage.name == name.lower()), None)

    def _sources(self, instruction: Instruction) -> Sources:
        """The build context, or what `--from` names: a stage by name or number, or an image."""
        name = instruction.flags.get("from", "")
        if not name:
            left_out = self._context.everything.keys() - self._context.entries.keys()
            return Sources(self._context.entries, left_out, unpacked=self._context.unpacked)
        numbered = self._stages[int(name)] if name.isdigit() and int(name) < len(self._stages) - 1 else None
        stage = self._stage_named(name) or numbered
        if stage is self._stages[-1] or (name.isdigit() and stage is None):
            why = "index out of bounds" if name.isdigit() else "a stage cannot copy from itself"
            sentence = f"invalid from flag value {name}: {why}."
            raise failure(instruction.line, sentence, "--from takes an earlier stage, by name or number from 0.")
        image = stage.image() if stage else self._base(instruction, name, self._platform).preview(self._images.blobs)
        return Sources(image_entries(image, self._context.keep), name=f"stage {name}" if stage else f"image {name}")


def _triggered(line: int, text: str) -> Instruction:
    """A trigger taken apart; the line is that of the FROM that carries it out, and Docker does not say it."""
    try:
        return read_instruction(line, text)
    except EngineError as error:
        raise failure(line, error.message.partition(f"line {line}: ")[2] or error.message, error.next_step) from error


def _silent(_: Mapping[str, Any]) -> None:
    """Takes a line of log and shows it to nobody."""


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def _label(name: str, value: str) -> Instruction:
    """The LABEL that `docker build --label` adds at the end."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return Instruction(0, "LABEL", f'"{name}"="{escaped}"')


def _platform_values(platform: Platform) -> dict[str, str]:
    values = {"PLATFORM": str(platform), "ARCH": platform.architecture, "OS": platform.system}
    return {f"{side}{name}": value for side in ("TARGET", "BUILD") for name, value in values.items()}
