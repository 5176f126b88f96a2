"""The manager driven through a pipe: keys, threads and workflows, without a terminal."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from provisioner.cli.manager import main_loop
from provisioner.cli.manager.actions import Actions
from provisioner.cli.manager.effects import Leave
from provisioner.cli.manager.state import State, opening
from provisioner.cli.prompts.look import Look
from provisioner.errors import UsageError
from tests.cli.manager.conftest import MIXED
from tests.cli.manager.playing import DOWN, ESC, at_once, play, runtime_of, says

if TYPE_CHECKING:
    from prompt_toolkit.input import PipeInput

    from provisioner.app import App


def test_y_removes_and_says_so(mixed: App, pipe: PipeInput) -> None:
    runtime = runtime_of(mixed)
    left = play(runtime, pipe, (at_once, "dy"), (says("Removed"), "q"))
    assert isinstance(left, Leave)
    assert runtime.done == ['Removed provider "beta". The default model went with it.']
    after = mixed.config_path.read_text()
    assert "[providers.beta]" not in after
    assert "default_model" not in after
    assert "beta" not in [provider.id for provider in runtime.state.contents.providers]


def test_n_leaves_every_byte(mixed: App, pipe: PipeInput) -> None:
    runtime = runtime_of(mixed)
    play(runtime, pipe, (at_once, "dn"), (says("Nothing was deleted"), "q"))
    assert mixed.config_path.read_text() == MIXED
    assert not mixed.state_dir.exists()


def test_s_sets_the_default_and_once_more_changes_nothing(mixed: App, pipe: PipeInput) -> None:
    runtime = runtime_of(mixed)
    play(
        runtime,
        pipe,
        (at_once, DOWN + "s"),
        (says("Default model set to gamma/kimi-k2."), "s"),
        (says("gamma/kimi-k2 is the default model already."), "q"),
    )
    assert mixed.config_path.read_text() == MIXED.replace("beta/b2", "gamma/kimi-k2", 1)
    assert runtime.state.contents.default_model == "gamma/kimi-k2"


def test_an_interrupt_does_not_cut_a_write_short(mixed: App, pipe: PipeInput) -> None:
    with pytest.raises(KeyboardInterrupt):
        play(runtime_of(mixed), pipe, (at_once, "dy\x03"))
    assert "[providers.beta]" not in mixed.config_path.read_text()
    assert [p.name for p in mixed.config_path.parent.iterdir()] == ["config.toml"]


def test_ctrl_c_interrupts_and_changes_nothing(mixed: App, pipe: PipeInput) -> None:
    for before in ("", "d", "/be", "\r", "?"):
        with pytest.raises(KeyboardInterrupt):
            play(runtime_of(mixed), pipe, (at_once, before + "\x03"))
    assert mixed.config_path.read_text() == MIXED


def test_escape_at_the_top_leaves(mixed: App, pipe: PipeInput) -> None:
    runtime = runtime_of(mixed)
    left = play(
        runtime,
        pipe,
        (at_once, "\r"),
        (lambda s: s.opened is not None, ESC),
        (lambda s: s.opened is None, ESC),
    )
    assert isinstance(left, Leave)


def test_a_paste_of_several_lines_presses_no_keys(mixed: App, pipe: PipeInput) -> None:
    runtime = runtime_of(mixed)
    play(runtime, pipe, (at_once, "\x1b[200~d\ny\n\x1b[201~q"))
    assert mixed.config_path.read_text() == MIXED


def test_a_provider_that_somebody_else_removed_is_not_found_and_the_list_is_read_again(
    mixed: App, pipe: PipeInput
) -> None:
    runtime = runtime_of(mixed)

    def elsewhere(_: State) -> bool:
        mixed.config_path.write_text('[providers.alpha]\ntype = "openai"\n')
        return True

    play(runtime, pipe, (elsewhere, "dy"), (says("not found"), "q"))
    assert runtime.state.status.tone == "bad"
    assert [p.id for p in runtime.state.contents.providers] == ["alpha"]
    assert runtime.done == []


def test_a_config_that_breaks_meanwhile_is_said_and_what_was_shown_stays(mixed: App, pipe: PipeInput) -> None:
    runtime = runtime_of(mixed)

    def broken(_: State) -> bool:
        mixed.config_path.write_text("[providers\n")
        return True

    play(runtime, pipe, (broken, "s"), (says("not valid TOML"), "q"))
    assert "config.toml:1" in runtime.state.status.text
    assert len(runtime.state.contents.providers) == 7
    assert mixed.config_path.read_text() == "[providers\n"


@pytest.mark.skipif(os.name == "nt", reason="a lock by flock")
def test_a_lock_is_waited_for_and_keys_still_work(mixed: App, pipe: PipeInput) -> None:
    import fcntl

    lock = mixed.config_path.with_name(".config.toml.lock")
    holder = os.open(lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(holder, fcntl.LOCK_EX)
    runtime = runtime_of(mixed)

    def release(state: State) -> bool:
        if "Still waiting" not in state.status.text:
            return False
        lock.unlink()
        os.close(holder)
        return True

    play(
        runtime,
        pipe,
        (at_once, "dy"),
        (lambda state: "waiting for another process" in state.waiting, DOWN + "t"),
        (release, ""),
        (says("Removed"), "q"),
    )
    assert "[providers.beta]" not in mixed.config_path.read_text()


def test_sigterm_ends_it(mixed: App, pipe: PipeInput) -> None:
    runtime = runtime_of(mixed)

    def told(_: State) -> bool:
        if not runtime._screen.render_counter:
            return False  # the handler is in position before the first screen
        os.kill(os.getpid(), signal.SIGTERM)
        return True

    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with pytest.raises(SystemExit) as ended:
            play(runtime, pipe, (told, ""))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 143


def test_an_unexpected_error_is_raised_to_the_caller(
    mixed: App, pipe: PipeInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Actions, "write", bug)
    with pytest.raises(ZeroDivisionError):
        play(runtime_of(mixed), pipe, (at_once, "s"))


def test_the_wizard_is_opened_and_its_work_is_found(
    mixed: App, pipe: PipeInput, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "")

    def wizard() -> None:
        with mixed.config_path.open("a") as file:
            file.write('\n[providers.new]\ntype = "openai"\n')
        pipe.send_text("q")

    pipe.send_text("a")
    assert main_loop.run(Actions(mixed), Look(), wizard) == 0
    assert "new" in mixed.config_path.read_text()


def test_a_wizard_that_added_nothing_and_one_that_fails_lead_back(mixed: App, pipe: PipeInput) -> None:
    state = opening(Actions(mixed).load(), {})
    assert main_loop.after_wizard(Actions(mixed), state, lambda: 130).status.text == "Nothing was added."

    def fails() -> None:
        raise UsageError("no", hint="yes")

    assert main_loop.after_wizard(Actions(mixed), state, fails).status.text == "no. Try: yes"
