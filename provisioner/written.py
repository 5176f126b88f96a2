"""The config.toml files that this process has changed so far: told where a command ends before it can say so itself.

Kept for the process, as what ends it early (Ctrl-C, a full disk behind stdout) comes from outside of every request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_WRITTEN: list[Path] = []


def note(path: Path) -> None:
    """``path`` has just been changed."""
    if path not in _WRITTEN:
        _WRITTEN.append(path)


def so_far() -> tuple[Path, ...]:
    """The files that have been changed since the process began or :func:`forget` was called."""
    return tuple(_WRITTEN)


def forget() -> None:
    """A new command line begins."""
    _WRITTEN.clear()
