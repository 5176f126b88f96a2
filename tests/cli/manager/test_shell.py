"""The manager driven through prompt_toolkit's own pipe input: keys, threads and workflows, without a terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from provisioner.app import Http
from provisioner.cli.manager import deeds, session
from provisioner.cli.manager.shell import Shell
from provisioner.cli.manager.state import State, opening
from provisioner.cli.manager.wishes import AddPlatform, Leave
from provisioner.cli.prompts.look import Look
from tests.cli.manager.conftest import MIXED

if TYPE_CHECKING:
    from pathlib import Path

    from prompt_toolkit.input import PipeInput

    from provisioner.app import App

# Keys to send once the state is as it has to be.
Step = tuple[Callable[[State], bool], str]
DOWN, ESC = "\x1b[B", "\x1b"


def at_once(_: State) -> bool:
    return True


@pytest.fixture
def pipe() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


@pytest.fixture
def mixed(app: App) -> App:
    app.config_path.parent.mkdir()
    app.config_path.touch(0o600)
    app.config_path.write_text(MIXED)
    return app


def play(shell: Shell, pipe: PipeInput, *steps: Step) -> Leave | AddPlatform:
    """Runs the manager and sends each step's keys as soon as its condition holds."""
    missed: list[int] = []

    def feed() -> None:
        for number, (ready, keys) in enumerate(steps):
            deadline = time.monotonic() + 10
            while not ready(shell.state):
                time.sleep(0.002)
                if time.monotonic() > deadline:
                    missed.append(number)
                    pipe.send_text("\x03")
                    return
            pipe.send_text(keys)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        return shell.run()
    finally:
        thread.join()
        assert not missed, f"step {missed[0]} waited in vain; {shell.state}"


def shell_of(app: App) -> Shell:
    return Shell(app, Look(), opening(deeds.load(app), {}))


def says(text: str) -> Callable[[State], bool]:
    return lambda state: text in state.status.text


def test_y_removes_and_says_so(mixed: App, pipe: PipeInput) -> None:
    shell = shell_of(mixed)
    left = play(shell, pipe, (at_once, "dy"), (says("Removed"), "q"))
    assert isinstance(left, Leave)
    assert shell.done == ['Removed provider "beta". The default model went with it.']
    after = mixed.config_path.read_text()
    assert "[providers.beta]" not in after
    assert "default_model" not in after
    assert "beta" not in [provider.id for provider in shell.state.contents.providers]


def test_n_leaves_every_byte(mixed: App, pipe: PipeInput) -> None:
    shell = shell_of(mixed)
    play(shell, pipe, (at_once, "dn"), (says("Nothing was deleted"), "q"))
    assert mixed.config_path.read_text() == MIXED
    assert not mixed.state_dir.exists()


def test_s_sets_the_default_and_once_more_changes_nothing(mixed: App, pipe: PipeInput) -> None:
    shell = shell_of(mixed)
    play(
        shell,
        pipe,
        (at_once, DOWN + "s"),
        (says("Default model set to gamma/kimi-k2."), "s"),
        (says("gamma/kimi-k2 is the default model already."), "q"),
    )
    assert mixed.config_path.read_text() == MIXED.replace("beta/b2", "gamma/kimi-k2", 1)
    assert shell.state.contents.default_model == "gamma/kimi-k2"


def test_an_interrupt_does_not_cut_a_write_short(mixed: App, pipe: PipeInput) -> None:
    with pytest.raises(KeyboardInterrupt):
        play(shell_of(mixed), pipe, (at_once, "dy\x03"))
    assert "[providers.beta]" not in mixed.config_path.read_text()
    assert [p.name for p in mixed.config_path.parent.iterdir()] == ["config.toml"]


def test_ctrl_c_interrupts_and_changes_nothing(mixed: App, pipe: PipeInput) -> None:
    for before in ("", "d", "/be", "\r", "?"):
        with pytest.raises(KeyboardInterrupt):
            play(shell_of(mixed), pipe, (at_once, before + "\x03"))
    assert mixed.config_path.read_text() == MIXED


def test_escape_at_the_top_leaves(mixed: App, pipe: PipeInput) -> None:
    shell = shell_of(mixed)
    left = play(
        shell, pipe, (at_once, "\r"), (lambda s: s.opened is not None, ESC), (lambda s: s.opened is None, ESC)
    )
    assert isinstance(left, Leave)


def test_a_paste_of_several_lines_presses_no_keys(mixed: App, pipe: PipeInput) -> None:
    shell = shell_of(mixed)
    play(shell, pipe, (at_once, "\x1b[200~d\ny\n\x1b[201~q"))
    assert mixed.config_path.read_text() == MIXED


def test_a_provider_that_somebody_else_removed_is_not_found_and_the_list_is_read_again(
    mixed: App, pipe: PipeInput
) -> None:
    shell = shell_of(mixed)

    def elsewhere(_: State) -> bool:
        mixed.config_path.write_text('[providers.alpha]\ntype = "openai"\n')
        return True

    play(shell, pipe, (elsewhere, "dy"), (says("not found"), "q"))
    assert shell.state.status.tone == "bad"
    assert [p.id for p in shell.state.contents.providers] == ["alpha"]
    assert shell.done == []


def test_a_config_that_breaks_meanwhile_is_said_and_what_was_shown_stays(mixed: App, pipe: PipeInput) -> None:
    shell = shell_of(mixed)

    def broken(_: State) -> bool:
        mixed.config_path.write_text("[providers\n")
        return True

    play(shell, pipe, (broken, "s"), (says("not valid TOML"), "q"))
    assert "config.toml:1" in shell.state.status.text
    assert len(shell.state.contents.providers) == 7
    assert mixed.config_path.read_text() == "[providers\n"


