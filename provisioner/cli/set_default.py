"""``kimi provider set-default``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provisioner.cli import completion_values, options
from provisioner.cli.changes import document, show
from provisioner.cli.error_text import ErrorText, program_name
from provisioner.cli.examples import WithExamples
from provisioner.cli.exit_codes import INTERRUPTED
from provisioner.cli.json_output import print_json
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import echo_error, spoken

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.smoke.report import AliasResult
    from provisioner.workflows.first_passing import Result


@click.command(
    cls=WithExamples,
    examples=(
        "kimi provider set-default openai/gpt-5",
        "kimi provider set-default --first-passing 'openai/gpt-5,backup/*'",
    ),
)
@click.argument("alias", required=False, shell_complete=completion_values.aliases)
@options.option(
    "--first-passing",
    metavar="A,B,…",
    shell_complete=completion_values.alias_list,
    help="The first of these aliases (or patterns, such as 'acme/*') that passes the test.",
)
@options.writing
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    alias: str | None,
    first_passing: str | None,
    config: Path | None,
    as_json: bool,
    dry_run: bool,
    yes: bool,
) -> int:
    """Make ALIAS the model that Kimi Code starts with.

    With --first-passing, where none passes, nothing is changed and the exit code is that of the test.
    """
    del yes  # nothing here is refused as an accident
    if (alias is None) == (first_passing is None):
        raise click.UsageError("give either ALIAS or --first-passing", context)
    app = options.app_of(context, config)
    if alias is not None:
        from provisioner.workflows import set_default

        with waiting() as watch:
            done = set_default.run(app, set_default.Request(alias, dry_run=dry_run), watch)
        said = [f"Default model set to {alias}."]
        show("set-default", done.outcome, said, as_json=as_json, notes=done.notes)
        return 0
    from provisioner.workflows import first_passing as workflow

    wanted = tuple(name.strip() for name in (first_passing or "").split(",") if name.strip())
    if not wanted:
        raise click.UsageError("--first-passing names no alias", context)
    with waiting() as watch:
        result = workflow.run(app, workflow.Request(wanted, dry_run=dry_run), watch)
    return _shown(result, as_json=as_json)


def _shown(result: Result, *, as_json: bool) -> int:
    """Prints what was tried and what came of it; returns the exit code."""
    from provisioner.cli.test import exit_code
    from provisioner.cli.verdict_lines import lines

    if as_json:
        tested = [_entry(found) for found in result.tested]
        change = {**document("set-default", result.outcome, ()), "tested": tested}
        print_json(change)
    else:
        for found in result.tested:
            for line in lines(found, program_name()):
                echo_error(line)
        if result.alias is not None:
            show("set-default", result.outcome, [f"Default model set to {result.alias}."], as_json=False)
        elif result.interrupted:
            echo_error("Interrupted: config.toml stays as it was.")
        else:
            tried = f"none of {len(result.tested)} passed" if len(result.tested) > 1 else "it did not pass"
            hint = spoken("kimi provider test --all", program_name())
            for line in ErrorText(f"{tried}; nothing written", hint).lines:
                echo_error(line)
    if result.interrupted:
        return INTERRUPTED
    return 0 if result.alias is not None else exit_code(result.tested)


def _entry(found: AliasResult) -> dict[str, str | None]:
    asked = next((check for check in found.checks if check.verdict not in ("pass", "skipped")), None)
    return {
        "alias": found.alias,
        "verdict": found.verdict,
        "error": found.error.kind if found.error else None,
        "message": found.error.message if found.error else asked.detail if asked else None,
    }
