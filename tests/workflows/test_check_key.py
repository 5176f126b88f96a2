"""A key tried on a cheap request: what is said of it, for what a server answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.app import Http
from provisioner.demo.server import Demo, Pace
from provisioner.workflows import check_key
from provisioner.workflows.check_key import Request, Result

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from provisioner.app import App

KEY = "sk-0123456789abcdefghij"
STREAM = (
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}],'
    b'"usage":{"prompt_tokens":1,"completion_tokens":16}}\n\ndata: [DONE]\n\n'
)


def data(base_url: str = "https://models.example/v1", **provider: Any) -> dict[str, Any]:
    return {
        "providers": {"p": {"type": "openai", "base_url": base_url, "api_key": KEY, **provider}},
        "models": {"p/m": {"provider": "p", "model": "echo", "max_context_size": 1000}},
    }


class _Body(httpx.AsyncByteStream):
    """A body that is read as it comes; a mock transport reads every other one before it is asked to."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


@pytest.fixture
def tried(app: App) -> Callable[..., Result]:
    """What is said of a key when the server gives the answers of ``host``."""

    def run(host: Callable[[httpx.Request], httpx.Response], config: dict[str, Any] | None = None) -> Result:
        heard = app._replace(http=Http(async_transport=httpx.MockTransport(host)))
        return check_key.run(heard, Request(config or data(), "p/m"))

    return run


def refusing(status: int, error: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, stream=_Body(json.dumps({"error": error}).encode()))


def test_a_valid_key_costs_a_few_tokens(tried: Callable[..., Result]) -> None:
    seen: list[httpx.Request] = []

    def host(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, stream=_Body(STREAM), headers={"content-type": "text/event-stream"})

    assert tried(host) == Result("valid")
    (request,) = seen
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(request.content)["max_tokens"] == 16


@pytest.mark.parametrize(
    ("status", "error", "verdict"),
    [
        (401, {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}, "invalid"),
        (400, {"message": "API key not valid", "status": "INVALID_ARGUMENT"}, "invalid"),
        (429, {"message": "You exceeded your current quota", "code": "insufficient_quota"}, "valid"),
        (429, {"message": "Too many requests"}, "unknown"),
        (403, {"message": "Your region is not supported"}, "unknown"),
        (404, {"message": "The model `echo` does not exist", "code": "model_not_found"}, "unknown"),
        (500, {"message": "oops"}, "unknown"),
        (302, {}, "unknown"),
    ],
)
def test_what_a_refusal_says_of_the_key(
    tried: Callable[..., Result], status: int, error: dict[str, Any], verdict: str
) -> None:
    result = tried(refusing(status, error))
    assert result.verdict == verdict
    assert result.detail
    assert KEY not in result.detail


def test_a_web_page_proves_nothing(tried: Callable[..., Result]) -> None:
    page = b"<!DOCTYPE html><html></html>"
    assert tried(lambda _: httpx.Response(200, stream=_Body(page))).verdict == "unknown"


def test_an_endpoint_that_is_not_reached_proves_nothing(tried: Callable[..., Result]) -> None:
    def host(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno 111] Connection refused", request=request)

    assert tried(host).verdict == "unknown"


def test_a_variable_that_is_not_set_is_named(tried: Callable[..., Result]) -> None:
    config = data()
    config["providers"]["p"] = {"type": "openai", "base_url": "https://x.example/v1", "api_key_env": "UNSET"}
    result = tried(refusing(500, {}), config)
    assert result.verdict == "unknown"
    assert "UNSET" in result.detail


@pytest.mark.parametrize("wire", ["kimi", "openai", "responses", "anthropic", "google"])
@pytest.mark.parametrize("right", [True, False])
def test_real_servers_of_every_wire(app: App, wire: str, right: bool) -> None:
    types = {"responses": "openai_responses", "google": "google-genai"}
    paths = {"anthropic": "anthropic", "google": "google"}
    with Demo.start(Pace(0, 0)) as demo:
        url = f"{demo.url}/{paths.get(wire, f'{wire}/v1')}"
        key = demo.model_key if right else KEY
        config = data(url, type=types.get(wire, wire), api_key=key)
        assert check_key.run(app, Request(config, "p/m")).verdict == ("valid" if right else "invalid")
