"""Which failures Kimi Code tries again, and how long it waits: its own list, of version 2.1.0.

It tries ten times in all; a test does so a few times. What another attempt cannot change is not tried again here,
although Kimi Code does: money that is missing, a key or a name that is wrong, a form that it cannot read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.smoke import meaning

if TYPE_CHECKING:
    from provisioner.smoke.client import RequestOutcome

RETRIES = 2
_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 32.0


def worth_it(outcome: RequestOutcome) -> bool:
    """Whether the same request may well be answered the next time."""
    problem = outcome.problem
    if problem is None:
        empty = outcome.message is not None and outcome.message.trouble is not None
        return empty and not outcome.filtered
    if problem.kind in ("rate_limit", "server", "timeout") and problem.status is not None:
        return problem.status in _STATUSES
    if problem.kind == "stream_error":
        return meaning.cause(f"{problem.type} {problem.code} {problem.message}", problem.code) is None
    return outcome.cut or (problem.kind == "truncated" and problem.transient)


def wait_s(outcome: RequestOutcome, attempt: int) -> float:
    """Seconds until the next attempt, after ``attempt`` of them: as the server asks, else ever longer."""
    asked = outcome.problem.retry_after_s if outcome.problem is not None else None
    return asked or min(_FIRST_WAIT_S * 2 ** (attempt - 1), _LONGEST_WAIT_S)
