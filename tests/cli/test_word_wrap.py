"""Answers are broken between words while they arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.cli.prompts.width import width
from provisioner.cli.word_wrap import WordWrap


def wrapped(columns: int, *pieces: str) -> str:
    wrap = WordWrap(columns)
    return "".join([*map(wrap.feed, pieces), wrap.rest()])


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        (("one two three",), ["one two", "three"]),
        (("one t", "wo th", "ree"), ["one two", "three"]),
        (("one two", " three"), ["one two", "three"]),
        (("one", " ", "two", " ", "three"), ["one two", "three"]),
        (("  a b\n", "  c\n\n", "d"), ["  a b", "  c", "", "d"]),
        (("a longerword b",), ["a", "longerword", "b"]),
        (("你好啊世界很大",), ["你好啊世", "界很大"]),
        (("1234567 8",), ["1234567", "8"]),
        (("12345678 9",), ["12345678", "9"]),
        (("a http://", "x.exampl", "e/models", "/m b"), ["a", "http://x.example/models/m", "b"]),
    ],
)
def test_a_line_ends_between_words_however_the_pieces_are_cut(
    pieces: tuple[str, ...], lines: list[str]
) -> None:
    assert wrapped(8, *pieces).split("\n") == lines


def test_only_the_word_that_has_not_ended_is_held_back() -> None:
    wrap = WordWrap(80)
    assert wrap.feed("Hello wor") == "Hello"
    assert wrap.feed("ld. ") == " world."
    assert wrap.feed("你好") == " 你好"
    assert (wrap.feed("\n"), wrap.within_line) == ("\n", False)
    assert (wrap.feed("end"), wrap.rest(), wrap.within_line) == ("", "end", True)


WORDS = st.lists(st.sampled_from(["a", "word", "longer-word", "你", "好的", "\n", " ", "  "]), max_size=30)


@given(WORDS, st.integers(12, 40))
def test_nothing_is_lost_and_no_line_is_too_long(pieces: list[str], columns: int) -> None:
    made = wrapped(columns, *pieces)
    words = "".join(pieces).split()
    assert {word for word in words if word.isascii()} <= set(made.split())
    assert "".join(made.split()) == "".join(words)
    longest = max(map(width, words), default=0)
    assert all(width(line.strip()) <= max(columns, longest) for line in made.split("\n"))
