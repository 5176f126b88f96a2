"""The sections of config.toml as Kimi Code reads them: one value of a wrong type drops its whole section.

Source: the schemas of Kimi Code 2.1.0, tried value by value. A key may also be written in camelCase; unknown keys are
no fault. A model without a context size, and a provider with two credentials, only fail when they are used.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.reserved import INTERNAL_IDS
from catalog.wire import WIRES
from provisioner.kimi_code.finding import Finding
from provisioner.kimi_code.owner import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from provisioner.kimi_code.finding import KeyPath

_UNDERSCORE = re.compile(r"_([a-z0-9])")
# JavaScript's Number.MAX_SAFE_INTEGER.
_MOST = 2**53 - 1
_ONLY_TEXT = frozenset({str})


class _Rule(NamedTuple):
    """What a value must be, in words and as a test."""

    words: str
    holds: Callable[[Any], bool]


def _is_positive(value: Any) -> bool:
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return whole and 1 <= value <= _MOST and value == int(value)


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and _ONLY_TEXT.issuperset(map(type, value))


def _is_string_table(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _is_login(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("storage") in ("file", "keyring")
        and all(
            isinstance(value.get(name, "-"), str) and value.get(name, "-")
            for name in ("oauth_host", "oauthHost")
        )
        and isinstance(value.get("key"), str)
        and value["key"] != ""
    )


_PROTOCOLS = tuple(name for name, wire in WIRES.items() if wire.is_protocol)
_SOURCES = ("static", "discover", "oauth-catalog")
_STRING = _Rule("a string", lambda value: isinstance(value, str))
_BOOLEAN = _Rule("true or false", lambda value: isinstance(value, bool))
_STRINGS = _Rule("a list of strings", _are_strings)
_STRING_TABLE = _Rule("a table of strings", _is_string_table)
_TABLE = _Rule("a table", lambda value: isinstance(value, dict))
_POSITIVE = _Rule("a whole number of at least 1", _is_positive)
_LOGIN = _Rule('a table with storage = "file" or "keyring" and a key', _is_login)
_PROTOCOL = _Rule(f"one of {', '.join(_PROTOCOLS)}", lambda value: value in _PROTOCOLS)
_SOURCE = _Rule(f"one of {', '.join(_SOURCES)}", lambda value: value in _SOURCES)

OVERRIDABLE: Mapping[str, _Rule] = {
    "max_context_size": _POSITIVE,
    "max_input_size": _POSITIVE,
    "max_output_size": _POSITIVE,
    "capabilities": _STRINGS,
    "display_name": _STRING,
    "reasoning_key": _STRING,
    "adaptive_thinking": _BOOLEAN,
    "support_efforts": _STRINGS,
    "default_effort": _STRING,
    "off_effort": _STRING,
}
MODEL_KEYS: Mapping[str, _Rule] = {
    **OVERRIDABLE,
    "provider": _STRING,
    "model": _STRING,
    "protocol": _PROTOCOL,
    "base_url": _STRING,
    "api_key": _STRING,
    "beta_api": _BOOLEAN,
    "provider_id": _STRING,
    "name": _STRING,
    "aliases": _STRINGS,
    "oauth": _LOGIN,
    "overrides": _TABLE,
}
PROVIDER_KEYS: Mapping[str, _Rule] = {
    "type": _STRING,
    "base_url": _STRING,
    "api_key": _STRING,
    "api_key_env": _STRING,
    "env": _STRING_TABLE,
    "custom_headers": _STRING_TABLE,
    "default_model": _STRING,
    "oauth": _LOGIN,
    "source": _TABLE,
    "model_source": _SOURCE,
}
THINKING_KEYS: Mapping[str, _Rule] = {"enabled": _BOOLEAN, "effort": _STRING, "keep": _STRING}
_ENTRY_KEYS = {"providers": PROVIDER_KEYS, "models": MODEL_KEYS}
# Rules that each value of this type satisfies.
_SATISFIED = frozenset({(_STRING, str), (_BOOLEAN, bool)})


class Sections(NamedTuple):
    """What is left of the file; keys in snake_case, a dropped section empty.

    Attributes:
        providers: tables by provider id; none of Kimi Code's internal names.
        models: tables by alias.
        thinking: ``[thinking]``.
        default_model: an alias, which need not exist; None where the file names none.
        default_provider: the provider of models that name none.
        flaws: why a section was dropped, in the file's order.
    """

    providers: Mapping[str, Mapping[str, Any]]
    models: Mapping[str, Mapping[str, Any]]
    thinking: Mapping[str, Any]
    default_model: str | None
    default_provider: str | None
    flaws: tuple[Finding, ...]

    def __repr__(self) -> str:  # the tables hold keys
        return f"Sections(default_model={self.default_model!r}, flaws={self.flaws!r})"


def sections(data: Mapping[str, Any]) -> Sections:
    """The parsed file ``data`` as Kimi Code takes it in."""
    top = {_snake(key, ("default_model", "default_provider")): value for key, value in data.items()}
    unusual = {name: _unusual(top.get(name, {}), name) for name in _ENTRY_KEYS}
    providers, provider_flaws = _tables(top.get("providers", {}), "providers", unusual["providers"])
    models, model_flaws = _tables(top.get("models", {}), "models", unusual["models"])
    thinking = top.get("thinking", {})
    unreadable: list[Finding] = []
    _too_large({name: unusual.get(name, value) for name, value in data.items()}, (), unreadable)
    unreadable += _no_names(top)
    thinking_flaws = tuple(_thinking_flaws(thinking))
    return Sections(
        providers={name: table for name, table in providers.items() if name not in INTERNAL_IDS},
        models=models,
        thinking={} if thinking_flaws else _named(thinking, THINKING_KEYS),
        default_model=named(top.get("default_model")),
        default_provider=named(top.get("default_provider")),
        flaws=(*unreadable, *provider_flaws, *model_flaws, *thinking_flaws),
    )


def _too_large(value: Any, path: KeyPath, found: list[Finding]) -> None:
    """Finds each integer above JavaScript's largest safe one, anywhere: Kimi Code cannot read the file at all."""
    if isinstance(value, dict):
        for key, below in value.items():
            if not isinstance(below, str):  # most values are, and none of them holds a number
                _too_large(below, (*path, key), found)
    elif isinstance(value, list):
        for item in value:
            if not isinstance(item, str):
                _too_large(item, path, found)
    elif isinstance(value, int) and abs(value) > _MOST:
        found.append(
            Finding(
                "integer_too_large",
                "error",
                path,
                f"{value} is larger than any integer that Kimi Code reads: it ignores the whole file",
                f"{path[-1]} = {_MOST}, or less",
            )
        )


