"""The manager in a real pseudo-terminal of 80 by 24, as a person meets it."""

from __future__ import annotations

import hashlib
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from provisioner.demo.server import Demo
from provisioner.workflows import add_registry
from tests.cli.manager.conftest import MIXED, many, written
from tests.terminal import Terminal

if TYPE_CHECKING:
    from provisioner.app import App

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals"),
    # The demo's server runs in a thread of this process while pexpect forks.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

ENTER_FULL_SCREEN, LEAVE_FULL_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
SHOW_CURSOR, HIDE_CURSOR = b"\x1b[?25h", b"\x1b[?25l"
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def digest(app: App) -> str:
    return hashlib.sha256(app.config_path.read_bytes()).hexdigest()


def is_put_away(terminal: Terminal) -> bool:
    """Whether the terminal is as it was: the full screen left, the cursor shown."""
    raw = terminal.raw
    return raw.count(ENTER_FULL_SCREEN) == raw.count(LEAVE_FULL_SCREEN) > 0 and raw.rfind(
        SHOW_CURSOR
    ) > raw.rfind(HIDE_CURSOR)


def test_delete_asks_and_only_y_changes_the_file(mixed: App) -> None:
    before = digest(mixed)
    with Terminal() as terminal:
        terminal.wait("Registry https://registry.example/api.json", "beta", "q leave")
        terminal.press("d").wait('Delete "beta" and its 2 models? The default model goes too. [y/N]')
        terminal.press("N").wait("Nothing was deleted.", "q leave")
        assert digest(mixed) == before
        terminal.press("down", "d").wait('Delete "gamma" and its 1 model? [y/N]')
        terminal.press("enter").wait("Nothing was deleted.", "q leave")
        assert digest(mixed) == before
        terminal.press("d").wait("[y/N]").press("y").wait('Removed provider "gamma".', "6 providers")
        assert "gamma" not in mixed.config_path.read_text()
        terminal.press("q")
        assert terminal.end() == 0
    assert is_put_away(terminal)
    assert terminal.raw.endswith(b'Removed provider "gamma".\r\n')


def test_filter_models_default_help_and_the_way_back(mixed: App) -> None:
    with Terminal() as terminal:
        terminal.wait("7 providers").press("/", "k2").wait("1 of 7 providers", "/ k2", "gamma", gone="alpha")
        terminal.press("enter", "enter").wait("gamma", "kimi-k2", "131,072", "1 of 1 model")
        terminal.press("s").wait("Default model set to gamma/kimi-k2.", "★ kimi-k2")
        assert mixed.config_path.read_text() == MIXED.replace('"beta/b2"', '"gamma/kimi-k2"', 1)
        terminal.press("?").wait("Logins that Kimi Code made itself are not listed.")
        terminal.press("x").wait("capabilities", "/ k2")
        terminal.press("escape").wait("capabilities", gone="/ k2")
        terminal.press("escape").wait("1 of 7 providers", "/ k2")
        terminal.press("escape").wait("7 providers", "alpha", gone="/ k2")
        terminal.press("escape")
        assert terminal.end() == 0
    assert is_put_away(terminal)


def test_three_hundred_providers_are_paged_through(app: App) -> None:
    written(app, many(300))
    with Terminal() as terminal:
        terminal.wait("300 providers · page 1 of 25 →", "provider-000", "provider-011")
        terminal.press("right").wait("← page 2 of 25 →", "provider-012", "provider-023", gone="provider-011")
        terminal.press("down", "left").wait("page 1 of 25 →", "provider-000", gone="provider-012")
        terminal.press("end").wait("← page 25 of 25", "[ Add New Platform ]", "provider-299")
        terminal.press("up", "d").wait('Delete "provider-299"')
        terminal.press("y").wait("299 providers · ← page 25 of 25", 'Removed provider "provider-299".')
        terminal.press("home", "/", "provider-15").wait("10 of 299 providers", "provider-159", gone="page")
        terminal.press("ctrl-c")
        assert terminal.end() == 130
    assert is_put_away(terminal)


