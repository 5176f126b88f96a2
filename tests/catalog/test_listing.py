"""The usual forms of a list of models, read wherever they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalog.listing import entries, ids, read
from tests.catalog.listing_server import Server, models

if TYPE_CHECKING:
    from catalog.models import Model

FORMS: dict[str, Any] = {
    "OpenAI": {"object": "list", "data": [{"id": "a"}, {"id": "b"}]},
    "bare list": [{"id": "a"}, {"id": "b"}],
    "models": {"models": [{"id": "a"}, {"id": "b"}]},
    "names": ["a", "b"],
    "names under data": {"data": ["a", "b"]},
    "names under models": {"models": ["a", "b"]},
    "Google": {"models": [{"name": "models/a", "inputTokenLimit": 5}, {"name": "models/b"}]},
    "Ollama": {"models": [{"name": "a", "model": "a", "details": {}}, {"name": "b", "model": "b"}]},
    "LM Studio": {"models": [{"type": "llm", "key": "a", "display_name": "A"}, {"key": "b"}]},
    "llama.cpp": {"models": [{"name": "x.gguf"}], "data": [{"id": "a"}, {"id": "b"}]},
    "an empty data": {"data": [], "models": [{"id": "a"}, {"id": "b"}]},
    "wrapped once more": {"success": True, "data": {"models": [{"id": "a"}, {"id": "b"}], "total": 2}},
    "data in data": {"data": {"object": "list", "data": ["a", "b"]}},
    "items": {"items": [{"model_id": "a"}, {"model_name": "b"}]},
    "names under other names": {"data": [{"name": "a"}, {"model": "b"}]},
    "Anthropic": {"data": [{"type": "model", "id": "a"}, {"type": "model", "id": "b"}], "has_more": False},
    "with odd members": {"data": [None, 3, {}, {"id": 7}, {"id": "a"}, [], {"id": "b"}]},
}


@pytest.mark.parametrize("form", FORMS)
def test_every_usual_form_is_read(form: str) -> None:
    assert ids(FORMS[form]) == ("a", "b")


@pytest.mark.parametrize("wire_name", ["openai", "kimi", "openai_responses"])
@pytest.mark.parametrize("form", FORMS)
def test_discovery_reads_them_all(form: str, wire_name: Any) -> None:
    found = models(Server({"GET /v1/models": FORMS[form]}), wire_name)
    assert [model.id for model in found] == ["a", "b"]


@pytest.mark.parametrize("form", FORMS)
def test_the_anthropic_wire_reads_them_too(form: str) -> None:
    found = models(Server({"GET /v1/models?limit=1000": FORMS[form]}), "anthropic", "https://gateway.example")
    assert [model.id for model in found] == ["a", "b"]


@pytest.mark.parametrize(
    "document", [None, 3, "a", {}, [], {"data": "a"}, {"data": {}}, {"models": {"a": {}}}, {"error": "x"}]
)
def test_anything_else_lists_nothing(document: Any) -> None:
    assert (entries(document), ids(document)) == ([], ())


def _model(entry: dict[str, Any]) -> Model:
    listed = read(entry, "openai")
    assert listed is not None
    return listed.model()


def test_the_context_is_found_under_each_servers_own_name() -> None:
    for entry in (
        {"id": "m", "max_context_length": 9, "loaded_context_length": 7},
        {"id": "m", "max_context_length": 7},
        {"id": "m", "max_model_len": 7},
        {"id": "m", "meta": {"n_ctx_train": 7}},
        {"id": "m", "meta": {"n_ctx_train": 9, "n_ctx": 7}},
        {"name": "models/m", "inputTokenLimit": 7},
    ):
        assert (_model(entry).id, _model(entry).context) == ("m", 7)


@pytest.mark.parametrize(
    ("entry", "released"),
    [
        ({"id": "m", "created": 1715367049}, "2024-05-10"),
        ({"id": "m", "created": 0}, None),
        ({"id": "m", "created": 1e300}, None),
        ({"id": "m", "created": "now"}, None),
        ({"id": "m", "max_input_tokens": 5, "created_at": "2026-06-30T00:00:00Z"}, "2026-06-30"),
        ({"id": "m", "max_input_tokens": 5, "created_at": "soon"}, None),
    ],
)
def test_the_day_a_model_came_out(entry: dict[str, Any], released: str | None) -> None:
    assert _model(entry).released == released


@pytest.mark.parametrize(
    "stated", [{"deprecation": "2026-12-01"}, {"deprecated": True}, {"status": "deprecated"}]
)
def test_what_is_about_to_go_is_deprecated(stated: dict[str, Any]) -> None:
    assert _model({"id": "m", "deprecation": None}).status is None
    assert _model({"id": "m", **stated}).status == "deprecated"


def test_an_anthropic_gateway_that_answers_in_openais_form_still_tells_its_limits() -> None:
    entry = {"id": "m", "context_length": 9, "max_completion_tokens": 4}
    found = read(entry, "anthropic")
    assert found is not None
    assert (found.context, found.output) == (9, 4)
