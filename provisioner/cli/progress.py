"""Says what is being waited for, on a terminal only, and only when it takes a while."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from provisioner.cli.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.status import Status

# What is done sooner than this needs no word, and does not pay for loading rich.
_PATIENCE_S = 0.4


@contextmanager
def waiting() -> Iterator[Callable[[str], None]]:
    """Gives a function that names what is being done; it is shown beside a spinner on stderr until the block ends."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    spinner = _Spinner()
    try:
        yield spinner.say
    finally:
        spinner.stop()


class _Spinner:
    """One line on stderr, drawn once patience has run out."""

    def __init__(self) -> None:
        self._message = ""
        self._status: Status | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(_PATIENCE_S, self._start)
        self._timer.daemon = True
        self._timer.start()

    def say(self, message: str) -> None:
        with self._lock:
            self._message = message
            if self._status is not None:
                self._status.update(self._text())

    def stop(self) -> None:
        self._timer.cancel()
        with self._lock:
            if self._status is not None:
                self._status.stop()
            self._status = None
            self._message = ""

    def _start(self) -> None:
        from rich.console import Console

        with self._lock:
            if self._message:
                self._status = Console(stderr=True, highlight=False).status(self._text())
                self._status.start()

    def _text(self) -> str:
        from rich.markup import escape

        return escape(clean(self._message)) + " …"
