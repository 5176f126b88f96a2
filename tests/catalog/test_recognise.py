"""What is given in place of a registry is named, with the command that takes it."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import DocumentInvalid
from catalog.recognise import recognised
from catalog.registry import read_registry

URL = "https://x.example/v1/models"
CATALOG = {"p": {"id": "p", "npm": "@ai-sdk/openai", "env": ["K"], "models": {"m": {"id": "m"}}}}
OPENCODE = {
    "$schema": "https://opencode.ai/config.json",
    "provider": {
        "mine": {"npm": "@ai-sdk/anthropic", "options": {"baseURL": "https://y.example"}, "models": {"m": {}}}
    },
}
CATWALK = {
    "id": "z",
    "type": "openai",
    "api_key": "$Z_KEY",
    "api_endpoint": "https://z.example/v1",
    "models": [{"id": "m", "context_window": 1000}],
}
KNOWN: list[tuple[Any, str, str, str]] = [
    (
        {"object": "list", "data": []},
        URL,
        "list of models",
        "add --type openai --base-url https://x.example/v1",
    ),
    (
        {**CATWALK, "type": "gemini"},
        "f.json",
        "catwalk",
        "add --type google-genai --base-url https://z.example/v1",
    ),
    (["a", "b"], URL, "list of models", "add --type openai --base-url https://x.example/v1 --as NAME"),
    (
        {"data": [{"id": "a"}]},
        URL,
        "list of models",
        "add --type openai --base-url https://x.example/v1 --as NAME",
    ),
    (
        {"data": [{"type": "model", "id": "a", "display_name": "A"}]},
        URL,
        "list of models",
        "add --type anthropic --base-url https://x.example --as NAME",
    ),
    (
        {"models": [{"name": "models/a", "supportedGenerationMethods": []}]},
        "https://x.example/v1beta/models",
        "list of models",
        "add --type google-genai --base-url https://x.example --as NAME",
    ),
    (
        {"models": [{"name": "a:8b", "model": "a:8b"}]},
        "http://127.0.0.1:11434/api/tags",
        "list of models",
        "add --type openai --base-url http://127.0.0.1:11434/v1 --as NAME",
    ),
    ({"data": [{"id": "a"}]}, "list.json", "list of models", "add --type openai --base-url URL --as NAME"),
    (CATALOG, "https://c.example/api.json", "catalog", "add ID --url https://c.example/api.json"),
    (OPENCODE, "opencode.json", "opencode", "add --type anthropic --base-url https://y.example --as mine"),
    (CATWALK, "z.json", "catwalk", "add --type openai --base-url https://z.example/v1 --as z"),
    ([CATWALK], "z.json", "catwalk", "add --type openai --base-url https://z.example/v1 --as z"),
    (
        {"providers": {"q": {"type": "openai", "base_url": "https://q.example/v1"}}},
        "crush.json",
        "another tool's configuration",
        "add --type openai --base-url https://q.example/v1 --as q",
    ),
    (
        {"id": "p", "name": "P", "api": "https://x.example/v1", "type": "openai", "models": {}},
        "one.json",
        "one provider",
        '{"p": {…}}',
    ),
    ({"error": {"message": "no"}}, URL, "error", "token"),
]


@pytest.mark.parametrize(("document", "where", "what", "hint"), KNOWN)
def test_what_it_is_and_the_command_for_it(document: Any, where: str, what: str, hint: str) -> None:
    found = recognised(document, where)
    assert found is not None
    assert what in found.message
    assert hint in found.hint


@pytest.mark.parametrize("document", [{}, [], {"a": {}}, {"a": 1}, 5, "x", None, [1], {"models": {}}, [[]]])
def test_what_is_nothing_known_is_not_named(document: Any) -> None:
    assert recognised(document, URL) is None


@pytest.mark.parametrize("document", [row[0] for row in KNOWN if isinstance(row[0], dict)])
def test_an_import_names_it_too(document: Any) -> None:
    known = recognised(document, URL)
    assert known is not None
    with pytest.raises(DocumentInvalid) as caught:
        read_registry(document, URL)
    assert (caught.value.message, caught.value.hint) == (known.message, known.hint)


def test_a_registry_with_one_good_provider_is_one() -> None:
    good = {
        "id": "p",
        "name": "P",
        "api": "https://x.example/v1",
        "type": "openai",
        "models": {"m": {"id": "m"}},
    }
    assert read_registry({**CATALOG, "good": good, "data": ["x"]}, URL).providers[0].id == "p"
