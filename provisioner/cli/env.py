"""``kimi provider env``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from provisioner.cli import completion_values, options
from provisioner.cli.error_text import note, program_name
from provisioner.cli.examples import WithExamples
from provisioner.cli.json_output import print_json
from provisioner.cli.terminal import echo, echo_error

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.note import Note
    from provisioner.workflows.env import Result


@click.command(
    cls=WithExamples,
    examples=(
        'eval "$(kimi provider env openai/gpt-5)" && kimi -p "say hi"',
        "kimi provider env openai/gpt-5 --json",
    ),
)
@click.argument("alias", shell_complete=completion_values.aliases)
@options.option("--show-key", is_flag=True, help="Print a key that stands in config.toml.")
@options.config
@options.as_json
@click.pass_context
def command(
    context: click.Context, /, *, alias: str, show_key: bool, config: Path | None, as_json: bool
) -> None:
    """Print the variables with which Kimi Code runs ALIAS without a config.toml.

    As lines for a shell: eval "$(kimi provider env ALIAS)". A key that config.toml takes from a variable stays a
    reference to it.
    """
    from provisioner.note import Note
    from provisioner.workflows import env

    result = env.run(options.app_of(context, config), env.Request(alias))
    key = result.key if show_key or result.key_from == "none" else ""
    notes = list(result.notes)
    if result.key_from == "file" and not show_key:
        hint = f"kimi provider env {shlex.quote(alias)} --show-key"
        notes.append(
            Note("key_left_out", f"{env.API_KEY} is left empty, its key stands in config.toml: {hint}")
        )
    if as_json:
        document = _document(result, env.API_KEY, key, notes)
        print_json(document, with_keys=show_key)
        return
    for name, value in result.variables.items():
        echo(f"export {name}={shlex.quote(value)}", with_keys=show_key)
    shown = f'"${result.key}"' if result.key_from == "variable" else shlex.quote(key)
    echo(f"export {env.API_KEY}={shown}", with_keys=show_key)
    for one in notes:
        echo_error(note(one.message, program_name()))


def _document(result: Result, name: str, key: str, notes: list[Note]) -> dict[str, object]:
    """The document of schemas/output/env.schema.json."""
    return {
        "alias": result.alias,
        "variables": {**result.variables, name: key if key and result.key_from != "variable" else None},
        "api_key": {
            "from": result.key_from,
            "variable": result.key if result.key_from == "variable" else None,
        },
        "notes": [{"code": one.code, "message": one.message} for one in notes],
    }
