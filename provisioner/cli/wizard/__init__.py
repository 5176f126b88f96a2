"""``kimi provider add`` without arguments, on a terminal: questions in place of flags.

:func:`run` walks through one of three paths (:mod:`~provisioner.cli.wizard.catalog_path`,
:mod:`~provisioner.cli.wizard.registry_path`, :mod:`~provisioner.cli.wizard.endpoint_path`). Each gathers the answers that make the request
of a workflow, the same that the flags make; rules are the workflows' affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.documents import CatalogRequest
    from provisioner.app import App


def run(
    app: App,
    *,
    program: str = "kimi provider",
    own_config: bool = False,
    access: Callable[[], CatalogRequest] | None = None,
    dry_run: bool = False,
) -> int:
    """Asks what to add, and adds it.

    Args:
        app: paths, clock, environment and HTTP.
        program: how this program was called, for the command that would have done the same.
        own_config: whether ``--config`` named the file, for the same.
        access: gives which catalog, and how it may be reached; the default one without it.
        dry_run: show the change, write nothing.

    Returns:
        The exit code: 0 when it was added, 130 when the person went back from the first question.

    Raises:
        KeyboardInterrupt: Ctrl-C. Nothing was written unless the change had been confirmed.
        ConfigInvalid: config.toml cannot be read; said before anything is asked.
    """
    from provisioner.cli.wizard.start import start

    return start(app, program=program, own_config=own_config, access=access or _the_default, dry_run=dry_run)


def _the_default() -> CatalogRequest:
    from catalog.documents import CatalogRequest

    return CatalogRequest()
