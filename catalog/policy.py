"""When a kept document is used, when the server is asked, and what a failure leads to: decisions as data.

Nothing here does I/O; :mod:`catalog.documents` acts on what is decided.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from catalog.errors import ShrinkRefused

TTL_S = 4 * 3600.0  # for how long a copy is used without asking


class Decision(Enum):
    """What to do next."""

    USE_COPY = "use the kept copy"
    ASK = "ask the server, conditionally if there is a copy"
    USE_SNAPSHOT = "use the built-in snapshot"
    FAIL = "say that there is nothing"


class Rules(NamedTuple):
    """What may be done with one kind of catalog.

    Attributes:
        falls_back: whether a failure leads to an older copy, and then to the snapshot, rather than to an error.
    """

    falls_back: bool


DEFAULT_CATALOG = Rules(falls_back=True)
# Somebody asked for this one: another would be a wrong answer.
CUSTOM_CATALOG = Rules(falls_back=False)


def age(fetched_at: float, now: float) -> float | None:
    """Seconds since ``fetched_at``; None when that lies in the future, so that the clock proves nothing."""
    return now - fetched_at if fetched_at <= now else None


def first_step(
    rules: Rules, *, has_copy: bool, age_s: float | None, offline: bool, refresh: bool
) -> Decision:
    """What to do at first; ``age_s`` is the copy's, None when unknown."""
    if offline:
        return _without_network(rules, has_copy=has_copy, copy_allowed=True)
    if has_copy and not refresh and age_s is not None and age_s < TTL_S:
        return Decision.USE_COPY
    return Decision.ASK


def step_after_failure(rules: Rules, *, has_copy: bool, refresh: bool) -> Decision:
    """What to do when the server did not come up with a usable document.

    A failed refresh that was asked for is a failure, whatever is kept.
    """
    if refresh:
        return Decision.FAIL
    return _without_network(rules, has_copy=has_copy, copy_allowed=rules.falls_back)


def _without_network(rules: Rules, *, has_copy: bool, copy_allowed: bool) -> Decision:
    if has_copy and copy_allowed:
        return Decision.USE_COPY
    return Decision.USE_SNAPSHOT if rules.falls_back else Decision.FAIL


def guard_shrink(had: int, has: int, where: str, *, hint: str) -> None:
    """Refuse a document that lost more than half of the providers of the copy at hand.

    Raises:
        ShrinkRefused: it did.
    """
    if has * 2 < had:
        raise ShrinkRefused(
            f"the new document has {has} providers, the copy at hand {had}: {had - has} of {had} are gone",
            hint=hint,
            where=where,
        )
