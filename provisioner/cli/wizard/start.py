"""The first question: what to add."""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.prompts.choose import prompts
from provisioner.cli.prompts.echo import unechoed
from provisioner.cli.prompts.list_state import ListRow
from provisioner.cli.prompts.look import Look
from provisioner.cli.terminal import echo_error
from provisioner.cli.wizard.prefetch import Prefetch
from provisioner.cli.wizard.wizard import MENU, Wizard
from provisioner.config.read import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalog.documents import CatalogRequest
    from provisioner.app import App
    from provisioner.cli.wizard.finish import Added
    from provisioner.workflows.local_servers import LocalServer

_LEFT = 130


def start(
    app: App, *, program: str, own_config: bool, access: Callable[[], CatalogRequest], dry_run: bool
) -> int:
    """Asks what to add until something is added or the person leaves; see :func:`provisioner.cli.wizard.run`."""
    look = Look.of(app.env, sys.stdout)
    with nullcontext() if look.plain else unechoed():
        prefetch = Prefetch(app, access)
        wizard = Wizard(
            app=app,
            ask=prompts(look, prefetch.start_fetching),
            prefetch=prefetch,
            program=program,
            own_config=own_config,
            file=read(app.config_path),
            dry_run=dry_run,
        )
        return _converse(wizard)


def _converse(wizard: Wizard) -> int:
    try:
        done = _answered(wizard)
    except KeyboardInterrupt:
        if read(wizard.app.config_path).text == wizard.file.text:
            echo_error("Nothing was written.")
        raise
    if done is None:
        echo_error("Left; nothing was written.")
        return _LEFT
    from provisioner.cli.wizard.finish import finish

    finish(wizard, done)
    return 0


def _answered(wizard: Wizard) -> Added | None:
    """What was done; None when the person went back from the first question."""
    where = None
    while True:
        try:
            where = _ask_where(wizard, where)
        except Back:
            return None
        with suppress(Back):
            return _go(wizard, where)


def _ask_where(wizard: Wizard, start: str | None) -> str:
    servers = wizard.prefetch.servers()
    question = Question("What do you want to add?")
    return wizard.ask.one(question, MENU, _places(servers), start=start)


def _places(servers: Sequence[LocalServer]) -> list[ListRow[str]]:
    found = [
        ListRow(server.base_url, (f"{server.name} on this machine", _described(server))) for server in servers
    ]
    return [
        ListRow("catalog", ("A known provider", "Anthropic, Moonshot AI, OpenRouter and all the others")),
        *found,
        ListRow("registry", ("A custom registry", "an api.json that your company or a service publishes")),
        ListRow("endpoint", ("Any endpoint", "a gateway or a server, by its URL")),
    ]


def _described(server: LocalServer) -> str:
    if server.models is None:
        return f"{server.base_url}, asks for a key"
    return f"{server.base_url}, {server.models} model{'' if server.models == 1 else 's'}"


def _go(wizard: Wizard, where: str) -> Added:
    if where == "catalog":
        from provisioner.cli.wizard import catalog_path

        return catalog_path.run(wizard)
    if where == "registry":
        from provisioner.cli.wizard import registry_path

        return registry_path.run(wizard)
    from provisioner.cli.wizard import endpoint_path

    server = next((server for server in wizard.prefetch.servers() if server.base_url == where), None)
    return endpoint_path.run(wizard, server)
