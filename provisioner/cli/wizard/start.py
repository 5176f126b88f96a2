"""The first question: what to add."""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from catalog.reserved import RESERVED_IDS
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
    from provisioner.workflows.tool_files import ToolFiles

_LEFT = 130
_NAMED = 4  # providers of a tool
# The kind of place, and which: a server's base URL, a tool's name.
Where = tuple[str, str]


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
    done = _answered(wizard)
    if done is None:
        echo_error("Left; nothing was written.")
        return _LEFT
    from provisioner.cli.wizard.finish import finish

    finish(wizard, done)
    return 0


def _answered(wizard: Wizard) -> Added | None:
    """What was done; None when the person went back from the first question."""
    where: Where | None = None
    while True:
        try:
            where = _ask_where(wizard, where)
        except Back:
            return None
        with suppress(Back):
            return _go(wizard, where)


def _ask_where(wizard: Wizard, start: Where | None) -> Where:
    prefetch = wizard.prefetch
    question = Question("What do you want to add?")
    return wizard.ask.one(question, MENU, _places(prefetch.servers(), prefetch.tools()), start=start)


def _places(servers: Sequence[LocalServer], tools: Sequence[ToolFiles]) -> list[ListRow[Where]]:
    return [
        ListRow(
            ("catalog", ""), ("A known provider", "Anthropic, Moonshot AI, OpenRouter and all the others")
        ),
        *(
            ListRow(("server", server.base_url), (f"{server.name} on this machine", _described(server)))
            for server in servers
        ),
        *(ListRow(("tool", one.tool.name), (f"From {one.tool.title}", _usable(one))) for one in tools),
        ListRow(
            ("registry", ""), ("A custom registry", "an api.json that your company or a service publishes")
        ),
        ListRow(("endpoint", ""), ("Any endpoint", "a gateway or a server, by its URL")),
    ]


def _usable(one: ToolFiles) -> str:
    ids = [found.id for found in one.found if not found.refused and found.id not in RESERVED_IDS]
    return ", ".join(ids[:_NAMED]) + (f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else "")


def _described(server: LocalServer) -> str:
    if server.models is None:
        return f"{server.base_url}, asks for a key"
    return f"{server.base_url}, {server.models} model{'' if server.models == 1 else 's'}"


def _go(wizard: Wizard, where: Where) -> Added:
    kind, name = where
    if kind == "catalog":
        from provisioner.cli.wizard import catalog_path

        return catalog_path.run(wizard)
    if kind == "registry":
        from provisioner.cli.wizard import registry_path

        return registry_path.run(wizard)
    if kind == "tool":
        from provisioner.cli.wizard import tool_path

        return tool_path.run(wizard, next(one for one in wizard.prefetch.tools() if one.tool.name == name))
    from provisioner.cli.wizard import endpoint_path

    server = next((server for server in wizard.prefetch.servers() if server.base_url == name), None)
    return endpoint_path.run(wizard, server)
