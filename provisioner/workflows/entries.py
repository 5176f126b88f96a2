"""Providers and models as the tables that config.toml keeps for them.

Key order is that of Kimi Code's documentation. A value that is not known is an absent key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.untrusted import id_flaw, label
from provisioner.config.tables import CATALOG, PICKED, WHOLE
from provisioner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.models import Model, Provider

Table = dict[str, Any]


def check_name(name: str) -> None:
    """Refuses what may not become a provider's id in config.toml, by the rule that holds for ids of strangers.

    Raises:
        UsageError: it is empty, too long, or holds what cannot be seen.
    """
    flaw = id_flaw(name) if name else "its id is empty"
    if flaw:
        raise UsageError(f"{name!r} cannot name a provider: {flaw}", hint="--as NAME")


def catalog_source(
    url: str,
    provider_id: str,
    *,
    models: tuple[str, ...] = (),
    variables: Mapping[str, str] | None = None,
    base_url: str | None = None,
) -> Table:
    """Marks an import from a catalog, with what was asked, so that it can be refreshed. Kimi Code keeps it unread.

    ``provider_id`` is the provider's key in the catalog, whatever name it was imported under. ``models`` are the
    patterns of model ids, empty for all; ``variables`` and ``base_url`` what the user gave for the endpoint.
    """
    source: Table = {"kind": CATALOG, "url": url, "id": provider_id}
    asked = {"models": list(models), "variables": dict(variables or {}), "base_url": base_url}
    return {**source, **{name: value for name, value in asked.items() if value}}


def registry_source(url: str, token: str | None, *, only: str | None = None) -> Table:
    """Marks an import from a registry; ``only``: a provider that was picked, without the rest of the registry.

    Kimi Code refreshes what has exactly the three keys of the first form (``apiKey`` is camelCase, and a string
    even where no token is needed), and then adds whatever else the registry has. It leaves the second form alone.
    """
    if only is not None:
        return {"kind": PICKED, "url": url, "apiKey": token or "", "id": only}
    return {"kind": WHOLE, "url": url, "apiKey": token or ""}


def source_of(provider: Mapping[str, Any], *kinds: str) -> Table:
    """The ``source`` of a provider table when it is of one of these kinds and names a URL, else an empty table."""
    source = provider.get("source")
    known = isinstance(source, dict) and source.get("kind") in kinds and isinstance(source.get("url"), str)
    return source if known and isinstance(source, dict) else {}


def provider_table(provider: Provider, *, credential: Mapping[str, str], source: Table | None) -> Table:
    """The ``[providers.<id>]`` table; ``credential`` is ``api_key`` or ``api_key_env`` with its value, or empty."""
    table: Table = {"type": provider.wire}
    if provider.base_url is not None:
        table["base_url"] = provider.base_url
    table.update(credential)
    if source is not None:
        table["source"] = source
    return table


def alias_tables(provider_id: str, provider: Provider) -> dict[str, Table]:
    """The ``[models."<provider id>/<model>"]`` tables by alias.

    ``provider_id`` is the name that the provider gets in the file, which may be the user's own.
    """
    return {f"{provider_id}/{model.key}": _alias_table(provider_id, model) for model in provider.models}


def _alias_table(provider_id: str, model: Model) -> Table:
    known = {
        "provider": provider_id,
        "model": model.id,
        "max_context_size": model.context,
        "max_input_size": model.input_limit,
        "max_output_size": model.output_limit,
        "capabilities": _array(model.capabilities),
        "display_name": label(model.display_name),
        "reasoning_key": label(model.reasoning_key) if model.reasoning_key else None,
        "support_efforts": _labels(model.support_efforts),
        "default_effort": label(model.default_effort) if model.default_effort else None,
        "off_effort": label(model.off_effort) if model.off_effort else None,
        "protocol": model.protocol,
        "base_url": model.base_url,
    }
    return {key: value for key, value in known.items() if value is not None}


def _array(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)


def _labels(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else [label(value) or "" for value in values]
