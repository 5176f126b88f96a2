"""What one provider of the models.dev catalog means for config.toml.

Source of the rules: Kimi Code 2.1.0. For the same entry both tools must write the same tables, or both refuse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog import endpoint
from catalog.chat_model import Host, read_model
from catalog.errors import NotImportable
from catalog.models import Model, Provider, Skipped
from catalog.untrusted import id_flaw, mapping, strings, text
from catalog.wire import WIRES, proprietary, wire_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.wire import WireName


def interpret(
    entry: Mapping[str, Any],
    *,
    key: str | None = None,
    base_url: str | None = None,
    variables: Mapping[str, str] | None = None,
) -> Provider:
    """A published provider object as a provider that can be written.

    Args:
        entry: the provider as the catalog publishes it, with its models; any field may hold anything.
        key: under which the catalog keeps it, and which becomes its id; without it the entry's own ``id``.
        base_url: the user's endpoint, which wins over the catalog's.
        variables: the user's values for ``${VAR}`` in the catalog's endpoints.

    Raises:
        NotImportable: ``reason`` says which of the cases, ``variables`` what is still to be filled in.
    """
    provider_id = _checked_id(key or entry.get("id"))
    wire, guessed = wire_of(entry)
    if wire is None:
        raise _no_wire(entry, provider_id)
    url = _endpoint(entry, wire, provider_id, base_url, variables or {})
    models, skipped = usable_models(entry, variables)
    if not models:
        raise NotImportable(
            f"{provider_id} lists no usable model ({_counted(skipped)})",
            reason="no_models",
            where=provider_id,
        )
    return Provider(
        id=provider_id,
        name=text(entry.get("name")) or provider_id,
        wire=wire,
        guessed=guessed,
        base_url=url,
        models=models,
        skipped=skipped,
        env=strings(entry.get("env")) or (),
        doc=text(entry.get("doc")),
    )


def usable_models(
    entry: Mapping[str, Any], variables: Mapping[str, str] | None = None
) -> tuple[tuple[Model, ...], tuple[Skipped, ...]]:
    """The chat models of a published provider object, whether or not it can be imported, and those left out.

    Of two models with the same id the later one counts, in the place of the first.
    """
    values = variables or {}
    api = entry.get("api")
    host = Host(wire=wire_of(entry)[0], api=endpoint.fill(api, values) if isinstance(api, str) else None)
    models: dict[str, Model] = {}
    skipped: list[Skipped] = []
    for key, raw in _model_objects(entry.get("models")):
        model = read_model(key, raw, host, values)
        if isinstance(model, Model):
            models[model.key] = model
        else:
            skipped.append(model)
    return tuple(models.values()), tuple(skipped)


def variables_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Names that the endpoints of a provider and of its models leave to be filled in, the provider's own first."""
    overrides = (mapping(mapping(raw).get("provider")) for _, raw in _model_objects(entry.get("models")))
    urls = [entry.get("api"), *(override.get("api") for override in overrides)]
    names = (name for url in urls if isinstance(url, str) for name in endpoint.variables_in(url))
    return tuple(dict.fromkeys(names))


def _model_objects(models: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(models, list):  # not as published, but Kimi Code takes the members of one all the same
        return ((str(index), model) for index, model in enumerate(models))
    return mapping(models).items()


def _checked_id(value: Any) -> str:
    flaw = id_flaw(value) if isinstance(value, str) and value else "it has no id"
    if flaw is not None:
        raise NotImportable(f"a provider of the catalog cannot be imported: {flaw}", reason="bad_id")
    return str(value)


def _no_wire(entry: Mapping[str, Any], provider_id: str) -> NotImportable:
    declared = text(entry.get("type"))
    if declared is not None:
        return NotImportable(
            f"{provider_id} speaks a protocol that Kimi Code does not know: {declared[:40]!r}",
            reason="unknown_wire",
            where=provider_id,
        )
    return NotImportable(
        f"{provider_id} speaks {proprietary(entry.get('npm'))}'s own protocol, which Kimi Code does not",
        reason="proprietary",
        hint="if it also offers an OpenAI-compatible endpoint: add --type openai --base-url URL --as NAME",
        where=provider_id,
    )


def _endpoint(
    entry: Mapping[str, Any],
    wire: WireName,
    provider_id: str,
    base_url: str | None,
    variables: Mapping[str, str],
) -> str | None:
    if base_url is not None:
        return _users_endpoint(base_url, wire, provider_id)
    declared = entry.get("api")
    if isinstance(declared, str) and declared:
        return _declared_endpoint(endpoint.fill(declared, variables), wire, provider_id)
    if not WIRES[wire].has_host_of(entry.get("npm")):
        # Leaving it out would send the key to the wire's default host: another company's.
        raise NotImportable(
            f"the catalog declares no endpoint for {provider_id}",
            reason="no_endpoint",
            hint="pass --base-url URL",
            where=provider_id,
        )
    return None


def _users_endpoint(base_url: str, wire: WireName, provider_id: str) -> str:
    url = base_url.strip()
    if not url:
        flaw = "the base URL is empty"
    elif endpoint.PLACEHOLDER in url:
        flaw = "the base URL holds a ${…} placeholder"
    elif not endpoint.is_http_url(url):
        flaw = "the base URL is not an http or https address"
    else:
        return endpoint.for_wire(url, wire)
    raise NotImportable(flaw, reason="bad_endpoint", hint="pass --base-url https://…", where=provider_id)


def _declared_endpoint(url: str, wire: WireName, provider_id: str) -> str:
    if endpoint.PLACEHOLDER in url:
        missing = endpoint.variables_in(url)
        raise NotImportable(
            f"the endpoint of {provider_id} needs {', '.join(missing) or 'its placeholder'} filled in",
            reason="variables",
            hint=" ".join([*(f"--var {name}=…" for name in missing), "(or --base-url URL)"]),
            where=provider_id,
            variables=missing,
        )
    adapted = endpoint.for_wire(url, wire)
    if not endpoint.is_http_url(adapted):
        raise NotImportable(
            f"the endpoint of {provider_id} is not an http or https address",
            reason="bad_endpoint",
            hint="pass --base-url URL",
            where=provider_id,
        )
    return adapted


def _counted(skipped: tuple[Skipped, ...]) -> str:
    reasons: dict[str, int] = {}
    for model in skipped:
        reasons[model.reason] = reasons.get(model.reason, 0) + 1
    return (
        "; ".join(f"{count} skipped: {reason}" for reason, count in reasons.items()) or "it lists none at all"
    )
