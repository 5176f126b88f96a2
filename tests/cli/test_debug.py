"""`--debug`: requests and decisions on stderr, and no key among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.app import Http
from tests.cli.test_add_catalog import CATALOG, URL
from tests.smoke.server import reply, serving, stream
from tests.smoke.streams import BASES, BY_WIRE, config

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

KEY = "sk-0123456789abcdef"
HEADER = "team-0123456789abcdef"


@pytest.mark.parametrize("wire", BASES)
def test_a_request_to_a_model_without_its_keys(cli: Cli, machine: Machine, wire: str) -> None:
    machine.app = machine.app._replace(http=Http())
    provider = f'custom_headers = {{ X-Team = "{HEADER}" }}'
    with serving(stream(BY_WIRE[wire])) as server:
        machine.write(config(wire, server.url + BASES[wire], provider=provider))
        done = cli("test", "p/m", "--debug", "--json")
        quiet = cli("test", "p/m", "--json")
    assert done.json("test")["summary"]["passed"] == 1
    lines = done.err.splitlines()
    assert all(line.startswith("debug: ") for line in lines)
    assert f"debug: POST {server.url}" in done.err
    assert "debug: 200 after" in done.err
    assert f"proxy for {server.url}" in done.err
    assert KEY not in done.err
    assert HEADER not in done.err
    assert quiet.err == ""


def test_an_address_and_an_answer_are_masked_too(cli: Cli, machine: Machine) -> None:
    machine.app = machine.app._replace(http=Http())
    with serving(reply("404 Not Found", set_cookie=f"session={KEY}")) as server:
        server.lists = True
        done = cli("add", "--debug", "--registry", f"{server.url}/api.json?token={KEY}", "--token", HEADER)
    assert "debug: GET" in done.err
    assert KEY not in done.err
    assert HEADER not in done.err


def test_where_the_catalog_came_from_and_what_was_written(cli: Cli, machine: Machine) -> None:
    machine.serves((URL, CATALOG))
    done = cli("--debug", "add", "acme", "--url", URL, "--api-key-env", "ACME_KEY")
    assert done.code == 0
    assert f"debug: add on {machine.config}" in done.err
    assert f"debug: catalog: live, {URL}" in done.err
    assert f"debug: {machine.config}: " in done.err
    again = cli("add", "acme", "--url", URL, "--api-key-env", "ACME_KEY", "--debug")
    assert f"debug: {machine.config}: nothing to change" in again.err


def test_every_command_has_it(cli: Cli) -> None:
    for command in (("list",), ("catalog", "info"), ("registry", "validate"), ("help",)):
        assert "--debug" in cli(*command, "--help").out
    assert cli("test", "--history", "--debug").code == 0
