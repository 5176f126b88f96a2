"""``add --type W --base-url URL``: what its list is asked with, and what is written of it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.catalog.test_listing import FORMS

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, World

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


def saved(world: World) -> dict[str, Any]:
    return tomllib.loads(world.config.read_text())


def wants_header(request: httpx.Request) -> httpx.Response:
    if request.headers.get("x-tenant") != "gw-0123456789":
        return httpx.Response(401, json={"error": {"message": "missing x-tenant"}})
    return httpx.Response(200, json={"data": [{"id": "one", "context_length": 32768}, {"id": "two"}]})


def test_the_headers_of_a_provider_go_to_its_own_list(world: World, cli: Cli) -> None:
    world.host = wants_header
    world.write(GATEWAY)
    done = add(cli)
    assert done.code == 0, done.err
    assert set(saved(world)["models"]) == {"gw/one", "gw/two"}
    assert saved(world)["providers"]["gw"]["custom_headers"] == {"x-tenant": "gw-0123456789"}


@pytest.mark.parametrize(
    "url",
    [
        "https://gw.example.evil/v1",
        "http://gw.example/v1",
        "https://gw.example:444/v1",
        "https://gw.example/v2",
    ],
)
def test_they_go_to_no_other_base_url(world: World, cli: Cli, url: str) -> None:
    world.host = wants_header
    before = world.write(GATEWAY)
    assert add(cli, url=url).code == 6
    assert world.config.read_bytes() == before
    assert world.requests
    assert all("x-tenant" not in request.headers for request in world.requests)


def test_a_header_that_http_cannot_carry_is_named(world: World, cli: Cli) -> None:
    world.host = wants_header
    world.write(GATEWAY.replace("gw-0123456789", "gw-\u4f60\u597d"))
    done = add(cli)
    assert done.code == 4
    assert "x-tenant" in done.err
    assert world.requests == []


def test_what_vllm_allows_for_both_leaves_room_for_the_first_prompt(world: World, cli: Cli) -> None:
    entry = {"id": "m", "owned_by": "vllm", "max_model_len": 32768}
    world.serves(("https://gw.example/v1/models", {"object": "list", "data": [entry]}))
    assert add(cli).code == 0
    model = saved(world)["models"]["gw/m"]
    assert (model["max_context_size"], model["max_output_size"]) == (32768, 8192)


def test_only_may_state_a_context_that_the_list_does_not_give(world: World, cli: Cli) -> None:
    listed = {"data": [{"id": "phi:3"}, {"id": "phi", "context_length": 4096}, {"id": "other"}]}
    world.serves(("https://gw.example/v1/models", listed))
    assert add(cli, "--only", "phi:3", "--only", "phi:32768").code == 0
    sizes = {alias: model["max_context_size"] for alias, model in saved(world)["models"].items()}
    assert sizes == {"gw/phi:3": 131072, "gw/phi": 32768}


def test_a_model_that_is_not_listed_is_not_found_with_a_context_either(world: World, cli: Cli) -> None:
    world.serves(("https://gw.example/v1/models", {"data": [{"id": "phi"}]}))
    done = add(cli, "--only", "phy:32768")
    assert done.code == 1
    assert "phi" in done.err


@pytest.mark.parametrize("form", FORMS)
def test_a_list_in_any_usual_form_is_imported(world: World, cli: Cli, form: str) -> None:
    world.serves(("https://gw.example/v1/models", FORMS[form]))
    done = add(cli)
    assert done.code == 0, done.err
    assert set(saved(world)["models"]) == {"gw/a", "gw/b"}


@pytest.mark.parametrize("document", [{"data": []}, [], {"data": [{"id": "text-embedding-3-large"}]}])
def test_a_list_without_a_chat_model_is_said_with_the_way_out(world: World, cli: Cli, document: Any) -> None:
    world.host = lambda _: httpx.Response(200, json=document)
    done = add(cli)
    assert done.code != 0
    assert "--model ID[:CONTEXT]" in done.err
    assert not world.config.exists()
