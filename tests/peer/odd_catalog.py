"""A catalog of one oddity a provider: whatever Kimi Code 2.1.0 makes a defined result of, we must make the same of."""

from __future__ import annotations

from typing import Any

_EFFORT = {"type": "effort", "values": ["low", "high"]}


def _model(**fields: Any) -> dict[str, Any]:
    return {
        "id": "m",
        "name": "M",
        "limit": {"context": 1000, "output": 10},
        "modalities": {"input": ["text"], "output": ["text"]},
        "tool_call": True,
        "reasoning": False,
    } | fields


_MODELS: dict[str, dict[str, Any]] = {
    "plain": {},
    "whole-float": {"limit": {"context": 1000.0, "output": 5.0}},
    "largest-integer": {"limit": {"context": 2**53 - 1, "output": 5}},
    "output-true": {"limit": {"context": 1000, "output": True}},
    "output-text": {"limit": {"context": 1000, "output": "5"}},
    "output-zero": {"limit": {"context": 1000, "output": 0}},
    "input-above-context": {"limit": {"context": 1000, "input": 5000, "output": 5}},
    "input-astronomic": {"limit": {"context": 1000, "input": 1e300, "output": 5}},
    "input-fraction": {"limit": {"context": 1000, "input": 10.5, "output": 5}},
    "context-fraction": {"limit": {"context": 1000.5}},
    "context-missing": {"limit": {"output": 5}},
    "limit-null": {"limit": None},
    "tools-null": {"tool_call": None},
    "tools-text": {"tool_call": "no"},
    "tools-zero": {"tool_call": 0},
    "tools-list": {"tool_call": []},
    "no-capability": {"tool_call": False},
    "reasoning-text": {"reasoning": "false"},
    "reasoning-object": {"reasoning": {}},
    "modalities-null": {"modalities": None},
    "modalities-text": {"modalities": {"input": "text,image", "output": "text"}},
    "modalities-empty": {"modalities": {"input": [], "output": []}},
    "every-input": {"modalities": {"input": ["pdf", "audio", "video", "image"], "output": ["text", "image"]}},
    "name-empty": {"name": ""},
    "name-tab": {"name": "M (Turbo)\t"},
    "interleaved-list": {"interleaved": ["a"]},
    "interleaved-true": {"interleaved": True},
    "interleaved-padded": {"interleaved": {"field": "  rc "}},
    "interleaved-null": {"interleaved": {"field": None}},
    "id-number": {"id": 5},
    "id-odd": {"id": "a/b:c@d.e+f ~g"},
    "status-beta": {"status": "beta"},
    "status-alpha": {"status": "alpha"},
    "status-list": {"status": ["deprecated"]},
    "embed-word": {"id": "x-embed-y"},
    "embed-inside": {"id": "embedder"},
    "embedding-family": {"family": "Text-Embedding"},
    "efforts": {"reasoning_options": [_EFFORT]},
    "efforts-off": {"reasoning_options": [{"type": "effort", "values": ["low", "None", None]}, None, "x"]},
    "efforts-null": {"reasoning_options": [{"type": "effort", "values": ["low", None, ""]}]},
    "efforts-twice": {"reasoning_options": [_EFFORT, {"type": "effort", "values": ["max", None]}]},
    "efforts-then-none": {"reasoning_options": [_EFFORT, {"type": "effort", "values": []}]},
    "efforts-toggle": {"reasoning_options": [{"type": "toggle"}, _EFFORT]},
    "none-only": {"reasoning_options": [{"type": "effort", "values": ["none"]}]},
    "toggle-only": {"reasoning_options": [{"type": "toggle"}]},
    "budget-only": {"reasoning_options": [{"type": "budget_tokens", "min": 1024}]},
    "options-object": {"reasoning_options": {"type": "toggle"}},
    "dynamic-tools": {"dynamically_loaded_tools": True},
    "override-text": {"provider": "x"},
    "override-empty": {"provider": {}},
    "override-same": {"provider": {"npm": "@ai-sdk/openai", "api": "https://other.example/v1"}},
    "override-same-own": {"provider": {"npm": "@ai-sdk/openai", "api": "https://x.example/v1"}},
    "override-api-number": {"provider": {"npm": "@ai-sdk/openai", "api": 5}},
    "override-placeholder": {"provider": {"npm": "@ai-sdk/openai", "api": "https://${X}/v1"}},
    "override-anthropic": {"provider": {"npm": "@ai-sdk/anthropic"}},
    "override-anthropic-own": {"provider": {"npm": "@ai-sdk/anthropic", "api": "https://other.example/v1/"}},
    "override-anthropic-empty": {"provider": {"npm": "@ai-sdk/anthropic", "api": ""}},
    "override-anthropic-hole": {"provider": {"npm": "@ai-sdk/anthropic", "api": "https://${X}/v1"}},
    "override-anthropic-efforts": {"provider": {"npm": "@AI-SDK/Anthropic"}, "reasoning_options": [_EFFORT]},
    "override-vertex-anthropic": {"provider": {"npm": "@ai-sdk/google-vertex/anthropic"}},
    "override-google": {"provider": {"npm": "@ai-sdk/google"}},
    "override-bedrock": {"provider": {"npm": "@ai-sdk/amazon-bedrock/mantle"}},
    "override-unknown": {"provider": {"npm": "x", "shape": "responses"}},
}

