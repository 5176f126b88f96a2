from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalog.chat_model import Host, read_model
from catalog.models import Cost, Model, Skipped

if TYPE_CHECKING:
    from catalog.wire import WireName


def model(**fields: Any) -> dict[str, Any]:
    sound = {
        "id": "m",
        "name": "M",
        "limit": {"context": 1000, "output": 10},
        "modalities": {"input": ["text"], "output": ["text"]},
        "tool_call": True,
        "reasoning": False,
    }
    return sound | fields


def read(published: Any, wire: WireName | None = "openai") -> Model | Skipped:
    return read_model("key", published, Host(wire, "https://x.example/v1"), {})


def only(published: Any, wire: WireName | None = "openai") -> Model:
    found = read(published, wire)
    assert isinstance(found, Model)
    return found


def reason(published: Any, wire: WireName | None = "openai") -> str:
    found = read(published, wire)
    assert isinstance(found, Skipped)
    return found.reason


@pytest.mark.parametrize("junk", [None, "zz", 5, [], {}])
def test_what_is_no_model_is_named_by_its_key(junk: Any) -> None:
    assert read(junk) == Skipped("key", "it has no id", flawed=True)


class TestModels:
    @pytest.mark.parametrize("id_", ["a/b:c@d.e+f", "~x", "two words", "模型", "a..b", "x" * 256])
    def test_printable_ids_stay_importable(self, id_: str) -> None:
        assert only(model(id=id_)).id == id_

    @pytest.mark.parametrize(
        ("fields", "word"),
        [
            ({"id": None}, "no id"),
            ({"id": 5}, "no id"),
            ({"id": "a\u2066b"}, "invisible"),
            ({"id": "a\ud800"}, "invisible"),
            ({"id": "../a"}, "path segment"),
            ({"id": "x" * 257}, "256"),
            ({"limit": None}, "context"),
            ({"limit": {"context": 0}}, "context"),
            ({"limit": {"context": True}}, "context"),
            ({"limit": {"context": "1000"}}, "context"),
            ({"limit": {"context": 10.5}}, "context"),
            ({"limit": {"context": 1e300}}, "credible"),
            ({"limit": {"context": 2**53}}, "credible"),
            ({"modalities": {"output": []}}, "text"),
            ({"modalities": {"output": ["image"]}}, "text"),
            ({"status": "deprecated"}, "deprecated"),
            ({"status": "alpha"}, "alpha"),
            ({"family": "Text-Embedding"}, "embedding"),
            ({"id": "nomic-embed/text"}, "embedding"),
            ({"name": "EMBED"}, "embedding"),
        ],
    )
    def test_skipped(self, fields: dict[str, Any], word: str) -> None:
        assert word in reason(model(**fields))

    @pytest.mark.parametrize(
        "fields", [{"id": "embedder"}, {"status": "beta"}, {"modalities": None}, {"name": None}]
    )
    def test_not_skipped(self, fields: dict[str, Any]) -> None:
        assert only(model(**fields)).context == 1000

    @pytest.mark.parametrize(
        ("limit", "expected"),
        [
            ({"context": 100.0, "input": 50.0, "output": 5.0}, (100, 50, 5)),
            ({"context": 100, "input": 500}, (100, 100, None)),
            ({"context": 100, "input": 1e300, "output": 1e300}, (100, 100, None)),
            ({"context": 100, "input": True, "output": True}, (100, None, None)),
            ({"context": 100, "input": -1, "output": -1}, (100, None, None)),
            ({"context": 100, "input": 1.5, "output": 1.5}, (100, None, None)),
            ({"context": 2**53 - 1, "output": 2**53}, (2**53 - 1, None, None)),
        ],
    )
    def test_limits(self, limit: dict[str, Any], expected: tuple[int, int | None, int | None]) -> None:
        found = only(model(limit=limit))
        assert (found.context, found.input_limit, found.output_limit) == expected
        assert type(found.context) is int

    def test_capabilities_in_order(self) -> None:
        everything = model(
            modalities={"input": ["audio", "video", "image"], "output": ["text"]},
            reasoning=True,
            dynamically_loaded_tools=True,
        )
        expected = ("image_in", "video_in", "audio_in", "thinking", "tool_use", "dynamically_loaded_tools")
        assert only(everything).capabilities == expected

    def test_none_at_all_is_an_absent_key(self) -> None:
        assert only(model(tool_call=False)).capabilities is None

    @pytest.mark.parametrize(
        ("value", "has"), [(None, True), ([], True), ("no", True), (0, False), ("", False)]
    )
    def test_tool_call_counts_as_it_would_in_javascript(self, value: Any, has: bool) -> None:
        assert ("tool_use" in (only(model(tool_call=value)).capabilities or ())) is has

    @pytest.mark.parametrize(
        ("interleaved", "expected"),
        [
            ({"field": " rc "}, "rc"),
            ({"field": " "}, None),
            ({"field": 5}, None),
            (True, None),
            (["field"], None),
        ],
    )
    def test_reasoning_key(self, interleaved: Any, expected: str | None) -> None:
        assert only(model(interleaved=interleaved)).reasoning_key == expected

    @pytest.mark.parametrize(
        ("cost", "expected"),
        [
            ({"input": 3, "output": 15, "cache_read": 0.3}, Cost(3, 15, 0.3)),
            ({"input": "3", "output": 0}, Cost(None, 0, None)),
            ({"input": True}, None),
            ([], None),
            (None, None),
        ],
    )
    def test_cost(self, cost: Any, expected: Cost | None) -> None:
        assert only(model(cost=cost)).cost == expected

    def test_half_a_surrogate_pair_never_reaches_a_file(self) -> None:
        assert only(model(name="a\ud800b")).display_name == "a\N{REPLACEMENT CHARACTER}b"


