"""``kimi provider catalog add``: Kimi Code's own spelling of ``add ID``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import completion_values, options
from provisioner.cli.add import add_from_catalog, catalog_options
from provisioner.cli.add_flags import CatalogFlags

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("provider_id", metavar="ID", shell_complete=completion_values.catalog_ids)
@catalog_options
@options.reading_catalog
@options.writing
@click.pass_context
def command(context: click.Context, /, *, provider_id: str, config: Path | None, **given: Any) -> None:
    """Import the provider ID of the catalog; the same as `add ID`."""
    add_from_catalog(options.app_of(context, config), provider_id, CatalogFlags(**given))
