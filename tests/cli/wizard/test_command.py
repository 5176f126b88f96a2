"""The command that is printed makes the same request as the answers did."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catalog.documents import CatalogRequest
from provisioner.cli.wizard import command
from provisioner.workflows import add_catalog, add_endpoint, add_registry
from provisioner.workflows.credential import Credential

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

KEY = "sk-0123456789abcdef"


def shell_words(lines: list[str]) -> list[str]:
    """As a shell reads them: a backslash joins two lines, which shlex does not know."""
    return shlex.split("\n".join(lines).replace("\\\n", ""))


class Seen(Exception):
    """Carries the request that a command line makes."""


def request_of(cli: Cli, monkeypatch: pytest.MonkeyPatch, workflow: Any, arguments: list[str]) -> Any:
    """What the printed command asks of ``workflow``."""
    seen = []

    def run(_app: Any, request: Any, _watch: Any) -> None:
        seen.append(request)
        raise Seen

    monkeypatch.setattr(workflow, "run", run)
    printed = command.lines("kimi provider", arguments, None, width=60)
    words = shell_words(printed)
    assert words[:2] == ["kimi", "provider"]
    with pytest.raises(Seen):
        cli(*words[2:], stdin=KEY)
    return seen[0]


@pytest.mark.parametrize(
    "request_",
    [
        add_catalog.Request("anthropic", Credential(key=KEY)),
        add_catalog.Request(
            "cloud",
            Credential(variable="CLOUD_KEY"),
            variables={"REGION": "eu", "A": "b c"},
            models=(command.exactly("a[1]*"), "b"),
            default_model="b",
            access=CatalogRequest(url="https://catalog.example/api.json"),
        ),
        add_catalog.Request("open", Credential(variable="K"), base_url="https://open.example/v1"),
    ],
)
def test_a_catalog_provider(cli: Cli, monkeypatch: pytest.MonkeyPatch, request_: add_catalog.Request) -> None:
    assert request_of(cli, monkeypatch, add_catalog, command.for_catalog(request_)) == request_


@pytest.mark.parametrize(
    "request_",
    [
        add_registry.Request("https://r.example/api.json", KEY, only=("a", "b"), default_model="a/m"),
        add_registry.Request("https://r.example/api.json"),
    ],
)
def test_a_registry(cli: Cli, monkeypatch: pytest.MonkeyPatch, request_: add_registry.Request) -> None:
    assert request_of(cli, monkeypatch, add_registry, command.for_registry(request_)) == request_


@pytest.mark.parametrize(
    "request_",
    [
        add_endpoint.Request(
            "openai", "http://127.0.0.1:11434/v1", "ollama", Credential(key="unused"), only=("a:b",)
        ),
        add_endpoint.Request(
            "anthropic",
            "https://x.example",
            "x",
            Credential(key=KEY),
            models=(("m:8b", 8192), ("n", None)),
            default_model="n",
        ),
    ],
)
def test_an_endpoint(cli: Cli, monkeypatch: pytest.MonkeyPatch, request_: add_endpoint.Request) -> None:
    assert request_of(cli, monkeypatch, add_endpoint, command.for_endpoint(request_)) == request_


def test_a_key_is_never_part_of_it() -> None:
    requests = (
        command.for_catalog(add_catalog.Request("p", Credential(key=KEY))),
        command.for_registry(add_registry.Request("https://r.example/api.json", KEY)),
        command.for_endpoint(add_endpoint.Request("openai", "https://x.example", "x", Credential(key=KEY))),
        command.for_registry(add_registry.Request(f"https://u:{KEY}@r.example/api.json?key={KEY}")),
        command.for_catalog(
            add_catalog.Request("p", access=CatalogRequest(url=f"https://c.example/?t={KEY}"))
        ),
    )
    assert all(KEY not in word for arguments in requests for word in arguments)


def test_long_commands_are_broken_where_a_shell_allows_it() -> None:
    arguments = ["add", "p", *(f"--model=m{i}" for i in range(20))]
    printed = command.lines("kimi-provider", arguments, Path("/a path/config.toml"), width=40)
    assert all(len(line) <= 40 for line in printed)
    assert all(line.endswith(" \\") for line in printed[:-1])
    assert shell_words(printed) == ["kimi-provider", *arguments, "--config=/a path/config.toml"]
