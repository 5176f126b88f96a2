from __future__ import annotations

import tomllib
from typing import Any

import pytest

from provisioner.kimi_code.view import View
from provisioner.smoke.checks.text import FIRST_TURN
from provisioner.smoke.limits import allowed
from provisioner.smoke.parameters import explain
from provisioner.smoke.problem import Problem
from provisioner.smoke.wires import protocol_of
from tests.smoke.streams import BASES, config


@pytest.mark.parametrize(
    ("said", "tokens", "whole"),
    [
        (
            "max_tokens is too large: 262144. This model supports at most 16384 completion tokens, whereas you provided 262144.",
            16384,
            False,
        ),
        (
            "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= 128000, but got 262144 instead.",
            128000,
            False,
        ),
        (
            "max_tokens: 262144 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet-20241022",
            8192,
            False,
        ),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", 8192, False),
        ("Range of max_tokens should be [1, 8192]", 8192, False),
        ("Invalid request: Your request exceeded model token limit: 131072", 131072, True),
        (
            "'max_tokens' is too large: 262144. This model's maximum context length is 8192 tokens and your request has 20 input tokens (262144 > 8192 - 20).",
            8192,
            True,
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested 262164 tokens (20 in the messages, 262144 in the completion).",
            4096,
            True,
        ),
        (
            "it has a maxOutputTokens value of 262144 but the supported range is from 1 (inclusive) to 65537 (exclusive).",
            65536,
            False,
        ),
        (
            "`max_tokens` must be less than or equal to `32768`, the maximum value for `max_tokens` is less than the `context_window` for this model",
            32768,
            False,
        ),
        (
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 20 `inputs` tokens and 262144 `max_new_tokens`",
            4097,
            True,
        ),
        (
            "too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model - received 262144.",
            4096,
            False,
        ),
        (
            "This endpoint's maximum context length is 131072 tokens. However, you requested about 262200 tokens (56 of text input, 262144 in the output).",
            131072,
            True,
        ),
        (
            "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.",
            4096,
            False,
        ),
        ("max_total_tokens (262164) must be less than or equal to max_seq_len (32768)", 32768, True),
        (
            "[{'loc': ('body', 'max_tokens'), 'msg': 'Input should be less than or equal to 8192', 'input': 262144}]",
            8192,
            False,
        ),
        ("max_tokens must be at most 16,384", 16384, False),
        ("max_tokens should be smaller than 4097", 4096, False),
    ],
)
def test_the_limit_in_the_words_of_many_servers(said: str, tokens: int, whole: bool) -> None:
    found = allowed(said, 262_144)
    assert found is not None
    assert (found.tokens, found.whole_context) == (tokens, whole)


@pytest.mark.parametrize(
    "said",
    [
        "The max_tokens parameter is illegal.",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        "temperature must be at most 2",
        "max_tokens must be at most 999999",
        "",
    ],
)
def test_no_number_is_made_up(said: str) -> None:
    assert allowed(said, 262_144) is None


def explained(wire: str, said: str, name: str = "m", **more: str) -> tuple[Problem, dict[str, Any]]:
    target = View.of(tomllib.loads(config(wire, f"http://h{BASES[wire]}", name=name, **more)), {}).target(
        "p/m"
    )
    body = protocol_of(target).request(target, FIRST_TURN).body
    problem, changes = explain(target, body, Problem("bad_request", f"HTTP 400: {said}", 400))
    assert said in problem.message
    return problem, {change.key: change.value for change in changes}


def test_the_line_to_write_for_a_limit() -> None:
    problem, changes = explained(
        "openai", "max_tokens is too large. This model supports at most 8192 completion tokens"
    )
    assert problem.message.startswith(
        "Kimi Code will ask for 128,000 output tokens, this server allows 8,192"
    )
    assert problem.hint == 'max_output_size = 8192 in [models."p/m"]'
    assert changes == {"max_output_size": 8192}


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (
            "Conversation roles must alternate user/assistant/user/assistant/...",
            "several user messages in a row",
        ),
        ("Invalid tool schema: unsupported keyword $schema", "use keywords that this server does not know"),
    ],
)
def test_a_shape_that_a_server_refuses_is_named(said: str, cause: str) -> None:
    problem, changes = explained("openai", said)
    assert cause in problem.message
    assert problem.hint
    assert changes == {}


