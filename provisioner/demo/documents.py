"""The documents that the demo publishes: two registries and a catalog, all of whose endpoints are the demo itself.

A registry carries four of the wires; the two of Google's come from the catalog, which has the form of models.dev.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.demo.shelf import FAULTS, GOOD

if TYPE_CHECKING:
    from provisioner.demo.shelf import Model

ENV_HINT = "DEMO_API_KEY"
_COST = {"input": 0.5, "output": 2.0, "cache_read": 0.05}


def registry(url: str) -> dict[str, Any]:
    """The registry of a demo at ``url``: one provider for each wire that a registry can carry."""
    return {
        "demo-kimi": _provider("demo-kimi", "Demo (kimi)", "kimi", f"{url}/kimi/v1", GOOD),
        "demo-openai": _provider("demo-openai", "Demo (openai)", "openai", f"{url}/openai/v1", GOOD),
        "demo-responses": _provider(
            "demo-responses", "Demo (openai_responses)", "openai_responses", f"{url}/responses/v1", GOOD
        ),
        "demo-anthropic": _provider(
            "demo-anthropic", "Demo (anthropic)", "anthropic", f"{url}/anthropic", GOOD
        ),
    }


def faults(url: str) -> dict[str, Any]:
    """The registry of the models that fail on purpose."""
    return {
        "demo-faults": _provider("demo-faults", "Demo (failures)", "openai", f"{url}/faults/v1", FAULTS),
    }


def catalog(url: str) -> dict[str, Any]:
    """The catalog of a demo at ``url``: providers for the Gemini API and for Vertex AI."""
    return {
        "demo-google": _published("demo-google", "Demo (google-genai)", "@ai-sdk/google", f"{url}/google"),
        "demo-vertex": _published("demo-vertex", "Demo (vertexai)", "@ai-sdk/google-vertex", f"{url}/vertex"),
    }


def _provider(id_: str, name: str, kind: str, api: str, models: tuple[Model, ...]) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name,
        "type": kind,
        "api": api,
        "env": [ENV_HINT],
        "models": {model.id: _model(model, efforts=kind.startswith("openai")) for model in models},
    }


def _model(model: Model, *, efforts: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": model.id,
        "name": model.name,
        "limit": {"context": model.context, "output": model.output},
        "tool_call": True,
        "reasoning": model.reasoning,
        "modalities": _modalities(model),
    }
    if efforts and model.efforts:
        entry |= {"support_efforts": list(model.efforts), "default_effort": "medium"}
    return entry


def _published(id_: str, name: str, npm: str, api: str) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name,
        "npm": npm,
        "api": api,
        "env": [ENV_HINT],
        "doc": api,
        "models": {model.id: _published_model(model) for model in GOOD},
    }


def _published_model(model: Model) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": model.id,
        "name": model.name,
        "family": "demo",
        "attachment": model.images,
        "reasoning": model.reasoning,
        "tool_call": True,
        "temperature": True,
        "open_weights": True,
        "release_date": "2026-01-01",
        "last_updated": "2026-01-01",
        "modalities": _modalities(model),
        "limit": {"context": model.context, "output": model.output},
        "cost": _COST,
    }
    if model.reasoning:
        entry["reasoning_options"] = [{"type": "toggle"}]
    return entry


def _modalities(model: Model) -> dict[str, list[str]]:
    return {"input": ["text", "image"] if model.images else ["text"], "output": ["text"]}
