"""``kimi provider list``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalog.urls import masked_urls
from provisioner.cli import options
from provisioner.cli.changes import count
from provisioner.cli.terminal import clean, echo
from provisioner.secrets import masked

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.workflows import list_providers


@click.command()
@options.config
@options.as_json
@click.pass_context
def command(context: click.Context, /, *, config: Path | None, as_json: bool) -> None:
    """Show the configured providers: wire, models, where they came from, what their key is."""
    from provisioner.workflows import list_providers

    result = list_providers.run(options.app_of(context, config))
    if as_json:
        import json

        data = result.data
        document = {
            "providers": masked(data.get("providers", {})),
            "models": masked(data.get("models", {})),
            "default_model": result.default_model,
        }
        echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
        return
    _table(result)


def _table(result: list_providers.Result) -> None:
    if not result.rows:
        echo("No providers configured.")
        return
    cells = [
        (
            row.id,
            f"type={row.wire}",
            f"models={len(row.aliases)}",
            f"source={masked_urls(row.source)}",
            f"credential={row.credential}",
        )
        for row in result.rows
    ]
    lines = [tuple(map(clean, line)) for line in cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        echo("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())
    total = sum(len(row.aliases) for row in result.rows)
    echo(f"\n{count(len(result.rows), 'provider')}, {count(total, 'model')}")
    if result.default_model:
        echo(f"Default model: {clean(result.default_model)}")
