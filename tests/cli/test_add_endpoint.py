"""``add --type W --base-url URL``: what its list is asked with, and what is written of it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.catalog.test_listing import FORMS

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

GATEWAY = """\
[providers.gw]
type = "openai"
base_url = "https://gw.example/v1/"
api_key = "unused-0123456789"

[providers.gw.custom_headers]
x-tenant = "gw-0123456789"
"""


def add(cli: Cli, *more: str, url: str = "https://gw.example/v1", key: str = "unused-0123456789") -> Any:
    return cli("add", "--type", "openai", "--base-url", url, "--as", "gw", "--api-key", key, *more)


def saved(machine: Machine) -> dict[str, Any]:
    return tomllib.loads(machine.config.read_text())


def wants_header(request: httpx.Request) -> httpx.Response:
    if request.headers.get("x-tenant") != "gw-0123456789":
        return httpx.Response(401, json={"error": {"message": "missing x-tenant"}})
    return httpx.Response(200, json={"data": [{"id": "one", "context_length": 32768}, {"id": "two"}]})


def test_the_headers_of_a_provider_go_to_its_own_list(machine: Machine, cli: Cli) -> None:
    machine.host = wants_header
    machine.write(GATEWAY)
    done = add(cli)
    assert done.code == 0, done.err
    assert set(saved(machine)["models"]) == {"gw/one", "gw/two"}
    assert saved(machine)["providers"]["gw"]["custom_headers"] == {"x-tenant": "gw-0123456789"}


@pytest.mark.parametrize(
    "url",
    [
        "https://gw.example.evil/v1",
        "http://gw.example/v1",
        "https://gw.example:444/v1",
        "https://gw.example/v2",
    ],
)
def test_they_go_to_no_other_base_url(machine: Machine, cli: Cli, url: str) -> None:
    machine.host = wants_header
    before = machine.write(GATEWAY)
    assert add(cli, url=url).code == 6
    assert machine.config.read_bytes() == before
    assert machine.requests
    assert all("x-tenant" not in request.headers for request in machine.requests)


def test_a_header_that_http_cannot_carry_is_named(machine: Machine, cli: Cli) -> None:
    machine.host = wants_header
    machine.write(GATEWAY.replace("gw-0123456789", "gw-\u4f60\u597d"))
    done = add(cli)
    assert done.code == 4
    assert "x-tenant" in done.err
    assert machine.requests == []


def test_what_vllm_allows_for_both_leaves_room_for_the_first_prompt(machine: Machine, cli: Cli) -> None:
    entry = {"id": "m", "owned_by": "vllm", "max_model_len": 32768}
    machine.serves(("https://gw.example/v1/models", {"object": "list", "data": [entry]}))
    assert add(cli).code == 0
    model = saved(machine)["models"]["gw/m"]
    assert (model["max_context_size"], model["max_output_size"]) == (32768, 8192)


def test_only_may_state_a_context_that_the_list_does_not_give(machine: Machine, cli: Cli) -> None:
    listed = {"data": [{"id": "phi:3"}, {"id": "phi", "context_length": 4096}, {"id": "other"}]}
    machine.serves(("https://gw.example/v1/models", listed))
    assert add(cli, "--only", "phi:3", "--only", "phi:32768").code == 0
    sizes = {alias: model["max_context_size"] for alias, model in saved(machine)["models"].items()}
    assert sizes == {"gw/phi:3": 131072, "gw/phi": 32768}


def test_a_model_that_is_not_listed_is_not_found_with_a_context_either(machine: Machine, cli: Cli) -> None:
    machine.serves(("https://gw.example/v1/models", {"data": [{"id": "phi"}]}))
    done = add(cli, "--only", "phy:32768")
    assert done.code == 1
    assert "phi" in done.err


@pytest.mark.parametrize("form", FORMS)
def test_a_list_in_any_usual_form_is_imported(machine: Machine, cli: Cli, form: str) -> None:
    machine.serves(("https://gw.example/v1/models", FORMS[form]))
    done = add(cli)
    assert done.code == 0, done.err
    assert set(saved(machine)["models"]) == {"gw/a", "gw/b"}


@pytest.mark.parametrize("document", [{"data": []}, [], {"data": [{"id": "text-embedding-3-large"}]}])
def test_a_list_without_a_chat_model_is_said_with_the_way_out(
    machine: Machine, cli: Cli, document: Any
) -> None:
    machine.host = lambda _: httpx.Response(200, json=document)
    done = add(cli)
    assert done.code != 0
    assert "--model ID[:CONTEXT]" in done.err
    assert not machine.config.exists()
