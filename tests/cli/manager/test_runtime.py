"""The manager driven through a pipe: keys, threads and workflows, without a terminal."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.app import Http
from provisioner.cli.manager import main_loop
from provisioner.cli.manager.actions import Actions
from provisioner.cli.manager.effects import Leave
from provisioner.cli.manager.state import State, opening
from provisioner.cli.prompts.look import Look
from provisioner.errors import UsageError
from provisioner.workflows import refresh, set_default
from tests.cli.manager.conftest import MIXED
from tests.cli.manager.playing import DOWN, ESC, at_once, play, runtime_of, says

if TYPE_CHECKING:
    from prompt_toolkit.input import PipeInput

    from provisioner.app import App
    from tests.cli.manager.conftest import Upstream


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


def asks(state: State) -> bool:
    return state.confirmation is not None


def test_r_shows_what_changed_upstream_and_y_writes_it(imported: App, pipe: PipeInput) -> None:
    before = imported.config_path.read_bytes()
    runtime = runtime_of(imported)
    play(runtime, pipe, (at_once, "r"), (asks, "n"), (says("Nothing was changed."), "q"))
    assert imported.config_path.read_bytes() == before
    seen: list[str] = []

    def looks(state: State) -> bool:
        if state.confirmation:
            seen.extend(text for _, text in state.confirmation.shown)
        return bool(seen)

    runtime = runtime_of(imported)
    play(runtime, pipe, (at_once, "r"), (looks, "y"), (says("acme is up to date now."), "q"))
    assert {"acme/a1: max_context_size 1000 → 3000", "- max_context_size = 1000"} <= set(seen)
    assert "tok-secret-1" not in "".join(seen)
    after = imported.config_path.read_text()
    assert "max_context_size = 3000" in after
    assert "acme/a2" not in after
    runtime = runtime_of(imported)
    play(runtime, pipe, (at_once, "r"), (says("acme is up to date."), "q"))
    assert runtime.done == []


def test_what_was_shown_is_written_although_the_source_says_something_else_by_now(
    imported: App, upstream: Upstream, pipe: PipeInput
) -> None:
    def later(state: State) -> bool:
        upstream.contexts = {"a1": 5000, "a3": 5000}
        return state.confirmation is not None

    play(runtime_of(imported), pipe, (at_once, "r"), (asks, ""), (later, "y"), (says("up to date now"), "q"))
    assert "max_context_size = 3000" in imported.config_path.read_text()
    assert "5000" not in imported.config_path.read_text()


def test_a_source_that_cannot_be_asked_is_said(imported: App, upstream: Upstream, pipe: PipeInput) -> None:
    upstream.status = 503
    runtime = runtime_of(imported)
    play(runtime, pipe, (at_once, "r"), (says("503"), "q"))
    assert runtime.state.status.tone == "bad"


def test_a_provider_without_a_source_is_not_refreshed(mixed: App, pipe: PipeInput) -> None:
    no_network = mixed._replace(http=Http(transport=httpx.MockTransport(lambda _: httpx.Response(404))))
    runtime = runtime_of(no_network)
    play(runtime, pipe, (at_once, "\x1b[F\x1b[Ar"), (lambda s: s.status.tone == "bad", "q"))
    assert mixed.config_path.read_text() == MIXED


def test_drift_and_doctor_s_findings_come_by_themselves(imported: App, pipe: PipeInput) -> None:
    refresh.run(imported, refresh.Request(check=True))
    runtime = runtime_of(imported)

    def known(state: State) -> bool:
        found = state.findings.get("acme")
        return found is not None and len(found.changes) == 2 and bool(found.problems)

    def settled(state: State) -> bool:
        found = state.findings.get("acme")
        return found is not None and not found.changes and bool(found.problems)

    play(runtime, pipe, (known, "r"), (asks, "y"), (settled, "q"))


def test_they_come_after_the_wizard_too(imported: App, pipe: PipeInput) -> None:
    runtime = runtime_of(imported)
    play(runtime, pipe, (at_once, "a"))
    runtime.state = replace(runtime.state, findings={})
    play(runtime, pipe, (lambda state: "acme" in state.findings, "q"))


def test_k_writes_a_key_wherever_the_old_one_stands(imported: App, pipe: PipeInput) -> None:
    def host(request: httpx.Request) -> httpx.Response:
        status = 200 if request.headers["authorization"] == "Bearer sk-new-1" else 401
        return httpx.Response(status, stream=httpx.ByteStream(b""))

    served = httpx.MockTransport(host)
    app = imported._replace(http=Http(imported.http.transport, served))
    before = app.config_path.read_text()
    runtime = runtime_of(app)
    play(runtime, pipe, (at_once, "ksk-bad-1\r"), (says("the new key was refused"), "q"))
    assert app.config_path.read_text() == before
    play(runtime, pipe, (at_once, "ksk-new-1\r"), (says("acme has a new key."), "q"))
    assert app.config_path.read_text() == before.replace("tok-secret-1", "sk-new-1")
    assert before.count("tok-secret-1") == 2
    assert "sk-new-1" not in "".join(runtime.done)


def test_u_shows_what_comes_back_and_y_brings_it_back_byte_for_byte(
    imported: App, upstream: Upstream, pipe: PipeInput
) -> None:
    before = imported.config_path.read_bytes()
    runtime = runtime_of(imported)
    seen: list[str] = []

    def looks(state: State) -> bool:
        if state.confirmation:
            seen.extend([state.confirmation.question, *(text for _, text in state.confirmation.shown)])
        return bool(seen)

    play(
        runtime,
        pipe,
        (at_once, "dy"),
        (says("Removed"), "u"),
        (looks, "y"),
        (says("Taken back: removed acme."), "q"),
    )
    assert imported.config_path.read_bytes() == before
    assert seen[0] == "Take back: removed acme?"
    assert "+ [providers.acme]" in seen
    assert "tok-secret-1" not in "".join(seen)


def test_u_takes_nothing_back_that_was_not_shown(imported: App, pipe: PipeInput) -> None:
    def elsewhere(state: State) -> bool:
        if state.confirmation:
            set_default.run(imported, set_default.Request("acme/a2"))
        return state.confirmation is not None

    runtime = runtime_of(imported)
    play(runtime, pipe, (at_once, "s"), (says("Default"), "u"), (elsewhere, "y"), (says("meanwhile"), "q"))
    assert 'default_model = "acme/a2"' in imported.config_path.read_text()


def test_u_without_a_change_on_record_says_so(mixed: App, pipe: PipeInput) -> None:
    play(runtime_of(mixed), pipe, (at_once, "u"), (says("nothing to undo"), "q"))


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
