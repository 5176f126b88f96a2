"""LiteLLM proxy: the upstreams of ``model_list`` in its config.yaml.

Source: https://docs.litellm.ai/docs/proxy/configs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping, sequence, text
from provisioner.importers.found import Found, headers_of, model, variable_name
from provisioner.importers.prefixes import meaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog.models import Model
    from provisioner.importers.prefixes import Meaning

_REFERENCE = "os.environ/"
_PROXY = Found(
    "litellm",
    refused="the proxy itself: its file does not say where it listens; "
    "kimi provider add --type openai --base-url http://localhost:4000/v1 --as litellm",
)


def read(documents: Mapping[str, Any]) -> tuple[Found, ...]:
    """One provider for each upstream of ``config``: the same service, address and key; and the proxy itself."""
    groups: dict[tuple[Any, ...], list[tuple[Meaning, Mapping[str, Any], Mapping[str, Any]]]] = {}
    for item in sequence(mapping(documents.get("config")).get("model_list")):
        entry = mapping(item)
        params = mapping(entry.get("litellm_params"))
        name = text(params.get("model"))
        if name is None:
            continue
        base_url = _literal(params.get("api_base") or params.get("base_url"))
        one = meaning(name, text(params.get("custom_llm_provider")), base_url)
        origin = (one.provider, one.wire, one.base_url, text(params.get("api_key")), _elsewhere(params))
        groups.setdefault(origin, []).append((one, params, entry))
    found = tuple(_named(_found(members) for members in groups.values()))
    return (*found, _PROXY) if found else ()


def _found(members: list[tuple[Meaning, Mapping[str, Any], Mapping[str, Any]]]) -> Found:
    one, params, _ = members[0]
    if one.barred:
        return Found(
            one.provider, refused=f"it goes to {one.barred} by a protocol that Kimi Code does not have"
        )
    if _elsewhere(params):
        return Found(
            one.provider, refused="its address stands in a variable: name it with --type and --base-url"
        )
    key = text(params.get("api_key"))
    named = key is not None and key.startswith(_REFERENCE)
    wild = [upstream.model for upstream, *_ in members if "*" in upstream.model]
    models = {}
    for upstream, _, entry in members:
        if (described := _model(upstream, mapping(entry.get("model_info")))) and "*" not in upstream.model:
            models[described.id] = described
    return Found(
        one.provider,
        wire=one.wire,
        base_url=one.base_url,
        catalog_id=one.catalog_id,
        models=() if wild else tuple(models.values()),
        variable=variable_name(key.removeprefix(_REFERENCE)) if key and named else None,
        key=None if named else key,
        headers=headers_of(params.get("extra_headers")),
    )


def _model(upstream: Meaning, info: Mapping[str, Any]) -> Model | None:
    return model(
        upstream.model,
        context=info.get("max_input_tokens") or info.get("max_tokens"),
        output=info.get("max_output_tokens"),
        tools=info.get("supports_function_calling"),
        thinking=info.get("supports_reasoning"),
        images=info.get("supports_vision"),
    )


def _named(found: Iterator[Found]) -> Iterator[Found]:
    """Each with an id of its own: a service that is there twice, with another key or address, gets a number."""
    from dataclasses import replace

    seen: dict[str, int] = {}
    for one in found:
        seen[one.id] = seen.get(one.id, 0) + 1
        yield one if seen[one.id] == 1 else replace(one, id=f"{one.id}-{seen[one.id]}")


def _literal(value: Any) -> str | None:
    found = text(value)
    return None if found is None or found.startswith(_REFERENCE) else found


def _elsewhere(params: Mapping[str, Any]) -> bool:
    return (text(params.get("api_base") or params.get("base_url")) or "").startswith(_REFERENCE)
