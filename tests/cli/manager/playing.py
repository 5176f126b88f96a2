"""Plays keys to the manager through prompt_toolkit's own pipe input."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from provisioner.cli.manager.actions import Actions
from provisioner.cli.manager.runtime import ManagerRuntime
from provisioner.cli.manager.state import State, opening
from provisioner.cli.prompts.look import Look

if TYPE_CHECKING:
    from prompt_toolkit.input import PipeInput

    from provisioner.app import App
    from provisioner.cli.manager.effects import Leave, OpenWizard

# Keys to send once the state is as it has to be.
Step = tuple[Callable[[State], bool], str]
DOWN, ESC = "\x1b[B", "\x1b"


def at_once(_: State) -> bool:
    return True


def says(text: str) -> Callable[[State], bool]:
    return lambda state: text in state.status.text


def runtime_of(app: App) -> ManagerRuntime:
    return ManagerRuntime(Actions(app), Look(), opening(Actions(app).load(), {}))


def play(runtime: ManagerRuntime, pipe: PipeInput, *steps: Step) -> Leave | OpenWizard:
    """Runs the manager and sends each step's keys as soon as its condition holds."""
    missed: list[int] = []

    def feed() -> None:
        for number, (ready, keys) in enumerate(steps):
            deadline = time.monotonic() + 60
            while not ready(runtime.state):
                time.sleep(0.002)
                if time.monotonic() > deadline:
                    missed.append(number)
                    pipe.send_text("\x03")
                    return
            pipe.send_text(keys)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        return runtime.run()
    finally:
        thread.join()
        assert not missed, f"step {missed[0]} waited in vain; {runtime.state}"
