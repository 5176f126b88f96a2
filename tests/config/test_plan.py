from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from provisioner.config.guard import difference
from provisioner.config.plan import Change, Entries, plan, same


def test_changes_come_in_order_removals_first() -> None:
    before = {"a": 1, "gone": {"x": 1}, "t": {"b": 1, "c": [1]}}
    after = {"t": {"c": [2], "d": {"e": 1}}, "a": 1, "new": 2}
    assert plan(before, after).changes == (
        Change("remove", ("gone",), {"x": 1}, None),
        Change("remove", ("t", "b"), 1, None),
        Change("change", ("t", "c"), [1], [2]),
        Change("add", ("t", "d"), None, {"e": 1}),
        Change("add", ("new",), None, 2),
    )


def test_key_order_is_no_change() -> None:
    changes = plan({"a": 1, "b": {"c": 1, "d": 2}}, {"b": {"d": 2, "c": 1}, "a": 1})
    assert not changes
    assert changes.changes == ()


def test_providers_and_aliases_are_summed_up_by_name() -> None:
    before = {
        "providers": {"p": {"type": "a"}, "q": {}},
        "models": {"p/m": {"x": 1}, "p/n": {}},
        "default_model": "p/m",
    }
    after = {"providers": {"p": {"type": "b"}, "r": {}}, "models": {"p/m": {"y": 1}, "p/o": {}, "p/p": {}}}
    changes = plan(before, after)
    assert changes.providers == Entries(added=("r",), changed=("p",), removed=("q",))
    assert changes.aliases == Entries(added=("p/o", "p/p"), changed=("p/m",), removed=("p/n",))
    assert [c.path for c in changes.changes if c.path[0] not in {"providers", "models"}] == [
        ("default_model",)
    ]


def test_containers_that_come_count_as_their_entries() -> None:
    data: dict[str, Any] = {"providers": {"p": {}, "q": {}}}
    assert plan({}, data).providers == Entries(added=("p", "q"), changed=(), removed=())


def test_a_key_is_not_in_the_repr() -> None:
    assert "secret" not in repr(plan({"api_key": "secret"}, {"api_key": "secret2"}))


DIFFERENT: list[tuple[Any, Any]] = [
    (1, 1.0),
    (1, True),
    (0.0, -0.0),
    ("1", 1),
    ([1], [1.0]),
    ({"a": 1}, {"a": True}),
    ({"a": 1, "b": True}, {"b": 1, "a": True}),
    (dt.date(2020, 1, 1), dt.datetime(2020, 1, 1)),  # noqa: DTZ001 - a local time is a type of its own in TOML
    (
        dt.datetime(2020, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))),
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    ),
    ([], {}),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_values_of_different_types_differ(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert same(one, one)
    assert difference({"a": {"b": one}}, {"a": {"b": other}}) == (
        ("a", "b", "a") if isinstance(one, dict) else ("a", "b")
    )


def test_not_a_number_is_itself() -> None:
    assert same([math.nan], [float("nan")])


def test_keys_too_many_or_too_few_are_a_difference() -> None:
    assert difference({"a": {}}, {"a": {"b": 1}}) == ("a", "b")
    assert difference({"a": {"b": 1}}, {"a": {}}) == ("a", "b")
    assert difference({"a": {}}, {}) == ("a",)


def test_empty_containers_may_go() -> None:
    assert difference({"providers": {}, "models": {}}, {}) is None
    assert difference({"providers": {"p": {}}}, {"providers": {}}) == ("providers", "p")
