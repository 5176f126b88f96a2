"""Plays keys to the manager through prompt_toolkit's own pipe input."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from provisioner.cli.manager import deeds
from provisioner.cli.manager.shell import Shell
from provisioner.cli.manager.state import State, opening
from provisioner.cli.prompts.look import Look

if TYPE_CHECKING:
    from prompt_toolkit.input import PipeInput

    from provisioner.app import App
    from provisioner.cli.manager.wishes import AddPlatform, Leave

# Keys to send once the state is as it has to be.
Step = tuple[Callable[[State], bool], str]
DOWN, ESC = "\x1b[B", "\x1b"


def at_once(_: State) -> bool:
    return True


def says(text: str) -> Callable[[State], bool]:
    return lambda state: text in state.status.text


def shell_of(app: App) -> Shell:
    return Shell(app, Look(), opening(deeds.load(app), {}))


def play(shell: Shell, pipe: PipeInput, *steps: Step) -> Leave | AddPlatform:
    """Runs the manager and sends each step's keys as soon as its condition holds."""
    missed: list[int] = []

    def feed() -> None:
        for number, (ready, keys) in enumerate(steps):
            deadline = time.monotonic() + 60
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
