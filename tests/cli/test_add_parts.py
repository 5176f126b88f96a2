"""Parts of what a registry or an endpoint offers, and the default among them."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import REGISTRY_URL, TOKEN, registry
from tests.cli.test_add_catalog import CATALOG, URL

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

BASE_URL = "http://127.0.0.1:8000/v1"
ENDPOINT = ("add", "--type", "openai", "--base-url", BASE_URL, "--as", "local")


def saved(machine: Machine) -> dict[str, Any]:
    return tomllib.loads(machine.config.read_text())


@pytest.fixture
def list_of_two(machine: Machine) -> None:
    models = [{"id": "one", "max_model_len": 4096}, {"id": "two", "max_model_len": 8192}]
    machine.serves((f"{BASE_URL}/models", {"object": "list", "data": models}))


def test_a_registry_import_may_set_the_default(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    done = cli("add", "--registry", REGISTRY_URL, "--token", TOKEN, "--default-model", "beta/one")
    assert done.code == 0, done.err
    assert saved(machine)["default_model"] == "beta/one"


def test_a_default_that_the_registry_does_not_have_is_refused(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    done = cli("add", "--registry", REGISTRY_URL, "--default-model", "beta/onne")
    assert done.code == 1
    assert "did you mean beta/one" in done.err
    assert not machine.config.exists()


@pytest.mark.usefixtures("list_of_two")
def test_some_models_of_an_endpoints_list(machine: Machine, cli: Cli) -> None:
    assert cli(*ENDPOINT, "--only", "two").code == 0
    assert {alias: table["max_context_size"] for alias, table in saved(machine)["models"].items()} == {
        "local/two": 8192
    }


@pytest.mark.usefixtures("list_of_two")
def test_a_model_that_the_endpoint_does_not_list_is_refused(machine: Machine, cli: Cli) -> None:
    done = cli(*ENDPOINT, "--only", "twoo")
    assert done.code == 1
    assert "did you mean two" in done.err


def test_models_are_named_or_picked_not_both(cli: Cli) -> None:
    assert cli(*ENDPOINT, "--only", "two", "--model", "three").code == 2


@pytest.mark.parametrize("name", ["", "a\x1b[31m", "a\nb", " a", "a/../b", "a" * 257])
@pytest.mark.parametrize(
    "form",
    [
        ("acme", "--url", URL, "--api-key", "sk-0123456789abcdef"),
        ("--type", "openai", "--base-url", "https://a.example/v1", "--model", "m"),
    ],
)
def test_a_name_that_a_stranger_could_not_use_is_refused(
    machine: Machine, cli: Cli, form: tuple[str, ...], name: str
) -> None:
    machine.serves((URL, CATALOG))
    done = cli("add", *form, "--as", name)
    assert (done.code, "\x1b" in done.err, machine.config.exists()) == (2, False, False)


@pytest.mark.parametrize("model", ["", "m\x1b[31m"])
def test_a_model_id_that_a_list_could_not_give_is_refused(machine: Machine, cli: Cli, model: str) -> None:
    done = cli("add", "--type", "openai", "--base-url", "https://a.example/v1", "--as", "a", "--model", model)
    assert (done.code, machine.config.exists()) == (2, False)
