"""``kimi provider schema``."""

from __future__ import annotations

import click

from provisioner.cli import completion_values
from provisioner.cli.terminal import echo
from provisioner.errors import NotFound


@click.command()
@click.argument("name", required=False, shell_complete=completion_values.schemas)
def command(*, name: str | None) -> None:
    """Print the JSON Schema NAME as published; without NAME list them.

    ``config`` describes config.toml, ``registry`` an api.json, ``catalog`` models.dev's, and ``output/…`` what
    commands print with --json.
    """
    from catalog import schema

    known = schema.names()
    if name is None:
        width = max(map(len, known))
        for one in known:
            echo(f"{one:<{width}}  {schema.load(one)['title']}")
        return
    # An output goes by its command's name too.
    wanted = name if name in known else f"output/{name}"
    if wanted not in known:
        from provisioner.workflows.near import near

        plain = [one.removeprefix("output/") for one in known]
        hint = near(name, [*known, *plain], otherwise="kimi provider schema")
        raise NotFound(f'there is no schema "{name}"', hint=hint)
    echo(schema.published(wanted).rstrip("\n"))
