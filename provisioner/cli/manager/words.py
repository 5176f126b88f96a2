"""Figures and times in words that a line of the manager can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.cli.manager.state import Verdict

_MINUTE, _HOUR, _DAY = 60, 3600, 86400

VERDICTS: dict[Verdict, str] = {"pass": "passed", "fail": "failed", "unknown": "could not tell"}


def tokens(number: int | None) -> str:
    """A limit in tokens, ``-`` where the file does not say."""
    return "-" if number is None else f"{number:,}"


def ago(seconds: float) -> str:
    """How long ago something was; a clock that was set back makes it ``just now``."""
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min ago"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h ago"
    return f"{int(seconds // _DAY)} d ago"
