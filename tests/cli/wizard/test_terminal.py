"""The wizard as a program on a real pseudo-terminal."""

from __future__ import annotations

import os
import re
import socket
import sys
import termios
import tomllib
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.cli.wizard.conftest import digest
from tests.cli.wizard.conversation import DOWN, UP
from tests.smoke.server import reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from provisioner.demo.server import Demo

ENTER, CTRL_C = "\r", "\x03"
_LFLAG = 3


@pytest.fixture
def config(private_home: Path) -> Path:
    path = private_home / ".kimi-code" / "config.toml"
    path.parent.mkdir()
    path.write_text("# mine\n")
    return path


@pytest.fixture
def start(demo: Demo) -> Iterator[Callable[..., pexpect.spawn[str]]]:
    """Starts ``kimi-provider add`` on a terminal of 80 by 24; what is still running in the end is ended."""
    running: list[pexpect.spawn[str]] = []

    def run(**env: str) -> pexpect.spawn[str]:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "provisioner", "add", "--url", demo.catalog_url],
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONUTF8": "1", **env},
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=60,
        )
        running.append(child)
        return child

    yield run
    for child in running:
        child.close(force=True)


def exit_code(child: pexpect.spawn[str]) -> int | None:
    child.expect(pexpect.EOF)
    child.close()
    code: int | None = child.exitstatus
    return code


def test_a_provider_is_added_and_answers(
    start: Callable[..., pexpect.spawn[str]], config: Path, demo: Demo
) -> None:
    child = start(DEMO_API_KEY=demo.model_key)
    for title, keys in [
        ("What do you want to add?", ENTER),
        ("Which provider?", f"demo-google{ENTER}"),
        ("Which models?", ENTER),
        ("The key for Demo", ENTER),
        ("Which model does Kimi Code start with?", ENTER),
        ("Write this to config.toml?", ENTER),
        ("Try it now?", ENTER),
    ]:
        child.expect_exact(title)
        child.send(keys)
    child.expect_exact("no language model")
    child.expect_exact("demo-google/echo answers")
    child.expect_exact("The same without questions:")
    assert exit_code(child) == 0
    assert config.read_text().startswith("# mine\n")
    assert tomllib.loads(config.read_text())["default_model"] == "demo-google/echo"


def test_a_key_is_not_shown_even_when_it_is_pasted_early(
    start: Callable[..., pexpect.spawn[str]], config: Path, demo: Demo
) -> None:
    child = start()
    child.expect_exact("What do you want to add?")
    # Everything at once, as an impatient hand does: the key arrives while the program is still busy.
    child.send(ENTER)
    child.expect_exact("Which provider?")
    child.send(f"demo-google{ENTER}{ENTER}{demo.model_key}{ENTER}")
    child.expect_exact("Which model does Kimi Code start with?")
    child.send(ENTER)
    child.expect_exact("•••")
    child.send(ENTER)
    child.expect_exact("Try it now?")
    seen = child.before
    child.send(CTRL_C)
    assert exit_code(child) == 130
    assert tomllib.loads(config.read_text())["providers"]["demo-google"]["api_key"] == demo.model_key
    assert demo.model_key not in (seen or "") + (child.before or "")


def test_ctrl_c_leaves_file_and_terminal_as_they_were(
    start: Callable[..., pexpect.spawn[str]], config: Path
) -> None:
    before = digest(config)
    child = start()
    modes = termios.tcgetattr(child.child_fd)
    child.expect_exact("What do you want to add?")
    child.send(ENTER)
    child.expect_exact("Which provider?")
    child.send(CTRL_C)
    child.expect_exact("config.toml was not changed")
    child.expect(pexpect.EOF)
    assert termios.tcgetattr(child.child_fd)[_LFLAG] == modes[_LFLAG]
    assert exit_code(child) == 130
    assert digest(config) == before


def test_ctrl_c_ends_a_wait(start: Callable[..., pexpect.spawn[str]], config: Path) -> None:
    before = digest(config)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api.json"
        child = start()
        child.expect_exact("What do you want to add?")
        child.send(f"{UP}{UP}{ENTER}")
        child.expect_exact("The registry's URL")
        child.send(f"{url}{ENTER}")
        child.expect_exact("The registry's token")
        child.send(ENTER)
        child.expect_exact("fetching")
        child.send(CTRL_C)
        child.expect_exact("config.toml was not changed")
        assert exit_code(child) == 130
    assert digest(config) == before


def test_ctrl_c_in_the_trial_says_what_is_written(
    start: Callable[..., pexpect.spawn[str]], config: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        api = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        provider = {"id": "slow", "name": "Slow", "api": api, "type": "openai", "models": {"m": {"id": "m"}}}
        with serving(lambda _: reply("200 OK", {"slow": provider}), lists=True) as registry:
            child = start()
            child.expect_exact("What do you want to add?")
            child.send(f"{UP}{UP}{ENTER}")
            child.expect_exact("The registry's URL")
            child.send(f"{registry.url}/api.json{ENTER}")
            child.expect_exact("The registry's token")
            child.send(f"tok-0123456789{ENTER}")
            child.expect_exact("Write this to")
            child.send(ENTER)
            child.expect_exact("Try it now?")
            child.send(ENTER)
            child.expect_exact("waiting at most 180 s; ctrl-c stops it")
            child.send(CTRL_C)
            child.expect_exact("The same without questions:")
            assert exit_code(child) == 130
    assert "Traceback" not in (child.before or "")
    assert "slow/m" in tomllib.loads(config.read_text())["models"]


def test_a_terminal_without_a_cursor_is_asked_in_plain_lines(
    start: Callable[..., pexpect.spawn[str]], config: Path, demo: Demo
) -> None:
    child = start(TERM="dumb", DEMO_API_KEY=demo.model_key)
    said: list[str] = []
    for title, answer in [
        ("What do you want to add?", "1"),
        ("Which provider?", "demo-google"),
        ("number, or words", "1"),
        ("Which models?", "2"),
        ("thinker: not chosen", ""),
        ("The key for Demo", "<"),  # back
        ("Which models?", ""),
        ("The key for Demo", "1"),
        ("write it? y or n", "y"),
        ("Try it now?", "1"),
    ]:
        child.expect_exact(title)
        said.append(child.before or "")
        child.expect_exact(": ")
        said.append(child.before or "")
        child.sendline(answer)
    child.expect_exact("demo-google/echo answers")
    assert exit_code(child) == 0
    assert not re.search("\x1b", "".join(said) + (child.before or ""))
    assert list(tomllib.loads(config.read_text())["models"]) == ["demo-google/echo"]


def test_without_colour_and_without_utf_8(start: Callable[..., pexpect.spawn[str]], config: Path) -> None:
    child = start(NO_COLOR="1", LANG="en_US.ISO-8859-1", PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    child.expect_exact("What do you want to add?")
    child.expect_exact(" leave")
    drawn = child.before or ""
    assert "> " in drawn
    assert drawn.isascii()
    assert not re.search(r"\x1b\[(?:[0-9]+;)*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])(?:;[0-9]+)*m", drawn)
    child.send(DOWN + CTRL_C)
    assert exit_code(child) == 130
