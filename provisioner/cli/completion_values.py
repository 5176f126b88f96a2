"""What may stand in the place of an argument, for a shell that completes it: nothing here uses the network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.wire import WIRES
from provisioner.cli import options
from provisioner.seen_keys import without_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from click.shell_completion import CompletionItem


def aliases(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The aliases of config.toml that are not given yet."""
    return _left(context, parameter, _section(context, "models"), incomplete)


def alias_list(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The aliases, as the end of a list with commas."""
    return in_list(aliases(context, parameter, ""), incomplete)


def providers(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The ids of the providers of config.toml that are not given yet."""
    return _left(context, parameter, _section(context, "providers"), incomplete)


def catalog_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The ids of the catalog at hand: the copy in the cache, else the built-in one."""
    from catalog.documents import DEFAULT_CATALOG_URL, CatalogRequest
    from provisioner.workflows.open_catalog import open_catalog

    url = context.params.get("url") or DEFAULT_CATALOG_URL
    index = open_catalog(options.app_of(context), CatalogRequest(url, offline=True)).index()
    return _left(context, parameter, sorted(index), incomplete)


def wires(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names of the wires."""
    return [name for name in WIRES if name.startswith(incomplete)]


def tools(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The tools whose providers can be taken over."""
    from provisioner.importers.tools import TOOLS

    return [name for name in TOOLS if name.startswith(incomplete)]


def topics(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """What there is help on: topics and commands."""
    from provisioner.cli.help_topics import TOPICS

    root = context.find_root()
    commands = root.command.list_commands(root) if isinstance(root.command, click.Group) else []
    return [name for name in (*TOPICS, *commands) if name.startswith(incomplete)]


def files(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Leaves it to the shell to complete the name of a file, where a URL may stand too."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def schemas(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names of the published schemas."""
    from catalog import schema

    return [name for name in schema.names() if name.startswith(incomplete)]


def _section(context: click.Context, key: str) -> Mapping[str, Any]:
    """A table of config.toml, ``--config`` heeded before the command and after it."""
    from provisioner.config.read import read
    from provisioner.config.tables import members

    above = context.parent.params if context.parent else {}
    path = context.params.get("config") or above.get("config")
    app = options.app_of(context, Path(path).expanduser() if path else None)
    return members(dict(read(app.config_path).data), key)


def _left(
    context: click.Context, parameter: click.Parameter, names: Iterable[str], incomplete: str
) -> list[str]:
    given = context.params.get(parameter.name or "") or ()
    taken = given if isinstance(given, tuple) else ()
    return [
        name
        for name in names
        if name.startswith(incomplete) and name not in taken and name == without_keys(name)
    ]


def in_list(names: Iterable[str], incomplete: str) -> list[str]:
    """The ``names`` that are not given yet, as the end of a list with commas."""
    head, comma, last = incomplete.rpartition(",")
    given = head.split(",")
    return [f"{head}{comma}{name}" for name in names if name.startswith(last) and name not in given]
