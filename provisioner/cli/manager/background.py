"""Work away from the screen, so that it never freezes: what is done in a thread is told to the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# A write that has begun takes milliseconds; one that waits for another process is not waited for.
_PATIENCE_S = 2.0


class Background:
    """Threads that do not keep the program alive.

    A test of a silent server may take minutes and is forgotten when the manager ends; what writes is given the
    time to come to its end.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writing: threading.Thread | None = None

    def begin(self) -> None:
        """Called once the event loop runs."""
        self._loop = asyncio.get_running_loop()

    def on_signal(self, number: int, event: Callable[[], None]) -> None:
        """Has ``event`` called when the process gets this signal, where the platform can."""
        if self._loop is not None:
            with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows; not the main thread
                self._loop.add_signal_handler(number, event)

    def tell(self, event: Callable[[], None]) -> None:
        """Has ``event`` called on the event loop, from any thread; after the loop's end nobody listens."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(event)

    def start(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        broken: Callable[[BaseException], None],
        *,
        writes: bool = False,
    ) -> None:
        """Does ``work`` in a thread; then ``done`` or ``broken`` is called on the event loop with what came of it."""

        def job() -> None:
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001  raised again where the screen is put away first
                self.tell(partial(broken, error))
            else:
                self.tell(partial(done, result))

        thread = threading.Thread(target=job, daemon=True)
        if writes:
            self._writing = thread
        thread.start()

    def finish(self) -> None:
        """Lets a write that has begun come to its end."""
        if self._writing is not None:
            self._writing.join(_PATIENCE_S)