def test_a_terminal_that_changes_its_size(app: App) -> None:
    written(app, many(60))
    with Terminal() as terminal:
        terminal.wait("60 providers · page 1 of 5 →")
        terminal.press("right", "right").wait("page 3 of 5")
        terminal.resize(120, 40).wait("page 1 of 3 →", "provider-024", "↑↓ move")
        terminal.resize(40, 10).wait("provider-024", "[ Add", "q leave", gone="By hand")
        terminal.resize(12, 3).wait("Providers")
        terminal.resize(80, 24).wait("60 providers · ← page 3 of 5 →", "provider-024")
        terminal.press("q")
        assert terminal.end() == 0


def test_wide_characters_and_long_names_keep_their_columns(app: App) -> None:
    names = ("日本語のプロバイダー", "emoji-👩\u200d👩\u200d👧-❤\ufe0f", "n" * 100, "short")
    written(app, "".join(f'[providers."{name}"]\ntype = "openai"\n' for name in names))
    with Terminal() as terminal:
        terminal.wait("4 providers", "日本語のプロバイダー", "n…")
        rows = [line for line in terminal.emulator.display if "0 models" in line]
        # The emulator gives a wide character one character of its text: count its cells.
        ends = {cells(row[: row.index("0 models")]) for row in rows}
        assert (len(rows), len(ends)) == (4, 1)
        terminal.press("q")
        assert terminal.end() == 0


def cells(text: str) -> int:
    from provisioner.cli.prompts.width import width

    return width(text)


def test_a_test_streams_through_real_sockets_and_is_remembered(app: App) -> None:
    with Demo.start() as demo:
        app.config_path.parent.mkdir()
        add_registry.run(
            app,
            add_registry.Request(
                url=demo.registry_url, token=demo.token, default_model="demo-anthropic/echo"
            ),
        )
        add_registry.run(app, add_registry.Request(url=demo.faults_url, token=demo.token))
        with Terminal() as terminal:
            terminal.wait("demo-anthropic").press("t")
            terminal.wait("Test of demo-anthropic/echo", "Hi!", "✓ passed", "first token")
            terminal.press("escape").wait("✓ demo-anthropic/echo passed just now", "models  ✓")
            terminal.press("/", "faults", "enter", "enter").wait("rate-limited")
            terminal.press("/", "unstreamed", "enter", "t").wait("✗ failed", "t test again")
            terminal.press("escape").wait("✗ failed just now")
            terminal.press("/")
            for _ in "unstreamed":
                terminal.press("backspace")
            terminal.press("stalled", "enter", "t")
            # This one never comes to its end: what is on screen is what has streamed in so far.
            terminal.wait("Test of demo-faults/stalled", "Hi!", "answering…", "1 s")
            terminal.press("escape").wait("The test of demo-faults/stalled was given up.")
            terminal.press("q")
            assert terminal.end() == 0
        assert is_put_away(terminal)
        assert demo.token.encode() not in terminal.raw
        with Terminal() as terminal:
            terminal.wait("✓ demo-anthropic/echo passed just now: first token").press("/", "unstreamed")
            terminal.wait("✗ demo-faults/unstreamed failed just now: not sse").press("ctrl-c")
            assert terminal.end() == 130


def test_refresh_and_undo_through_real_sockets(app: App) -> None:
    app.config_path.parent.mkdir()
    with Demo.start() as demo:
        request = add_registry.Request(
            url=demo.registry_url, token=demo.token, default_model="demo-openai/echo"
        )
        add_registry.run(app, request)
        before = digest(app)
        demo.revise()
        with Terminal(columns=60, lines=20) as terminal:
            terminal.wait("demo-openai", "! ", "q leave").press("r")
            terminal.wait("What would change", "demo-openai/thinker: retired upstream", "[y/N]").press("n")
            terminal.wait("Nothing was changed.", "~1").press("enter")
            terminal.wait("~ 1 change upstream: r shows all", "retired upstream", "esc back")
            terminal.press("r").wait("What would change", "[y/N]").press("y")
            terminal.wait("demo-openai is up to date now.", "1 model")
            terminal.press("u").wait('+ [models."demo-openai/thinker"]', "[y/N]").press("y")
            terminal.wait("Taken back: removed demo-openai/thinker.", "2 models").press(
                "k", "sk-not-shown"
            ).wait("12 characters, not shown").press("escape")
            terminal.wait("The key stays as it is.").press("q")
            assert terminal.end() == 0
    assert digest(app) == before
    assert b"sk-not-shown" not in terminal.raw
    assert demo.token.encode() not in terminal.raw


