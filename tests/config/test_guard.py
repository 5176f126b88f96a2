"""The last check before a write: a text that means something else is told by the first key that differs."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.config.guard import difference

P = {"type": "openai", "env": {"A": "b"}}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"a": 1},
        {"providers": {"p": P}, "x": [{"y": [1, 1.5]}]},
        {"a": {"b": {"c": {}}}},
        {"n": float("nan")},
    ],
)
def test_what_means_the_same_does_not_differ(data: dict[str, Any]) -> None:
    assert difference(data, data) is None
    assert difference(data, dict(reversed(list(data.items())))) is None


@pytest.mark.parametrize(
    ("intended", "actual", "path"),
    [
        ({"a": 1}, {}, ("a",)),
        ({}, {"a": 1}, ("a",)),
        ({"a": 1}, {"a": 2}, ("a",)),
        ({"a": 1}, {"a": True}, ("a",)),
        ({"a": 1}, {"a": 1.0}, ("a",)),
        ({"a": {"b": 1}}, {"a": {"b": True}}, ("a", "b")),
        ({"a": {"b": ["x", 1]}}, {"a": {"b": ["x", True]}}, ("a", "b")),
        ({"a": {"b": 0.0}}, {"a": {"b": -0.0}}, ("a", "b")),
        ({"a": {"b": [0.0]}}, {"a": {"b": [-0.0]}}, ("a", "b")),
        ({"a": {}}, {"a": 1}, ("a",)),
        ({"a": 1}, {"a": {}}, ("a",)),
        ({"a": {}}, {}, ("a",)),
        ({"a": [1, 2]}, {"a": [2, 1]}, ("a",)),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, ("a",)),
        ({"x": 1, "a": {"b": {"c": 1}}}, {"x": 1, "a": {"b": {"c": 2}}}, ("a", "b", "c")),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {}}}, ("a", "b", "c")),
        ({"a": {"b": {}}}, {"a": {"b": {"c": 1}}}, ("a", "b", "c")),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, ("a", "c")),
        ({"providers": {"p": P}}, {}, ("providers",)),
        ({"providers": {"p": P}}, {"providers": {}}, ("providers", "p")),
        ({"models": {}}, {"models": {"m": {}}}, ("models", "m")),
        ({"models": {}}, {"models": 7}, ("models",)),
    ],
)
def test_the_first_key_that_differs_is_told(
    intended: dict[str, Any], actual: dict[str, Any], path: tuple[str, ...]
) -> None:
    assert difference(intended, actual) == path


def test_containers_that_nothing_is_left_in_may_go_and_no_other_table() -> None:
    assert difference({"providers": {}, "models": {}, "a": 1}, {"a": 1}) is None
    assert difference({"providers": {}}, {"providers": {}}) is None
    assert difference({"secondary_model": {}}, {}) == ("secondary_model",)
