"""``kimi provider catalog info``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import options
from provisioner.cli.json_output import print_json
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import clean, echo, echo_error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.models import DocumentProblem
    from provisioner.workflows import catalog_info


@click.command()
@options.reading_catalog
@options.as_json
@click.pass_context
def command(context: click.Context, /, *, as_json: bool, **access: Any) -> None:
    """Say where the catalog at hand came from, how old it is, what it holds and what is wrong with it."""
    from provisioner.workflows import catalog_info

    with waiting() as watch:
        result = catalog_info.run(options.app_of(context), options.catalog_access(**access), watch)
    print_info(result, as_json=as_json)


def print_info(result: catalog_info.Result, *, as_json: bool) -> None:
    """Prints a catalog's provenance, counts and problems."""
    if as_json:
        document = {
            "source": result.provenance._asdict(),
            "counts": asdict(result.counts),
            "problems": [problem._asdict() for problem in result.problems],
        }
        print_json(document)
        return
    counts = result.counts
    echo(f"source     {clean(result.provenance.url)}")
    echo(f"copy       {clean(result.provenance.describe())}")
    echo(f"providers  {counts.providers}, of which {counts.importable} speak a wire of Kimi Code's")
    echo(f"models     {counts.models}, of which {counts.usable_models} can be used")
    echo(f"problems   {len(result.problems) or 'none'}")
    print_problems(result.problems)


def print_problems(problems: Iterable[DocumentProblem]) -> None:
    """One line each, on stderr: where and what."""
    for problem in problems:
        echo_error(f"  {clean(problem.pointer) or '/'}: {clean(problem.message)}")
