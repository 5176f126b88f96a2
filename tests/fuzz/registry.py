"""Registries and catalogs: any bytes are refused in one way, or become entries that config.toml holds as intended."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.errors import CatalogError
from catalog.interpret import interpret, variables_of
from catalog.parse import parse_object, parse_slice, slice_catalog
from catalog.recognise import recognised
from catalog.registry import lint, read_registry, survey
from catalog.untrusted import id_flaw, label
from provisioner.config import tables
from provisioner.config.draft import draft, shown
from provisioner.config.guard import difference
from provisioner.config.read import ConfigFile
from provisioner.errors import ProvisionerError
from provisioner.workflows.entries import alias_tables, provider_table, registry_source
from tests.fuzz.mutate import json_mutated, lines_mutated

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from catalog.models import Provider

TOKEN = "sk-Fuzz0123456789abcdef"
_URL = "https://h.test/api.json"
_TEXT = f"""\
default_model = "p/m" # mine
[providers.p]
type = "openai"
base_url = "https://h.test/v1"
api_key = "{TOKEN}"
custom_headers = {{ X-A = "{TOKEN}" }}
[models."p/m"]
provider = "p"
model = "m"
max_context_size = 1
overrides = {{ x = 1 }}
"""
_EMPTY, _HELD = (ConfigFile(Path("config.toml"), text, tomllib.loads(text)) for text in ("", _TEXT))
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
        "env",
        "npm",
    ),
    *(
        "tool_call",
        "reasoning",
        "interleaved",
        "field",
        "support_efforts",
        "default_effort",
        "cost",
        "provider",
    ),
    *(
        "openai",
        "anthropic",
        "kimi",
        "google-genai",
        "openai_responses",
        "vertexai",
        "@ai-sdk/openai-compatible",
    ),
    *("@ai-sdk/anthropic", "shape", "status", "deprecated", "release_date", "reasoning_options", "effort"),
    *("text", "image", "video", "audio", "$schema", "kimi-code", "managed:kimi-code", "low", "high", "none"),
    *("https://${HOST}/v1", "p", "p/m", "m", "values", "doc", "family", "temperature", "off"),
)


def seeds() -> list[bytes]:
    """A registry, a catalog, and what else a URL may lead to."""
    model: dict[str, Any] = {
        "id": "m",
        "name": "M",
        "tool_call": True,
        "reasoning": True,
        "limit": {"context": 200000, "output": 8000, "input": 100000},
        "modalities": {"input": ["text", "image"], "output": ["text"]},
        "support_efforts": ["low", "high"],
        "default_effort": "low",
        "cost": {"input": 1, "output": 2.5, "cache_read": 0.1},
        "release_date": "2026-01-01",
        "interleaved": {"field": "reasoning_content"},
        "reasoning_options": [{"type": "effort", "values": ["low", "high", "none"]}],
    }
    provider = {"id": "p", "name": "P", "api": "https://h.test/v1", "models": {"m": model}, "env": ["A_KEY"]}
    elsewhere = {**model, "provider": {"npm": "@ai-sdk/anthropic", "api": "https://other.test/${A}/v1"}}
    documents: list[Any] = [
        {"p": {**provider, "type": "openai"}, "q": {**provider, "id": "q", "type": "anthropic"}},
        {"p": {**provider, "npm": "@ai-sdk/openai-compatible", "models": {"m": model, "n": elsewhere}}},
        {"a": {**provider, "npm": "@ai-sdk/amazon-bedrock"}, "g": {"npm": "@ai-sdk/google", **provider}},
        {"object": "list", "data": [model]},
        [provider],
    ]
    return [*(json.dumps(document).encode() for document in documents), b"<html>", b"{"]


def check(data: bytes) -> None:
    """Reads the document as a registry and as a catalog, and drafts what comes of it."""
    with suppress(CatalogError):
        providers = []
        for text in slice_catalog(data, _URL).slices.values():
            entry = parse_slice(text)
            variables = dict.fromkeys(variables_of(entry), "value")
            with suppress(CatalogError):
                providers.append(interpret(entry, variables=variables))
        _drafted(providers, _HELD)
    try:
        document = parse_object(data, _URL)
    except CatalogError:
        return
    recognised(document, _URL)
    for finding in lint(document, survey(document)):
        finding.message.encode("utf-8", "surrogatepass")
    with suppress(CatalogError):
        _drafted(read_registry(document, _URL).providers, _EMPTY)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Changes the document's values and names; its text only where it is none."""
    try:
        value = json_mutated(json.loads(data), chance, _WORDS)
        return json.dumps(value, ensure_ascii=chance.random() < 1 / 2).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return lines_mutated(data.decode("utf-8", "replace"), chance, ("{", "}", ",", '"', "[]")).encode()


def _drafted(providers: Iterable[Provider], file: ConfigFile) -> None:
    source = registry_source(_URL, TOKEN)
    entries = {
        provider.id: tables.Entry(
            provider_table(provider, credential={"api_key": TOKEN}, source=source),
            alias_tables(provider.id, provider),
        )
        for provider in providers
    }
    for entry in entries.values():
        for alias, table in entry.aliases.items():
            assert not any(
                map(id_flaw, (alias.removeprefix(f"{table['provider']}/"), table["provider"], table["model"]))
            ), (alias, table)
            words = [
                word for value in table.values() for word in (value if isinstance(value, list) else [value])
            ]
            assert all(label(word) == word for word in words if isinstance(word, str) and word), (
                alias,
                table,
            )
            assert type(table["max_context_size"]) is int
            assert table["max_context_size"] > 0
    with suppress(ProvisionerError):
        drafted = draft(file, lambda data: tables.with_providers(data, entries))
        if drafted.text is not None:
            assert difference(drafted.data, tomllib.loads(drafted.text)) is None
            assert not any(TOKEN in line.text for line in shown(drafted))
