"""What a command may cost, counted and never timed: validations, bytes read from the cache, parses of a document."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from catalog import cache, documents, parse, schema, sound
from tests.cli.conftest import REGISTRY_URL, registry

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

CATALOG_URL = "https://catalog.example/api.json"
MODELS = 40


def provider(name: str, **first: Any) -> dict[str, Any]:
    models = {f"m{i}": {"id": f"m{i}", "limit": {"context": 1000}, "note": "x" * 500} for i in range(MODELS)}
    models["m0"] |= first
    return {"id": name, "name": name, "api": f"https://{name}.example/v1", "type": "openai", "models": models}


@pytest.fixture
def catalog(machine: Machine, cli: Cli) -> None:
    """A catalog of twenty providers, fresh in the cache."""
    machine.serves((CATALOG_URL, {f"p{i}": provider(f"p{i}") for i in range(20)}))
    assert cli("catalog", "list", "--url", CATALOG_URL).code == 0


@pytest.fixture
def validations(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many providers are looked at quickly, and how many models jsonschema is given."""
    counted: Counter[str] = Counter()
    quick = {name: check for (name, part), check in sound.CHECKS.items() if part == "provider"}

    def looking(name: str, check: Any) -> Any:
        def look(value: Any) -> bool:
            counted["quick"] += 1
            return bool(check(value))

        return look

    checks = {(name, "provider"): looking(name, check) for name, check in quick.items()}
    monkeypatch.setattr(schema, "CHECKS", {**sound.CHECKS, **checks})
    strict = schema._validator

    class Counting:
        def __init__(self, name: str, definition: str | None) -> None:
            self._real = strict(name, definition)

        def iter_errors(self, document: Any) -> Any:
            counted["strict"] += len(document.get("models", {}))
            return self._real.iter_errors(document)

    monkeypatch.setattr(schema, "_validator", Counting)
    return counted


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the rows that are read from the cache."""
    sizes: list[int] = []
    get = cache.Rows.get

    def noting(rows: cache.Rows, key: str) -> bytes | None:
        value = get(rows, key)
        sizes.append(len(value or b""))
        return value

    monkeypatch.setattr(cache.Rows, "get", noting)
    return sizes


def test_each_provider_of_a_registry_is_validated_once(
    machine: Machine, cli: Cli, validations: Counter[str]
) -> None:
    machine.serves((REGISTRY_URL, registry()))
    assert cli("add", "--registry", REGISTRY_URL).code == 0
    assert validations == {"quick": 2}


def test_a_fault_in_one_model_has_jsonschema_look_at_that_model(
    machine: Machine, cli: Cli, validations: Counter[str]
) -> None:
    machine.serves(
        (REGISTRY_URL, {"a": provider("a"), "b": provider("b", tool_call="yes"), "c": provider("c")})
    )
    done = cli("add", "--registry", REGISTRY_URL)
    assert "/b/models/m0/tool_call: ignored without a word" in done.err
    assert validations == {"quick": 3, "strict": 1}


@pytest.mark.usefixtures("catalog")
def test_only_the_provider_that_is_added_is_validated(cli: Cli, validations: Counter[str]) -> None:
    assert cli("catalog", "list", "--url", CATALOG_URL).code == 0
    assert validations == {}
    assert cli("catalog", "add", "p3", "--api-key", "k", "--url", CATALOG_URL).code == 0
    assert validations == {"quick": 1}


@pytest.mark.usefixtures("catalog")
def test_of_a_fresh_catalog_the_index_is_read_and_the_provider_that_is_asked_for(
    cli: Cli, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = len(json.dumps(provider("p3")))
    assert cli("catalog", "list", "--url", CATALOG_URL).code == 0
    assert len(read) == 2  # the stamp, and the index without the models
    assert sum(read) < one / 4
    listed = sum(read)
    parsed: list[bytes] = []

    def noting(text: bytes) -> dict[str, Any]:
        parsed.append(text)
        return parse.parse_slice(text)

    monkeypatch.setattr(documents, "parse_slice", noting)
    assert cli("catalog", "add", "p3", "--api-key", "k", "--url", CATALOG_URL).code == 0
    assert sum(read) < 2 * listed + 1.1 * one
    assert [json.loads(text)["id"] for text in parsed] == ["p3"]


def test_a_kept_registry_is_read_once(machine: Machine, cli: Cli, read: list[int]) -> None:
    document = {"a": provider("a"), "b": provider("b")}
    machine.serves((REGISTRY_URL, document))
    assert cli("add", "--registry", REGISTRY_URL).code == 0
    read.clear()
    assert cli("add", "--registry", REGISTRY_URL, "--offline").code == 0
    assert sum(read) < 1.2 * len(json.dumps(document))
