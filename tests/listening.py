"""A listening socket on loopback whose every connection gets a thread, for servers that tests make of bytes."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def listening(serve: Callable[[socket.socket], None], stopping: threading.Event) -> Iterator[tuple[str, int]]:
    """Calls ``serve`` for each connection until the block ends; gives the address, and sets ``stopping`` last."""

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            if stopping.is_set():
                connection.close()
                return
            threading.Thread(target=serve, args=[connection], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        address: tuple[str, int] = listener.getsockname()
        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield address
        finally:
            stopping.set()
            with suppress(OSError), socket.create_connection(address, 1):
                pass
            accepting.join(5)
