"""The provider manager: what bare ``kimi provider`` opens on a terminal.

- :mod:`~provisioner.cli.manager.state`: all that it knows; :mod:`~provisioner.cli.manager.keys` and
  :mod:`~provisioner.cli.manager.events` lead from one state to the next. No terminal in them.
- :mod:`~provisioner.cli.manager.frame`: a state as the lines of a screen.
- :mod:`~provisioner.cli.manager.shell`: keys, threads and prompt_toolkit around it.
- :mod:`~provisioner.cli.manager.deeds`: the workflows that it calls.
- :mod:`~provisioner.cli.manager.plain`: the same, line by line, where the cursor cannot be moved.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.app import App


def run(app: App, *, program: str = "kimi provider", own_config: bool = False) -> int:
    """Opens the manager on the terminal and returns the exit code when it is left.

    Args:
        app: the world.
        program: how this program was called; the wizard names the command that would have done the same.
        own_config: whether ``--config`` named the file, for the same.

    Raises:
        ConfigInvalid: config.toml cannot be read.
        KeyboardInterrupt: Ctrl-C.
    """
    from provisioner.cli.prompts.look import Look

    def add() -> None:
        from provisioner.cli import wizard

        wizard.run(app, program=program, own_config=own_config)

    look = Look.of(app.env, sys.stdout)
    if look.plain:
        from provisioner.cli.manager import plain

        return plain.run(app, look, add)
    from provisioner.cli.manager import session

    return session.run(app, look, add)