EFFORT = {"type": "effort", "values": ["low", "high"]}
NONE = {"type": "effort", "values": ["None", "low", None]}
TOGGLE = {"type": "toggle"}


class TestThinking:
    @pytest.mark.parametrize(
        ("options", "capability", "efforts", "off"),
        [
            (None, None, None, None),
            ("toggle", None, None, None),
            ([{"type": "budget_tokens", "min": 1024}], None, None, None),
            ([TOGGLE], "thinking", None, None),
            ([EFFORT], "always_thinking", ("low", "high"), None),
            ([EFFORT, TOGGLE], "thinking", ("low", "high"), None),
            ([NONE], "thinking", ("low",), "None"),
            ([{"type": "effort", "values": ["low", None, ""]}], "thinking", ("low",), "none"),
            ([{"type": "effort", "values": ["none"]}], None, None, "none"),
            ([EFFORT, {"type": "effort", "values": ["max"]}], "always_thinking", ("max",), None),
            ([EFFORT, {"type": "effort", "values": []}, None, "x"], "always_thinking", ("low", "high"), None),
            ([NONE, EFFORT], "thinking", ("low", "high"), "None"),
        ],
    )
    def test_options(
        self, options: Any, capability: str | None, efforts: tuple[str, ...] | None, off: str | None
    ) -> None:
        found = only(model(reasoning_options=options))
        thinking = [name for name in found.capabilities or () if "thinking" in name]
        assert thinking == ([] if capability is None else [capability])
        assert (found.support_efforts, found.off_effort) == (efforts, off)

    @pytest.mark.parametrize("wire", ["anthropic", "kimi"])
    def test_two_protocols_can_always_switch_it_off(self, wire: WireName) -> None:
        assert "thinking" in (only(model(reasoning_options=[EFFORT]), wire).capabilities or ())

    def test_so_can_a_model_that_speaks_one_of_them_itself(self) -> None:
        override = {"npm": "@ai-sdk/anthropic", "api": "https://a.example/v1"}
        found = only(model(reasoning_options=[EFFORT], provider=override))
        assert "thinking" in (found.capabilities or ())


class TestOverride:
    @pytest.mark.parametrize(
        ("override", "protocol", "base_url"),
        [
            (None, None, None),
            ("x", None, None),
            ({}, None, None),
            ({"npm": "ai-gateway-provider"}, None, None),
            ({"npm": "@ai-sdk/openai", "api": "https://x.example/v1"}, None, None),
            ({"npm": "@ai-sdk/openai", "api": 5}, None, None),
            ({"api": "https://other.example/v1"}, None, "https://other.example/v1"),
            ({"npm": "@ai-sdk/anthropic"}, "anthropic", "https://x.example"),
            ({"npm": "@ai-sdk/anthropic", "api": "https://a.example/v1/"}, "anthropic", "https://a.example"),
        ],
    )
    def test_kept(self, override: Any, protocol: str | None, base_url: str | None) -> None:
        found = only(model(provider=override))
        assert (found.protocol, found.base_url) == (protocol, base_url)

    @pytest.mark.parametrize(
        ("override", "word"),
        [
            ({"npm": "@ai-sdk/amazon-bedrock/mantle"}, "Amazon Bedrock"),
            ({"npm": "@ai-sdk/cohere"}, "Cohere"),
            ({"npm": "@ai-sdk/google"}, "google-genai"),
            ({"npm": "@ai-sdk/google-vertex"}, "vertexai"),
            ({"api": "https://${X}/v1"}, "variables"),
            ({"npm": "@ai-sdk/anthropic", "api": "https://${X}/v1"}, "not known"),
            ({"npm": "@ai-sdk/anthropic", "api": ""}, "not known"),
            ({"npm": "@ai-sdk/anthropic", "api": "file:///etc/passwd"}, "http"),
        ],
    )
    def test_skipped(self, override: dict[str, Any], word: str) -> None:
        assert word in reason(model(provider=override))

    def test_another_wire_at_a_provider_that_is_anthropic(self) -> None:
        assert "openai" in reason(model(provider={"npm": "@ai-sdk/openai"}), "anthropic")
