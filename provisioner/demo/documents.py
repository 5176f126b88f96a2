"""The documents that the demo publishes: two registries and a catalog, all of whose endpoints are the demo itself.

A registry carries four of the wires; the two of Google's come from the catalog, which has the form of models.dev.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.demo.models import FAULTS, GOOD

if TYPE_CHECKING:
    from provisioner.demo.models import DemoModel

ENV_HINT = "DEMO_API_KEY"
FAULTS_PROVIDER = "demo-faults"
_COST = {"input": 0.5, "output": 2.0, "cache_read": 0.05}


@dataclass(frozen=True)
class Mount:
    """A provider's id, and the path below the demo's URL that is its ``base_url``."""

    provider: str
    path: str


ENDPOINTS: dict[str, Mount] = {
    "kimi": Mount("demo-kimi", "/kimi/v1"),
    "openai": Mount("demo-openai", "/openai/v1"),
    "openai_responses": Mount("demo-responses", "/responses/v1"),
    "anthropic": Mount("demo-anthropic", "/anthropic"),
    "google-genai": Mount("demo-google", "/google"),
    "vertexai": Mount("demo-vertex", "/vertex"),
}
_NPM = {"google-genai": "@ai-sdk/google", "vertexai": "@ai-sdk/google-vertex"}


def registry(url: str) -> dict[str, Any]:
    """The registry of a demo at ``url``: one provider for each wire that a registry can carry."""
    return {
        endpoint.provider: _provider(url, wire, endpoint, GOOD)
        for wire, endpoint in ENDPOINTS.items()
        if wire not in _NPM
    }


def revised_registry(url: str) -> dict[str, Any]:
    """The same registry a month later: a limit is lower, and a model is gone."""
    document = registry(url)
    document["demo-kimi"]["models"]["echo"]["limit"]["context"] //= 2
    del document["demo-openai"]["models"]["thinker"]
    return document


def faults(url: str) -> dict[str, Any]:
    """The registry of the models that fail on purpose."""
    endpoint = Mount(FAULTS_PROVIDER, "/faults/v1")
    return {endpoint.provider: _provider(url, "openai", endpoint, FAULTS)}


def catalog(url: str) -> dict[str, Any]:
    """The catalog of a demo at ``url``: providers for the Gemini API and for Vertex AI."""
    return {
        endpoint.provider: _published(url, wire, endpoint)
        for wire, endpoint in ENDPOINTS.items()
        if wire in _NPM
    }


def _provider(url: str, wire: str, endpoint: Mount, models: tuple[DemoModel, ...]) -> dict[str, Any]:
    return {
        "id": endpoint.provider,
        "name": f"Demo ({endpoint.provider.removeprefix('demo-')})",
        "type": wire,
        "api": url + endpoint.path,
        "env": [ENV_HINT],
        "models": {model.id: _model(model, efforts=wire.startswith("openai")) for model in models},
    }


def _model(model: DemoModel, *, efforts: bool) -> dict[str, Any]:
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


def _published(url: str, wire: str, endpoint: Mount) -> dict[str, Any]:
    return {
        "id": endpoint.provider,
        "name": f"Demo ({endpoint.provider.removeprefix('demo-')})",
        "npm": _NPM[wire],
        "api": url + endpoint.path,
        "env": [ENV_HINT],
        "doc": url,
        "models": {model.id: _published_model(model) for model in GOOD},
    }


def _published_model(model: DemoModel) -> dict[str, Any]:
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


def _modalities(model: DemoModel) -> dict[str, list[str]]:
    return {"input": ["text", "image"] if model.images else ["text"], "output": ["text"]}
