"""Runs as rows of characters: one for each run, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from provisioner.history.run import Verdict


@dataclass(frozen=True)
class Glyphs:
    """What a chart is drawn with.

    Attributes:
        levels: the heights of a bar, lowest first.
        gap: in the place of a figure that there is none of.
        verdicts: told apart by shape, since not everyone sees colours, and not every terminal has them.
    """

    levels: str
    gap: str
    verdicts: Mapping[Verdict, str]


BLOCKS = Glyphs("▁▂▃▄▅▆▇█", "·", {"pass": "●", "fail": "✗", "unknown": "?"})
ASCII = Glyphs(".:-=+*#@", " ", {"pass": "o", "fail": "x", "unknown": "?"})


def sparkline(figures: Sequence[float | None], glyphs: Glyphs) -> str:
    """One bar for each of ``figures``, which are not negative; heights begin at zero, so twice as high is twice as much."""
    top = max((figure for figure in figures if figure is not None), default=0)
    highest = len(glyphs.levels) - 1
    return "".join(
        glyphs.gap if figure is None else glyphs.levels[round(figure / top * highest) if top else 0]
        for figure in figures
    )
