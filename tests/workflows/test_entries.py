from __future__ import annotations

from catalog.interpret import interpret
from catalog.models import Model, Provider
from catalog.registry import read_registry
from provisioner.workflows.entries import alias_tables, catalog_source, provider_table, registry_source

FULL = Model(
    key="key",
    id="m",
    context=1000,
    input_limit=900,
    output_limit=10,
    capabilities=("thinking", "tool_use"),
    display_name="M",
    reasoning_key="rc",
    support_efforts=("low",),
    default_effort="low",
    off_effort="none",
    protocol="anthropic",
    base_url="https://a.example",
)


def provider(*models: Model, base_url: str | None = None) -> Provider:
    return Provider("p", "P", "openai", guessed=False, base_url=base_url, models=models)


def test_every_field_has_its_key_in_the_documented_order() -> None:
    assert list(alias_tables("mine", provider(FULL))["mine/key"].items()) == [
        ("provider", "mine"),
        ("model", "m"),
        ("max_context_size", 1000),
        ("max_input_size", 900),
        ("max_output_size", 10),
        ("capabilities", ["thinking", "tool_use"]),
        ("display_name", "M"),
        ("reasoning_key", "rc"),
        ("support_efforts", ["low"]),
        ("default_effort", "low"),
        ("off_effort", "none"),
        ("protocol", "anthropic"),
        ("base_url", "https://a.example"),
    ]


def test_what_is_not_known_is_an_absent_key() -> None:
    assert alias_tables("p", provider(Model("m", "m", 5))) == {
        "p/m": {"provider": "p", "model": "m", "max_context_size": 5}
    }


def test_an_empty_list_is_written_as_one() -> None:
    table = alias_tables("p", provider(Model("m", "m", 5, capabilities=(), support_efforts=())))["p/m"]
    assert (table["capabilities"], table["support_efforts"]) == ([], [])


def test_a_provider_table_in_order() -> None:
    source = catalog_source("https://models.dev/api.json", "q")
    table = provider_table(provider(base_url="https://x.example"), credential={"api_key": "k"}, source=source)
    assert list(table.items()) == [
        ("type", "openai"),
        ("base_url", "https://x.example"),
        ("api_key", "k"),
        ("source", {"kind": "modelsDev", "url": "https://models.dev/api.json", "id": "q"}),
    ]


def test_without_endpoint_credential_and_source_they_are_absent() -> None:
    assert provider_table(provider(), credential={}, source=None) == {"type": "openai"}


def test_a_registry_keeps_an_empty_token_as_a_string() -> None:
    assert registry_source("https://r.example", None) == {
        "kind": "apiJson",
        "url": "https://r.example",
        "apiKey": "",
    }


def test_what_the_catalog_says_arrives() -> None:
    entry = {
        "id": "p",
        "npm": "@ai-sdk/openai",
        "models": {"m": {"id": "m", "limit": {"context": 10, "output": 5}, "tool_call": False}},
    }
    assert alias_tables("p", interpret(entry)) == {
        "p/m": {"provider": "p", "model": "m", "max_context_size": 10, "max_output_size": 5}
    }


def test_what_a_registry_says_arrives_without_an_output_limit() -> None:
    value = {"id": "p", "name": "P", "api": "https://x.example/v1", "type": "openai"}
    document = {"p": value | {"models": {"k": {"id": "m", "limit": {"context": 10, "output": 5}}}}}
    (found,) = read_registry(document, "https://r.example").providers
    assert alias_tables("p", found) == {
        "p/k": {
            "provider": "p",
            "model": "m",
            "max_context_size": 10,
            "capabilities": ["tool_use"],
            "display_name": "m",
        }
    }
