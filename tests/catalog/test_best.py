"""The default that is offered. Ids, dates and abilities are those of real catalogs and lists of models."""

from __future__ import annotations

import itertools

import pytest

from catalog.best import best, is_unfinished
from catalog.models import Model


def model(id_: str, released: str | None = None, *, tools: bool = True, status: str | None = None) -> Model:
    capabilities = ("tool_use",) if tools else ("image_in",)
    return Model(id_, id_, 200_000, capabilities=capabilities, released=released, status=status)


def chosen(*models: Model) -> str:
    """The best of these; whatever their order."""
    (found,) = {best(order) for order in itertools.islice(itertools.permutations(models), 200)}
    assert found is not None
    return found.id


def of_ids(ids: str) -> str:
    return chosen(*map(model, ids.split()))


def test_nothing_is_the_best_of_nothing() -> None:
    assert best(()) is None


def test_the_newest_is_the_best_and_of_one_day_the_plainest() -> None:
    models = {
        "gpt-4": "2023-11-06",
        "gpt-5.5": "2026-04-23",
        "gpt-5.5-pro": "2026-04-23",
        "gpt-5.4": "2026-03-05",
    }
    assert chosen(*(model(*pair) for pair in models.items())) == "gpt-5.5"


@pytest.mark.parametrize(
    "newer",
    [
        model("gpt-6-image", "2026-06-01"),
        model("gpt-6-mini", "2026-06-01"),
        model("gpt-6-nano", "2026-06-01"),
        model("gemini-6-flash-lite", "2026-06-01"),
        model("claude-haiku-6", "2026-06-01"),
        model("gpt-6-realtime", "2026-06-01"),
        model("text-embedding-6", "2026-06-01"),
        model("omni-moderation-latest", "2026-06-01"),
        model("llama-guard-6-86b", "2026-06-01"),
        model("codestral-2607", "2026-06-01"),
        model("qwen6-vl-plus", "2026-06-01"),
        model("qwen6-8b", "2026-06-01"),
        model("gpt-6", "2026-06-01", tools=False),
        model("gpt-6", "2026-06-01", status="deprecated"),
        model("gpt-6", "2026-06-01", status="beta"),
        model("gpt-6-preview", "2026-06-01"),
        model("ft:gpt-6:acme::1", "2026-06-01"),
    ],
    ids=lambda one: f"{one.id} {one.status}",
)
def test_newer_is_not_enough(newer: Model) -> None:
    assert chosen(newer, model("gpt-5", "2025-08-07"), model("gpt-4", "2023-11-06")) == "gpt-5"
    assert chosen(newer) == newer.id


def test_what_is_unfinished_is_taken_where_there_is_no_choice() -> None:
    assert chosen(model("hy3-preview", "2026-04-20"), model("hy2-preview", "2025-04-20")) == "hy3-preview"


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ("gpt-3.5-turbo gpt-4o gpt-4o-mini gpt-5 gpt-5-mini gpt-5-pro o3 dall-e-3 whisper-1", "gpt-5"),
        ("claude-3-5-sonnet-20241022 claude-sonnet-4-5 claude-sonnet-4-5-20250929 claude-haiku-4-5", "claude-sonnet-4-5"),
        ("claude-opus-4-20250514 claude-opus-4-8 claude-opus-4-6", "claude-opus-4-8"),
        ("kimi-k2-0905-preview kimi-k2.6 kimi-k2-thinking moonshot-v1-128k", "kimi-k2.6"),
        ("gemini-2.5-pro gemini-3.5-flash gemini-3.1-pro-preview gemini-embedding-001", "gemini-3.5-flash"),
        ("deepseek-v4-flash deepseek-v4-pro deepseek-v3.2", "deepseek-v4-pro"),
        ("open-mistral-nemo mistral-large-latest mistral-large-2411 mistral-small-latest codestral-latest", "mistral-large-latest"),
        ("llama3.1:8b qwen3:0.6b qwen3-coder:30b nomic-embed-text", "qwen3-coder:30b"),
        ("meta-llama/Llama-3.3-70B-Instruct Qwen/Qwen3-8B openai/gpt-oss-20b", "meta-llama/Llama-3.3-70B-Instruct"),
        ("qwen3-coder-480b-a35b-instruct qwen3-30b-a3b", "qwen3-coder-480b-a35b-instruct"),
        ("accounts/fireworks/models/glm-5p2 accounts/fireworks/models/glm-4p7", "accounts/fireworks/models/glm-5p2"),
        ("cohere/command-r-plus-08-2024 x-ai/grok-4", "x-ai/grok-4"),
    ],
)  # fmt: skip
def test_without_dates_the_version_in_the_name_counts(ids: str, expected: str) -> None:
    assert of_ids(ids) == expected


def test_a_gateways_default_is_of_a_family_that_leads() -> None:
    small_maker, known = model("acme/novel-1", "2026-07-01"), model("anthropic/claude-sonnet-5", "2026-06-30")
    assert chosen(small_maker, known) == known.id
    assert (
        chosen(model("step-3.7-flash", "2026-05-29"), model("step-2-16k", "2025-01-01")) == "step-3.7-flash"
    )


def test_names_that_say_unfinished() -> None:
    unfinished = ("kimi-k2-0905-preview", "pony-alpha", "gemini-2.0-flash-exp", "x-ai/grok-build-0.1")
    assert all(is_unfinished(model(id_)) for id_ in unfinished)
    assert not any(is_unfinished(model(id_)) for id_ in ("gpt-5", "expert-1", "alphabet", "claude-opus-4-0"))
