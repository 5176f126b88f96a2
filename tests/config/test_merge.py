"""The three-way merge of a table: for every field one of three sides decides, and nothing of the user's is lost."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provisioner.config.merge import base_of, fingerprint, merged, untouched
from provisioner.config.plan import same

OWNED = ("model", "size", "capabilities", "name")
_VALUES = st.sampled_from([1, 2, True, 1.0, "a", "b", ["a"], ["a", "b"], []])
_TABLES = st.dictionaries(st.sampled_from([*OWNED, "overrides", "extra"]), _VALUES)


def _equal(name: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (name in one) == (name in other) and same(one.get(name), other.get(name))


@given(_TABLES, _TABLES, _TABLES)
def test_each_field_is_upstreams_only_where_upstream_alone_changed_it(
    written: dict[str, Any], current: dict[str, Any], upstream: dict[str, Any]
) -> None:
    before = json.dumps(current)
    new, found = merged(base_of(written, OWNED), current, upstream, OWNED)
    kinds = {difference.name: difference.kind for difference in found}
    for name in {*written, *current, *upstream}:
        if name in OWNED and _equal(name, written, current) and not _equal(name, current, upstream):
            assert _equal(name, new, upstream)
            assert kinds.pop(name) == "changed"
        else:
            assert _equal(name, new, current)
            if name in OWNED and not any(
                _equal(name, one, other) for one, other in ((written, upstream), (current, upstream))
            ):
                assert kinds.pop(name) == "conflict"
    assert not kinds
    assert json.dumps(current) == before


@given(_TABLES, _TABLES, _TABLES)
def test_the_same_merge_again_finds_nothing(
    written: dict[str, Any], current: dict[str, Any], upstream: dict[str, Any]
) -> None:
    once, _ = merged(base_of(written, OWNED), current, upstream, OWNED)
    assert merged(base_of(upstream, OWNED), once, upstream, OWNED) == (once, ())


@given(_TABLES, _TABLES)
def test_without_a_base_nothing_changes_and_every_difference_is_said(
    current: dict[str, Any], upstream: dict[str, Any]
) -> None:
    new, found = merged(None, current, upstream, OWNED)
    assert new == current
    assert {d.name for d in found} == {name for name in OWNED if not _equal(name, current, upstream)}
    assert {d.kind for d in found} <= {"unsure"}


@given(_TABLES, _TABLES, _TABLES)
def test_a_base_that_is_only_likely_takes_nothing_that_may_be_the_users(
    likely: dict[str, Any], current: dict[str, Any], upstream: dict[str, Any]
) -> None:
    new, found = merged(base_of(likely, OWNED), current, upstream, OWNED, assumed=True)
    kinds = {difference.name: difference.kind for difference in found}
    for name in OWNED:
        if _equal(name, current, upstream):
            assert name not in kinds
        elif _equal(name, likely, current):
            assert (kinds[name], _equal(name, new, upstream)) == ("changed", True)
        else:
            assert (kinds[name], _equal(name, new, current)) == ("unsure", True)


@given(_TABLES)
def test_a_table_is_untouched_until_anything_in_it_changes(table: dict[str, Any]) -> None:
    owned = {name: value for name, value in table.items() if name in OWNED}
    base = base_of(owned, OWNED)
    assert untouched(base, owned, OWNED)
    assert untouched(base, table, OWNED) == (table.keys() <= set(OWNED))
    for name in owned:
        assert not untouched(base, {**owned, name: "changed"}, OWNED)
        assert not untouched(base, {k: v for k, v in owned.items() if k != name}, OWNED)


def test_a_fingerprint_tells_values_apart_and_says_nothing() -> None:
    day = date(2026, 11, 25)  # TOML has days and times, which JSON has not
    values: list[Any] = [1, True, 1.0, "1", "", [], {}, [1], {"a": 1}, "sk-0123456789", day, [day]]
    prints = [fingerprint(value) for value in values]
    assert len(set(prints)) == len(values)
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert all(len(one) == 16 and "sk-" not in one for one in prints)