def test_a_context_that_prompt_and_answer_share_leaves_room_for_both() -> None:
    said = "This model's maximum context length is 65536 tokens. However, you requested 128020 tokens"
    problem, changes = explained("openai", said)
    assert changes == {"max_output_size": 32768, "max_context_size": 65536}
    assert "prompt and output together" in problem.message
    assert explained("openai", said.replace("65536", "128000"))[1] == {"max_output_size": 32768}


def test_a_limit_without_a_number_names_the_key() -> None:
    problem, changes = explained("openai", "The max_tokens parameter is illegal")
    assert (problem.hint, changes) == ('a lower max_output_size in [models."p/m"]', {})


@pytest.mark.parametrize(
    ("wire", "said", "more", "hint", "changes"),
    [
        (
            "anthropic",
            "`max_tokens` must be greater than `thinking.budget_tokens`.",
            {"name": "claude-sonnet-4-5", "model": "max_output_size = 8192"},
            'default_effort = "low" and support_efforts = ["low"] in [models."p/m"]',
            {"support_efforts": ("low",), "default_effort": "low"},
        ),
        (
            "openai",
            "Unsupported value: 'reasoning_effort' does not support 'medium' with this model. Supported values are: 'low' and 'high'.",
            {"model": 'capabilities = ["thinking"]\nsupport_efforts = ["low", "medium", "high"]'},
            'support_efforts = ["low", "high"] in [models."p/m"]',
            {"support_efforts": ("low", "high")},
        ),
        (
            "openai_responses",
            "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
            {"model": 'capabilities = ["thinking"]\nsupport_efforts = ["low", "high"]'},
            'remove support_efforts and "thinking" from [models."p/m"]',
            {},
        ),
        (
            "anthropic",
            "adaptive thinking is not supported on this model",
            {"model": 'capabilities = ["thinking"]'},
            'adaptive_thinking = false in [models."p/m"]',
            {"adaptive_thinking": False},
        ),
        (
            "anthropic",
            "thinking.type: use adaptive instead of enabled",
            {"model": 'capabilities = ["thinking"]\nadaptive_thinking = false'},
            'adaptive_thinking = true in [models."p/m"]',
            {"adaptive_thinking": True},
        ),
        (
            "google-genai",
            "Budget 0 is invalid. This model only works in thinking mode.",
            {"name": "gemini-x", "model": 'capabilities = ["tool_use"]'},
            'capabilities = ["tool_use", "always_thinking"] in [models."p/m"]',
            {"capabilities": ("tool_use", "always_thinking")},
        ),
        (
            "kimi",
            "thinking is not supported by this model",
            {"model": 'capabilities = ["tool_use", "thinking"]'},
            'capabilities = ["tool_use"] in [models."p/m"]',
            {"capabilities": ("tool_use",)},
        ),
        (
            "kimi",
            "UnsupportedParamsError: openai does not support parameters: ['thinking'], for model=m.",
            {"model": 'capabilities = ["tool_use"]'},
            'type = "openai" in [providers.p]',
            {"type": "openai"},
        ),
        (
            "anthropic",
            "context_management: Extra inputs are not permitted",
            {"model": 'capabilities = ["thinking"]'},
            'keep = "none" in [thinking]',
            {"keep": "none"},
        ),
        ("openai", "Unrecognized request argument supplied: prompt_cache_key", {}, None, {}),
        ("openai", "this model does not support tools", {}, None, {}),
        ("openai", "something else entirely", {}, None, {}),
    ],
)
def test_the_line_to_write(
    wire: str, said: str, more: dict[str, str], hint: str | None, changes: dict[str, Any]
) -> None:
    problem, found = explained(wire, said, **more)
    assert (problem.hint, found) == (hint, changes)


def test_a_limit_under_another_name_is_no_smaller_limit() -> None:
    said = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    problem, changes = explained("openai", said)
    assert changes == {}
    assert "wants max_completion_tokens" in problem.message
