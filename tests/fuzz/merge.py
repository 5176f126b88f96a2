"""Refresh's three-way merge: whatever upstream says, the user's changes stay, no key moves, and twice is once.

An input is a JSON object: what upstream said ``first`` and says ``now`` (documents), what the user made of config.toml in
between (``user``, merged into it; null removes), and ``choices``, a number of bits.
"""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.errors import CatalogError
from catalog.interpret import interpret
from catalog.registry import read_registry
from catalog.untrusted import mapping
from provisioner.config import tables
from provisioner.config.draft import draft
from provisioner.config.guard import difference
from provisioner.config.merge import fingerprint, merged
from provisioner.config.plan import same
from provisioner.config.read import ConfigFile
from provisioner.errors import ConfigUnwritable, ProvisionerError
from provisioner.kimi_code.owner import provider_name
from provisioner.workflows.apply_drift import apply_drift
from provisioner.workflows.consent import Consent
from provisioner.workflows.drift import Drift, drift, used_by
from provisioner.workflows.entries import alias_tables, catalog_source, provider_table, registry_source
from provisioner.workflows.imports import owned_fields, record_of
from tests.fuzz.mutate import json_mutated
from tests.fuzz.registry import seeds as documents

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from catalog.models import Provider
    from provisioner.workflows.imports import Record

    Data = dict[str, Any]

TOKEN = "sk-Fuzz0123456789abcdef"
_URL = "https://h.test/api.json"
_HARMLESS = {"user-agent", "accept", "accept-language", "accept-encoding", "content-type"}
_WORDS = (
    *(
        "id",
        "name",
        "api",
        "type",
        "models",
        "limit",
        "context",
        "output",
        "input",
        "modalities",
        "npm",
        "provider",
    ),
    *(
        "tool_call",
        "reasoning",
        "interleaved",
        "support_efforts",
        "default_effort",
        "cost",
        "p",
        "p/m",
        "m",
        "n",
    ),
    *(
        "openai",
        "anthropic",
        "kimi",
        "@ai-sdk/openai-compatible",
        "@ai-sdk/anthropic",
        "first",
        "now",
        "user",
    ),
    *(
        "providers",
        "max_context_size",
        "display_name",
        "capabilities",
        "overrides",
        "base_url",
        "api_key",
        "source",
    ),
    *(
        "api_key_env",
        "custom_headers",
        "env",
        "protocol",
        "default_model",
        "secondary_model",
        "provider_id",
        "X-A",
    ),
    *("A_PROJECT", "kind", "url", "apiKey", "choices", 3, 5, 9, 16, 21, 37, TOKEN, "a-key-of-their-own"),
)


def seeds() -> list[bytes]:
    """Both kinds of source, with changes of either side and of both."""
    first, catalog = (json.loads(seed) for seed in documents()[:2])
    model = first["p"]["models"]["m"]
    moved = {"p": {**first["p"], "api": "https://other.test/v1"}}
    grown = {
        "p": {**first["p"], "models": {"m": {**model, "name": "N", "limit": {"context": 5}}, "n": model}}
    }
    users: list[Data] = [
        {},
        {"models": {"p/m": {"max_context_size": 7, "overrides": {"x": 1}}}},
        {"models": {"p/m": None, "own": {"provider": "p", "model": "own"}}, "default_model": "p/m"},
        {"providers": {"p": {"api_key": "a-key-of-their-own", "custom_headers": {"X-A": "b"}}}},
        {"models": {"p/n": {"provider": "other", "model": "n"}}, "providers": {"other": {"type": "kimi"}}},
    ]
    return [
        json.dumps({"first": before, "now": now, "user": user, "choices": choices}).encode()
        for number, (before, now) in enumerate(
            [(first, grown), (grown, first), (first, moved), (catalog, grown), (catalog, catalog)]
        )
        for choices, user in zip((number, 1 + number, 4, 16, 31), users, strict=True)
    ]


