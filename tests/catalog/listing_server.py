"""A server with a list of models, for tests of discovery. What it answers is what the real ones answer, shortened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from catalog.discovery import discover

if TYPE_CHECKING:
    from catalog.models import Model
    from catalog.wire import WireName

BASE = "https://gateway.example/v1"


class Server:
    """Answers by method and path (with query); anything else is a 404. Remembers what was asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.requests: list[httpx.Request] = []

    def client(self, timeout: httpx.Timeout) -> httpx.Client:
        return httpx.Client(timeout=timeout, transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = self.answers.get(f"{request.method} {request.url.raw_path.decode()}")
        if found is None:
            return httpx.Response(404, json={"error": {"message": "no such path"}})
        if isinstance(found, httpx.Response):
            return found
        return httpx.Response(200, content=json.dumps(found(request) if callable(found) else found).encode())

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]


def listing(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"object": "list", "data": list(entries)}


def models(
    server: Server, wire: WireName = "openai", base: str = BASE, key: str | None = "k"
) -> tuple[Model, ...]:
    return discover(server.client, wire, base, key)
