"""The figures as a picture: a pair of bars for each work, and how time and memory grow with its size."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.benchmarks.measure import Figures
    from tests.benchmarks.works import Tool

_WIDTH = 860
_LEFT = 250  # where the bars begin
_BARS = 400  # their length at _MOST per cent
_MOST = 60
_ROW = 30
_PANEL = (350, 150)  # a panel of curves, without its margins

_STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #1f2328; } .quiet { fill: #59636e; } .head { font-weight: 600; }
.time { fill: #0969da; stroke: #0969da; } .memory { fill: #1a7f37; stroke: #1a7f37; } .kimi { fill: #8c959f; stroke: #8c959f; }
.goal { stroke: #cf222e; stroke-width: 2; } .axis { stroke: #d1d9e0; } .curve { stroke-width: 2; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
.time { fill: #4493f8; stroke: #4493f8; } .memory { fill: #3fb950; stroke: #3fb950; } .goal { stroke: #f85149; }
.axis { stroke: #3d444d; }
}"""


def svg(figures: Sequence[Figures]) -> str:
    """The picture; works without a run of Kimi Code, or with another thing to be divided by, are left out of the bars."""
    bars = [each for each in figures if "Kimi Code" in each.costs and not each.work.against]
    top = 50 + _ROW * len(bars)
    parts = [*_head(), *(line for at, each in enumerate(bars) for line in _bar(each, 44 + _ROW * at))]
    panels = [(curve, what) for curve in _curves(figures) for what in ("seconds", "MiB")]
    for number, (curve, what) in enumerate(panels):
        x, y = 60 + 430 * (number % 2), top + 40 + 220 * (number // 2)
        points = [each for each in figures if each.work.curve and each.work.curve[0] == curve]
        parts += _panel(curve, what, points, x, y)
    height = top + 30 + 220 * math.ceil(len(panels) / 2)
    lines = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">',
        f"<style>\n{_STYLE}\n</style>",
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _head() -> Iterator[str]:
    yield _text(12, 20, "In percent of what Kimi Code takes", "head")
    for x, name, kind in ((_LEFT + 90, "time", "time"), (_LEFT + 160, "peak memory", "memory")):
        yield f'<rect x="{x}" y="11" width="10" height="10" class="{kind}"/>'
        yield _text(x + 16, 20, name, "quiet")
    yield f'<path class="goal" d="M {_LEFT + 270} 10 v 12"/>' + _text(_LEFT + 278, 20, "goal", "quiet")


def _bar(figures: Figures, y: int) -> Iterator[str]:
    yield _text(12, y + 13, figures.work.name)
    goal = figures.work.goal
    for at, kind, share, most in (
        (y, "time", figures.seconds("ours") / figures.seconds("Kimi Code"), goal.time),
        (y + 11, "memory", figures.memory("ours") / figures.memory("Kimi Code"), goal.memory),
    ):
        length = min(1.0, share * 100 / _MOST) * _BARS
        yield f'<rect x="{_LEFT}" y="{at}" width="{length:.1f}" height="9" stroke="none" class="{kind}"/>'
        if most is not None:
            yield f'<path class="goal" d="M {_LEFT + most * 100 / _MOST * _BARS:.1f} {at - 1} v 11"/>'
    ours, theirs = figures.seconds("ours"), figures.seconds("Kimi Code")
    yield _text(_LEFT + _BARS + 14, y + 13, f"{_short(ours)} s against {_short(theirs)} s", "quiet")


def _curves(figures: Sequence[Figures]) -> list[str]:
    """The names of the curves that have at least two points."""
    names = [each.work.curve[0] for each in figures if each.work.curve and each.work.curve[1]]
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]


def _panel(curve: str, what: str, figures: Sequence[Figures], x: int, y: int) -> Iterator[str]:
    """One quantity over the size of a work, both axes in powers of ten."""

    def value(each: Figures, tool: Tool) -> float:
        return each.seconds(tool) if what == "seconds" else each.memory(tool)

    width, height = _PANEL
    lines: dict[Tool, list[tuple[int, float]]] = {
        tool: sorted(
            (each.work.curve[1], value(each, tool))
            for each in figures
            if tool in each.costs and each.work.curve and each.work.curve[1]
        )
        for tool in ("Kimi Code", "ours")
    }
    sizes = [size for points in lines.values() for size, _ in points]
    values = [amount for points in lines.values() for _, amount in points]
    across, up = _scale(sizes, width), _scale(values, height)
    yield _text(x, y - 8, f"{curve}: {what}, by size (grey: Kimi Code; logarithmic)", "quiet")
    yield f'<path class="axis" style="fill: none" d="M {x} {y} v {height} h {width}"/>'
    for size in sorted(set(sizes)):
        yield _text(x + across(size), y + height + 16, f"{size:,}", "quiet", anchor="middle")
    for amount in (min(values), max(values)):
        yield _text(x - 6, y + height - up(amount) + 4, _short(amount), "quiet", anchor="end")
    for tool, points in lines.items():
        kind = "kimi" if tool == "Kimi Code" else "time" if what == "seconds" else "memory"
        places = [(x + across(size), y + height - up(amount)) for size, amount in points]
        path = " L ".join(f"{at:.1f} {level:.1f}" for at, level in places)
        if places:
            yield f'<path class="{kind} curve" style="fill: none" d="M {path}"/>'
        for at, level in places:
            yield f'<circle cx="{at:.1f}" cy="{level:.1f}" r="3" class="{kind}"/>'


def _scale(values: Sequence[float], length: int) -> Callable[[float], float]:
    """Where a value stands on an axis of ``length``, in powers of ten."""
    low, high = math.log10(min(values)), math.log10(max(values))
    return lambda value: length * (0.05 + 0.9 * (math.log10(value) - low) / ((high - low) or 1))


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.2g}"


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'
