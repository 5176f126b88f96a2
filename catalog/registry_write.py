"""Providers as a registry (api.json): the other way round than :mod:`catalog.registry` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.registry import SCHEMA_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.models import Model, Provider

# Beside the document: editors find it there, once `kimi provider schema registry` has been saved under this name.
SCHEMA_ADDRESS = "./registry.schema.json"

_INPUTS = {"image_in": "image", "video_in": "video", "audio_in": "audio"}
_OUTPUTS = {"image_out": "image", "audio_out": "audio"}


def registry_document(providers: Iterable[Provider]) -> dict[str, Any]:
    """An api.json that imports to these providers, as far as the format can say what they are.

    Credentials are no part of a :class:`Provider`, so none is in it.
    """
    return {SCHEMA_KEY: SCHEMA_ADDRESS, **{provider.id: _entry(provider) for provider in providers}}


def _entry(provider: Provider) -> dict[str, Any]:
    return {
        "id": provider.id,
        "name": provider.name,
        "api": provider.base_url,
        "type": provider.wire,
        **({"env": list(provider.env)} if provider.env else {}),
        "models": {model.key: _model(model) for model in provider.models},
    }


def _model(model: Model) -> dict[str, Any]:
    limit = {"context": model.context if model.context_known else None, "output": model.output_limit}
    known = {
        "id": model.id,
        "name": model.display_name,
        "limit": {name: size for name, size in limit.items() if size is not None} or None,
        **_abilities(model.capabilities),
        "support_efforts": None if model.support_efforts is None else list(model.support_efforts),
        "default_effort": model.default_effort,
    }
    return {name: value for name, value in known.items() if value is not None}


def _abilities(capabilities: tuple[str, ...] | None) -> dict[str, Any]:
    if capabilities is None:
        return {}
    inputs = [kind for name, kind in _INPUTS.items() if name in capabilities]
    outputs = [kind for name, kind in _OUTPUTS.items() if name in capabilities]
    return {
        "tool_call": "tool_use" in capabilities,
        "reasoning": not {"thinking", "always_thinking"}.isdisjoint(capabilities),
        "modalities": {"input": ["text", *inputs], "output": ["text", *outputs]},
    }
