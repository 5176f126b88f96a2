"""``kimi provider set-default``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provisioner.cli import options
from provisioner.cli.changes import show
from provisioner.cli.progress import waiting

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("alias")
@options.writing
@click.pass_context
def command(
    context: click.Context, /, *, alias: str, config: Path | None, as_json: bool, dry_run: bool, yes: bool
) -> None:
    """Make ALIAS the model that Kimi Code starts with."""
    del yes  # nothing here is refused as an accident
    from provisioner.workflows import set_default

    with waiting() as watch:
        result = set_default.run(
            options.app_of(context, config), set_default.Request(alias, dry_run=dry_run), watch
        )
    show(
        "set-default", result.outcome, [f"Default model set to {alias}."], as_json=as_json, notes=result.notes
    )
