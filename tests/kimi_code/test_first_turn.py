from __future__ import annotations

from typing import Any

import pytest

from provisioner.kimi_code import claude
from provisioner.kimi_code.first_turn import FirstTurn, effective, first_turn


def turn(
    wire: str = "openai", thinking: dict[str, Any] | None = None, kind: str | None = None, **model: Any
) -> FirstTurn:
    table = {"model": "m", "max_context_size": 128_000, **model}
    return first_turn(effective(table, kind or wire), kind or wire, wire, thinking or {})


def test_the_limit_is_the_output_size_else_the_context_and_never_more_than_it() -> None:
    assert turn(max_output_size=4096).limit == 4096
    assert (turn().limit, turn().limit_key) == (128_000, "max_context_size")
    assert turn(max_output_size=400_000).limit == 128_000


@pytest.mark.parametrize(
    ("model", "thinking", "effort"),
    [
        ({}, {}, "off"),
        ({"capabilities": ["tool_use"]}, {"effort": "high"}, "high"),
        ({"capabilities": ["Thinking "]}, {}, "on"),
        ({"capabilities": ["thinking"]}, {"enabled": False}, "off"),
        ({"capabilities": ["thinking"]}, {"effort": " LOW "}, "low"),
        ({"capabilities": ["thinking"], "support_efforts": ["a", "b", "c"]}, {}, "b"),
        ({"capabilities": ["thinking"], "support_efforts": ["a", "b"]}, {}, "b"),
        ({"capabilities": ["thinking"], "support_efforts": ["a", "b"], "default_effort": "a"}, {}, "a"),
        ({"capabilities": ["thinking"], "support_efforts": ["a", "b"], "default_effort": "z"}, {}, "b"),
        ({"capabilities": ["thinking"], "support_efforts": ["a", "b"]}, {"effort": "on"}, "b"),
        ({"capabilities": ["thinking"], "support_efforts": ["a", "b"]}, {"effort": "max"}, "max"),
        ({"capabilities": ["always_thinking"]}, {"enabled": False}, "on"),
        ({"capabilities": ["always_thinking"]}, {"enabled": False, "effort": "high"}, "high"),
        ({"model": "o3-mini"}, {}, "on"),
        ({"adaptive_thinking": True}, {}, "on"),
    ],
)
def test_the_effort(model: dict[str, Any], thinking: dict[str, Any], effort: str) -> None:
    assert turn("openai", thinking, **model).effort == effort


@pytest.mark.parametrize(
    ("model", "thinking", "effort"),
    [
        ({"capabilities": ["thinking"], "support_efforts": ["a", "b"]}, {"effort": "max"}, "b"),
        ({"capabilities": ["thinking"]}, {"effort": "high"}, "on"),
        ({}, {"effort": "high"}, "off"),
    ],
)
def test_kimi_takes_only_efforts_that_the_alias_lists(
    model: dict[str, Any], thinking: dict[str, Any], effort: str
) -> None:
    assert turn("kimi", thinking, **model).effort == effort


@pytest.mark.parametrize(
    ("keep", "kept"), [(None, "all"), ("", "all"), ("none", None), ("OFF", None), ("last", "last")]
)
def test_what_is_kept_of_past_thinking(keep: str | None, kept: str | None) -> None:
    assert turn(thinking={} if keep is None else {"keep": keep}).keep == kept


@pytest.mark.parametrize(
    ("wire", "model", "refused"),
    [
        ("openai", {"support_efforts": ["low"]}, True),
        ("openai_responses", {"support_efforts": ["low"]}, True),
        ("openai", {"support_efforts": ["low"], "off_effort": "none"}, False),
        ("openai", {"support_efforts": ["low"], "capabilities": ["thinking"]}, False),
        ("openai", {}, False),
        ("anthropic", {"support_efforts": ["low"]}, False),
    ],
)
def test_an_off_without_a_word_for_it_is_not_even_sent(
    wire: str, model: dict[str, Any], refused: bool
) -> None:
    assert (turn(wire, **model).refusal is not None) == refused


def test_overrides_win_except_for_what_is_fixed() -> None:
    table = {
        "model": "m",
        "max_output_size": 1,
        "base_url": "a",
        "support_efforts": ["x"],
        "default_effort": "x",
    }
    table["overrides"] = {"max_output_size": 2, "base_url": "b", "model": "n", "support_efforts": ["y"]}
    known = effective(table, "openai")
    assert (known["max_output_size"], known["base_url"], known["model"]) == (2, "a", "m")
    assert "default_effort" not in known
    assert "overrides" not in known


def test_a_claude_brings_what_its_name_says_on_every_wire() -> None:
    known = effective({"model": "anthropic/claude-sonnet-4-5"}, "openai")
    assert known["capabilities"] == ["thinking"]
    assert (known["support_efforts"], known["default_effort"]) == (["low", "medium", "high"], "high")
    assert effective({"model": "claude-fable-5"}, "anthropic")["capabilities"] == ["always_thinking"]
    assert "support_efforts" not in effective({"model": "claude-next"}, "openai")
    assert effective({"model": "claude-next"}, "anthropic")["support_efforts"][-1] == "max"


@pytest.mark.parametrize(
    ("model", "ceiling"),
    [
        ("claude-3-5-haiku-20241022", 8192),
        ("claude-3-opus-20240229", 4096),
        ("claude-sonnet-4-20250514", 64_000),
        ("claude-opus-4-1-20250805", 32_000),
        ("us.anthropic.claude-haiku-4-5-v1:0", 64_000),
        ("claude-opus-4-9", 128_000),
        ("claude-unheard-of", 999_999),
        ("sonnet-4-5", 999_999),
    ],
)
def test_the_ceiling_of_a_claude(model: str, ceiling: int) -> None:
    assert claude.max_tokens(model, 999_999) == ceiling
    assert claude.max_tokens(model, 5) == 5


@pytest.mark.parametrize(
    ("model", "adaptive"),
    [
        ("claude-3-7-sonnet", False),
        ("claude-opus-4-5", False),
        ("claude-sonnet-4-6", True),
        ("claude-opus-4-8", True),
        ("claude-sonnet-5-1", True),
        ("claude-mythos-preview", True),
    ],
)
def test_thinking_is_adaptive_from_4_6_on(model: str, adaptive: bool) -> None:
    profile = claude.known_profile(model)
    assert profile is not None
    assert profile.adaptive == adaptive


@pytest.mark.parametrize("model", ["gpt-5", "opus-9", "haiku-5", "claude"])
def test_what_has_no_known_name_has_no_known_profile(model: str) -> None:
    assert claude.known_profile(model) is None
