"""Where a document came from: every answer says so."""

from __future__ import annotations

from typing import Literal, NamedTuple

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class Provenance(NamedTuple):
    """Where a document came from.

    Attributes:
        kind: fetched now; kept and confirmed by the server now; kept; or built in.
        url: of the document, fit to be shown: without credentials and query values.
        fetched_at: when the server last vouched for it, in seconds since the epoch; None for the snapshot.
        age_s: seconds since then; None when unknown, as with a clock that was set back.
        date: of the snapshot, YYYY-MM-DD.
        note: why this and not something fresher, in one line.
    """

    kind: Literal["live", "not_modified", "cache", "snapshot"]
    url: str
    fetched_at: float | None = None
    age_s: float | None = None
    date: str | None = None
    note: str | None = None

    def describe(self) -> str:
        """A few words: ``live from URL``, ``cache, 3 h old``, ``built-in snapshot of 2026-07-02 (why)``."""
        return f"{self._origin()} ({self.note})" if self.note else self._origin()

    def _origin(self) -> str:
        if self.kind == "live":
            return f"live from {self.url}"
        if self.kind == "not_modified":
            return f"cache, confirmed by {self.url}"
        if self.kind == "cache":
            return "cache of unknown age" if self.age_s is None else f"cache, {age_words(self.age_s)} old"
        return f"built-in snapshot of {self.date}"


def age_words(seconds: float) -> str:
    """An age to one figure: ``40 s``, ``12 min``, ``3 h``, ``5 days``."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR:.0f} h"
    return f"{seconds // _DAY:.0f} days"
