"""`set-default --first-passing`: the first alias that answers, over real sockets."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from provisioner.app import Http
from tests.smoke.server import Chunks, Request, reply, serving, stream
from tests.smoke.streams import CHAT

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

MODELS = ("down", "locked", "good", "better")


@pytest.fixture(autouse=True)
def real_http(machine: Machine) -> None:
    machine.app = machine.app._replace(http=Http())


def answer(request: Request) -> Chunks:
    match request.body["model"]:
        case "down":
            return reply("404 Not Found", {"error": {"message": "no such model", "code": "model_not_found"}})
        case "locked":
            return reply("401 Unauthorized", {"error": {"message": "bad key"}})
    return stream(CHAT)


def config(url: str, *, default: str = "") -> str:
    head = f'default_model = "{default}"\n' if default else ""
    provider = f'[providers.p]\ntype = "openai"\nbase_url = "{url}/v1"\napi_key = "sk-0123456789abcdef"\n'
    models = "".join(
        f'[models."p/{name}"]\nprovider = "p"\nmodel = "{name}"\nmax_context_size = 128000\n'
        for name in MODELS
    )
    return head + provider + models


def default_of(machine: Machine) -> object:
    return tomllib.loads(machine.config.read_text()).get("default_model")


def test_the_first_that_passes_becomes_the_default_and_later_ones_are_not_asked(
    machine: Machine, cli: Cli
) -> None:
    with serving(answer) as server:
        machine.write(config(server.url))
        done = cli("set-default", "--first-passing", "p/down, p/gone ,p/good,p/better")
    assert done.code == 0
    assert default_of(machine) == "p/good"
    assert done.out == "Default model set to p/good.\n"
    heads = [line.split()[:2] for line in done.err.splitlines() if line[:4] in ("PASS", "FAIL")]
    assert heads == [["FAIL", "p/down"], ["FAIL", "p/gone"], ["PASS", "p/good"]]
    assert "better" not in {request.body["model"] for request in server.requests}


def test_a_pattern_stands_for_aliases_in_the_order_of_the_file(machine: Machine, cli: Cli) -> None:
    with serving(answer) as server:
        machine.write(config(server.url))
        document = cli("set-default", "--first-passing", "p/*", "--json").json("change")
    assert [(one["alias"], one["verdict"], one["error"]) for one in document["tested"]] == [
        ("p/down", "fail", "model_not_found"),
        ("p/locked", "fail", "auth"),
        ("p/good", "pass", None),
    ]
    assert (document["default_model"], document["written"]) == ("p/good", True)


@pytest.mark.parametrize(("wanted", "code"), [("p/locked", 6), ("p/locked,p/down", 1), ("p/gone,p/down", 1)])
def test_where_none_passes_nothing_changes(machine: Machine, cli: Cli, wanted: str, code: int) -> None:
    with serving(answer) as server:
        before = machine.write(config(server.url, default="p/good"))
        done = cli("set-default", "--first-passing", wanted)
        document = cli("set-default", "--first-passing", wanted, "--json")
    assert (done.code, document.code, done.out) == (code, code, "")
    assert "passed; nothing written" in done.err or "did not pass; nothing written" in done.err
    assert document.json("change")["default_model"] == "p/good"
    assert machine.config.read_bytes() == before


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        ("q/*", 'no alias matches "q/*"', "did you mean p/*?"),
        ("p/godo", 'no alias matches "p/godo"', "did you mean p/good"),
        ("nothing*, none", 'no alias matches "nothing*" or "none"', "kimi provider list"),
    ],
)
def test_where_no_alias_is_meant_nothing_is_sent_and_a_near_name_is_said(
    machine: Machine, cli: Cli, wanted: str, message: str, hint: str
) -> None:
    with serving(answer) as server:
        before = machine.write(config(server.url))
        done = cli("set-default", "--first-passing", wanted, "--json")
    assert done.code == 1
    error = done.error()
    assert (error["code"], error["message"]) == ("not_found", message)
    assert hint in error["hint"]
    assert not server.requests
    assert machine.config.read_bytes() == before


def test_a_broken_default_does_not_stand_in_the_way(machine: Machine, cli: Cli) -> None:
    with serving(answer) as server:
        machine.write(config(server.url, default="p/vanished"))
        assert cli("set-default", "--first-passing", "p/good").code == 0
    assert default_of(machine) == "p/good"


def test_a_dry_run_tests_and_writes_nothing(machine: Machine, cli: Cli) -> None:
    with serving(answer) as server:
        before = machine.write(config(server.url))
        done = cli("set-default", "--first-passing", "p/good", "--dry-run")
    assert done.code == 0
    assert '+ default_model = "p/good"' in done.out
    assert machine.config.read_bytes() == before


def test_either_an_alias_or_candidates(cli: Cli) -> None:
    assert cli("set-default").code == 2
    assert cli("set-default", "p/good", "--first-passing", "p/good").code == 2
    assert cli("set-default", "--first-passing", " , ").code == 2
