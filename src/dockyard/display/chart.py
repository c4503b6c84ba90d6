"""A service's timeline as a chart: load, CPU, tasks and alarms, minute by minute, one above the other.

Knows nothing about where the numbers come from. It is Vega-Lite as JupyterLab draws it by itself, without any network,
in colours that read on light and dark; what a colour says is also said by a word, a dash or a place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dockyard.display.moments import day_and_time
from dockyard.display.table import lived, table

__all__ = ["MIME", "Chart"]

#: What JupyterLab 4 draws (it brings Vega-Lite 5).
MIME = "application/vnd.vegalite.v5+json"
_WIDTH = 560
#: Middle tones: at least 3:1 on white and on JupyterLab's dark grey.
_BLUE, _ORANGE, _GREEN, _RED, _GREY = "#3d85c8", "#c9721e", "#3f9142", "#d6453d", "#808080"
#: Words and lines take the page's own colour.
_INK = "currentColor"
_COUNTS = ["running", "desired"]
#: A state's colour, and how thick its bar is.
_BARS = {"ALARM": (_RED, 14), "OK": (_GREEN, 6), "INSUFFICIENT_DATA": (_GREY, 2)}


@dataclass(frozen=True, slots=True)
class Chart:
    """`timeline` as GET /_dockyard/timeline tells it: a notebook draws it, a terminal prints it as a table."""

    timeline: dict[str, Any]

    def __repr__(self) -> str:
        return table(self.timeline)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        twin = {"text/plain": repr(self)}
        services = [one for one in self.timeline["services"] if lived(one)]
        try:
            return {MIME: _drawn(services, self.timeline["now"]), **twin} if services else twin
        except ImportError:  # a kernel without the extra `lab` has the table
            return twin


def _drawn(services: list[dict[str, Any]], now: str) -> dict[str, Any]:
    """The specification of one chart: a block a service."""
    import altair

    blocks = [block for one in services for block in _block(one)]
    whole = altair.vconcat(*blocks, spacing=12).resolve_scale(x="shared", color="independent", strokeDash="independent")
    whole = whole.properties(title=altair.Title(f"Simulated time until {day_and_time(now)} UTC", anchor="start"))
    # Vega draws SVG here, not pixels: only there "currentColor" is the page's.
    whole.usermeta = {"embedOptions": {"renderer": "svg", "actions": False}}
    ink = {"labelColor": _INK, "titleColor": _INK}
    quiet = {"domainColor": _GREY, "tickColor": _GREY, "gridColor": _GREY, "gridOpacity": 0.25}
    whole = whole.configure(
        background="transparent", axis={**ink, **quiet}, legend=ink, title={"color": _INK, "fontSize": 12},
        view={"stroke": _GREY, "strokeOpacity": 0.4}, text={"fill": _INK},
    )  # fmt: skip
    drawn: dict[str, Any] = whole.to_dict()
    return drawn


def _block(service: dict[str, Any]) -> list[Any]:
    """The strips of one service: load, CPU, tasks, and alarms where it has any."""
    import altair

    rows = lived(service)
    name = f"{service['cluster']}/{service['service']}"
    strips = [
        _area(altair, rows, "requests_per_second", "requests/s", _BLUE, f"{name}: load"),
        _area(altair, rows, "cpu", "CPU %", _ORANGE, "CPU of its tasks, on average", most=100),
        _tasks(altair, rows),
    ]
    return strips + ([_alarms(altair, rows)] if service["alarms"] else [])


def _area(
    altair: Any, rows: list[dict[str, Any]], member: str, unit: str, colour: str, title: str, most: int = 0
) -> Any:
    values = [{"at": row["at"], "value": row[member]} for row in _closed(rows) if row[member] is not None]
    scale = altair.Scale(domain=[0, most]) if most else altair.Scale(domainMin=0)
    line = {"color": colour, "strokeWidth": 2}
    return (
        altair.Chart(altair.InlineData(values=values), title=_title(altair, title))
        .mark_area(color=colour, fillOpacity=0.2, line=line, interpolate="step-after")
        .encode(
            x=_time(altair, labels=False),
            y=altair.Y("value:Q", title=unit, scale=scale, axis=altair.Axis(tickCount=4, titleFontWeight="normal")),
            tooltip=[_when(altair), altair.Tooltip("value:Q", format=".1f", title=unit)],
        )
        .properties(width=_WIDTH, height=70)
    )


def _tasks(altair: Any, rows: list[dict[str, Any]]) -> Any:
    """Running tasks as a line, desired ones dashed on it: they part while tasks start, or cannot."""
    values = [{"at": row["at"], "tasks": row[count], "count": count} for row in _closed(rows) for count in _COUNTS]
    most = max(one["tasks"] for one in values)
    ticks = altair.Axis(format="d", values=list(range(0, most + 2, 1 + most // 5)), titleFontWeight="normal")
    whole = altair.Chart(altair.InlineData(values=values)).encode(
        x=_time(altair, labels=False),
        y=altair.Y("tasks:Q", title="tasks", scale=altair.Scale(domain=[0, most + 1]), axis=ticks),
        color=altair.Color("count:N", title=None, scale=altair.Scale(domain=_COUNTS, range=[_GREEN, _INK])),
        strokeDash=altair.StrokeDash("count:N", title=None, scale=altair.Scale(domain=_COUNTS, range=[[1, 0], [4, 3]])),
        tooltip=[_when(altair), "count:N", "tasks:Q"],
    )
    lines = (
        whole.transform_filter(f"datum.count == '{count}'").mark_line(interpolate="step-after", strokeWidth=2)
        for count in _COUNTS
    )
    return altair.layer(*lines).properties(width=_WIDTH, height=80, title=_title(altair, "Tasks"))


def _alarms(altair: Any, rows: list[dict[str, Any]]) -> Any:
    """A row an alarm: a thick bar while it is in ALARM, a thin one while OK, a line without data."""
    values = _spells(rows)
    names = sorted({one["alarm"] for one in values})
    colour = altair.Scale(domain=list(_BARS), range=[tone for tone, _ in _BARS.values()])
    whole = altair.Chart(altair.InlineData(values=values)).encode(
        x=_time(altair, labels=True),
        x2="until:T",
        y=altair.Y("alarm:N", title=None),
        # Below: beside the strips "INSUFFICIENT_DATA" would not fit a notebook's column.
        color=altair.Color("state:N", title=None, scale=colour, legend=altair.Legend(orient="bottom")),
        tooltip=["alarm:N", "state:N", _when(altair), altair.Tooltip("until:T", timeUnit="utchoursminutes")],
    )
    met = {one["state"] for one in values}
    bars = [
        whole.transform_filter(f"datum.state == '{state}'").mark_bar(size=size)
        for state, (_, size) in _BARS.items()
        if state in met
    ]
    return altair.layer(*bars).properties(width=_WIDTH, height=24 * len(names), title=_title(altair, "Alarms"))


def _spells(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Each alarm's states as stretches of time."""
    spells: list[dict[str, str]] = []
    current: dict[str, dict[str, str]] = {}
    for row in rows:
        for alarm, state in row["alarms"].items():
            spell = current.get(alarm)
            if spell is None or spell["state"] != state:
                spell = current[alarm] = {"alarm": alarm, "state": state, "at": row["at"], "until": row["at"]}
                spells.append(spell)
            spell["until"] = _minute_later(row["at"])
    return spells


def _minute_later(moment: str) -> str:
    return (datetime.fromisoformat(moment) + timedelta(minutes=1)).isoformat()


def _closed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, and the last one again at its end: what holds for a minute is drawn as long as that."""
    return [*rows, {**rows[-1], "at": _minute_later(rows[-1]["at"])}]


def _title(altair: Any, text: str) -> Any:
    return altair.Title(text, anchor="start", fontSize=11, fontWeight="normal", offset=4)


def _time(altair: Any, *, labels: bool) -> Any:
    axis = altair.Axis(format="%H:%M", labels=labels, ticks=labels, tickCount=8)
    return altair.X("at:T", title=None, scale=altair.Scale(type="utc"), axis=axis)


def _when(altair: Any) -> Any:
    return altair.Tooltip("at:T", timeUnit="utchoursminutes", title="simulated time")
