"""From coming up to leaving: the manager, the wizard when it is asked for, and the manager again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.manager import actions, adding
from provisioner.cli.manager.effects import Leave
from provisioner.cli.manager.runtime import Runtime
from provisioner.cli.manager.state import opening
from provisioner.cli.terminal import echo

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.cli.manager.adding import Wizard
    from provisioner.cli.prompts.look import Look


def run(app: App, look: Look, wizard: Wizard) -> int:
    """Shows the manager until it is left; what was changed stays on the terminal when it is gone.

    Raises:
        ConfigInvalid: config.toml cannot be read.
        KeyboardInterrupt: Ctrl-C.
    """
    runtime = Runtime(app, look, opening(actions.load(app), actions.past_tests(app)))
    try:
        while not isinstance(runtime.run(), Leave):
            runtime.state = adding.add(app, runtime.state, wizard)
    finally:
        for line in runtime.done:
            echo(line)
    return 0
