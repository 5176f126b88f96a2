"""Commands by their other names, and by mistyped ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine


def test_ls_is_list_and_rm_is_remove(cli: Cli, machine: Machine) -> None:
    machine.write('[providers.a]\ntype = "openai"\n')
    assert cli("ls").out == cli("list").out
    assert cli("rm", "a").out == 'Removed provider "a".\n'


def test_a_mistyped_command_is_answered_with_the_nearest(cli: Cli) -> None:
    for typed, meant in (
        (("lst",), "list"),
        (("set_default", "p/m"), "set-default"),
        (("catalog", "inf"), "info"),
    ):
        done = cli(*typed, "--json")
        assert done.code == 2
        assert done.error()["hint"] == f"did you mean {meant}?"


def test_what_is_near_to_no_command_is_sent_to_the_help(cli: Cli) -> None:
    done = cli("xyzzy")
    assert done.code == 2
    assert done.out == ""
    assert done.err.splitlines() == ['error: there is no command "xyzzy"', "  try: kimi provider --help"]
