"""``kimi provider catalog validate``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from provisioner.cli import options
from provisioner.cli.catalog_info import print_problems
from provisioner.cli.changes import count
from provisioner.cli.json_output import print_json
from provisioner.cli.terminal import clean, echo

if TYPE_CHECKING:
    from pathlib import Path

_INVALID = 4


@click.command()
@click.argument("file", type=options.PATH)
@options.as_json
def command(*, file: Path, as_json: bool) -> int:
    """Check FILE against the catalog's JSON Schema; exit 4 when it is not valid."""
    from provisioner.workflows import catalog_validate

    result = catalog_validate.run(file)
    if as_json:
        document = {
            "file": str(result.path),
            "valid": not result.problems,
            "counts": asdict(result.counts),
            "problems": [problem._asdict() for problem in result.problems],
        }
        print_json(document)
    else:
        verdict = f"{count(len(result.problems), 'problem')}" if result.problems else "valid"
        held = f"{count(result.counts.providers, 'provider')}, {count(result.counts.models, 'model')}"
        echo(f"{clean(str(file))}: {verdict} ({held})")
        print_problems(result.problems)
    return _INVALID if result.problems else 0
