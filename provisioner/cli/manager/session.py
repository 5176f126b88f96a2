"""From coming up to leaving: the manager, the wizard when it is wished for, and the manager again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.manager import adding, deeds
from provisioner.cli.manager.shell import Shell
from provisioner.cli.manager.state import opening
from provisioner.cli.manager.wishes import Leave
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
    shell = Shell(app, look, opening(deeds.load(app), deeds.past_tests(app)))
    try:
        while not isinstance(shell.run(), Leave):
            shell.state = adding.add(app, shell.state, wizard)
    finally:
        for line in shell.done:
            echo(line)
    return 0
