"""What real servers refuse is refused, with the status and the body that they give."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.demo.conversation import Stamp
from provisioner.demo.routes import Site, respond
from provisioner.demo.wire import Request
from tests.demo.speak import SPEAKERS, Speaker, bearer, get, post

if TYPE_CHECKING:
    from provisioner.demo.server import Demo

WRONG_KEY = {
    "kimi": (401, "Invalid Authentication"),
    "openai": (401, "Incorrect API key provided: "),
    "openai_responses": (401, "Incorrect API key provided: "),
    "anthropic": (401, "invalid x-api-key"),
    "google-genai": (400, "API key not valid."),
    "vertexai": (401, "Request had invalid authentication credentials."),
}
NO_KEY = {
    "kimi": 401,
    "openai": 401,
    "openai_responses": 401,
    "anthropic": 401,
    "google-genai": 403,
    "vertexai": 401,
}
TOO_MANY = {
    "kimi": "Invalid request: max_completion_tokens is too large: 999999.",
    "openai": "max_completion_tokens is too large: 999999. This model supports at most 131072 completion tokens",
    "openai_responses": "Expected a value <= 131072, but got 999999 instead.",
    "anthropic": "max_tokens: 999999 > 131072, which is the maximum allowed number of output tokens for echo",
    "google-genai": "maxOutputTokens value of 999999 but the supported range is from 1 (inclusive) to 131073",
    "vertexai": "maxOutputTokens value of 999999 but the supported range is from 1 (inclusive) to 131073",
}


def message(body: Any) -> str:
    found = body["error"]["message"]
    assert isinstance(found, str)
    return found


def test_a_wrong_key(demo: Demo, speaker: Speaker) -> None:
    heard = speaker.post(demo, speaker.ask("hi"), key="sk-not-the-key-at-all")
    status, words = WRONG_KEY[speaker.wire]
    assert heard.status == status
    assert message(heard.json).startswith(words)
    assert "not-the-key" not in message(heard.json)


def test_the_list_demands_the_key_too(demo: Demo, speaker: Speaker) -> None:
    reply = get(demo.url + speaker.listing, headers=speaker.headers("sk-not-the-key"))
    assert reply.status_code == WRONG_KEY[speaker.wire][0]


def test_no_key(demo: Demo, speaker: Speaker) -> None:
    url, headers = demo.url + speaker.path("echo"), {"anthropic-version": "2023-06-01"}
    assert post(url, json=speaker.ask("hi"), headers=headers).status_code == NO_KEY[speaker.wire]


def test_an_unknown_model(demo: Demo, speaker: Speaker) -> None:
    heard = speaker.say(demo, "hi", model="echoo")
    assert heard.status == 404
    assert "echoo" in message(heard.json)


def test_no_json(demo: Demo, speaker: Speaker) -> None:
    for body in (b"{", b"[]", b"", b"\xff", b"[" * 200_000):
        assert speaker.post(demo, body).status == 400


def test_json_nested_out_of_reason(demo: Demo, speaker: Speaker) -> None:
    deep = b"[" * 900 + b"]" * 900
    body = json.dumps(speaker.ask("hi") | {"tools": ["here"]}).encode().replace(b'"here"', deep)
    assert speaker.post(demo, body).status in (200, 400)


def test_turns_that_are_no_turns(demo: Demo, speaker: Speaker) -> None:
    odd: Any
    for odd in (["hi"], [7], {}, "", []):
        body = speaker.ask("hi")
        name = next(name for name in ("messages", "input", "contents") if name in body)
        assert speaker.post(demo, body | {name: odd}).status == 400


def test_roles_that_do_not_exist(demo: Demo) -> None:
    for wire in ("kimi", "openai", "anthropic"):
        speaker = SPEAKERS[wire]
        body = speaker.ask("hi") | {"messages": [{"role": "robot", "content": "hi"}]}
        assert speaker.post(demo, body).status == 400


def test_nothing_to_answer(demo: Demo, speaker: Speaker) -> None:
    body = speaker.ask("hi")
    for name in ("messages", "input", "contents"):
        body.pop(name, None)
    heard = speaker.post(demo, body)
    assert heard.status == 400
    assert heard.headers["content-type"] == "application/json"


def test_more_output_than_the_model_allows(demo: Demo, speaker: Speaker) -> None:
    heard = speaker.say(demo, "hi", limit=999_999)
    assert heard.status == 400
    assert TOO_MANY[speaker.wire] in message(heard.json)


def test_a_path_that_is_not_there(demo: Demo, speaker: Speaker) -> None:
    path = speaker.path("echo").replace("/v1", "/v1/v1", 1)
    reply = post(demo.url + path, json=speaker.ask("hi"), headers=speaker.headers(demo.token))
    assert reply.status_code == 404
    html = reply.headers["content-type"].startswith("text/html")
    assert html == (speaker.wire in ("google-genai", "vertexai"))


def test_anthropic_wants_its_version_and_knows_its_fields(demo: Demo) -> None:
    speaker = SPEAKERS["anthropic"]
    reply = post(
        f"{demo.url}/anthropic/v1/messages", json=speaker.ask("hi"), headers={"x-api-key": demo.token}
    )
    assert message(reply.json()) == "anthropic-version: header is required"
    headers = {"x-api-key": demo.token, "anthropic-version": "2020-02-02"}
    odd = post(f"{demo.url}/anthropic/v1/messages", json=speaker.ask("hi"), headers=headers)
    assert message(odd.json()) == 'anthropic-version: "2020-02-02" is not a valid version'
    assert reply.json()["request_id"] == reply.headers["request-id"]
    body = speaker.ask("hi") | {"context_management": {"edits": []}}
    assert speaker.post(demo, body).status == 400
    assert speaker.post(demo, body, **{"anthropic-beta": "context-management-2025-06-27"}).status == 200
    del body["max_tokens"], body["context_management"]
    assert message(speaker.post(demo, body).json) == "max_tokens: Field required"


@pytest.mark.parametrize(
    ("budget", "limit", "words"),
    [
        (1023, 4096, "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"),
        (4096, 4096, "`max_tokens` must be greater than `thinking.budget_tokens`."),
    ],
)
def test_anthropic_bounds_the_thinking_budget(demo: Demo, budget: int, limit: int, words: str) -> None:
    speaker = SPEAKERS["anthropic"]
    body = speaker.ask("hi", model="thinker", limit=limit) | {
        "thinking": {"type": "enabled", "budget_tokens": budget}
    }
    assert message(speaker.post(demo, body).json) == words


def test_anthropic_takes_the_key_as_a_bearer_token_too(demo: Demo) -> None:
    url, body = f"{demo.url}/anthropic/v1/messages", SPEAKERS["anthropic"].ask("hi")
    version = {"anthropic-version": "2026-10-21"}  # whose SDKs send it so
    assert post(url, json=body, headers=version | bearer(demo.model_key)).status_code == 200
    assert post(url, json=body, headers=version | bearer("sk-wrong")).status_code == 401
    warm = body | {"temperature": 1.0}
    assert post(url, json=warm, headers=version | bearer(demo.model_key)).status_code == 400
    assert SPEAKERS["anthropic"].post(demo, warm).status == 200


CHOICES: dict[str, tuple[Any, Any, Any]] = {  # none, any, one that is not offered
    "kimi": ("none", "required", {"type": "function", "function": {"name": "gone"}}),
    "openai": ("none", "required", {"type": "function", "function": {"name": "gone"}}),
    "openai_responses": ("none", "required", {"type": "function", "name": "gone"}),
    "anthropic": ({"type": "none"}, {"type": "any"}, {"type": "tool", "name": "gone"}),
    "google-genai": (
        {"functionCallingConfig": {"mode": "NONE"}},
        {"functionCallingConfig": {"mode": "ANY"}},
        {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["gone"]}},
    ),
}


@pytest.mark.parametrize("wire", CHOICES)
def test_the_choice_of_tools_is_the_requests(demo: Demo, wire: str) -> None:
    speaker = SPEAKERS[wire]
    name = "toolConfig" if wire == "google-genai" else "tool_choice"
    none, some, gone = ({name: choice} for choice in CHOICES[wire])
    assert speaker.post(demo, speaker.ask("Use get_weather.", tool=True) | none).tool == ""
    assert speaker.post(demo, speaker.ask("say hi", tool=True) | some).tool == "get_weather"
    assert speaker.post(demo, speaker.ask("say hi", tool=True) | gone).status == 400
    assert speaker.post(demo, speaker.ask("say hi") | some).status == 400


def test_a_forced_tool_does_not_go_with_thinking(demo: Demo) -> None:
    choices: dict[str, Any] = {"kimi": "required", "anthropic": {"type": "any"}}
    for wire, choice in choices.items():
        speaker = SPEAKERS[wire]
        for model, think, status in (("thinker", True, 400), ("thinker", False, 200)):
            body = speaker.ask("hi", model=model, think=think, tool=True) | {"tool_choice": choice}
            assert speaker.post(demo, body).status == status


@pytest.mark.parametrize(
    ("wire", "drop"),
    [("kimi", "reasoning_content"), ("anthropic", "signature"), ("google-genai", "thoughtSignature")],
)
def test_reasoning_must_come_back_with_its_tool_call(demo: Demo, wire: str, drop: str) -> None:
    speaker = SPEAKERS[wire]
    heard = speaker.say(demo, "Use get_weather.", model="thinker", think=True, tool=True)
    for turn in heard.turns:
        turn.pop(drop, None)
    again = speaker.say(demo, "Use get_weather.", model="thinker", think=True, tool=True, after=heard)
    assert again.status == 400


def test_a_call_without_a_result_and_a_result_without_a_call(demo: Demo, speaker: Speaker) -> None:
    heard = speaker.say(demo, "Use get_weather.", tool=True)
    body = speaker.ask("Use get_weather.", tool=True, after=heard)
    turns = next(body[name] for name in ("messages", "input", "contents") if name in body)
    without_result, without_call = turns[:-1], [turns[0], turns[-1]]
    for broken in (without_result, without_call):
        turns[:] = broken
        assert speaker.post(demo, body).status == 400


def test_openai_names_the_efforts_it_knows(demo: Demo) -> None:
    speaker = SPEAKERS["openai"]
    heard = speaker.post(demo, speaker.ask("hi", model="thinker") | {"reasoning_effort": "xhigh"})
    assert "Supported values are: 'none', 'low', 'medium', 'high'." in message(heard.json)
    heard = speaker.post(demo, speaker.ask("hi") | {"reasoning_effort": "low"})
    assert message(heard.json) == "Unrecognized request argument supplied: reasoning_effort"


SITE = Site("http://127.0.0.1:1", "token", "key")


@dataclass(frozen=True)
class Asked:
    """A request that makes use of everything: thinking, a tool, its result."""

    path: str
    body: dict[str, Any]


@pytest.fixture
def asked(demo: Demo, speaker: Speaker) -> Asked:
    heard = speaker.say(demo, "Use get_weather.", model="thinker", think=True, tool=True)
    body = speaker.ask("Use get_weather.", model="thinker", think=True, tool=True, after=heard)
    assert speaker.post(demo, body, model="thinker").status == 200
    return Asked(speaker.path("thinker").partition("?")[0], body)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_odd_bodies_get_an_answer_or_a_refusal(data: st.DataObject, speaker: Speaker, asked: Asked) -> None:
    body = copy.deepcopy(asked.body)
    place: Any = body
    while True:  # walk to somewhere in the body and put something odd there
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(ODD)
        break
    request = Request("POST", asked.path, {}, speaker.headers(SITE.token), json.dumps(body).encode())
    response = respond(SITE, request, Stamp("0", 0))
    assert response.status in (200, 400, 404)
