"""A figure over the runs of an alias, as inline SVG: every point says in words what it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from provisioner import formatting
from provisioner.report.markup import tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from xml.etree.ElementTree import Element


class Run(Protocol):
    """An earlier test of an alias."""

    @property
    def at(self) -> float:
        """Seconds since the epoch."""

    @property
    def verdict(self) -> str:
        """``pass``, ``fail`` or ``unknown``."""

    @property
    def error(self) -> str | None:
        """The kind of error."""

    @property
    def first_token_ms(self) -> float | None:
        """Milliseconds until the first token."""

    @property
    def total_ms(self) -> float | None:
        """Milliseconds until the end."""

    @property
    def tokens_per_second(self) -> float | None:
        """Output tokens a second."""


_DRAWN = 20
_TICK = 5
_TICKS = {"pass": 6, "unknown": 10, "fail": 14}


def strip(runs: Sequence[Run]) -> Element | None:
    """The verdicts of the last of ``runs`` as a row of ticks, trouble standing out; None for fewer than two."""
    drawn = runs[-_DRAWN:]
    if len(drawn) < FEWEST:
        return None
    verdicts = [run.verdict for run in drawn]
    told = ("pass", "passed"), ("fail", "failed"), ("unknown", "could not be told")
    counts = ", ".join(f"{verdicts.count(verdict)} {word}" for verdict, word in told if verdict in verdicts)
    width, height = len(drawn) * _TICK, max(_TICKS.values())
    return tag(
        "svg",
        tag("title", f"The last {len(drawn)} runs: {counts}"),
        *(
            tag("rect", class_=verdict, x=index * _TICK, y=height - tall, width=_TICK - 2, height=tall)
            for index, verdict in enumerate(verdicts)
            for tall in [_TICKS[verdict]]
        ),
        class_="strip",
        role="img",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
    )


@dataclass(frozen=True)
class Measure:
    """Something that can be drawn: its name, how it is got from a run, and how it is put in words."""

    name: str
    of: Callable[[Run], float | None]
    worded: Callable[[float], str]


FIRST_TOKEN = Measure("First token", lambda run: run.first_token_ms, formatting.duration)
RATE = Measure("Tokens per second", lambda run: run.tokens_per_second, formatting.number)

# One run is no history.
FEWEST = 2

_WIDTH, _HEIGHT = 360, 120
_LEFT, _RIGHT, _TOP, _BOTTOM = 1, _WIDTH - 1, 20, _HEIGHT - 22
_STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


def chart(runs: Sequence[Run], measure: Measure) -> Element | None:
    """The figure of ``runs`` (oldest first, at least two) that ``measure`` tells; None where no run has it."""
    spread = formatting.spread(map(measure.of, runs))
    if spread is None:
        return None
    words = spread.describe(measure.worded)
    top = _scale(spread.high)
    points = [
        _Point(_across(index, len(runs)), value, None if value is None else _up(value, top), run)
        for index, run in enumerate(runs)
        for value in [measure.of(run)]
    ]
    drawing = tag(
        "svg",
        tag("line", class_="grid", x1=_LEFT, x2=_RIGHT, y1=_TOP, y2=_TOP),
        tag("line", class_="grid", x1=_LEFT, x2=_RIGHT, y1=_middle(), y2=_middle()),
        tag("line", class_="base", x1=_LEFT, x2=_RIGHT, y1=_BOTTOM, y2=_BOTTOM),
        tag("text", measure.worded(top), x=_LEFT, y=_TOP - 6),
        *_curves(points),
        *(_mark(point, measure) for point in points),
        tag("text", formatting.moment(runs[0].at), x=_LEFT, y=_HEIGHT - 6),
        tag("text", formatting.moment(runs[-1].at), x=_RIGHT, y=_HEIGHT - 6, text_anchor="end"),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label=f"{measure.name} over the last {len(runs)} runs: {words}",
    )
    return tag("figure", tag("figcaption", tag("b", measure.name), f" {words}"), drawing)


@dataclass(frozen=True)
class _Point:
    x: float
    value: float | None
    y: float | None
    run: Run


def _curves(points: Sequence[_Point]) -> Iterator[Element]:
    """A line through neighbours that have the figure, and the area below it."""
    for known, group in groupby(points, key=lambda point: point.y is not None):
        stretch = list(group)
        if known and len(stretch) > 1:
            line = " ".join(f"{point.x:g},{point.y:g}" for point in stretch)
            yield tag(
                "polygon",
                class_="area",
                points=f"{stretch[0].x:g},{_BOTTOM} {line} {stretch[-1].x:g},{_BOTTOM}",
            )
            yield tag("polyline", class_="curve", points=line)


def _mark(point: _Point, measure: Measure) -> Element:
    """A mark whose shape tells the verdict; it lies on the base line where the run has no such figure."""
    run, x = point.run, point.x
    y = _BOTTOM if point.y is None else point.y
    said = [formatting.moment(run.at), run.verdict, run.error]
    said.append(None if point.value is None else f"{measure.name.lower()} {measure.worded(point.value)}")
    title = tag("title", ", ".join(filter(None, said)))
    match run.verdict:
        case "pass":
            return tag("circle", title, class_="pass", cx=x, cy=y, r=2.5)
        case "fail":
            return tag(
                "path", title, class_="fail", d=f"M{x - 3:g} {y - 3:g}l6 6m0-6l-6 6", stroke_linecap="round"
            )
        case _:
            return tag("path", title, class_="unknown", d=f"M{x:g} {y - 4:g}l4 4l-4 4l-4-4z")


def _across(index: int, count: int) -> float:
    return round(_LEFT + 4 + index * (_RIGHT - _LEFT - 8) / (count - 1), 1)


def _up(value: float, top: float) -> float:
    return round(_BOTTOM - value / top * (_BOTTOM - _TOP), 1)


def _middle() -> float:
    return (_TOP + _BOTTOM) / 2


def _scale(high: float) -> float:
    """The end of an axis from zero: the next round figure from ``high``, and at least one."""
    if high <= 1:
        return 1
    unit: float = 10.0 ** math.floor(math.log10(high))
    return next(step * unit for step in _STEPS if step * unit >= high or step == _STEPS[-1])
