"""The way to the wizard and back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog.errors import CatalogError
from provisioner.cli.changes import count
from provisioner.cli.manager import actions
from provisioner.cli.manager.results import added, newest
from provisioner.errors import ProvisionerError

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.cli.manager.contents import Contents
    from provisioner.cli.manager.state import State


# Asks on the terminal what to add, and adds it; raises what `kimi provider add` raises.
Wizard = Callable[[], object]


def add(app: App, state: State, wizard: Wizard) -> State:
    """Opens the wizard; the state over what it left behind, with a new provider selected.

    Where something was added the wizard's last lines stay until Enter: the manager is about to cover them.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    try:
        wizard()
        contents = actions.load(app)
    except (ProvisionerError, CatalogError) as error:
        return replace(state, status=actions.failed(error))
    if contents.data == state.contents.data:
        return state.saying("Nothing was added.")
    with contextlib.suppress(EOFError):
        input("Enter goes back to the providers. ")
    # The wizard offers a test of its own.
    state = replace(state, last_tests=newest(state.last_tests, actions.past_tests(app)))
    return added(state, contents).saying(_added(state.contents, contents), "good")


def _added(before: Contents, after: Contents) -> str:
    known = {provider.id for provider in before.providers}
    new = [provider for provider in after.providers if provider.id not in known]
    if len(new) == 1:
        return f'Added "{new[0].name}" with {count(len(new[0].aliases), "model")}.'
    return f"Added {count(len(new), 'provider')}." if new else "config.toml was brought up to date."
