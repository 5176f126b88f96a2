"""Runs command lines in this process, on a machine of the test's own."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import pytest

from catalog import schema
from provisioner.app import App, Http
from provisioner.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

Host = Callable[[httpx.Request], httpx.Response]


@dataclass(frozen=True)
class Done:
    """A finished command: exit code and what it printed."""

    code: int
    out: str
    err: str

    def json(self, name: str) -> Any:
        """stdout as exactly one JSON document that is valid by ``schemas/output/<name>``."""
        document = json.loads(self.out)
        assert schema.problems(document, f"output/{name}") == []
        return document

    def error(self) -> Any:
        """stderr as exactly one JSON error object."""
        document = json.loads(self.err)
        assert schema.problems(document, "output/error") == []
        return document


class Cli(Protocol):
    def __call__(self, *arguments: str, stdin: str = "", env: dict[str, str] | None = None) -> Done: ...


class Machine:
    """An App around a temp home, and a host that tests replace at will."""

    def __init__(self, app: App) -> None:
        self.host: Host = _unreachable
        self.requests: list[httpx.Request] = []
        self.app = app._replace(http=Http(transport=httpx.MockTransport(self._answer)))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.host(request)

    def serves(self, *documents: tuple[str, Any], **headers: str) -> None:
        """Answers the given URLs with JSON, everything else with 404."""
        known = dict(documents)

        def host(request: httpx.Request) -> httpx.Response:
            body = known.get(str(request.url))
            return httpx.Response(404) if body is None else httpx.Response(200, json=body, headers=headers)

        self.host = host

    @property
    def config(self) -> Path:
        return self.app.config_path

    def write(self, text: str) -> bytes:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_bytes(text.encode())
        return text.encode()


def _unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("[Errno 111] Connection refused", request=request)


@pytest.fixture
def machine(app: App) -> Machine:
    return Machine(app)


@pytest.fixture
def cli(machine: Machine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    def command(*arguments: str, stdin: str = "", env: dict[str, str] | None = None) -> Done:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        code = run(list(arguments), "kimi provider", machine.app._replace(env=env or {}))
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return command


REGISTRY_URL = "https://registry.example/api.json"
TOKEN = "tok-0123456789abcdef"


def registry(**extra: Any) -> dict[str, Any]:
    """A small registry of two providers."""
    return {
        "first": {
            "id": "alpha",
            "name": "Alpha",
            "api": "https://alpha.example/v1",
            "type": "openai",
            "models": {
                "big": {
                    "id": "alpha-big-1",
                    "name": "Alpha Big",
                    "limit": {"context": 200000, "output": 32000},
                    "tool_call": True,
                    "reasoning": True,
                    "modalities": {"input": ["text", "image"], "output": ["text"]},
                },
                "small": {"id": "alpha-small-1"},
            },
        },
        "second": {
            "id": "beta",
            "name": "Beta",
            "api": "https://beta.example",
            "type": "anthropic",
            "models": {"one": {"id": "beta-one"}},
        },
        **extra,
    }