# The other screens: test_shell.py, where a start costs nothing.
@pytest.mark.parametrize("before", [("/", "be"), ("d",)], ids=["filter", "question"])
def test_ctrl_c_leaves_the_file_and_the_terminal_as_they_were(mixed: App, before: tuple[str, ...]) -> None:
    unchanged = digest(mixed)
    with Terminal() as terminal:
        terminal.wait("q leave").press(*before, "ctrl-c")
        assert terminal.end() == 130
    assert digest(mixed) == unchanged
    assert is_put_away(terminal)


def test_sigterm_restores_the_terminal(mixed: App) -> None:
    with Terminal() as terminal:
        terminal.wait("q leave").signal(signal.SIGTERM)
        assert terminal.end() == 143
    assert is_put_away(terminal)


def test_without_colour_and_without_utf_8_it_says_the_same(mixed: App) -> None:
    with Terminal(env={"NO_COLOR": "1"}) as terminal:
        terminal.wait("beta", "★").press("d").wait("[y/N]").press("q").wait("Nothing was deleted.")
        assert {cell.fg for row in terminal.emulator.buffer.values() for cell in row.values()} == {"default"}
        terminal.press("q")
        assert terminal.end() == 0
    with Terminal(env=ASCII) as terminal:
        terminal.wait("> * beta", "https://beta.example/v1 - key in config.toml")
        assert terminal.text.isascii()
        terminal.press("q")
        assert terminal.end() == 0
    assert terminal.raw.isascii()


def test_a_dumb_terminal_gets_numbered_lines(mixed: App) -> None:
    before = digest(mixed)
    with Terminal(env={"TERM": "dumb"}, lines=40) as terminal:
        terminal.wait("  4  beta, kimi, 2 models", "number, or words to search for [4], < to go back:").press(
            "4\r"
        ).wait("Delete the provider", "number")
        terminal.press("5\r").wait("[y/N]").press("\r").wait(
            "Nothing was deleted.", "8  [ Add New Platform ]"
        )
        assert digest(mixed) == before
        terminal.press("1\r").wait("Give it another key").press("2\r").wait("New key for anthropic")
        terminal.press("<\r").wait("9  Undo the last change", "number, or words").press("9\r").wait(
            "nothing to undo"
        )
        terminal.press("5\r").wait("gamma: 1 model").press("2\r")
        terminal.wait("Which model?", "number, or words to search for [1]").press("1\r")
        terminal.wait("Default model set to gamma/kimi-k2.").press("<\r")
        assert terminal.end() == 0
    assert b"\x1b" not in terminal.raw


def test_a_broken_config_is_an_error_before_anything_is_drawn(app: App) -> None:
    written(app, "[providers\n")
    with Terminal() as terminal:
        assert terminal.end() == 4
    assert "config.toml:1" in terminal.text.replace("\n", "")
    assert ENTER_FULL_SCREEN not in terminal.raw


def test_nothing_configured_yet_and_the_way_to_the_wizard_and_back(app: App) -> None:
    with Terminal() as terminal:
        terminal.wait("There is no provider yet.", "0 providers").press("enter")
        terminal.wait("known provider", gone="0 providers").press("escape").wait("Nothing was added.")
        terminal.press("q")
        assert terminal.end() == 0
    assert not app.config_path.exists()
