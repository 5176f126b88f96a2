"""A model server on loopback that answers with exactly the bytes a test tells it to, over real sockets."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.listening import listening

if TYPE_CHECKING:
    import ssl

Chunks = Iterable[bytes | float]


@dataclass(frozen=True)
class Request:
    """What arrived; ``body`` is parsed JSON, else bytes."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Server:
    """``answer`` gives the chunks of each answer; a number among them is a pause in seconds.

    Without ``lists`` it is a server that has no list of models: what is fetched from it is 404, and not recorded.
    """

    answer: Callable[[Request], Chunks]
    tls: ssl.SSLContext | None = None
    lists: bool = False
    requests: list[Request] = field(default_factory=list)
    address: tuple[str, int] = ("", 0)
    stopping: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.address[0]}:{self.address[1]}"

    def serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError), connection:
            connection.settimeout(10)
            stream = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            with stream:
                request = _read(stream)
                if request is None:
                    return
                if request.method == "GET" and not self.lists:
                    stream.sendall(
                        b"".join(chunk for chunk in reply("404 Not Found") if isinstance(chunk, bytes))
                    )
                    return
                with self.lock:
                    self.requests.append(request)
                    self.at_once += 1
                    self.most_at_once = max(self.most_at_once, self.at_once)
                try:
                    self._send(stream, request)
                finally:
                    with self.lock:
                        self.at_once -= 1
                stream.shutdown(socket.SHUT_WR)

    def _send(self, stream: socket.socket, request: Request) -> None:
        for chunk in self.answer(request):
            if self.stopping.is_set():
                return
            if isinstance(chunk, bytes):
                stream.sendall(chunk)
            else:
                self.stopping.wait(chunk)


def _read(stream: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = stream.recv(65536)
        if not more:
            return None
        data += more
        if data.startswith(b"\x16\x03"):  # TLS, where none is spoken
            stream.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            return None
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
    while len(body) < int(headers.get("content-length", 0)):
        body += stream.recv(65536)
    is_json = "json" in headers.get("content-type", "")
    return Request(method, path, headers, json.loads(body) if is_json else body)


@contextmanager
def serving(
    answer: Callable[[Request], Chunks] | Chunks, tls: ssl.SSLContext | None = None, *, lists: bool = False
) -> Iterator[Server]:
    """A server that answers each request and then closes the connection."""
    server = Server(answer if callable(answer) else lambda _: answer, tls, lists)
    with listening(server.serve, server.stopping) as server.address:
        yield server


def stream(
    *chunks: bytes | float, content_type: str = "text/event-stream", **headers: str
) -> list[bytes | float]:
    """A 200 answer that ends when the connection does."""
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return [("\r\n".join(lines) + "\r\n\r\n").encode(), *chunks]


def reply(status: str, body: bytes | dict[str, Any] | list[Any] = b"", **headers: str) -> list[bytes | float]:
    """A whole answer of known length."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", "Connection: close"]
    if not isinstance(body, bytes):
        lines.append("Content-Type: application/json")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return [("\r\n".join(lines) + "\r\n\r\n").encode() + data]


def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Waits for ``condition``."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def closed_port() -> int:
    """A port of this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
