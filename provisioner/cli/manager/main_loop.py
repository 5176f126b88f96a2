"""From coming up to leaving: the manager, the wizard when it is asked for, and the manager again."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog.errors import CatalogError
from provisioner.cli.changes import count
from provisioner.cli.manager.effects import Leave
from provisioner.cli.manager.results import added, newest
from provisioner.cli.manager.runtime import ManagerRuntime
from provisioner.cli.manager.state import opening
from provisioner.cli.terminal import echo
from provisioner.errors import ProvisionerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.cli.manager.actions import Actions
    from provisioner.cli.manager.contents import Contents
    from provisioner.cli.manager.state import State
    from provisioner.cli.prompts.look import Look


def run(actions: Actions, look: Look, wizard: Callable[[], object]) -> int:
    """Shows the manager until it is left; what was changed stays on the terminal when it is gone.

    Raises:
        ConfigInvalid: config.toml cannot be read.
        KeyboardInterrupt: Ctrl-C.
    """
    runtime = ManagerRuntime(actions, look, opening(actions.load(), actions.past_tests()))
    try:
        while not isinstance(runtime.run(), Leave):
            runtime.state = after_wizard(actions, runtime.state, wizard)
    finally:
        for line in runtime.done:
            echo(line)
    return 0


def after_wizard(actions: Actions, state: State, wizard: Callable[[], object]) -> State:
    """Opens the wizard; the state over what it left behind, with a new provider selected.

    Where something was added the wizard's last lines stay until Enter: the manager is about to cover them.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    try:
        wizard()
        contents = actions.load()
    except (ProvisionerError, CatalogError) as error:
        return replace(state, status=actions.failed(error))
    if contents.data == state.contents.data:
        return state.saying("Nothing was added.")
    with contextlib.suppress(EOFError):
        input("Enter goes back to the providers. ")
    # The wizard offers a test of its own.
    state = replace(state, last_tests=newest(state.last_tests, actions.past_tests()))
    return added(state, contents).saying(_added(state.contents, contents), "good")


def _added(before: Contents, after: Contents) -> str:
    known = {provider.id for provider in before.providers}
    new = [provider for provider in after.providers if provider.id not in known]
    if len(new) == 1:
        return f'Added "{new[0].name}" with {count(len(new[0].aliases), "model")}.'
    return f"Added {count(len(new), 'provider')}." if new else "config.toml was brought up to date."
