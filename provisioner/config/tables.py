"""What a command does to the data of config.toml: pure functions, a dict in and a new dict out.

Unchanged tables are shared between the two, so a plan finds what changed without looking at the rest. What a
change of providers and aliases means for the rest of the file is the rule of Kimi Code 2.1.0, carried further:
when an alias goes, whatever names it goes too, and a default that still resolves is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.reserved import RESERVED_IDS, is_login
from catalog.urls import shown
from provisioner.errors import ConfigInvalid, NotFound, ProviderManaged
from provisioner.kimi_code.owner import provider_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# ``source.kind``: of a catalog, of a registry that is imported whole, of one provider picked out of a registry.
CATALOG, WHOLE, PICKED = "modelsDev", "apiJson", "apiJsonProvider"

_KEPT_TABLES = ("custom_headers", "env")
# What may follow a provider to another endpoint. Names of credentials cannot be guessed (`api-key`, `Cookie`,
# `CF-Access-Client-Id`), so everything else counts as one.
_HARMLESS = frozenset({"user-agent", "accept", "accept-language", "accept-encoding", "content-type"})
_HARMLESS_ENDINGS = ("_PROJECT", "_LOCATION", "_REGION")


class Entry(NamedTuple):
    """A provider as it should stand in config.toml.

    Attributes:
        provider: the table ``[providers.<id>]``; values as tomllib gives them (lists, no ``None``).
        aliases: the tables ``[models."<alias>"]``, by alias; each names the provider.
    """

    provider: Mapping[str, Any]
    aliases: Mapping[str, Mapping[str, Any]]

    def __repr__(self) -> str:  # the provider's table holds a key
        return f"Entry(aliases={self.aliases!r})"


def with_provider(
    data: Mapping[str, Any],
    provider_id: str,
    provider: Mapping[str, Any],
    aliases: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """``data`` with this provider and exactly these aliases of it; see :func:`with_providers`."""
    return with_providers(data, {provider_id: Entry(provider, aliases)})


def with_providers(
    data: Mapping[str, Any],
    entries: Mapping[str, Entry],
    *,
    vanished: Collection[str] = (),
) -> dict[str, Any]:
    """``data`` with each provider of ``entries`` rebuilt, all its former aliases replaced by the given ones.

    The user's own values survive: ``overrides`` of an alias that is still there, and ``custom_headers``, ``env``
    and ``default_model`` of a provider, below what an entry itself gives. Providers in ``vanished`` are removed.
    What is not known to be harmless in those tables must not follow its provider to another endpoint: that is
    refused.

    Raises:
        ProviderManaged: an id is reserved, or a provider to replace or remove is a login of Kimi Code.
        ConfigInvalid: ``providers`` or ``models`` is not a table, or a kept credential would go to a new endpoint.
    """
    for provider_id in entries:
        if provider_id in RESERVED_IDS:
            raise ProviderManaged(
                f'"{provider_id}" is reserved for Kimi Code itself',
                hint="choose another id (--as NAME)",
            )
    providers = members(data, "providers")
    models = members(data, "models")
    for provider_id in (*entries, *vanished):
        _refuse_login(providers, provider_id)
    for provider_id, entry in entries.items():
        refuse_carried(providers.get(provider_id), provider_id, entry.provider)

    owned = {*entries, *vanished}
    desired = {
        alias: _alias(models.get(alias), table)
        for entry in entries.values()
        for alias, table in entry.aliases.items()
    }
    new_models = {
        alias: desired.get(alias, table)
        for alias, table in models.items()
        if alias in desired or not _names(provider_name(table), owned)
    }
    new_models.update(desired)
    gone = models.keys() - new_models.keys()
    new_providers = {
        provider_id: _provider(table, entries[provider_id], gone) if provider_id in entries else table
        for provider_id, table in providers.items()
        if provider_id in entries or provider_id not in owned
    }
    for provider_id, entry in entries.items():
        new_providers.setdefault(provider_id, dict(entry.provider))

    built = {"providers": new_providers, "models": new_models}
    new = {**data, **{name: table for name, table in built.items() if table or name in data}}
    return _without_names(new, gone, set(vanished))


def without_providers(data: Mapping[str, Any], provider_ids: Collection[str]) -> dict[str, Any]:
    """``data`` without these providers, their aliases under whatever name, and what named either.

    Raises:
        NotFound: there is no such provider.
        ProviderManaged: one of them is a login of Kimi Code.
        ConfigInvalid: ``providers`` or ``models`` is not a table.
    """
    providers = members(data, "providers")
    for provider_id in provider_ids:
        if provider_id not in providers:
            raise NotFound(
                f'no provider "{provider_id}" in config.toml',
                hint="see what there is with: kimi provider list",
            )
    return with_providers(data, {}, vanished=provider_ids)


def without_aliases(data: Mapping[str, Any], aliases: Collection[str]) -> dict[str, Any]:
    """``data`` without these aliases and without what named them; their providers stay."""
    gone = set(aliases)
    if not gone:
        return dict(data)
    models = {alias: table for alias, table in members(data, "models").items() if alias not in gone}
    return _without_names({**data, "models": models}, gone, ())


def with_default_model(data: Mapping[str, Any], alias: str) -> dict[str, Any]:
    """``data`` with ``default_model`` naming this alias; ``[thinking]`` is the user's and stays as it is.

    Raises:
        NotFound: there is no such alias.
        ConfigInvalid: ``models`` is not a table.
    """
    if alias not in members(data, "models"):
        raise NotFound(
            f'no model alias "{alias}" in config.toml',
            hint="see what there is with: kimi provider list",
        )
    return {**data, "default_model": alias}


def provider_in(data: Mapping[str, Any], provider_id: str) -> dict[str, Any]:
    """The table of this provider, empty when there is none.

    Raises:
        ConfigInvalid: ``providers`` is not a table.
    """
    table = members(data, "providers").get(provider_id)
    return table if isinstance(table, dict) else {}


def _refuse_login(providers: Mapping[str, Any], provider_id: str) -> None:
    if is_login(providers.get(provider_id)):
        raise ProviderManaged(
            f'provider "{provider_id}" is a login of Kimi Code and is left alone',
            hint="log out of it in Kimi Code, or choose another id (--as NAME)",
        )


def members(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What stands below ``providers`` or ``models``; a hand may have written anything there.

    Raises:
        ConfigInvalid: ``name`` is not a table.
    """
    table = data.get(name, {})
    if not isinstance(table, dict):
        raise ConfigInvalid(
            f"`{name}` in config.toml is not a table",
            hint=f"make it a table ([{name}.…]), or remove it",
        )
    return table


