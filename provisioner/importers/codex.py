"""Codex: ``model_providers`` in config.toml, and the key that ``codex login --with-api-key`` keeps in auth.json.

Source: https://developers.openai.com/codex/config-reference, and files that Codex 0.169 wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping, text
from provisioner.importers.found import Found, headers_of, model, variable_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog.models import Model
    from catalog.wire import WireName

_WIRES: Mapping[str, WireName] = {"chat": "openai", "responses": "openai_responses"}
_BUILT_IN = "openai"
_LOCAL = {"ollama": "http://localhost:11434/v1", "lmstudio": "http://localhost:1234/v1"}


def read(documents: Mapping[str, Any]) -> tuple[Found, ...]:
    """The providers of ``config`` and the built-in ones that it or ``auth`` uses."""
    config, auth = mapping(documents.get("config")), mapping(documents.get("auth"))
    providers = mapping(config.get("model_providers"))
    models = _models(config)
    found = [_found(name, mapping(entry), models.get(name, ())) for name, entry in providers.items()]
    found += [
        Found(name, wire="openai", base_url=url, models=models[name])
        for name, url in _LOCAL.items()
        if name in models and name not in providers
    ]
    return (*found, *(() if _BUILT_IN in providers else _openai(config, auth, models.get(_BUILT_IN, ()))))


def _models(config: Mapping[str, Any]) -> dict[str, tuple[Model, ...]]:
    """The models that the file and its profiles choose, by provider."""
    found: dict[str, dict[str, Model]] = {}
    for table in (config, *map(mapping, mapping(config.get("profiles")).values())):
        provider = text(table.get("model_provider")) or text(config.get("model_provider")) or _BUILT_IN
        # The limits are those of the model that stands beside them.
        one = model(
            table.get("model"),
            context=table.get("model_context_window"),
            output=table.get("model_max_output_tokens"),
            thinking=True if table.get("model_reasoning_effort") not in (None, "none") else None,
        )
        if one:
            found.setdefault(provider, {}).setdefault(one.id, one)
    return {provider: tuple(models.values()) for provider, models in found.items()}


def _found(name: str, entry: Mapping[str, Any], models: tuple[Model, ...]) -> Found:
    base_url, wire = text(entry.get("base_url")), text(entry.get("wire_api")) or "responses"
    if base_url is None:
        return Found(name, refused="it names no base_url")
    if wire not in _WIRES:
        return Found(name, refused=f'its wire_api is "{wire}", which Kimi Code does not have')
    if mapping(entry.get("query_params")):
        return Found(name, refused="it needs query_params, which Kimi Code does not send")
    if mapping(entry.get("auth")):
        return Found(name, refused="its key is what a command prints, and Kimi Code runs none")
    if entry.get("requires_openai_auth") is True:
        return Found(name, refused="it uses Codex's own OpenAI login")
    notes = tuple(
        f"the header {header} comes from a variable, which config.toml cannot say: it is left out"
        for header in mapping(entry.get("env_http_headers"))
    )
    return Found(
        name,
        wire=_WIRES[wire],
        base_url=base_url,
        models=models,
        variable=variable_name(entry.get("env_key")),
        key=text(entry.get("experimental_bearer_token")),
        headers=headers_of(entry.get("http_headers")),
        notes=notes,
    )


def _openai(config: Mapping[str, Any], auth: Mapping[str, Any], models: tuple[Model, ...]) -> Iterator[Found]:
    """OpenAI itself, which Codex has built in; only with a key it can be taken over."""
    base_url = text(config.get("openai_base_url"))
    if key := text(auth.get("OPENAI_API_KEY")):
        yield Found(
            _BUILT_IN,
            wire="openai_responses",
            base_url=base_url,
            catalog_id=None if base_url else _BUILT_IN,
            models=models,
            key=key,
        )
    elif mapping(auth.get("tokens")):
        yield Found(_BUILT_IN, refused="Codex is logged in with a ChatGPT account, and has no API key for it")
    elif models or base_url:
        yield Found(
            _BUILT_IN,
            wire="openai_responses",
            base_url=base_url,
            catalog_id=None if base_url else _BUILT_IN,
            models=models,
            variable="OPENAI_API_KEY",
        )
