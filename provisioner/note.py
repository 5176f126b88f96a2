"""Something the user should know beside a result."""

from __future__ import annotations

from typing import NamedTuple


class Note(NamedTuple):
    """``code`` is stable, ``message`` is one line."""

    code: str
    message: str
