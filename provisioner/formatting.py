"""Figures as people read them: the same wording in a terminal, on a page and in a CI log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SECOND_MS = 1000
_TEN, _HUNDRED = 10, 100
_TEN_KB = 10_000
_CENT = 0.01
_LEAST_USD = 1e-6


def duration(milliseconds: float) -> str:
    """A time in three digits or so: ``412 ms``, ``2.14 s``, ``21.4 s``, ``300 s``."""
    if round(milliseconds) < _SECOND_MS:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / _SECOND_MS
    return f"{seconds:.2f} s" if round(seconds, 2) < _TEN else f"{number(seconds)} s"


def number(value: float) -> str:
    """A rate or a count: ``1,204``, ``61.3``."""
    return f"{value:,.0f}" if round(value, 1) >= _HUNDRED or value == int(value) else f"{value:,.1f}"


def rate(tokens_per_second: float) -> str:
    """``61.3 tokens/s``."""
    return f"{number(tokens_per_second)} tokens/s"


def cost(dollars: float) -> str:
    """A price in US dollars, down to a millionth: ``$0.12``, ``$0.000345``."""
    if dollars == 0 or round(dollars, 2) >= _CENT:
        return f"${dollars:,.2f}"
    return f"${dollars:.6f}".rstrip("0") if dollars >= _LEAST_USD else "under $0.000001"


def moment(at: float) -> str:
    """Seconds since the epoch as a date and time to the minute, in UTC; what no calendar has is no date."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return "an unknown date"


@dataclass(frozen=True, slots=True)
class Spread:
    """What a row of figures comes to; ``last`` is the newest."""

    last: float
    median: float
    low: float
    high: float

    def describe(self, worded: Callable[[float], str]) -> str:
        """The spread in words, each figure as ``worded`` puts it."""
        if self.low == self.high:
            return worded(self.last)
        return f"last {worded(self.last)}, median {worded(self.median)}, {worded(self.low)} to {worded(self.high)}"


def spread(figures: Iterable[float | None]) -> Spread | None:
    """The spread of those figures that there are, oldest first; None where there are none."""
    known = [figure for figure in figures if figure is not None]
    from statistics import median

    return Spread(known[-1], median(known), min(known), max(known)) if known else None


def request(size: str, body: int, *, otherwise: str = "") -> str:
    """How large the request was: ``size`` as the test names it, ``body`` in bytes; ``otherwise``: what sends a larger."""
    shown = f"{body / 1000:.1f} kB" if body < _TEN_KB else f"{body / 1000:.0f} kB"
    return {
        "small": f"small request ({shown}{f'; {otherwise}' if otherwise else ''})",
        "full": f"request of a first turn's size ({shown})",
        "least": f"least request ({shown})",
    }[size]
