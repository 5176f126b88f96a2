"""A provider's key exchanged wherever it stands in config.toml: pure functions from data to data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.config.tables import PICKED, WHOLE, members
from provisioner.kimi_code.auth import NO_KEY
from provisioner.kimi_code.owner import provider_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from provisioner.config.plan import KeyPath

    Table = dict[str, Any]

# What stands for a key where a server needs none; two providers that have it do not share a key.
_NO_KEYS = frozenset({"", NO_KEY})


@dataclass(frozen=True)
class Rotated:
    """The data after :func:`rotated`.

    Attributes:
        data: of the whole file.
        providers: those whose key is another now.
        aliases: the models whose own key is another now.
        left: where the old key still stands, key by key from the top of the file.
    """

    data: Table = field(repr=False)
    providers: tuple[str, ...]
    aliases: tuple[str, ...]
    left: tuple[KeyPath, ...]


def current_key(provider: Mapping[str, Any], env_keys: Collection[str]) -> str:
    """The key that the provider is used with, as it stands in the file; empty where none does.

    Kimi Code's order: ``api_key``, then the ``env`` table under one of ``env_keys``; last what fetches its registry.
    """
    env, source = provider.get("env"), provider.get("source")
    candidates = [
        provider.get("api_key"),
        *((env.get(name) for name in env_keys) if isinstance(env, dict) else ()),
        source.get("apiKey") if isinstance(source, dict) else None,
    ]
    return next((key for key in candidates if isinstance(key, str) and key not in _NO_KEYS), "")


def registry_of(provider: Any) -> str | None:
    """The URL of the registry that the provider was imported from; ``None`` where it is from none."""
    source = provider.get("source") if isinstance(provider, dict) else None
    if (
        isinstance(source, dict)
        and source.get("kind") in (WHOLE, PICKED)
        and isinstance(source.get("url"), str)
    ):
        return str(source["url"])
    return None


def rotated(data: Mapping[str, Any], provider_id: str, old: str, credential: Mapping[str, str]) -> Rotated:
    """``data`` with ``credential`` in the place of the key ``old`` of a provider.

    Where the provider comes from a registry, every provider of that registry that holds the same key changes too:
    the key is the registry's. A provider's key may stand in ``api_key``, ``source.apiKey``, ``env``, a header, and
    in its models. With an ``api_key_env`` the key leaves the file, but for ``source.apiKey`` and headers, which
    Kimi Code reads from no variable.

    Args:
        data: of the file.
        provider_id: a provider in it.
        old: its present key; empty where it has none, then the credential is only given to this provider.
        credential: ``api_key`` or ``api_key_env`` with its value.
    """
    providers, models = members(data, "providers"), members(data, "models")
    registry = registry_of(providers[provider_id])
    shared = {
        name
        for name, table in providers.items()
        if old and registry is not None and registry_of(table) == registry and _holds(table, old)
    }
    chosen = {provider_id, *shared}
    key, variable = credential.get("api_key"), credential.get("api_key_env", "")

    def provider(name: str, table: Table) -> Table:
        named = name == provider_id
        if key is None:
            return _with_variable(table, old, variable, named=named)
        return _with_key(table, old, key, named=named)

    new_providers = {
        name: provider(name, table) if name in chosen else table for name, table in providers.items()
    }
    new_models = {
        alias: _model(table, old, key)
        if isinstance(table, dict) and provider_name(table) in chosen
        else table
        for alias, table in models.items()
    }
    new = {**data, "providers": new_providers, **({"models": new_models} if "models" in data else {})}
    return Rotated(
        new,
        tuple(name for name in providers if new_providers[name] != providers[name]),
        tuple(alias for alias in models if new_models[alias] != models[alias]),
        tuple(dict.fromkeys(path for path, value in _strings(new, ()) if _swapped(value, old, "") != value)),
    )


def _holds(provider: Any, old: str) -> bool:
    return isinstance(provider, dict) and any(
        _swapped(value, old, "") != value for value in _places(provider)
    )


def _places(provider: Mapping[str, Any]) -> Iterator[Any]:
    """All values of a provider that may be its key."""
    yield provider.get("api_key")
    source = provider.get("source")
    yield source.get("apiKey") if isinstance(source, dict) else None
    for name in ("env", "custom_headers"):
        table = provider.get(name)
        yield from table.values() if isinstance(table, dict) else ()


def _swapped(value: Any, old: str, new: str) -> Any:
    """``new`` in the place of the key ``old``, behind the scheme in a header too; other values as they are."""
    if not old or not isinstance(value, str):
        return value
    return value[: -len(old)] + new if value == old or value.endswith(f" {old}") else value


def _with_key(table: Table, old: str, key: str, *, named: bool) -> Table:
    """A provider's table with another key in it; where there was none and it is ``named``, with one."""
    new = dict(table)
    new["api_key"] = _swapped(table.get("api_key"), old, key)
    if isinstance(source := table.get("source"), dict) and "apiKey" in source:
        new["source"] = {**source, "apiKey": _swapped(source["apiKey"], old, key)}
    for name in ("env", "custom_headers"):
        if isinstance(values := table.get(name), dict):
            new[name] = {k: _swapped(value, old, key) for k, value in values.items()}
    if named and not old:
        new["api_key"] = key
        new.pop("api_key_env", None)
    if new["api_key"] is None:
        del new["api_key"]
    return new


def _with_variable(table: Table, old: str, variable: str, *, named: bool) -> Table:
    """A provider's table whose key comes from a variable."""
    env = table.get("env")
    kept = {k: v for k, v in env.items() if not old or v != old} if isinstance(env, dict) else env
    if not named and kept == env and (not old or table.get("api_key") != old):
        return table
    new: Table = {}
    for name, value in table.items():
        if name in ("api_key", "api_key_env"):
            new["api_key_env"] = variable
        elif name != "env":
            new[name] = value
        elif kept or kept == env:
            new[name] = kept
    new.setdefault("api_key_env", variable)
    return new


def _model(table: Table, old: str, key: str | None) -> Table:
    """A model's table; without its own copy of the key it uses its provider's."""
    if not old or table.get("api_key") != old:
        return table
    if key is None:
        return {name: value for name, value in table.items() if name != "api_key"}
    return {**table, "api_key": key}


def _strings(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _strings(below, (*path, name))
    elif isinstance(value, list):
        for below in value:
            yield from _strings(below, path)
    elif isinstance(value, str):
        yield path, value
