from __future__ import annotations

import pytest

from catalog.endpoint import doubts, fill, for_wire, is_http_url, variables_in
from catalog.wire import WIRES, WireName, override_wire, wire_of


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"type": "kimi", "npm": "@ai-sdk/anthropic"}, ("kimi", False)),
        ({"type": "openai_responses"}, ("openai_responses", False)),
        ({"type": "ollama", "npm": "@ai-sdk/openai"}, (None, False)),
        ({"type": "", "npm": "x"}, ("openai", True)),
        ({"type": 5, "npm": "x"}, ("openai", True)),
        ({"npm": "@AI-SDK/Anthropic"}, ("anthropic", False)),
        ({"id": "claude-gateway", "npm": "@ai-sdk/cohere"}, ("anthropic", False)),
        ({"id": "google-vertex", "npm": "@ai-sdk/google-vertex"}, ("vertexai", False)),
        ({"id": "google-vertex-anthropic", "npm": "@ai-sdk/google-vertex/anthropic"}, ("anthropic", False)),
        ({"id": "elsewhere", "npm": "@ai-sdk/google-vertex"}, ("google-genai", False)),
        ({"id": "my-Gemini", "npm": "x"}, ("google-genai", False)),
        ({"id": "azure", "npm": "@ai-sdk/openai-compatible"}, ("openai", False)),
        ({"id": "openai-proxy", "npm": "@ai-sdk/cohere"}, ("openai", False)),
        ({"id": "x", "npm": "@ai-sdk/amazon-bedrock"}, (None, False)),
        ({"id": "x", "npm": "@ai-sdk/cohere"}, (None, False)),
        ({"id": "x", "npm": "@ai-sdk/xai"}, ("openai", True)),
        ({"id": 5, "npm": None}, ("openai", True)),
        ({}, ("openai", True)),
    ],
)
def test_wire_of(entry: dict[str, object], expected: tuple[WireName | None, bool]) -> None:
    assert wire_of(entry) == expected


@pytest.mark.parametrize(
    ("npm", "expected"),
    [
        ("@ai-sdk/google-vertex/anthropic", "anthropic"),
        ("@ai-sdk/google-vertex", "vertexai"),
        ("@ai-sdk/Google", "google-genai"),
        ("@ai-sdk/openai-compatible", "openai"),
        ("ai-gateway-provider", "openai"),
    ],
)
def test_override_wire(npm: str, expected: WireName) -> None:
    assert override_wire(npm) == expected


def test_thinking_can_be_switched_off_in_two_protocols() -> None:
    assert [name for name, wire in WIRES.items() if wire.switches_thinking_off] == ["anthropic", "kimi"]


@pytest.mark.parametrize(
    ("url", "wire", "expected"),
    [
        ("https://x.example/v1", "anthropic", "https://x.example"),
        ("https://x.example/v1/", "anthropic", "https://x.example"),
        ("https://x.example/v1/v1", "anthropic", "https://x.example/v1"),
        ("https://x.example/v1beta", "anthropic", "https://x.example/v1beta"),
        ("https://x.example/v1//", "anthropic", "https://x.example/v1//"),
        ("https://x.example/v1/", "openai", "https://x.example/v1/"),
        (" https://x.example ", "openai", "https://x.example"),
    ],
)
def test_a_base_url_is_adapted_to_the_wire(url: str, wire: WireName, expected: str) -> None:
    assert for_wire(url, wire) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/v1",
        "https://x.example",
        "HTTPS://x.example",
        "http://[::1]:1/v1",
        "https://é.example",
    ],
)
def test_http_urls(url: str) -> None:
    assert is_http_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x.example/v1",
        "localhost:8000/v1",
        "file:///etc/passwd",
        "ftp://x.example",
        "https://",
        "https:///v1",
        "https://x.example/\u202ev1",
        "https://x.example/a b",
        "https://x.example\n",
        "https://x.example:port",
        "https://x.example:99999",
        "https://[::1",
        "https://https://x.example/v1",
    ],
)
def test_other_urls(url: str) -> None:
    assert not is_http_url(url)


def test_placeholders_are_filled_where_a_value_is_given() -> None:
    url = "https://${HOST}/${ACCOUNT}/${HOST}/v1"
    assert variables_in(url) == ("HOST", "ACCOUNT")
    assert fill(url, {"HOST": " h ", "ACCOUNT": "  ", "OTHER": "x"}) == "https://h/${ACCOUNT}/h/v1"
    assert fill("https://${A}", {"A": r"\1"}) == r"https://\1", "a value is no replacement pattern"


@pytest.mark.parametrize(
    ("wire", "url", "word"),
    [
        ("openai", "https://x.example/v1/chat/completions", "/chat/completions"),
        ("openai_responses", "https://x.example/v1/responses/", "/responses"),
        ("openai", "https://x.example/v1/models", "/v1/models"),
        ("openai", "https://x.example", "no version"),
        ("kimi", "https://x.example/api", "no version"),
        ("openai", "https://${HOST}/v1", "placeholder"),
        ("openai", "https://x.example/v1?key=1", "query"),
        ("anthropic", "https://x.example/v1", "/v1"),
        ("anthropic", "https://x.example/v1/messages", "/messages"),
        ("google-genai", "https://x.example/v1beta", "version"),
        ("vertexai", "https://x.example/v1beta1", "version"),
    ],
)
def test_doubtful_endpoints_are_named(wire: WireName, url: str, word: str) -> None:
    (doubt,) = doubts(wire, url)
    assert word in doubt


@pytest.mark.parametrize(
    ("wire", "url"),
    [
        ("openai", "https://openrouter.ai/api/v1"),
        ("openai", "https://generativelanguage.googleapis.com/v1beta/openai/"),
        ("openai", "https://open.bigmodel.cn/api/paas/v4"),
        ("kimi", "https://api.moonshot.ai/v1/"),
        ("anthropic", "https://api.anthropic.com"),
        ("anthropic", "https://api.moonshot.ai/anthropic"),
        ("google-genai", "https://generativelanguage.googleapis.com"),
    ],
)
def test_sound_endpoints_raise_no_doubt(wire: WireName, url: str) -> None:
    assert doubts(wire, url) == ()
