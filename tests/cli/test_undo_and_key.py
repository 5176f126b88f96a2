from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from tests.cli.test_other_commands import CONFIG

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

NEW = "sk-newnewnewnewnew"


def test_undo_redo_and_the_list(machine: Machine, cli: Cli) -> None:
    before = machine.write(CONFIG)
    assert cli("undo").code == 1
    assert "No change" in cli("undo", "--list").out
    cli("remove", "a")
    after = machine.config.read_bytes()
    done = cli("undo")
    assert done.code == 0
    assert "before change 1 (remove, " in done.out
    assert machine.config.read_bytes() == before
    cli("undo")
    assert machine.config.read_bytes() == after
    listed = cli("undo", "--list").out.splitlines()
    assert [line.split()[:2] for line in listed[:3]] == [["*", "3"], ["2", listed[1].split()[1]], ["*", "1"]]
    assert "removed a, default_model" in listed[2]
    document = cli("undo", "--list", "--json").json("undo-list")
    assert [entry["command"] for entry in document["changes"]] == ["undo", "undo", "remove"]
    cli("undo", "1")
    assert machine.config.read_bytes() == before


def test_undo_refuses_what_changed_since(machine: Machine, cli: Cli) -> None:
    before = machine.write(CONFIG)
    cli("remove", "a")
    mine = machine.write(machine.config.read_text() + "# by hand\n")
    done = cli("undo", "--json")
    assert done.code == 2
    assert done.error()["code"] == "config_changed"
    assert "--force" in done.error()["hint"]
    assert machine.config.read_bytes() == mine
    assert "changed by something else" in cli("undo", "--list").err
    document = cli("undo", "--force", "--json").json("undo")
    assert (document["entry"], document["written"], document["removed"]) == (1, True, False)
    assert machine.config.read_bytes() == before
    assert cli("undo", "--list", "--json").json("undo-list")["changes"][0]["foreign"]


def test_undo_shows_a_masked_diff(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    cli("remove", "a")
    after = machine.config.read_bytes()
    done = cli("undo", "--dry-run")
    assert '+ api_key = "sk-•••aaaa"' in done.out
    assert "sk-aaaa" not in done.out
    assert '+ api_key = "sk-•••aaaa"  # •••' in cli("undo", "--dry-run", "--json").json("undo")["diff"]
    assert machine.config.read_bytes() == after
    machine.write("[broken\n")
    assert cli("undo", "--dry-run", "--force", "--json").json("undo")["diff"] is None
    assert "no valid TOML" in cli("undo", "--dry-run", "--force").err


def test_undo_of_the_first_change_removes_the_file(machine: Machine, cli: Cli) -> None:
    cli("add", "--type", "openai", "--base-url", "http://127.0.0.1:9/v1", "--as", "p", "--model", "m:1000")
    assert machine.config.exists()
    assert "is gone again" in cli("undo").out
    assert not machine.config.exists()


def test_undo_list_takes_nothing_else(cli: Cli) -> None:
    assert cli("undo", "3", "--list").code == 2
    assert cli("undo", "0").code == 2


def test_a_key_from_stdin(machine: Machine, cli: Cli) -> None:
    machine.write(
        CONFIG.replace('[models."a/one"]', '[models."b/one"]').replace('provider = "a"', 'provider = "b"')
    )
    done = cli("key", "a", "--api-key-stdin", stdin=f"{NEW}\n")
    assert done.code == 0
    assert done.out == "a has a new key.\n"
    assert "was not tried" in done.err
    assert tomllib.loads(machine.config.read_text())["providers"]["a"]["api_key"] == NEW
    assert "# work" in machine.config.read_text()
    assert "already says so" in cli("key", "a", "--api-key", NEW).out
    assert NEW not in done.err + cli("undo", "--dry-run").out


def test_a_key_is_shown_masked_only(machine: Machine, cli: Cli) -> None:
    before = machine.write(CONFIG)
    done = cli("key", "a", "--api-key", NEW, "--dry-run", "--json")
    assert done.json("change")["providers"]["changed"] == ["a"]
    assert NEW not in done.out + done.err
    assert machine.config.read_bytes() == before


def test_a_key_moved_to_a_variable(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG.replace('default_model = "a/one"\n', "").replace('provider = "a"', 'provider = "b"'))
    done = cli("key", "a", "--to-env", "A_KEY")
    assert done.out == "a reads its key from A_KEY.\n"
    assert 'api_key_env = "A_KEY"\n' in machine.config.read_text()


def test_a_key_without_a_terminal_names_the_flags(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    done = cli("key", "a", "--json")
    assert done.code == 2
    assert done.error()["code"] == "terminal_needed"
    assert "--api-key-stdin" in done.error()["hint"]
    assert cli("key", "nobody").code == 1
    assert cli("key", "a", "--api-key", "x", "--to-env", "Y").code == 2
