"""When a copy is used, when the server is asked, and what a failure leads to: the whole table."""

from __future__ import annotations

import math

import pytest

from catalog import policy
from catalog.errors import ShrinkRefused
from catalog.policy import CUSTOM_CATALOG, DEFAULT_CATALOG, TTL_S, Decision, Rules

COPY, ASK, BUILT_IN, FAIL = Decision.USE_COPY, Decision.ASK, Decision.USE_SNAPSHOT, Decision.FAIL
ANY = [DEFAULT_CATALOG, CUSTOM_CATALOG]


@pytest.mark.parametrize(
    ("rules", "age_s", "step"),
    [
        (DEFAULT_CATALOG, 0, COPY),
        (DEFAULT_CATALOG, TTL_S - 1, COPY),
        (DEFAULT_CATALOG, TTL_S, ASK),
        (DEFAULT_CATALOG, None, ASK),
        (CUSTOM_CATALOG, TTL_S - 1, COPY),
        (CUSTOM_CATALOG, TTL_S, ASK),
    ],
)
def test_only_a_fresh_copy_is_used_unasked(rules: Rules, age_s: float | None, step: Decision) -> None:
    assert policy.first_step(rules, has_copy=True, age_s=age_s, offline=False, refresh=False) is step
    assert policy.first_step(rules, has_copy=True, age_s=age_s, offline=False, refresh=True) is ASK
    assert policy.first_step(rules, has_copy=False, age_s=None, offline=False, refresh=False) is ASK


@pytest.mark.parametrize("age_s", [0, 10 * TTL_S, None])
@pytest.mark.parametrize("rules", ANY)
def test_offline_any_copy_will_do(rules: Rules, age_s: float | None) -> None:
    assert policy.first_step(rules, has_copy=True, age_s=age_s, offline=True, refresh=False) is COPY
    without = policy.first_step(rules, has_copy=False, age_s=None, offline=True, refresh=False)
    assert without is (BUILT_IN if rules is DEFAULT_CATALOG else FAIL)


@pytest.mark.parametrize(
    ("rules", "has_copy", "step"),
    [
        (DEFAULT_CATALOG, True, COPY),
        (DEFAULT_CATALOG, False, BUILT_IN),
        (CUSTOM_CATALOG, True, FAIL),
        (CUSTOM_CATALOG, False, FAIL),
    ],
)
def test_only_the_default_catalog_survives_a_failure(rules: Rules, has_copy: bool, step: Decision) -> None:
    assert policy.step_after_failure(rules, has_copy=has_copy, refresh=False) is step
    assert policy.step_after_failure(rules, has_copy=has_copy, refresh=True) is FAIL


@pytest.mark.parametrize(("fetched_at", "age_s"), [(100, 0), (40, 60), (100.5, None), (math.nan, None)])
def test_a_clock_in_the_future_proves_nothing(fetched_at: float, age_s: float | None) -> None:
    assert policy.age(fetched_at, 100) == age_s


@pytest.mark.parametrize(("had", "has"), [(0, 0), (0, 9), (10, 5), (3, 2), (1, 1), (2, 1)])
def test_a_document_may_lose_half(had: int, has: int) -> None:
    policy.guard_shrink(had, has, "x", hint="")


@pytest.mark.parametrize(("had", "has", "said"), [(10, 4, "6 of 10"), (3, 1, "2 of 3"), (1, 0, "1 of 1")])
def test_a_document_that_lost_more_is_refused(had: int, has: int, said: str) -> None:
    with pytest.raises(ShrinkRefused, match=said):
        policy.guard_shrink(had, has, "x", hint="")
