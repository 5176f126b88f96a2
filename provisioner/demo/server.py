"""The demo as a running server: sockets, threads, delays and nothing else."""

from __future__ import annotations

import secrets
import socket
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from provisioner import __version__
from provisioner.demo.conversation import Stamp
from provisioner.demo.documents import ENDPOINTS, FAULTS_PROVIDER
from provisioner.demo.models import FAULTS, GOOD, Behaviour
from provisioner.demo.routes import Response, Site, respond
from provisioner.demo.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

_MOST_BODY = 32 * 1024 * 1024


@dataclass(frozen=True)
class Pace:
    """Seconds until a model's first frame, between frames, and until the first of a slow model."""

    first: float = 0.02
    each: float = 0.003
    slow: float = 1.5


class Demo:
    """A running demo.

    Attributes:
        url: where it listens.
        registry_url: the registry of the models that work.
        faults_url: the registry of the models that fail on purpose.
        catalog_url: a catalog in the form of models.dev.
        token: opens the registries, and the models of a provider imported from one.
        model_key: opens the models alone.
    """

    def __init__(self, listener: _Listener) -> None:
        self._listener = listener
        self.url = listener.site.url
        self.token = listener.site.token
        self.model_key = listener.site.model_key
        self.registry_url = f"{self.url}/registry/api.json"
        self.faults_url = f"{self.url}/registry/faults.json"
        self.catalog_url = f"{self.url}/catalog/api.json"

    @property
    def endpoints(self) -> Mapping[str, str]:
        """For each wire the ``base_url`` of its provider."""
        return {wire: self.url + endpoint.path for wire, endpoint in ENDPOINTS.items()}

    @property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """For each wire the aliases that importing the registry and the catalog's two providers gives."""
        return {
            wire: tuple(f"{endpoint.provider}/{model.id}" for model in GOOD)
            for wire, endpoint in ENDPOINTS.items()
        }

    @property
    def fault_aliases(self) -> tuple[str, ...]:
        """The aliases that importing the registry of failing models gives."""
        return tuple(f"{FAULTS_PROVIDER}/{model.id}" for model in FAULTS)

    def revise(self) -> None:
        """Lets the registry say something else from now on, as registries do in time."""
        self._listener.site = replace(self._listener.site, revised=True)

    @classmethod
    @contextmanager
    def start(cls, pace: Pace = Pace()) -> Iterator[Self]:
        """A demo on a free port of 127.0.0.1, until the end of the ``with`` block.

        Raises:
            OSError: the machine has no loopback address to listen on.
        """
        listener = _Listener(pace)
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,), name="demo", daemon=True)
        thread.start()
        try:
            yield cls(listener)
        finally:
            listener.stop()
            thread.join()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, pace: Pace) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pace = pace
        self.site = Site(
            url=f"http://127.0.0.1:{self.server_port}",
            token=f"demo-token-{secrets.token_hex(8)}",
            model_key=f"demo-key-{secrets.token_hex(8)}",
        )
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()

    def stop(self) -> None:
        """Hang up on everyone and wait, shortly, until no thread is left that would notice late."""
        self.shutdown()
        self.server_close()
        self.stopping.set()
        with self._changed:
            for connection in self._open:
                _hang_up(connection)
            self._changed.wait_for(lambda: not self._open, timeout=2)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error; anything else is, and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = f"kimi-provider-demo/{__version__}"
    sys_version = ""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Nobody reads a log of the demo."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers or not length.isdecimal() or int(length) > _MOST_BODY:
            self.close_connection = True
            self.send_error(413 if length.isdecimal() else 411)
            return
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
        )
        response = respond(self.server.site, request, Stamp(secrets.token_hex(12), int(time.time())))
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.frames is None:
            if response.status != HTTPStatus.NOT_MODIFIED:
                self.send_header("content-length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)
            return
        self.send_header("transfer-encoding", "chunked")
        self._stream(response, response.frames)

    def _stream(self, response: Response, frames: tuple[bytes, ...]) -> None:
        pace, stopping = self.server.pace, self.server.stopping
        self.end_headers()
        pause = pace.slow if response.behaviour is Behaviour.SLOW else pace.first
        for frame in frames:
            if stopping.wait(pause):
                self.close_connection = True
                return
            self.wfile.write(b"%x\r\n%b\r\n" % (len(frame), frame))
            pause = pace.each
        match response.behaviour:
            case Behaviour.STALLED:
                self.connection.recv(1)  # until the client leaves or the demo stops
                self.close_connection = True
            case Behaviour.CUT:
                self.close_connection = True
            case _:
                self.wfile.write(b"0\r\n\r\n")


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # gone already
