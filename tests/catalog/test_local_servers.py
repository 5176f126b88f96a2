"""llama.cpp, LM Studio and Ollama, recognised by their lists and asked for the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.catalog.listing_server import Server, listing, models

if TYPE_CHECKING:
    import httpx

LOCAL = "http://127.0.0.1:1234/v1"


def test_llama_cpp_runs_with_less_than_the_model_could() -> None:
    entry = {"id": "qwen.gguf", "owned_by": "llamacpp", "meta": {"n_ctx_train": 262144, "n_params": 1}}
    properties = {
        "default_generation_settings": {"id": 0, "n_ctx": 16384},
        "modalities": {"vision": True, "audio": False},
        "chat_template_caps": {"supports_tools": False},
    }
    server = Server({"GET /v1/models": listing(entry), "GET /props": properties})
    (found,) = models(server, base=LOCAL, key=None)
    assert (found.context, found.capabilities) == (16384, ("image_in",))


def test_llama_cpp_that_hides_its_properties() -> None:
    entry = {"id": "m", "owned_by": "llamacpp", "meta": {"n_ctx_train": 262144}}
    (found,) = models(Server({"GET /v1/models": listing(entry)}), base=LOCAL)
    assert (found.context, found.capabilities) == (262144, ("tool_use",))


def test_lm_studio() -> None:
    bare = [{"id": name, "owned_by": "organization_owner"} for name in ("a", "b", "text-embedding-nomic")]
    rich = listing(
        {
            "id": "a",
            "type": "vlm",
            "state": "loaded",
            "max_context_length": 262144,
            "loaded_context_length": 8192,
            "capabilities": ["tool_use"],
        },
        {
            "id": "b",
            "type": "llm",
            "state": "not-loaded",
            "max_context_length": 32768,
            "capabilities": [],
        },
        {"id": "text-embedding-nomic", "type": "embeddings", "max_context_length": 2048},
    )
    server = Server({"GET /v1/models": listing(*bare), "GET /api/v0/models": rich})
    assert [(found.id, found.context, found.capabilities) for found in models(server, base=LOCAL)] == [
        ("a", 8192, ("image_in", "tool_use")),
        ("b", 32768, ()),
    ]


def test_ollama() -> None:
    shown = {
        "qwen3:8b": {
            "parameters": 'stop "<|im_end|>"\ntemperature 0.6',
            "model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40960},
            "capabilities": ["completion", "tools", "thinking"],
        },
        "llava": {
            "parameters": "num_ctx                        8192",
            "model_info": {"general.architecture": "llama", "llama.context_length": 32768},
            "capabilities": ["completion", "vision"],
        },
        "all-minilm": {"model_info": {}, "capabilities": ["embedding"]},
    }

    def show(request: httpx.Request) -> Any:
        return shown[json.loads(request.content)["model"]]

    entries = [{"id": name, "owned_by": "library"} for name in shown]
    server = Server({"GET /v1/models": listing(*entries), "POST /api/show": show})
    assert [(found.id, found.context, found.capabilities) for found in models(server, base=LOCAL)] == [
        ("qwen3:8b", 40960, ("thinking", "tool_use")),
        ("llava", 8192, ("image_in",)),
    ]


def test_an_ollama_of_models_by_others_is_known_by_its_version() -> None:
    server = Server(
        {
            "GET /v1/models": listing({"id": "someone/m", "owned_by": "someone"}),
            "GET /api/version": {"version": "0.12.0"},
            "POST /api/show": {"model_info": {"general.architecture": "x", "x.context_length": 5}},
        }
    )
    assert models(server, base=LOCAL)[0].context == 5


@pytest.mark.parametrize("base", ["https://api.example/v1", "https://8.8.8.8/v1"])
def test_strangers_are_asked_for_nothing_but_their_list(base: str) -> None:
    server = Server({"GET /v1/models": listing({"id": "m"})})
    models(server, base=base)
    assert server.asked == ["GET /v1/models"]


@pytest.mark.parametrize(
    "base", ["http://localhost:1/v1", "http://10.1.2.3/v1", "http://gpu.local/v1", LOCAL]
)
def test_neighbours_that_are_no_ollama_keep_what_they_said(base: str) -> None:
    server = Server({"GET /v1/models": listing({"id": "m", "max_model_len": 7})})
    assert models(server, base=base)[0].context == 7
    assert server.asked == ["GET /v1/models", "GET /api/version"]


def test_an_ollama_that_fails_is_not_asked_again() -> None:
    entries = [{"id": name, "owned_by": "library"} for name in "abc"]
    server = Server({"GET /v1/models": listing(*entries)})
    assert [found.context_known for found in models(server, base=LOCAL)] == [False, False, False]
    assert server.asked == ["GET /v1/models", "POST /api/show"]
