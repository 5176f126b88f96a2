"""``kimi provider remove``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provisioner.cli import completion_values, options
from provisioner.cli.changes import show
from provisioner.cli.examples import WithExamples
from provisioner.cli.progress import waiting

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    cls=WithExamples,
    examples=(
        "kimi provider remove acme",
        "kimi provider remove acme other --dry-run",
    ),
)
@click.argument(
    "providers", nargs=-1, required=True, metavar="ID…", shell_complete=completion_values.providers
)
@options.writing
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    providers: tuple[str, ...],
    config: Path | None,
    as_json: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Remove providers and every alias, default and setting that names them."""
    del yes  # nothing here is refused as an accident: the id was typed out
    from provisioner.workflows import remove

    with waiting() as watch:
        result = remove.run(
            options.app_of(context, config), remove.Request(providers, dry_run=dry_run), watch
        )
    lines = [f'Removed provider "{name}".' for name in result.providers]
    show("remove", result.outcome, lines, as_json=as_json, notes=result.notes)
