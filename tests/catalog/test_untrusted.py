"""Single values that strangers wrote: what is of another type counts as absent."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.untrusted import first_integer, integer, mapping, positive_integer, sequence, string, text

ODD = [None, True, 0, -3, 1.5, float("nan"), float("inf"), "", "x", [], [1], {}, {"a": 1}]


@pytest.mark.parametrize("value", ODD)
def test_each_reader_gives_its_own_type_whatever_it_is_given(value: Any) -> None:
    assert mapping(value) == (value if isinstance(value, dict) else {})
    assert sequence(value) == (value if isinstance(value, list) else [])
    assert string(value) == (value if isinstance(value, str) else "")
    assert text(value) == (value if isinstance(value, str) and value else None)


def test_a_count_may_be_zero_and_a_size_may_not() -> None:
    assert [integer(value) for value in (0, 7, 7.9, 0.5, 10**400)] == [0, 7, 7, 0, 10**400]
    assert [integer(value) for value in (True, -1, "7", float("nan"), float("inf"))] == [None] * 5
    assert [positive_integer(value) for value in (0, 7, 7.9, 1e5)] == [None, 7, None, 100_000]
    assert first_integer(None, "3", 0, 5) == 0
    assert first_integer(None, False) is None
