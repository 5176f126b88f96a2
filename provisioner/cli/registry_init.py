"""``kimi provider registry init``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from provisioner.cli import completion_values, credential_flags, options
from provisioner.cli.changes import count
from provisioner.cli.error_text import note, program_name
from provisioner.cli.examples import WithExamples
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import echo, echo_error
from provisioner.errors import UsageError
from provisioner.seen_keys import without_keys

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    cls=WithExamples,
    examples=(
        "kimi provider registry init --output api.json",
        "kimi provider registry init --type openai --base-url http://127.0.0.1:8000/v1 --as local",
    ),
)
@options.option(
    "--provider",
    "providers",
    multiple=True,
    metavar="ID",
    shell_complete=completion_values.providers,
    help="Only this provider; repeats.",
)
@options.option(
    "--type",
    "wire",
    metavar="WIRE",
    shell_complete=completion_values.wires,
    help="With --base-url and --as: ask an endpoint for its models.",
)
@options.option("--base-url", metavar="URL", help="The endpoint.")
@options.option("--as", "name", metavar="NAME", help="The provider's id in the registry.")
@options.option("--api-key-env", metavar="NAME", help="The variable with the key for the endpoint's list.")
@options.option("--api-key-stdin", is_flag=True, help="Read that key from standard input.")
@options.option("--output", type=options.PATH, metavar="FILE", help="Write it there, not to stdout.")
@options.option("--yes", is_flag=True, help="Replace FILE.")
@options.config
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    providers: tuple[str, ...],
    wire: str | None,
    base_url: str | None,
    name: str | None,
    api_key_env: str | None,
    api_key_stdin: bool,
    output: Path | None,
    yes: bool,
    config: Path | None,
) -> None:
    """Write a registry (api.json): of what is configured, or of an endpoint's own list.

    Keys, tokens, headers and env tables are left out; what else a registry cannot say is named on stderr.
    """
    from provisioner.workflows import registry_init

    endpoint = None
    if wire or base_url or name:
        if not (wire and base_url and name):
            raise UsageError("an endpoint needs all three", hint="--type WIRE --base-url URL --as NAME")
        if providers:
            raise UsageError("an endpoint and configured providers were given", hint="give one of them")
        credential = credential_flags.credential(
            None, stdin=api_key_stdin, variable=api_key_env, fallback=None, stdin_flag="--api-key-stdin"
        )
        endpoint = registry_init.ListEndpoint(wire, base_url, name, credential)
    elif api_key_env or api_key_stdin:
        raise UsageError("a key is for an endpoint's list", hint="--type WIRE --base-url URL --as NAME")
    with waiting() as watch:
        app = options.app_of(context, config)
        result = registry_init.run(app, registry_init.Request(providers, endpoint), watch)
    text = without_keys(json.dumps(result.document, ensure_ascii=False, indent=2))
    if output is None:
        echo(text)
    else:
        _write(output, text, replace=yes)
        models = sum(len(provider.models) for provider in result.providers)
        echo(f"Wrote {count(len(result.providers), 'provider')} with {count(models, 'model')} to {output}.")
    for item in result.notes:
        echo_error(note(item.message, program_name()))


def _write(path: Path, text: str, *, replace: bool) -> None:
    try:
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(text + "\n")
    except FileExistsError:
        raise UsageError(f"{path} exists", hint="--yes replaces it") from None
    except OSError as error:
        raise UsageError(
            f"cannot write the file: {error.strerror}", hint="--output FILE", where=str(path)
        ) from error
