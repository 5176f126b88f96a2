"""Colour as the environment asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.cli.terminal import colour_asked

if TYPE_CHECKING:
    from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, None),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ({"FORCE_COLOR": "0"}, None),
        ({"CLICOLOR_FORCE": "1", "CLICOLOR": "0"}, True),
        ({"CLICOLOR": "0"}, False),
        ({"CLICOLOR": "1"}, None),
        ({"TERM": "dumb"}, False),
    ],
)
def test_who_decides(environment: dict[str, str], asked: bool | None) -> None:
    assert colour_asked(environment) is asked


def test_colour_can_be_forced_into_a_pipe(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in cli("remove", "nobody").err
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m" in cli("remove", "nobody").err
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli("remove", "nobody").err
