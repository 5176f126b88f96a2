from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import schema
from catalog.registry_check import check

ROOT = Path(schema.__file__).resolve().parents[1]
MODEL = {"id": "m", "limit": {"context": 200000}, "tool_call": True}


def provider(**fields: Any) -> dict[str, Any]:
    sound = {"id": "p", "name": "P", "api": "https://x.example/v1", "type": "openai", "models": {"m": MODEL}}
    return sound | fields


def found(document: Any) -> set[tuple[str, str, str]]:
    text = document if isinstance(document, str) else json.dumps(document)
    return {
        (one.finding.severity, one.finding.code, one.finding.pointer)
        for one in check(text.encode(), "api.json").located
    }


def of_model(**fields: Any) -> set[tuple[str, str, str]]:
    """Findings for one model, their pointers from the model on."""
    return {
        (severity, code, pointer.removeprefix("/p/models/m"))
        for severity, code, pointer in found({"p": provider(models={"m": MODEL | fields})})
    }


def test_the_example_of_the_page_and_those_of_the_schema_are_faultless() -> None:
    page = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
    written = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    examples = [*map(json.loads, written), *schema.load("registry")["examples"]]
    assert len(written) == 1
    for example in examples:
        assert schema.problems(example, "registry") == []
        assert found(example) == set()


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ({"p": provider(type="google-genai")}, {("error", "provider_skipped", "/p")}),
        ({"p": provider(), "x": 5}, {("error", "provider_skipped", "/x")}),
        ({"p": provider(), "__proto__": provider(id="q")}, {("error", "provider_skipped", "/__proto__")}),
        ({"p": provider(), "x": provider(id="a\u200bb")}, {("error", "provider_skipped", "/x")}),
        ({"p": provider(), "x": provider(id="kimi-code")}, {("error", "reserved_id", "/x/id")}),
        ({"p": provider(), "x": provider()}, {("error", "duplicate_id", "/x/id")}),
        (
            {"p": provider(models={"q/m": MODEL}), "x": provider(id="p/q")},
            {("error", "duplicate_alias", "/x/models/m")},
        ),
        (
            {"p": provider(models={"m": MODEL, "n": {"name": "N"}})},
            {("error", "model_skipped", "/p/models/n")},
        ),
        ({"p": provider(models={})}, {("warning", "no_models", "/p/models")}),
        ({"p": provider(env="K")}, {("warning", "ignored", "/p/env")}),
        ({"p": provider(env=["K", "sk-1 2"])}, {("warning", "env_name", "/p/env/1")}),
        ({"p": provider(api_key="sk-1")}, {("warning", "secret", "/p/api_key")}),
        ({"p": provider(Name="P")}, set()),
        ({"p": provider(api="https://x.example")}, {("warning", "endpoint", "/p/api")}),
        ({"p": provider(api="http://x.example/v1")}, {("warning", "endpoint", "/p/api")}),
        ({"p": provider(api="http://192.168.0.5/v1")}, set()),
        ({"p": provider(name="P\u202e")}, {("warning", "invisible", "/p/name")}),
        ({"p": provider(id="p\u0430y")}, {("warning", "lookalike", "/p/id")}),
        ({"p": provider(), "x": provider(id="P")}, {("warning", "lookalike", "/x/id")}),
        ({"$schema": 5, "p": provider()}, {("warning", "ignored", "/$schema")}),
        ({"$schema": "./s.json", "p": provider()}, set()),
        ({}, {("error", "empty", "")}),
        ({"$schema": "./s.json"}, {("error", "empty", "")}),
    ],
)
def test_what_is_amiss_with_providers(broken: Any, expected: set[tuple[str, str, str]]) -> None:
    assert found(broken) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, set()),
        ({"limit": {"context": 200000.5}}, {("warning", "limit", "/limit/context")}),
        (
            {"limit": {"context": 10**17}},
            {("error", "limit", "/limit/context"), ("warning", "context", "/limit/context")},
        ),
        ({"limit": {"output": 200000}}, {("warning", "context", "/limit")}),
        ({"limit": None}, {("warning", "context", ""), ("warning", "ignored", "/limit")}),
        ({"limit": {"context": 200000, "output": 200001}}, {("warning", "limit", "/limit/output")}),
        ({"limit": {"context": 4096}}, {("warning", "context", "/limit/context")}),
        (
            {"limit": {"contxt": 200000}},
            {("warning", "context", "/limit"), ("warning", "unknown_field", "/limit/contxt")},
        ),
        ({"toolCalls": 1, "tool_call": True}, set()),
        ({"defaultEffort": "low"}, {("warning", "unknown_field", "/defaultEffort")}),
        ({"tool_call": "yes"}, {("warning", "ignored", "/tool_call")}),
        (
            {"tool_call": None, "reasoning": True},
            {("warning", "ignored", "/tool_call"), ("warning", "no_tool_call", "")},
        ),
        ({"tool_call": False, "reasoning": True}, set()),
        ({"support_efforts": ["low"]}, {("warning", "efforts", "/support_efforts")}),
        (
            {"reasoning": True, "support_efforts": ["low", "low"]},
            {("warning", "efforts", "/support_efforts/1")},
        ),
        (
            {"reasoning": True, "support_efforts": ["low"], "default_effort": "high"},
            {("warning", "efforts", "/default_effort")},
        ),
        ({"modalities": {"input": ["text", "images"]}}, {("warning", "modality", "/modalities/input/1")}),
        ({"cost": {"input": 1}, "release_date": "2026-01-01", "family": "x", "attachment": True}, set()),
    ],
)
def test_what_is_amiss_with_models(fields: Any, expected: set[tuple[str, str, str]]) -> None:
    assert of_model(**fields) == expected


