"""Providers whose entry leaves something open: a variable, the whole endpoint, or no way to speak to them."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from catalog.documents import CatalogRequest
from provisioner.app import Http
from provisioner.cli import wizard
from tests.cli.wizard.conversation import CTRL_C, CTRL_U, DOWN, ENTER, ESC, SPACE, conversation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from provisioner.app import App
    from tests.cli.wizard.conftest import Run

URL = "https://catalog.example/api.json"
KEY = "sk-0123456789abcdefghij"
STREAM = (
    b'data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\ndata: [DONE]\n\n'
)


def model(name: str, **extra: Any) -> dict[str, Any]:
    limits = {"context": 1000, "output": 100}
    return {"id": name, "name": name.title(), "tool_call": True, "limit": limits, **extra}


def provider(id_: str, **extra: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "name": id_.title(),
        "npm": "@ai-sdk/openai-compatible",
        "env": [f"{id_.upper()}_API_KEY"],
        "doc": f"https://{id_}.example/docs",
        "models": {"m": model("m")},
        **extra,
    }


CATALOG = {
    "cloud": provider("cloud", api="https://${REGION}.cloud.example/${ACCOUNT}/v1"),
    "open": provider("open", npm="@ai-sdk/xai"),
    "bedrock": provider("bedrock", npm="@ai-sdk/amazon-bedrock"),
    "empty": provider("empty", api="https://empty.example/v1", models={}),
    "evil": provider("evil", name="\x1b]0;owned\x07\u202eevil", api="https://evil.example/v1"),
}


class _Stream(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield STREAM


@pytest.fixture
def asked() -> list[str]:
    """The URLs of the requests that were sent to models."""
    return []


@pytest.fixture
def gaps_app(app: App, asked: list[str]) -> App:
    def documents(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=CATALOG) if str(request.url) == URL else httpx.Response(404)

    def models(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if request.headers["authorization"] != f"Bearer {KEY}":
            return httpx.Response(401, json={"error": {"message": "no", "type": "invalid_request_error"}})
        return httpx.Response(200, stream=_Stream(), headers={"content-type": "text/event-stream"})

    http = Http(httpx.MockTransport(documents), httpx.MockTransport(models))
    return app._replace(env={"TERM": "xterm", "ACCOUNT": "acct-9"}, http=http)


@pytest.fixture
def run(gaps_app: App, nothing_local: None) -> Run:
    return lambda: wizard.run(gaps_app, access=lambda: CatalogRequest(url=URL))


def saved(app: App) -> dict[str, Any]:
    return tomllib.loads(app.config_path.read_text())


def test_variables_are_asked_for_one_by_one(run: Run, gaps_app: App, asked: list[str]) -> None:
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?").types("cloud", ENTER)
        talk.sees("REGION for Cloud", "https://${REGION}.cloud.example").types("eu", ENTER)
        talk.sees("ACCOUNT for Cloud", "acct-9").types(ESC)  # the environment has it
        talk.sees("REGION for Cloud", "eu").types("1", ENTER)
        talk.sees("ACCOUNT for Cloud").types(ENTER)
        talk.sees("The key for Cloud").types(KEY, ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    assert saved(gaps_app)["providers"]["cloud"]["base_url"] == "https://eu1.cloud.example/acct-9/v1"
    assert asked == ["https://eu1.cloud.example/acct-9/v1/chat/completions"]


def test_a_variable_that_makes_no_address_is_refused(run: Run) -> None:
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?").types("cloud", ENTER)
        talk.sees("REGION for Cloud").types("https://eu", ENTER)
        talk.sees("ACCOUNT for Cloud").types(ENTER)
        talk.sees("not an http or https address").types(CTRL_C)


def test_an_endpoint_is_asked_for_where_the_catalog_has_none(run: Run, gaps_app: App) -> None:
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?").types("open", ENTER)
        talk.sees("The base URL of Open", "gets your key").types("nonsense", ENTER)
        talk.sees("not an http or https address").types(CTRL_U, "https://mine.example/v1", ENTER)
        talk.sees("The key for Open").types(KEY, ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    assert saved(gaps_app)["providers"]["open"]["base_url"] == "https://mine.example/v1"


@pytest.mark.parametrize(
    ("name", "why"), [("bedrock", "protocol of its own"), ("empty", "lists no usable model")]
)
def test_what_cannot_be_imported_says_why_and_stays(run: Run, name: str, why: str) -> None:
    with conversation(run, columns=120) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?").types(name, ENTER)
        talk.sees(why).types(CTRL_C)


def test_the_wire_is_said_where_it_is_a_guess(run: Run) -> None:
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?", "openai (guess)").types("open")
        talk.sees(", which is a guess; the catalog gives no endpoint").types(CTRL_C)


def test_server_text_cannot_drive_the_terminal(run: Run) -> None:
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?", "\\x1b]0;owned\\x07\\u202eevil").types(CTRL_C)


def test_a_login_of_kimi_code_is_left_alone(run: Run, gaps_app: App) -> None:
    gaps_app.config_path.parent.mkdir()
    gaps_app.config_path.write_text(
        '[providers.open]\ntype = "kimi"\n[providers.open.oauth]\nstorage = "file"\nkey = "k"\n'
    )
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?", "configured").types("open", ENTER)
        talk.sees("a login of Kimi Code itself").types(CTRL_C)


def test_a_kept_key_is_offered_and_kept(run: Run, gaps_app: App, asked: list[str]) -> None:
    gaps_app.config_path.parent.mkdir()
    gaps_app.config_path.write_text(
        '[providers.open]\ntype = "openai"\nbase_url = "https://mine.example/v1"\napi_key = "sk-kept-kept-kept"\n'
    )
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?").types("open", ENTER)
        talk.sees("The base URL of Open").types("https://mine.example/v1", ENTER)
        talk.sees("Keep what config.toml has").types(ENTER)
        talk.sees("Write this to", "key as it is").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
        assert "sk-kept" not in talk.everything
    assert saved(gaps_app)["providers"]["open"]["api_key"] == "sk-kept-kept-kept"
    assert asked == []


def test_a_kept_key_does_not_follow_to_another_endpoint(run: Run, gaps_app: App) -> None:
    gaps_app.config_path.parent.mkdir()
    gaps_app.config_path.write_text(
        '[providers.open]\ntype = "openai"\nbase_url = "https://mine.example/v1"\napi_key = "sk-kept-kept-kept"\n'
    )
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?").types("open", ENTER)
        talk.sees("The base URL of Open").types("https://other.example/v1", ENTER)
        talk.sees("sent to https://other.example/v1", "key in config.toml is for https://mine.example/v1")
        assert "Keep what config.toml has" not in talk.everything
        talk.types(CTRL_C)


def test_a_catalog_that_cannot_be_had_leads_back(gaps_app: App, nothing_local: None) -> None:
    def run() -> int:
        return wizard.run(gaps_app, access=lambda: CatalogRequest(url="https://elsewhere.example/api.json"))

    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("That did not work", "404").types(DOWN, ENTER)  # again
        talk.sees("That did not work").types(ENTER)  # back
        talk.sees("What do you want to add?").types(ESC)
        assert talk.ends() == 130


def test_nothing_marked_is_said(gaps_app: App, nothing_local: None, monkeypatch: pytest.MonkeyPatch) -> None:
    two = provider("two", api="https://two.example/v1", models={"a": model("a"), "b": model("b")})
    monkeypatch.setitem(CATALOG, "two", two)
    with conversation(lambda: wizard.run(gaps_app, access=lambda: CatalogRequest(url=URL))) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?").types("two", ENTER)
        talk.sees("Which models?").types(SPACE, DOWN, SPACE, ENTER)
        talk.sees("mark at least one").types(CTRL_C)
