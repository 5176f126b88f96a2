"""Names, figures and times as a line of the manager can hold them."""

from __future__ import annotations

from provisioner.cli.terminal import clean

_MINUTE, _HOUR, _DAY = 60, 3600, 86400

# What joins emoji, or chooses how one is drawn. Terminals disagree how many cells the result takes.
_JOINERS = dict.fromkeys(map(ord, "\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}"))


def printable(text: str) -> str:
    """``text`` on one line that a terminal will not obey, and whose width every terminal sees alike."""
    return clean(text).translate(_JOINERS)


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