def _no_names(top: Mapping[str, Any]) -> Iterator[Finding]:
    for key in ("default_model", "default_provider"):
        if key in top and not isinstance(top[key], str):
            yield Finding(
                "default_invalid",
                "error",
                (key,),
                f"{key} must be a string, and is {_kind(top[key])}: Kimi Code then refuses every prompt",
                f'{key} = "…", or remove it',
            )


def _unusual(section: Any, name: str) -> Any:
    """The entries of a section that are to be read key by key: few, as a rule.

    The others have nothing but known keys with values that Kimi Code takes, and no tables.
    """
    if not isinstance(section, dict):
        return section
    return {
        entry: table
        for entry, table in section.items()
        if not isinstance(table, dict)
        or (doubtful := _doubtful(name, tuple(table), tuple(map(type, table.values())))) is None
        or not all(rule.holds(table[key]) for key, rule in doubtful)
    }


@lru_cache(maxsize=256)
def _doubtful(
    name: str, keys: tuple[str, ...], types: tuple[type, ...]
) -> tuple[tuple[str, _Rule], ...] | None:
    """The keys of an entry whose values must be looked at, not only their types.

    None where a key is unknown or holds a table.
    """
    rules = [_ENTRY_KEYS[name].get(key) for key in keys]
    if None in rules or dict in types:
        return None
    return tuple(
        (key, rule)
        for key, rule, kind in zip(keys, rules, types, strict=True)
        if rule and (rule, kind) not in _SATISFIED
    )


def _tables(
    section: Any, name: str, unusual: Mapping[str, Any]
) -> tuple[dict[str, Mapping[str, Any]], tuple[Finding, ...]]:
    if not isinstance(section, dict):
        return {}, (_flaw((name,), _TABLE, section, name),)
    keys = _ENTRY_KEYS[name]
    flaws: list[Finding] = []
    found: dict[str, Mapping[str, Any]] = dict(section)
    for entry, table in unusual.items():
        if not isinstance(table, dict):
            flaws.append(_flaw((name, entry), _TABLE, table, name))
            continue
        flaws += _flaws(table, keys, (name, entry), name)
        found[entry] = _named(table, keys)
        overrides = table.get("overrides")
        if keys is MODEL_KEYS and isinstance(overrides, dict):
            flaws += _flaws(overrides, OVERRIDABLE, (name, entry, "overrides"), name)
            found[entry] = {**found[entry], "overrides": _named(overrides, OVERRIDABLE)}
    return ({} if flaws else found), tuple(flaws)


def _thinking_flaws(thinking: Any) -> Iterator[Finding]:
    if isinstance(thinking, dict):
        yield from _flaws(thinking, THINKING_KEYS, ("thinking",), "thinking")
    else:
        yield _flaw(("thinking",), _TABLE, thinking, "thinking")


def _flaws(
    table: Mapping[str, Any], keys: Mapping[str, _Rule], at: KeyPath, section: str
) -> Iterator[Finding]:
    for key, value in table.items():
        rule = keys.get(key) or keys.get(_snake(key, keys))
        if rule is not None and not rule.holds(value):
            yield _flaw((*at, key), rule, value, section)


def _flaw(path: KeyPath, rule: _Rule, value: Any, section: str) -> Finding:
    where = f"[{section}]" if len(path) == 1 else f"[{section}.{path[1]!r}]".replace("'", '"')
    key = path[-1] if len(path) != 2 else section  # noqa: PLR2004  a whole entry
    return Finding(
        "section_dropped",
        "error",
        path,
        f"{key} must be {rule.words}, and is {_kind(value)}: Kimi Code ignores all of [{section}]",
        f"correct {key} in {where}, or remove it",
    )


def _kind(value: Any) -> str:
    """What a value is, in words; never the value of a string, which may be a key."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return "a string"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def _named(table: Mapping[str, Any], keys: Mapping[str, _Rule]) -> Mapping[str, Any]:
    """``table`` with the known keys in snake_case: itself where they are."""
    if table.keys() <= keys.keys():
        return table
    return {_snake(key, keys): value for key, value in table.items()}


def _snake(key: str, keys: Mapping[str, Any] | tuple[str, ...]) -> str:
    """The known key that ``key`` is another spelling of (``baseUrl``), else itself."""
    if key in keys or key.islower():
        return key
    return next((known for known in keys if _camel(known) == key), key)


def _camel(key: str) -> str:
    return _UNDERSCORE.sub(lambda found: found[1].upper(), key)
