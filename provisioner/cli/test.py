"""`kimi provider test`: model aliases asked for a real streamed answer."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from provisioner.cli import options
from provisioner.cli.terminal import clean, echo, echo_error, styled

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.smoke.answer import Delta
    from provisioner.smoke.report import AliasResult

_PASSED, _FAILED, _REFUSED = 0, 1, 6


@click.command("test")
@click.argument("aliases", nargs=-1, required=True, metavar="ALIAS...")
@options.config
@options.as_json
@click.pass_context
def command(context: click.Context, aliases: tuple[str, ...], config: Path | None, as_json: bool) -> int:
    """Ask model aliases what Kimi Code will ask them on its first turn.

    Exits 0 when every alias passed, 6 when all that failed were refused their key, else 1.
    """
    from provisioner.workflows import test

    app = options.app_of(context, config)
    shows_text = not as_json and len(aliases) == 1 and sys.stderr.isatty()

    def watch(_alias: str, delta: Delta) -> None:
        if shows_text and delta.kind != "tool":
            click.echo(delta.text, nl=False, err=True)

    result = test.run(app, test.Request(aliases), watch)
    if shows_text:
        echo_error()
    if as_json:
        click.echo(json.dumps(result.document(), ensure_ascii=False))
    else:
        for alias_result in result.results:
            _show(alias_result)
    return exit_code(result.results)


def exit_code(results: tuple[AliasResult, ...]) -> int:
    """0 when all passed; 6 when all that did not were refused their key; else 1."""
    troubled = [result for result in results if result.verdict != "pass"]
    if not troubled:
        return _PASSED
    refused = all(result.error is not None and result.error.kind == "auth" for result in troubled)
    return _REFUSED if refused else _FAILED


def _show(result: AliasResult) -> None:
    colour = {"pass": "green", "fail": "red", "unknown": "yellow"}[result.verdict]
    echo(f"{styled(result.verdict.upper(), fg=colour, bold=True)} {clean(result.alias)}")
    for check in result.checks:
        echo(f"  {check.name}: {clean(check.detail)}")
    if result.error is not None and result.error.hint:
        echo(f"  try: {clean(result.error.hint)}")
