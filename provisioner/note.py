"""Something the user should know beside a result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """``code`` is stable, ``message`` is one line."""

    code: str
    message: str