def test_findings_stand_in_the_order_of_the_text_with_line_and_column() -> None:
    text = """{
  "p": {"id": "p", "name": "P", "api": "https://x.example/v1", "type": "openai",
    "models": {
      "é": {"name": "first"},
      "é": {"id": "m", "limit": {"context": 200000}, "tool_call": "yes"}
    }
  },
  "x": null
}"""
    located = check(text.encode(), "api.json").located
    assert [(one.line, one.column, one.finding.code) for one in located] == [
        (5, 7, "duplicate_key"),
        (5, 54, "ignored"),
        (8, 3, "provider_skipped"),
    ]
    assert "line 4" in located[0].finding.message


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        (b'{"a": 1,\n "b": }', "not_json", (2, 7)),
        (b"", "not_json", (1, 1)),
        (b"<html>", "not_json", (1, 1)),
        (b"\xff\xfe\xfd", "not_text", (1, 1)),
        (b"5", "not_a_registry", (1, 1)),
        (b'["a"]', "not_a_registry", (1, 1)),
    ],
)
def test_what_is_no_registry_is_one_error(body: bytes, code: str, place: tuple[int, int]) -> None:
    result = check(body, "api.json")
    (only,) = result.located
    assert (only.finding.severity, only.finding.code, (only.line, only.column)) == ("error", code, place)
    assert (result.errors, result.warnings) == (1, 0)


def test_encodings_that_kimi_code_does_not_read() -> None:
    text = json.dumps({"p": provider()})
    assert [one.finding.severity for one in check(text.encode("utf-16"), "x").located] == ["error"]
    assert [one.finding.severity for one in check(text.encode("utf-8-sig"), "x").located] == ["warning"]


def test_one_reserved_id_and_nothing_is_imported() -> None:
    result = check(json.dumps({"p": provider(), "x": provider(id="kimi-code")}).encode(), "x")
    assert (result.providers, result.models) == (0, 0)


def test_the_list_is_bounded_and_everything_is_counted() -> None:
    models = {f"m{number}": {"id": "m"} for number in range(500)}
    result = check(json.dumps({"p": provider(models=models)}).encode(), "x", limit=7)
    assert len(result.located) == 7
    assert (result.errors, result.warnings, result.models) == (0, 500, 500)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *(
            "id",
            "name",
            "api",
            "type",
            "env",
            "models",
            "limit",
            "context",
            "output",
            "tool_call",
            "reasoning",
        ),
        *("modalities", "input", "support_efforts", "default_effort", "api_key", "$schema"),
    ]
)


@given(st.dictionaries(NAMES, VALUES, max_size=5), st.dictionaries(NAMES, VALUES, max_size=5))
def test_any_document_is_checked_and_every_place_is_in_it(fields: Any, model: Any) -> None:
    document = {"p": provider(models={"m": MODEL | model, "n": model}) | fields}
    text = json.dumps(document)
    lines = text.count("\n") + 1
    result = check(text.encode(), "x", limit=10**6)
    assert len(result.located) == result.errors + result.warnings
    assert all(1 <= one.line <= lines and one.column <= len(text) for one in result.located)
