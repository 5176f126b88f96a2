"""``kimi provider catalog refresh``."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.catalog_info import print_info
from provisioner.cli.progress import waiting


@click.command()
@options.catalog_url
@options.as_json
@options.option("--yes", is_flag=True, help="Take a catalog that lost more than half of its providers.")
@click.pass_context
def command(context: click.Context, /, *, url: str | None, as_json: bool, yes: bool) -> None:
    """Ask the server for a new catalog now."""
    from provisioner.workflows import catalog_info

    access = options.catalog_access(url=url, refresh=True, accept_shrink=yes)
    with waiting() as watch:
        result = catalog_info.run(options.app_of(context), access, watch)
    print_info(result, as_json=as_json)
