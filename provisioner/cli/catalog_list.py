"""``kimi provider catalog list``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import completion_values, options
from provisioner.cli.changes import count
from provisioner.cli.examples import WithExamples
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import clean, echo, echo_error

if TYPE_CHECKING:
    from catalog.models import Cost
    from provisioner.workflows import catalog_list


@click.command(
    cls=WithExamples,
    examples=(
        "kimi provider catalog list --filter open",
        "kimi provider catalog list openai",
    ),
)
@click.argument("provider_id", required=False, metavar="[ID]", shell_complete=completion_values.catalog_ids)
@options.option("--filter", "needle", metavar="S", help="Only what has S in its id or name.")
@options.reading_catalog
@options.as_json
@click.pass_context
def command(
    context: click.Context, /, *, provider_id: str | None, needle: str | None, as_json: bool, **access: Any
) -> None:
    """List the catalog's providers, or the models of the provider ID."""
    from provisioner.workflows import catalog_list

    request = catalog_list.Request(provider_id, needle, options.catalog_access(**access), published=as_json)
    with waiting() as watch:
        result = catalog_list.run(options.app_of(context), request, watch)
    if as_json:
        echo(json.dumps(result.published, ensure_ascii=False, indent=2))
    elif result.one is not None:
        _models(result.one)
    else:
        _providers(result.providers)
    echo_error(f"Catalog: {clean(result.provenance.describe())}")


def _providers(rows: tuple[catalog_list.ProviderRow, ...]) -> None:
    if not rows:
        echo("No provider matches.")
        return
    width = max(len(clean(row.id)) for row in rows)
    echo("\n".join(_line(row, width) for row in rows))


def _line(row: catalog_list.ProviderRow, width: int) -> str:
    wire = f"{row.wire} (guessed)" if row.guessed else row.wire or "?"
    return f"{clean(row.id):<{width}}  wire={wire:<16}  models={row.models:<4}  {clean(row.name)}"


def _models(one: catalog_list.ProviderModels) -> None:
    echo(f"{clean(one.name)} ({clean(one.id)})")
    if not one.models:
        echo("  no model matches that a coding agent can use")
    width = max((len(clean(model.id)) for model in one.models), default=0)
    for model in one.models:
        output = f"  out={model.output_limit}" if model.output_limit else ""
        capabilities = f"  [{','.join(model.capabilities)}]" if model.capabilities else ""
        echo(
            f"  {clean(model.id):<{width}}  ctx={model.context}{output}{clean(capabilities)}{_price(model.cost)}"
        )
    if one.skipped:
        echo_error(f"{count(len(one.skipped), 'model')} not listed: embeddings, deprecated, or not for chat.")


def _price(cost: Cost | None) -> str:
    """US dollars per million tokens, in and out."""
    if cost is None or cost.input is None or cost.output is None:
        return ""
    return f"  ${cost.input:g}/${cost.output:g}"
