from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.config import values
from provisioner.config.plan import same
from provisioner.errors import ConfigUnwritable

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
TIMES = st.one_of(st.datetimes(), st.times()).map(lambda time: time.replace(fold=0))
SCALARS = TEXTS | st.booleans() | st.integers() | st.floats() | st.dates() | TIMES
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=8)


@given(VALUES)
def test_every_value_means_itself_on_one_line(value: Any) -> None:
    text = values.value(value)
    assert "\n" not in text
    assert "\r" not in text
    assert same(tomllib.loads(f"v = {text}")["v"], value)


@given(st.lists(TEXTS, min_size=1), st.dictionaries(TEXTS, VALUES))
def test_every_table_means_itself(path: list[str], content: dict[str, Any]) -> None:
    data: Any = tomllib.loads("\n\n".join(values.table(tuple(path), content)))
    for part in path:
        data = data[part]
    assert same(data, content)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain é 🙂", '"plain é 🙂"'),
        ('"\\', '"\\"\\\\"'),
        ("\b\t\n\f\r", '"\\b\\t\\n\\f\\r"'),
        ("\x00\x1b[31m\x7f\x85", '"\\u0000\\u001b[31m\\u007f\\u0085"'),
        ("a\u202eb\u2066c\u200b\ufeff\u2028", '"a\\u202eb\\u2066c\\u200b\\ufeff\\u2028"'),
        (["a", 1, True], '["a", 1, true]'),
        ([], "[]"),
        ({}, "{}"),
        ([{"a b": 1.5}], '[{ "a b" = 1.5 }]'),
    ],
)
def test_the_form_is_canonical(value: Any, text: str) -> None:
    assert values.value(value) == text


def test_keys_are_bare_where_they_can_be() -> None:
    assert values.dotted(("models", "p/m", "a-b_1", "", "é", "a\n")) == 'models."p/m".a-b_1.""."é"."a\\n"'


def test_a_table_has_its_values_first_and_no_header_without_need() -> None:
    assert values.table(("p",), {"s": {"a": 1}, "b": 2}) == ["[p]\nb = 2", "[p.s]\na = 1"]
    assert values.table(("p",), {"s": {"a": 1}}) == ["[p.s]\na = 1"]
    assert values.table(("p",), {}) == ["[p]"]


def test_half_a_surrogate_pair_cannot_be_written() -> None:
    with pytest.raises(ConfigUnwritable, match="surrogate"):
        values.value(["\ud800"])


def test_what_toml_has_no_type_for_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError):
        values.value({"a": None})
