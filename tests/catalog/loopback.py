"""A server on loopback that sends exactly the bytes a test tells it to, over real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from tests.listening import listening

if TYPE_CHECKING:
    import ssl

TLS_HELLO = b"\x16\x03"
Chunks = Iterable[bytes]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Server:
    answer: Callable[[Request], Chunks]
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    address: tuple[str, int] = ("", 0)
    stopping: threading.Event = field(default_factory=threading.Event)
    open: list[socket.socket] = field(default_factory=list)

    def url(self, path: str = "/api.json") -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{self.address[0]}:{self.address[1]}{path}"

    def serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.settimeout(5)
            stream = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            with stream:
                self.open.append(stream)
                head = b""
                while b"\r\n\r\n" not in head:
                    data = stream.recv(65536)
                    if not data:
                        return
                    head += data
                    if head.startswith(TLS_HELLO):
                        stream.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                        return
                lines = head.decode("latin-1").split("\r\n")
                method, path, _ = lines[0].split(" ", 2)
                headers = dict(line.split(": ", 1) for line in lines[1:] if line)
                request = Request(method, path, {name.lower(): value for name, value in headers.items()})
                self.requests.append(request)
                for chunk in self.answer(request):
                    if self.stopping.is_set():
                        return
                    stream.sendall(chunk)
                with suppress(OSError):
                    stream.shutdown(socket.SHUT_WR)


@contextmanager
def serving(
    answer: Callable[[Request], Chunks] | Chunks, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server that answers each request with the chunks of ``answer`` and then closes the connection."""
    server = Server(answer if callable(answer) else lambda _: answer, tls)
    with listening(server.serve, server.stopping) as server.address:
        yield server


def reply(
    body: bytes = b"", status: str = "200 OK", *, length: int | None = None, **headers: str
) -> tuple[bytes, ...]:
    """A whole HTTP/1.1 answer. Header names are given with underscores."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines).encode() + b"\r\n\r\n", body)


def redirect(location: str, status: str = "302 Found") -> tuple[bytes, ...]:
    return reply(b"", status, Location=location)


def closed_port() -> int:
    """A port of this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def open_client(timeout: httpx.Timeout) -> httpx.Client:
    return httpx.Client(timeout=timeout, follow_redirects=False)
