"""The provider manager: what bare ``kimi provider`` opens on a terminal.

- :mod:`~provisioner.cli.manager.state`: all that it knows; :mod:`~provisioner.cli.manager.update` and
  :mod:`~provisioner.cli.manager.results` lead from one state to the next. No terminal in them.
- :mod:`~provisioner.cli.manager.view`: a state as the lines of a screen.
- :mod:`~provisioner.cli.manager.runtime`: keys, threads and prompt_toolkit around it.
- :mod:`~provisioner.cli.manager.actions`: the workflows that it calls.
- :mod:`~provisioner.cli.manager.plain_manager`: the same, line by line, where the cursor cannot be moved.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.cli.manager.adding import Wizard


def run(app: App, wizard: Wizard) -> int:
    """Opens the manager on the terminal and returns the exit code when it is left.

    Args:
        app: the world.
        wizard: asks on the same terminal what to add, and adds it; raises what ``kimi provider add`` raises.

    Raises:
        ConfigInvalid: config.toml cannot be read.
        KeyboardInterrupt: Ctrl-C.
    """
    from provisioner.cli.prompts.look import Look

    look = Look.of(app.env, sys.stdout)
    if look.plain:
        from provisioner.cli.manager import plain_manager

        return plain_manager.run(app, look, wizard)
    from provisioner.cli.manager import main_loop

    return main_loop.run(app, look, wizard)
