"""The requests, wire by wire. Whether Kimi Code sends the same is for tests/peer/compare_requests.py to see."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.kimi_code.auth import EffectiveCredential
from provisioner.kimi_code.view import View
from provisioner.smoke.checks.text import FIRST_TURN
from provisioner.smoke.picture import png_of
from provisioner.smoke.probe import Continuation, Probe
from provisioner.smoke.wires import protocol_of
from tests.smoke.streams import BASES, config

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.wires.base import HttpRequest

KEY = "sk-0123456789abcdef"
LEAST = Probe("Hi", size="least", limit=64)


def target(wire: str, base: str | None = None, **more: Any) -> Target:
    return View.of(tomllib.loads(config(wire, base or f"http://h{BASES[wire]}", **more)), {}).target("p/m")


def request(wire: str, probe: Probe = FIRST_TURN, **more: Any) -> HttpRequest:
    found = target(wire, **more)
    return protocol_of(found).request(found, probe)


@pytest.mark.parametrize(
    ("wire", "url"),
    [
        ("kimi", "http://h/v1/chat/completions"),
        ("openai", "http://h/v1/chat/completions"),
        ("openai_responses", "http://h/v1/responses"),
        ("anthropic", "http://h/v1/messages"),
        ("google-genai", "http://h/v1beta/models/m:streamGenerateContent?alt=sse"),
        ("vertexai", "http://h/v1beta/models/m:streamGenerateContent?alt=sse"),
    ],
)
def test_urls(wire: str, url: str) -> None:
    assert request(wire).url == url
    assert KEY not in url


@pytest.mark.parametrize(
    ("wire", "name", "value"),
    [
        ("kimi", "Authorization", f"Bearer {KEY}"),
        ("openai", "Authorization", f"Bearer {KEY}"),
        ("openai_responses", "Authorization", f"Bearer {KEY}"),
        ("anthropic", "x-api-key", KEY),
        ("google-genai", "x-goog-api-key", KEY),
        ("vertexai", "x-goog-api-key", KEY),
    ],
)
def test_the_key_travels_in_the_wires_own_header_unless_the_user_sets_it(
    wire: str, name: str, value: str
) -> None:
    assert request(wire).headers[name] == value
    own = f'custom_headers = {{{name.upper()} = "mine-0123456789", X-More = "yes"}}'
    headers = {name.lower(): value for name, value in request(wire, provider=own).headers.items()}
    assert (headers[name.lower()], headers["x-more"]) == ("mine-0123456789", "yes")
    assert KEY not in json.dumps(headers)


def test_a_google_token_names_who_pays_and_the_path_names_the_project() -> None:
    found = target("vertexai", provider='env = {GOOGLE_CLOUD_PROJECT = "proj", GOOGLE_CLOUD_LOCATION = "eu"}')
    token = EffectiveCredential("token", "ya29", "adc", quota_project="payer")
    found = found._replace(credential=token, project="proj", location="eu")
    sent = protocol_of(found).request(found, LEAST)
    assert sent.url.endswith(
        "/v1beta1/projects/proj/locations/eu/publishers/google/models/m:streamGenerateContent?alt=sse"
    )
    assert (sent.headers["Authorization"], sent.headers["x-goog-user-project"]) == ("Bearer ya29", "payer")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("models/a", "models/a"),
        ("tunedModels/a", "tunedModels/a"),
        ("a b", "models/a%20b"),
        ("a/b", "models/a/b"),
    ],
)
def test_google_model_names_in_paths(name: str, path: str) -> None:
    found = target("google-genai")._replace(model=name)
    assert f"/v1beta/{path}:stream" in protocol_of(found).request(found, LEAST).url


@pytest.mark.parametrize("wire", BASES)
def test_the_least_request_has_a_prompt_and_a_limit_and_no_tool(wire: str) -> None:
    body = request(wire, LEAST, model='capabilities = ["thinking"]').body
    allowed = {
        "model",
        "messages",
        "input",
        "contents",
        "stream",
        "stream_options",
        "store",
        "generationConfig",
    }
    allowed |= {"max_tokens", "max_completion_tokens", "max_output_tokens"}
    assert body.keys() <= allowed
    assert "64" in json.dumps(body)
    assert "temperature" not in json.dumps(body)


def test_what_a_server_refuses_by_name_is_left_out_or_renamed() -> None:
    without = frozenset({"max_tokens", "stream_options"})
    body = request("openai", replace(LEAST, without=without)).body
    assert (body["max_completion_tokens"], "max_tokens" in body, "stream_options" in body) == (
        64,
        False,
        False,
    )
    body = request("kimi", replace(LEAST, without=frozenset({"max_completion_tokens"}))).body
    assert body["max_tokens"] == 64


@pytest.mark.parametrize("wire", BASES)
@pytest.mark.parametrize("mode", ["on", "off"])
def test_thinking_can_be_asked_for_and_off(wire: str, mode: Any) -> None:
    more = 'support_efforts = ["low", "high"]\noff_effort = "none"'
    on, off = (
        json.dumps(request(wire, Probe("Hi", thinking=switch), model=more).body) for switch in ("on", "off")
    )
    assert on != off
    default = json.dumps(request(wire, Probe("Hi"), model=more).body)
    assert default == off
    assert json.dumps(request(wire, Probe("Hi", thinking=mode, size="least"), model=more).body)


@pytest.mark.parametrize("wire", BASES)
def test_a_picture_comes_before_the_prompt(wire: str) -> None:
    text = json.dumps(request(wire, Probe("What colour?", image=png_of("red"))).body)
    assert "iVBORw0KGgo" in text
    assert text.index("iVBORw0KGgo") < text.index("What colour?")


@pytest.mark.parametrize(
    ("wire", "member", "shape"),
    [
        ("openai", "messages", {"role": "tool", "tool_call_id": "a", "content": "14:37"}),
        ("openai_responses", "input", {"type": "function_call_output", "call_id": "a", "output": "14:37"}),
        (
            "anthropic",
            "messages",
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "14:37"}]},
        ),
        (
            "google-genai",
            "contents",
            {
                "role": "user",
                "parts": [
                    {"functionResponse": {"id": "a", "name": "get_time", "response": {"output": "14:37"}}}
                ],
            },
        ),
    ],
)
def test_a_result_follows_the_turn_that_asked_for_it(wire: str, member: str, shape: dict[str, Any]) -> None:
    probe = Probe("Time?", continuation=Continuation(({"turn": 1},), (("a", "get_time", "14:37"),)))
    sent = request(wire, probe).body[member]
    assert sent[-2:] == [{"turn": 1}, shape]


def test_budget_and_adaptive_thinking() -> None:
    def thinking(name: str, model: str = "") -> Any:
        return request("anthropic", name=name, model=model).body["thinking"]

    assert thinking("claude-sonnet-4-5") == {"type": "enabled", "budget_tokens": 32_000}
    assert thinking("claude-sonnet-4-6")["type"] == "adaptive"
    assert thinking("claude-sonnet-4-6", "adaptive_thinking = false")["type"] == "enabled"
    assert thinking("m", "adaptive_thinking = true")["type"] == "adaptive"
    assert thinking("m") == {"type": "disabled"}


def test_gemini_levels_and_budgets() -> None:
    def config_of(name: str, effort: str) -> Any:
        more = f'capabilities = ["thinking"]\nsupport_efforts = ["{effort}"]'
        return request("google-genai", name=name, model=more).body["generationConfig"]["thinkingConfig"]

    assert config_of("gemini-3-pro", "high") == {"includeThoughts": True, "thinkingLevel": "HIGH"}
    assert config_of("gemini-2.5-pro", "low") == {"includeThoughts": True, "thinkingBudget": 1024}
