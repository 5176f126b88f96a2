"""The provider manager: what bare ``kimi provider`` opens on a terminal.

- :mod:`~provisioner.cli.manager.state`: all that it knows; :mod:`~provisioner.cli.manager.update` and
  :mod:`~provisioner.cli.manager.results` lead from one state to the next. No terminal in them.
- :mod:`~provisioner.cli.manager.view`: a state as the lines of a screen.
- :mod:`~provisioner.cli.manager.runtime`: keys, threads and prompt_toolkit around it.
- :mod:`~provisioner.cli.manager.effects`: what a key asks for outside the state; :mod:`~provisioner.cli.manager.actions`
  calls the workflows for it.
- :mod:`~provisioner.cli.manager.main_loop`: the manager, the wizard, and the manager again.
- :mod:`~provisioner.cli.manager.plain_manager`: the same, line by line, where the cursor cannot be moved.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.app import App


def run(app: App, wizard: Callable[[], object], program: str = "kimi provider") -> int:
    """Opens the manager on the terminal and returns the exit code when it is left.

    Args:
        app: paths, clock, environment and HTTP.
        wizard: asks on the same terminal what to add, and adds it; raises what ``kimi provider add`` raises.
        program: how this program was called, for the commands in messages.

    Raises:
        ConfigInvalid: config.toml cannot be read.
        KeyboardInterrupt: Ctrl-C.
    """
    from provisioner.cli.manager.actions import Actions
    from provisioner.cli.prompts.look import Look

    look = Look.of(app.env, sys.stdout)
    if look.plain:
        from provisioner.cli.manager import plain_manager

        return plain_manager.run(Actions(app, program), look, wizard)
    from provisioner.cli.manager import main_loop

    return main_loop.run(Actions(app, program), look, wizard)
