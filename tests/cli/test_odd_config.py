"""config.toml as valid TOML that means nothing to Kimi Code."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import REGISTRY_URL, registry
from tests.cli.test_add_catalog import CATALOG, KEY, URL

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

ENDPOINT = ("add", "--type", "openai", "--base-url", "https://a.example/v1", "--as", "a", "--model", "m")


@pytest.fixture(autouse=True)
def documents(machine: Machine) -> None:
    machine.serves((URL, CATALOG), (REGISTRY_URL, registry()))


@pytest.mark.parametrize(
    "command",
    [
        ("remove", "a"),
        ("set-default", "a/one"),
        ("add", "acme", "--url", URL, "--api-key", KEY),
        ("add", "--registry", REGISTRY_URL),
        ENDPOINT,
    ],
)
@pytest.mark.parametrize("config", ["providers = 1\nmodels = 1\n", "[[providers]]\n[[models]]\n"])
def test_providers_that_are_no_table_are_exit_4(
    machine: Machine, cli: Cli, config: str, command: tuple[str, ...]
) -> None:
    before = machine.write(config)
    done = cli(*command)
    assert (done.code, "in config.toml is not a table" in done.err) == (4, True)
    assert machine.config.read_bytes() == before


def test_a_provider_that_is_no_table_does_not_stop_other_commands(machine: Machine, cli: Cli) -> None:
    machine.write("[providers]\na = 1\nb = 2\n")
    assert cli(*ENDPOINT).code == 0
    assert cli("add", "--registry", REGISTRY_URL).code == 0
    found = tomllib.loads(machine.config.read_text())["providers"]
    assert (found["a"]["type"], found["b"], found["alpha"]["type"]) == ("openai", 2, "openai")
