"""Looking for model servers on loopback, against real sockets that answer as real servers do."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from provisioner.workflows import local_servers
from provisioner.workflows.local_servers import USUAL, LocalServer, Usual

if TYPE_CHECKING:
    from collections.abc import Iterator

LIST = {"object": "list", "data": [{"id": "a", "object": "model"}, {"id": "b", "object": "model"}]}


@contextmanager
def server(status: int, body: bytes, delay_s: float = 0) -> Iterator[int]:
    """The port of a server that says the same to everyone."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            time.sleep(delay_s)
            self.send_response(status if self.path == "/v1/models" else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):  # the client has given up waiting
                super().handle()

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield listener.server_port
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def found(*ports: int, wait_s: float = 60) -> tuple[LocalServer, ...]:
    return local_servers.run(tuple(Usual("Server", "server", port) for port in ports), wait_s)


def test_the_usual_ports() -> None:
    assert {one.name: one.port for one in USUAL} == {
        "Ollama": 11434,
        "LM Studio": 1234,
        "vLLM": 8000,
        "llama.cpp": 8080,
    }


def test_a_server_is_known_by_its_list() -> None:
    with server(200, json.dumps(LIST).encode()) as port:
        assert found(port) == (LocalServer("Server", "server", f"http://127.0.0.1:{port}/v1", 2),)


@pytest.mark.parametrize(
    ("status", "body", "models"),
    [
        (200, b'{"object":"list","data":null}', 0),  # an Ollama without a model
        (401, b'{"error":"Unauthorized"}', None),  # a vLLM with a key
    ],
)
def test_a_server_may_have_no_model_or_want_a_key(status: int, body: bytes, models: int | None) -> None:
    with server(status, body) as port:
        (one,) = found(port)
        assert one.models == models


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<!DOCTYPE html><html></html>"),
        (200, b'{"object":"list","data":{}}'),
        (200, b'[{"id":"a"}]'),
        (200, b"[" * 100_000),
        (401, b"<html>log in</html>"),
        (404, b"{}"),
        (200, b""),
    ],
)
def test_any_other_web_server_is_none(status: int, body: bytes) -> None:
    with server(status, body) as port:
        assert found(port) == ()


def test_what_is_not_there_costs_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        start = time.monotonic()
        assert found(free.getsockname()[1]) == ()
        assert time.monotonic() - start < 30


def test_a_server_that_takes_its_time_is_not_waited_for() -> None:
    with server(200, json.dumps(LIST).encode()) as quick, server(200, json.dumps(LIST).encode(), 60) as slow:
        start = time.monotonic()
        assert [one.base_url for one in found(slow, quick, wait_s=2)] == [f"http://127.0.0.1:{quick}/v1"]
        assert time.monotonic() - start < 30


def test_an_endless_list_is_not_read_to_its_end() -> None:
    with server(200, b" " * 4_000_000) as port:
        assert found(port) == ()
