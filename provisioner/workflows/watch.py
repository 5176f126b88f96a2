"""How a workflow tells what it is doing: it calls a watcher, and the command line decides whether to show it."""

from __future__ import annotations

from collections.abc import Callable

Watch = Callable[[str], None]


def silent(message: str) -> None:
    """A watcher that shows nothing."""