@pytest.mark.skipif(os.name == "nt", reason="a lock by flock")
def test_a_lock_is_waited_for_and_the_screen_lives_on(mixed: App, pipe: PipeInput) -> None:
    import fcntl

    lock = mixed.config_path.with_name(".config.toml.lock")
    holder = os.open(lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(holder, fcntl.LOCK_EX)
    shell = shell_of(mixed)

    def release(state: State) -> bool:
        if "Still waiting" not in state.status.text:
            return False
        lock.unlink()
        os.close(holder)
        return True

    play(
        shell,
        pipe,
        (at_once, "dy"),
        (lambda state: "waiting for another process" in state.waiting, DOWN + "t"),
        (release, ""),
        (says("Removed"), "q"),
    )
    assert "[providers.beta]" not in mixed.config_path.read_text()


def test_being_told_to_end_ends(mixed: App, pipe: PipeInput) -> None:
    def told(_: State) -> bool:
        time.sleep(0.1)  # the handler is in place once the event loop runs
        os.kill(os.getpid(), signal.SIGTERM)
        return True

    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with pytest.raises(SystemExit) as ended:
            play(shell_of(mixed), pipe, (told, ""))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 143


class Stream(httpx.AsyncByteStream):
    """A chat completion, a frame at a time, each when it is asked for."""

    def __init__(self, frames: list[str], go_on: threading.Event) -> None:
        self._frames = frames
        self._go_on = go_on

    async def __aiter__(self) -> Any:
        for number, frame in enumerate(self._frames):
            if number:
                await asyncio.to_thread(self._go_on.wait, 10)
            yield f"data: {frame}\n\n".encode()


def chat(app: App, go_on: threading.Event, *texts: str) -> App:
    """The same world with a host that streams these texts, all but the first when ``go_on`` is set."""
    frames = [
        *(f'{{"choices": [{{"index": 0, "delta": {{"content": "{text}"}}}}]}}' for text in texts),
        '{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], '
        '"usage": {"prompt_tokens": 9, "completion_tokens": 5}}',
        "[DONE]",
    ]

    def host(request: httpx.Request) -> httpx.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, stream=Stream(frames, go_on))

    return replace(app, http=Http(async_transport=httpx.MockTransport(host)))


def streams(text: str) -> Callable[[State], bool]:
    return lambda state: state.trial is not None and state.trial.text == text


def test_t_streams_the_answer_and_keeps_the_verdict(mixed: App, pipe: PipeInput) -> None:
    go_on = threading.Event()
    shell = shell_of(chat(mixed, go_on, "Hi ", "there"))

    def more(state: State) -> bool:
        if streams("Hi ")(state):
            go_on.set()
        return go_on.is_set()

    play(
        shell,
        pipe,
        (at_once, DOWN + "t"),
        (more, ""),
        (lambda state: bool(state.findings), ESC),
        (lambda state: state.trial is None, "q"),
    )
    finding = shell.state.findings["gamma/kimi-k2"]
    assert finding.verdict == "pass"
    assert finding.figures[-1] == "9 tokens in, 5 out"


def test_a_key_that_a_server_sends_back_is_not_shown(mixed: App, pipe: PipeInput) -> None:
    go_on = threading.Event()
    go_on.set()
    shell = shell_of(chat(mixed, go_on, "you sent tok-", "secret"))
    play(shell, pipe, (at_once, DOWN + "t"), (lambda state: bool(state.findings), "q"))
    assert shell.state.trial
    assert "tok-secret" not in shell.state.trial.text


def test_a_test_that_was_given_up_says_nothing_any_more(mixed: App, pipe: PipeInput) -> None:
    go_on = threading.Event()
    shell = shell_of(chat(mixed, go_on, "Hi ", "there"))
    play(
        shell,
        pipe,
        (at_once, DOWN + "t"),
        (streams("Hi "), ESC),
        (says("was given up"), "q"),
    )
    go_on.set()
    for thread in threading.enumerate():
        if thread.daemon and thread.name.startswith("Thread-"):
            thread.join(5)
    assert shell.state.findings == {}


def test_an_error_nobody_foresaw_reaches_who_called_and_not_the_screen(
    mixed: App, pipe: PipeInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(deeds, "make_default", bug)
    with pytest.raises(ZeroDivisionError):
        play(shell_of(mixed), pipe, (at_once, "s"))


def test_the_wizard_is_opened_and_its_work_is_found(
    mixed: App, pipe: PipeInput, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "")

    def wizard() -> None:
        with mixed.config_path.open("a") as file:
            file.write('\n[providers.new]\ntype = "openai"\n')
        pipe.send_text("q")

    pipe.send_text("a")
    assert session.run(mixed, Look(), wizard) == 0
    assert "new" in mixed.config_path.read_text()


def test_a_wizard_that_added_nothing_and_one_that_fails_lead_back(
    mixed: App, pipe: PipeInput, tmp_path: Path
) -> None:
    from provisioner.cli.manager import adding
    from provisioner.errors import UsageError

    state = opening(deeds.load(mixed), {})
    assert adding.add(mixed, state, lambda: 130).status.text == "Nothing was added."

    def fails() -> None:
        raise UsageError("no", hint="yes")

    assert adding.add(mixed, state, fails).status.text == "no. Try: yes"
