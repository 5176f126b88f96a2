"""Finds model servers that run on this machine, on the ports where they usually listen.

Only loopback is asked, all ports at once, and what does not answer within the blink of an eye is not there. A port
alone proves nothing (half of all web servers listen on 8000 or 8080): a server counts when it answers like one.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any

_HOST = "127.0.0.1"
_WAIT_S = 0.15
_MOST = 1024 * 1024  # bytes of a list of models
_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Usual:
    """A server program: its name, the id that a provider of it gets, and the port it listens on by itself."""

    name: str
    id: str
    port: int


USUAL = (
    Usual("Ollama", "ollama", 11434),
    Usual("LM Studio", "lmstudio", 1234),
    Usual("vLLM", "vllm", 8000),
    Usual("llama.cpp", "llamacpp", 8080),
)


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that answered; ``models`` is how many it lists, None where it wants a key first."""

    name: str
    id: str
    base_url: str
    models: int | None


def run(usual: tuple[Usual, ...] = USUAL, wait_s: float = _WAIT_S) -> tuple[LocalServer, ...]:
    """The servers that answer within ``wait_s`` seconds, in the order of ``usual``."""
    deadline = time.monotonic() + wait_s
    found: dict[Usual, LocalServer] = {}

    def look(one: Usual) -> None:
        server = _server(one, deadline)
        if server is not None:
            found[one] = server

    threads = [threading.Thread(target=look, args=(one,), daemon=True) for one in usual]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0))
    return tuple(found[one] for one in usual if one in found)


def _server(one: Usual, deadline: float) -> LocalServer | None:
    try:
        reply = _ask(one.port, deadline)
    except OSError:
        return None
    head, _, body = reply.partition(b"\r\n\r\n")
    base_url = f"http://{_HOST}:{one.port}/v1"
    match head.split(b" ", 2)[1:2], _object(body):
        case [b"200"], {"object": "list", "data": list(models)}:
            return LocalServer(one.name, one.id, base_url, len(models))
        case [b"200"], {"object": "list", "data": None}:  # an Ollama without any model
            return LocalServer(one.name, one.id, base_url, 0)
        case [b"401"], {"error": _}:
            return LocalServer(one.name, one.id, base_url, None)
    return None


def _ask(port: int, deadline: float) -> bytes:
    """The whole answer to a GET of the OpenAI-compatible list; HTTP/1.0, so that it comes unchunked and ends."""
    with socket.create_connection((_HOST, port), timeout=_left(deadline)) as connection:
        request = f"GET /v1/models HTTP/1.0\r\nHost: {_HOST}:{port}\r\nAccept: application/json\r\n\r\n"
        connection.sendall(request.encode())
        reply = bytearray()
        while len(reply) <= _MOST:
            connection.settimeout(_left(deadline))
            piece = connection.recv(_READ)
            if not piece:
                break
            reply += piece
    return bytes(reply)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
