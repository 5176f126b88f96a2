"""Keys that were typed in the wrong place are not repeated, and what had been changed is said however a command ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from provisioner.cli.main import run
from provisioner.workflows import outcome
from tests.cli.conftest import Machine

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.app import App

KEYS = (
    "sk-q8Zr4mWtY7vK2nB5xC0dF3gH6jL9pS",
    "gsk_0123456789abcdefABCDEF",
    "AIzaSyD0123456789abcdefghijklmnop",
    "0123456789abcdef0123456789abcdef.AbCdEf0123456789",
    "Ab3" * 10,
)
FILE = '[providers.p]\ntype = "openai"\nbase_url = "https://h.test/v1"\napi_key = "sk-0123456789abcdef"\n'


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "before",
    [
        ("add", "--type", "openai", "--base-url", "https://h.test/v1", "--as", "x", "--api-key-env"),
        ("add", "openai"),
        ("remove",),
        ("set-default",),
        ("undo",),
        ("list",),
        ("list", "p"),
        ("--json", "list"),
        (),
    ],
)
def test_a_key_in_the_wrong_place_is_not_repeated(
    app: App, capsys: pytest.CaptureFixture[str], before: tuple[str, ...], key: str
) -> None:
    app.config_path.parent.mkdir()
    app.config_path.write_text(FILE)
    assert run([*before, key], "kimi provider", Machine(app).app) in (1, 2)
    shown = "".join(capsys.readouterr())
    assert shown
    assert key[4:-4] not in shown
    assert app.config_path.read_text() == FILE


@pytest.mark.parametrize("word", ["claude-sonnet-4-20250514", "qwen/qwen3-coder:free", "openrouter"])
def test_a_mistyped_id_is_repeated(app: App, capsys: pytest.CaptureFixture[str], word: str) -> None:
    assert run(["remove", word], "kimi provider", app) == 1
    assert word in capsys.readouterr().err


@pytest.mark.parametrize(
    ("end", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 0), (OSError(28, "No space left"), 1)]
)
def test_what_ends_a_command_after_the_write_says_that_the_file_has_been_changed(
    app: App,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    end: BaseException,
    code: int,
) -> None:
    app.config_path.parent.mkdir()
    app.config_path.write_text(FILE)

    def ended(*_: object, **__: object) -> None:
        raise end

    monkeypatch.setattr("provisioner.cli.main._drop_output", lambda: None)
    monkeypatch.setattr(outcome, "Outcome", ended)  # the first thing that is done after the write
    assert run(["remove", "p"], "kimi provider", app) == code
    assert "p" not in app.config_path.read_text()
    assert f"{app.config_path} has been changed" in capsys.readouterr().err


def test_an_interruption_before_the_write_says_so_too(
    app: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("provisioner.workflows.remove.commit", ended)
    assert run(["remove", "p"], "kimi provider", app) == 130
    assert "interrupted; config.toml was not changed" in capsys.readouterr().err


def test_a_config_path_that_does_not_exist_is_said(
    app: App, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "none.toml"
    assert run(["list", "--config", str(path)], "kimi provider", app) == 0
    assert f"there is no file {path} yet" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["list"], ["doctor"], ["undo", "--list"]])
def test_with_json_it_is_said_beside_the_document_and_never_beside_an_error(
    app: App, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]
) -> None:
    path = tmp_path / "none.toml"
    assert run([*arguments, "--json", "--config", str(path)], "kimi provider", app) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)
    assert shown.err == f"note: there is no file {path} yet\n"
    assert run(["env", "p/m", "--json", "--config", str(path)], "kimi provider", app) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "not_found"


def test_a_file_that_a_command_makes_is_not_missing(
    app: App, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "new.toml"
    added = [
        "add",
        "--type",
        "openai",
        "--base-url",
        "http://127.0.0.1:9/v1",
        "--as",
        "p",
        "--model",
        "m:1000",
        "--api-key-env",
        "NAME",
    ]
    assert run([*added, "--json", "--config", str(path)], "kimi provider", app) == 0
    assert path.exists()
    assert "no file" not in capsys.readouterr().err


@pytest.mark.parametrize("url", ["ftp://h.test/api.json", "file:///etc/passwd"])
def test_an_address_that_nothing_can_be_fetched_from_is_a_usage_error(app: App, url: str) -> None:
    assert run(["add", "--registry", url, "--token", "t"], "kimi provider", app) == 2
