from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.formatting import Spread, cost, duration, number, rate, spread
from provisioner.history.chart import ASCII, BLOCKS, Glyphs, sparkline


def test_bars_begin_at_zero_so_twice_as_high_is_twice_as_much() -> None:
    assert sparkline([0, 300, 700, None, 175], BLOCKS) == "▁▄█·▃"
    assert sparkline([100, 100], BLOCKS) == "██"
    assert sparkline([0, 0], BLOCKS) == "▁▁"
    assert sparkline([None], BLOCKS) == "·"
    assert sparkline([], BLOCKS) == ""


@given(st.lists(st.none() | st.floats(0, 1e12)), st.sampled_from([BLOCKS, ASCII]))
def test_one_character_a_run_and_never_lower_for_more(figures: list[float | None], glyphs: Glyphs) -> None:
    bars = sparkline(figures, glyphs)
    assert len(bars) == len(figures)
    known = sorted((figure, bar) for figure, bar in zip(figures, bars, strict=True) if figure is not None)
    heights = [glyphs.levels.index(bar) for _, bar in known]
    assert heights == sorted(heights)
    assert not known or not known[-1][0] or heights[-1] == len(glyphs.levels) - 1


def test_ascii_is_ascii() -> None:
    assert (ASCII.levels + ASCII.gap + "".join(ASCII.verdicts.values())).isascii()


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, "0 ms"),
        (0.4, "0 ms"),
        (412.4, "412 ms"),
        (999.4, "999 ms"),
        (999.5, "1.00 s"),
        (2140, "2.14 s"),
        (9994, "9.99 s"),
        (9996, "10.0 s"),
        (20_000, "20 s"),
        (21_440, "21.4 s"),
        (99_960, "100 s"),
        (180_000, "180 s"),
    ],
)
def test_durations(milliseconds: float, words: str) -> None:
    assert duration(milliseconds) == words


def test_other_figures() -> None:
    assert [number(value) for value in (0, 3, 61.34, 99.97, 1204.2)] == ["0", "3", "61.3", "100", "1,204"]
    assert rate(61.34) == "61.3 tokens/s"
    assert [cost(value) for value in (0, 1234.5, 0.0123, 0.000345, 7.96e-5, 1e-9)] == [
        *("$0.00", "$1,234.50", "$0.01", "$0.000345", "$0.00008", "under $0.000001"),
    ]


def test_a_spread_says_what_there_is() -> None:
    found = spread([None, 350.0, 1204.0, None, 412.0])
    assert found == Spread(last=412, median=412, low=350, high=1204)
    assert found.describe(duration) == "last 412 ms, median 412 ms, 350 ms to 1.20 s"
    alone = spread([412.0])
    assert alone is not None
    assert alone.describe(duration) == "412 ms"
    assert spread([None]) is None
