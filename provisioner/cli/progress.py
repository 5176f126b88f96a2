"""Says what is being waited for, on a terminal only, and only when it takes a while."""

from __future__ import annotations

import sys
import threading
import time
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
    """Gives a function that names what is being done, to be shown on stderr until the block ends.

    It stands beside a spinner, with the seconds that it takes; an empty name takes it away.
    """
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
        self._since = 0.0
        self._status: Status | None = None
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def say(self, message: str) -> None:
        if not message:
            self.stop()
            return
        with self._lock:
            if message != self._message:
                self._message, self._since = message, time.monotonic()
            if self._timer is None:
                self._timer = threading.Timer(_PATIENCE_S, self._start)
                self._timer.daemon = True
                self._timer.start()

    def stop(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None
            if self._status is not None:
                self._status.stop()
            self._status = None
            self._message = ""

    def _start(self) -> None:
        from rich.console import Console

        with self._lock:
            if self._message:
                self._status = Console(stderr=True, highlight=False).status(self)
                self._status.start()

    def __rich__(self) -> str:
        """The message as it is drawn each time, with the seconds from the second on."""
        from rich.markup import escape

        seconds = int(time.monotonic() - self._since)
        return f"{escape(clean(self._message))} …{f' {seconds} s' if seconds > 1 else ''}"