def check(data: bytes) -> None:
    """Imports, lets the user change the file, refreshes twice."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(said, dict) or not isinstance(said.get("choices"), int):
        return
    _fields(mapping(said.get("first")), mapping(said.get("user")), mapping(said.get("now")))
    choices = said["choices"]
    consent = Consent(take_over=bool(choices & 1), endpoint_change=bool(choices & 2))
    registry = not choices & 4
    first, now = (
        _provider(said.get("first"), registry=registry),
        _provider(said.get("now"), registry=registry),
    )
    if first is None or now is None:
        return
    source = registry_source(_URL, TOKEN) if registry else catalog_source(_URL, "p")
    table = provider_table(first, credential={"api_key": TOKEN}, source=source)
    imported = tables.with_provider({}, "p", table, alias_tables("p", first))
    before = _changed(imported, mapping(said.get("user")))
    if not _is_toml(before) or not isinstance(mapping(before.get("providers")).get("p"), dict):
        return
    base = None if choices & 8 else record_of(first, source, len(first.models))
    try:
        found = drift(before, source, base, now, len(now.models), consent)
    except ProvisionerError:
        return
    after = before if found.record is None else apply_drift(before, "p", source, found)
    _judge(before, after, found, base, consent, source)
    if found.record is None:
        return
    again = drift(after, source, found.record, now, len(now.models), consent)
    assert (dict(again.aliases), again.removed, again.endpoint) == ({}, (), None), again
    file = ConfigFile(Path("config.toml"), None, {})
    with suppress(ConfigUnwritable):
        text = draft(file, lambda _: before).text or ""
        drafted = draft(ConfigFile(file.path, text, tomllib.loads(text)), lambda _: after)
        assert drafted.text is None or difference(drafted.data, tomllib.loads(drafted.text)) is None


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Changes either document, what the user did, or the choices."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = {}
    value = json_mutated(value, chance, _WORDS)
    if isinstance(value, dict) and chance.random() < 1 / 6:
        value["choices"] = chance.randrange(32)
    if isinstance(value, dict) and chance.random() < 1 / 6:  # what one side changed
        value["now"] = json_mutated(value.get("first"), chance, _WORDS)
    return json.dumps(value).encode()


def _fields(was: Data, mine: Data, theirs: Data) -> None:
    """The merge of one table: each field is the user's unless upstream alone changed it."""
    owned = ("id", "name", "models", "p", "max_context_size")
    new, found = merged({k: fingerprint(v) for k, v in was.items()}, mine, theirs, owned)
    for name in new.keys() | mine.keys():
        untouched = (name in was) == (name in mine) and same(was.get(name), mine.get(name))
        side = theirs if name in owned and untouched else mine
        assert (name in new) == (name in side)
        assert same(new.get(name), side.get(name))
    assert merged({k: fingerprint(v) for k, v in theirs.items()}, new, theirs, owned)[0] == new
    assert {difference.name for difference in found} <= set(owned)


def _judge(
    before: Data, after: Data, found: Drift, base: Record | None, consent: Consent, source: Mapping[str, Any]
) -> None:
    was, now = tables.provider_in(before, "p"), tables.provider_in(after, "p")
    for name in was.keys() | now.keys():
        assert name in ("type", "base_url", "source") or same(was.get(name), now.get(name))
    if tables.endpoint(was) != tables.endpoint(now):
        assert consent.endpoint_change
        assert was.get("api_key") in (None, "", source.get("apiKey"))
        assert not was.get("api_key_env")
        for holder in ("custom_headers", "env"):
            for name, value in mapping(was.get(holder)).items():
                assert (
                    not value
                    or name.lower() in _HARMLESS
                    or name.endswith(("_PROJECT", "_LOCATION", "_REGION"))
                )
    for name in before.keys() | after.keys():
        if name not in ("providers", "models", "default_model", "default_provider", "secondary_model"):
            assert same(before.get(name), after.get(name))
    for name, table in tables.members(before, "providers").items():
        assert name == "p" or same(table, tables.members(after, "providers")[name])
    models = tables.members(after, "models")
    for alias, mine in tables.members(before, "models").items():
        known = base.aliases.get(alias) if base else None
        if alias not in models:
            assert known is not None
            assert provider_name(mine) == "p"
            assert consent.take_over or used_by(before, alias) is None
            assert {k: fingerprint(v) for k, v in mine.items()} == dict(known)
        elif not same(mine, models[alias]):
            _judge_alias(mine, models[alias], known, consent, owned_fields(source))


def _judge_alias(
    mine: Any, new: Data, known: Mapping[str, str] | None, consent: Consent, owned: tuple[str, ...]
) -> None:
    if known is None and provider_name(mine) != "p":
        assert consent.endpoint_change
        assert same(mapping(mine).get("overrides"), new.get("overrides"))
        return
    for name in mine.keys() | new.keys():
        if same(mine.get(name), new.get(name)):
            continue
        assert name in owned
        assert name not in ("base_url", "protocol")
        assert known is not None
        assert known.get(name) == (fingerprint(mine[name]) if name in mine else None)


def _provider(document: Any, *, registry: bool) -> Provider | None:
    with suppress(CatalogError):
        if not registry:
            return interpret(mapping(mapping(document).get("p")), key="p", variables={"A": "a"})
        return next((p for p in read_registry(document, _URL).providers if p.id == "p"), None)
    return None


def _changed(data: Any, change: Data) -> Data:
    new = dict(data) if isinstance(data, dict) else {}
    for key, value in change.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = _changed(new.get(key), value) if isinstance(value, dict) else value
    return new


def _is_toml(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_toml, value.values()))
    return value is not None and (not isinstance(value, list) or all(map(_is_toml, value)))
