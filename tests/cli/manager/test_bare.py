"""``kimi provider`` without a command, where there is no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.main import run
from tests.test_startup import loaded_by

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from provisioner.app import App


def test_it_prints_the_help(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([], "kimi provider", app) == 0
    bare = capsys.readouterr()
    assert run(["--help"], "kimi provider", app) == 0
    assert bare == capsys.readouterr()
    assert bare.out.startswith("Usage: kimi provider ")
    assert not app.config_path.exists()


def test_it_loads_nothing_heavy() -> None:
    assert loaded_by() == set()


def test_a_group_without_a_command_is_a_usage_error_with_its_help(
    app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["catalog"], "kimi provider", app) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Usage: kimi provider catalog ")


def test_config_before_the_command_is_config_after_it(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[providers.elsewhere]\ntype = "openai"\n')
    for arguments in (["--config", str(other), "list"], ["list", "--config", str(other)]):
        assert run(arguments, "kimi provider", app) == 0
        assert "elsewhere" in capsys.readouterr().out