_PROVIDERS: dict[str, dict[str, Any]] = {
    "npm-null": {"npm": None},
    "npm-unknown": {"npm": "x"},
    "npm-bedrock": {"npm": "@ai-sdk/amazon-bedrock"},
    "npm-cohere-typed": {"npm": "@ai-sdk/cohere", "type": "openai"},
    "npm-cohere-claude": {"npm": "@ai-sdk/cohere", "id": "claude-by-cohere"},
    "npm-official": {"npm": "@ai-sdk/openai", "api": None},
    "npm-official-empty": {"npm": "@ai-sdk/openai", "api": ""},
    "npm-unofficial": {"npm": "@ai-sdk/openai-compatible", "api": None},
    "npm-anthropic": {"npm": "@ai-sdk/anthropic", "api": None},
    "npm-anthropic-api": {"npm": "@ai-sdk/anthropic", "api": "https://x.example/anthropic/v1"},
    "npm-anthropic-deep": {"npm": "@ai-sdk/anthropic", "api": "https://x.example/v1/v1/"},
    "npm-anthropic-beta": {"npm": "@ai-sdk/anthropic", "api": "https://x.example/v1beta"},
    "npm-vertex-only": {"npm": "@ai-sdk/google-vertex", "id": "elsewhere", "api": None},
    "id-vertex": {"npm": "x", "id": "my-Vertex", "api": None},
    "id-gemini": {"npm": "x", "id": "Gemini-Proxy", "api": None},
    "id-openai": {"npm": "x", "id": "my-openai", "api": None},
    "id-missing": {"npm": "x", "id": None},
    "type-null": {"npm": "x", "type": None},
    "type-number": {"npm": "x", "type": 5},
    "type-empty": {"npm": "x", "type": ""},
    "type-unknown": {"npm": "@ai-sdk/openai", "type": "ollama"},
    "type-kimi": {"npm": "x", "type": "kimi"},
    "type-kimi-bare": {"npm": "@ai-sdk/openai", "type": "kimi", "api": None},
    "type-responses": {"npm": "x", "type": "openai_responses"},
    "type-responses-bare": {"npm": "x", "type": "openai_responses", "api": None},
    "api-placeholder": {"npm": "@ai-sdk/google", "api": "https://${HOST}/v1"},
    "models-empty": {"npm": "@ai-sdk/openai", "models": {}},
    "models-missing": {"npm": "@ai-sdk/openai", "models": None},
    "models-list": {"npm": "@ai-sdk/openai", "models": [_model(), _model(id="n")]},
    "models-text": {"npm": "@ai-sdk/openai", "models": {"a": "zz", "b": _model()}},
    "models-twice": {"npm": "@ai-sdk/openai", "models": {"a": _model(), "b": _model(name="second")}},
    "models-twice-skip": {"npm": "@ai-sdk/openai", "models": {"a": _model(), "b": _model(status="alpha")}},
    "name of spaces": {"npm": "@ai-sdk/openai"},
    "dotted.name": {"npm": "@ai-sdk/openai"},
}


def odd_catalog() -> dict[str, Any]:
    """The document: every wire-neutral oddity on an openai and on an anthropic provider, then odd providers."""
    document: dict[str, Any] = {}
    for name, fields in _MODELS.items():
        for prefix, npm in (("openai", "@ai-sdk/openai-compatible"), ("anthropic", "@ai-sdk/anthropic")):
            document[f"{prefix}-{name}"] = {
                "id": prefix,
                "name": name,
                "npm": npm,
                "api": "https://x.example/v1",
                "models": {"m": _model(**fields), "sound": _model(id="sound")},
            }
    for name, fields in _PROVIDERS.items():
        published = {
            "id": name,
            "name": name,
            "api": "https://x.example/v1",
            "models": {"m": _model()},
        } | fields
        document[name] = {key: value for key, value in published.items() if value is not None or key == "npm"}
    return document
