"""Errors, hints and notes name this program as it was called, wherever they are shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from provisioner.cli.error_text import ErrorText
from provisioner.cli.main import run
from provisioner.cli.manager.actions import Actions
from provisioner.errors import NotFound

if TYPE_CHECKING:
    import pytest

    from provisioner.app import App

ERROR = NotFound("no model p/m", hint="kimi provider list", where="config.toml")


def test_an_error_has_what_happened_where_and_the_command() -> None:
    text = ErrorText.of(ERROR, "kimi-provider")
    assert text.line == "no model p/m (config.toml)"
    assert text.advice == "try: kimi-provider list"
    assert text.sentence == "no model p/m (config.toml). Try: kimi-provider list"


def test_a_place_that_the_message_names_is_not_said_twice() -> None:
    assert ErrorText("config.toml:3 is odd", where="config.toml:3").line == "config.toml:3 is odd"


def test_nothing_in_an_error_is_obeyed_by_the_terminal() -> None:
    assert "\x1b" not in ErrorText("a\x1b[2J", "b\x1b", "c\x1b").sentence


def test_the_manager_names_the_program(app: App) -> None:
    assert "Try: kimi-provider list" in Actions(app, "kimi-provider").failed(ERROR).text


def test_the_history_and_json_errors_name_the_program(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    app = app._replace(env={})
    assert run(["test", "--history"], "kimi-provider", app) == 0
    assert capsys.readouterr().out == "No test is on record yet: kimi-provider test ALIAS\n"
    assert run(["remove", "nobody", "--json"], "kimi-provider", app) == 1
    error = json.loads(capsys.readouterr().err)
    assert "kimi provider" not in json.dumps(error)