def refuse_carried(old: Any, provider_id: str, new: Mapping[str, Any]) -> None:
    """Refuses to let a header or an ``env`` value go to an endpoint that it was not written for.

    ``old`` is the provider's table as it stands, ``new`` the one to be. Nothing but removing the entry by hand
    lifts this: no flag does.

    Raises:
        ConfigInvalid: naming each entry that would go along.
    """
    if not isinstance(old, dict) or endpoint(old) == endpoint(new):
        return
    carried = [
        f"{name}.{key}"
        for name in _KEPT_TABLES
        if isinstance(table := old.get(name), dict)
        for key, value in table.items()
        if value and not _is_harmless(key)
    ]
    if carried:
        raise ConfigInvalid(
            f'the endpoint of provider "{provider_id}" changes from {shown_endpoint(old)} to {shown_endpoint(new)}, and '
            f"{', '.join(carried)} would go to the new one",
            hint=f"take them out of it by hand, or kimi provider remove {provider_id}, then add it again",
        )


def endpoint(provider: Mapping[str, Any]) -> tuple[str, str]:
    """Where a provider's requests go: its wire, and its base URL without the last slash (empty for the default)."""
    return str(provider.get("type", "")), str(provider.get("base_url", "")).rstrip("/")


def shown_endpoint(provider: Mapping[str, Any]) -> str:
    """The same for people."""
    wire, url = endpoint(provider)
    return f"{shown(url) or 'the default'} ({wire})"


def _is_harmless(name: str) -> bool:
    return name.lower() in _HARMLESS or name.endswith(_HARMLESS_ENDINGS)


def _names(value: Any, names: Collection[str]) -> bool:
    return isinstance(value, str) and value in names


def _alias(old: Any, table: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**table, "overrides": old["overrides"]} if isinstance(old, dict) and "overrides" in old else table


def _provider(old: Any, entry: Entry, gone: Collection[str]) -> dict[str, Any]:
    new = dict(entry.provider)
    if not isinstance(old, dict):
        return new
    for name in _KEPT_TABLES:
        if isinstance(old.get(name), dict) and isinstance(new.get(name, {}), dict):
            new[name] = {**old[name], **new.get(name, {})}
    if "default_model" in old and not _names(old["default_model"], gone):
        new.setdefault("default_model", old["default_model"])
    return new


def _without_names(
    data: dict[str, Any], aliases: Collection[str], providers: Collection[str]
) -> dict[str, Any]:
    """``data`` without what names an alias or a provider that went; ``[thinking]`` is the user's and stays."""
    if _names(data.get("default_model"), aliases):
        del data["default_model"]
    if _names(data.get("default_provider"), providers):
        del data["default_provider"]
    if aliases and isinstance(secondary := data.get("secondary_model"), dict):
        kept = {k: v for k, v in secondary.items() if k != "default_model" or not _names(v, aliases)}
        if isinstance(pool := secondary.get("models"), dict):
            kept["models"] = {k: v for k, v in pool.items() if k not in aliases}
            if pool and not kept["models"]:
                del kept["models"]
        data["secondary_model"] = kept
        if secondary and not kept:
            del data["secondary_model"]
    return data
