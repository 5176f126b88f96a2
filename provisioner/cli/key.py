"""``kimi provider key``."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from provisioner.cli import completion_values, credential_flags, options
from provisioner.cli.changes import show
from provisioner.cli.examples import WithExamples
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import interactive
from provisioner.errors import TerminalNeeded
from provisioner.workflows.credential import Credential, clean_key

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.app import App


@click.command(
    cls=WithExamples,
    examples=(
        "kimi provider key openai",
        'printf %s "$NEW_KEY" | kimi provider key openai --api-key-stdin',
        "kimi provider key openai --to-env OPENAI_API_KEY",
    ),
)
@click.argument("provider", metavar="ID", shell_complete=completion_values.providers)
@options.option("--api-key-stdin", is_flag=True, help="Read the new key from standard input.")
@options.option(
    "--api-key", metavar="K", help="The new key; other users of this machine can see it while this runs."
)
@options.option(
    "--to-env",
    metavar="NAME",
    help="Take the key out of the file: let Kimi Code read it from this variable.",
)
@options.writing
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    provider: str,
    api_key_stdin: bool,
    api_key: str | None,
    to_env: str | None,
    config: Path | None,
    as_json: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Give provider ID a new key wherever the old one stands. Without an option it is asked for.

    Providers of the same registry that have the same key change with it. The new key is tried first; --yes writes
    one that was refused all the same.
    """
    from provisioner.workflows import key

    app = options.app_of(context, config)
    key.require(app, provider)
    credential = credential_flags.credential(
        api_key, stdin=api_key_stdin, variable=to_env, fallback=None, stdin_flag="--api-key-stdin"
    )
    if not credential.fields:
        if as_json or not interactive():
            raise TerminalNeeded(
                "the new key would have to be asked for, and this is no terminal",
                hint=f"kimi provider key {provider} --api-key-stdin, or --to-env NAME",
            )
        credential = _asked(app, provider)
    with waiting() as watch:
        result = key.run(app, key.Request(provider, credential, accept=yes, dry_run=dry_run), watch)
    what = f"reads its key from {credential.variable}" if credential.variable else "has a new key"
    lines = [f"{name} {what}." for name in (*result.providers, *result.aliases)]
    show("key", result.outcome, lines, as_json=as_json, notes=result.notes)


def _asked(app: App, provider: str) -> Credential:
    """A key typed or pasted without being shown.

    Raises:
        KeyboardInterrupt: the person leaves, with Esc too.
    """
    from provisioner.cli.prompts.asking import Back, Question
    from provisioner.cli.prompts.choose import prompts
    from provisioner.cli.prompts.echo import unechoed
    from provisioner.cli.prompts.look import Look

    look = Look.of(app.env, sys.stdout)
    question = Question(f"The new key for {provider}", notes=(("dim", "it is not shown; Esc leaves"),))
    try:
        with nullcontext() if look.plain else unechoed():
            text = prompts(look).secret(question, check=credential_flags.key_flaw)
    except Back:
        raise KeyboardInterrupt from None
    return Credential(key=clean_key(credential_flags.unbroken(text)))
