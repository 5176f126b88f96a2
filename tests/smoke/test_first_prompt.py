"""The shape and the size of a first turn, held here without a Kimi Code to compare with.

Source of the figures and keywords: requests of Kimi Code 2.1.0 captured on loopback (tests/peer/compare_requests.py
compares them again).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.smoke.first_prompt import TOKENS, around
from provisioner.smoke.probe import Probe, Size
from tests.smoke.streams import BASES
from tests.smoke.test_requests import request

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYWORDS = {
    "$schema", "type", "properties", "required", "additionalProperties", "description", "default", "enum", "anyOf",
    "items", "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "propertyNames",
}  # fmt: skip
ODD_NAMES = {"pattern", "path", "type", "items", "description", "title", "-i", "-A"}
SIZES: tuple[Size, ...] = ("small", "full")
MARK = {"type": "ephemeral"}


def first(wire: str, size: Size = "small", **more: Any) -> dict[str, Any]:
    return request(wire, Probe("Say hi.", size=size), **more).body


def schemas(wire: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    member = {
        "anthropic": "input_schema",
        "google-genai": "parametersJsonSchema",
        "vertexai": "parametersJsonSchema",
    }
    holders = [tool.get("function", tool) for tool in body["tools"]]
    declared = [one for holder in holders for one in holder.get("functionDeclarations", [holder])]
    return [one[member.get(wire, "parameters")] for one in declared]


def used(schema: Any) -> Iterator[str]:
    """The keywords of a schema, and the names of its properties behind a slash."""
    if isinstance(schema, dict):
        for name, value in schema.items():
            yield name
            if name == "properties":
                for key, member in value.items():
                    yield f"/{key}"
                    yield from used(member)
            else:
                yield from used(value)
    elif isinstance(schema, list):
        for member in schema:
            yield from used(member)


@pytest.mark.parametrize("wire", BASES)
@pytest.mark.parametrize("size", SIZES)
def test_the_tools_use_every_keyword_that_kimi_code_uses_and_no_other(wire: str, size: Size) -> None:
    found = schemas(wire, first(wire, size))
    assert len(found) == (25 if size == "full" else 3)
    assert all(schema["$schema"] == "http://json-schema.org/draft-07/schema#" for schema in found)
    assert all(schema["additionalProperties"] is False for schema in found)
    assert any(schema["properties"] == {} and "required" not in schema for schema in found)
    words = {word for schema in found for word in used(schema)}
    assert {word for word in words if not word.startswith("/")} == KEYWORDS
    assert {f"/{name}" for name in ODD_NAMES} <= words
    assert str(2**53 - 1) in json.dumps(found)


@pytest.mark.parametrize("wire", ["kimi", "openai"])
def test_chat_completions_begin_with_the_system_and_go_on_with_three_user_messages(wire: str) -> None:
    body = first(wire)
    assert [message["role"] for message in body["messages"]] == ["system", "user", "user", "user"]
    assert body["messages"][1]["content"] == "Say hi."
    assert all(isinstance(message["content"], str) for message in body["messages"])
    assert body["prompt_cache_key"].startswith("session_")


def test_responses_have_instructions_and_three_user_messages() -> None:
    body = first("openai_responses")
    assert body["instructions"] == around("small").system
    assert [item["role"] for item in body["input"]] == ["user"] * 3
    assert all([part["type"] for part in item["content"]] == ["input_text"] for item in body["input"])
    assert body["prompt_cache_key"].startswith("session_")
    assert {tool["strict"] for tool in body["tools"]} == {False}


def test_messages_are_one_of_three_parts_and_the_cache_marks_stand_at_each_end() -> None:
    body = first("anthropic")
    (message,) = body["messages"]
    assert [part.get("cache_control") for part in message["content"]] == [None, None, MARK]
    assert [part.get("cache_control") for part in body["system"]] == [MARK]
    assert [tool.get("cache_control") for tool in body["tools"]] == [None, None, MARK]


@pytest.mark.parametrize("wire", ["google-genai", "vertexai"])
def test_google_has_one_content_of_three_parts_and_a_tool_in_each_element(wire: str) -> None:
    body = first(wire)
    (content,) = body["contents"]
    assert (content["role"], len(content["parts"])) == ("user", 3)
    assert [len(tool["functionDeclarations"]) for tool in body["tools"]] == [1, 1, 1]
    assert body["systemInstruction"]["parts"] == [{"text": around("small").system}]


@pytest.mark.parametrize("wire", BASES)
def test_a_full_request_differs_from_a_small_one_in_size_alone(wire: str) -> None:
    small, full = first(wire), first(wire, "full")
    assert small.keys() == full.keys()
    assert len(json.dumps(small)) < 5_000
    assert 80_000 < len(json.dumps(full, separators=(",", ":"))) < 88_000
    assert json.dumps(full) == json.dumps(first(wire, "full"))
    # Four or five characters to a token, as in English and JSON.
    assert 4 * TOKENS < len(json.dumps(full)) < 5 * TOKENS


@pytest.mark.parametrize("wire", BASES)
def test_the_headers_of_kimi_codes_client_are_sent_but_not_its_names(wire: str) -> None:
    headers = {name.lower(): value for name, value in request(wire).headers.items()}
    assert headers["accept-language"] == "*"
    assert headers["sec-fetch-mode"] == "cors"
    assert headers["accept-encoding"] == "gzip, deflate"
    assert not any(name.startswith(("x-msh", "x-stainless", "user-agent")) for name in headers)


def test_the_users_headers_win_but_for_the_type_of_the_body() -> None:
    own = (
        'custom_headers = {accept = "text/plain", Content-Type = "text/plain", accept-encoding = "identity"}'
    )
    headers = request("openai", provider=own).headers
    assert (headers["accept"], headers["accept-encoding"]) == ("text/plain", "identity")
    assert {name: value for name, value in headers.items() if name.lower() == "content-type"} == {
        "Content-Type": "application/json"
    }


def test_the_users_beta_flag_is_sent_only_where_kimi_code_sends_none() -> None:
    def flag(model: str) -> str:
        own = 'custom_headers = {Anthropic-Beta = "mine"}'
        headers = request("anthropic", provider=own, model=model).headers
        (value,) = (value for name, value in headers.items() if name.lower() == "anthropic-beta")
        return value

    assert flag("") == "mine"
    assert flag('capabilities = ["thinking"]') == "context-management-2025-06-27"
