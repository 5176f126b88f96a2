"""``kimi provider registry validate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import completion_values, options
from provisioner.cli.changes import count
from provisioner.cli.error_text import advice, program_name
from provisioner.cli.json_output import print_json
from provisioner.cli.progress import waiting
from provisioner.cli.registry_flags import stdin_for, token_of, token_options
from provisioner.cli.terminal import clean, echo, echo_error, styled

if TYPE_CHECKING:
    from provisioner.workflows import registry_validate

_INVALID = 4
_COLOURS = {"error": "red", "warning": "yellow"}


@click.command()
@click.argument("source", metavar="URL|FILE|-", shell_complete=completion_values.files)
@token_options
@options.as_json
@click.pass_context
def command(
    context: click.Context, /, *, source: str, token: str | None, token_stdin: bool, as_json: bool
) -> int:
    """Name everything amiss in a registry (api.json), with line and column.

    An error is what Kimi Code or this program skips or refuses, a warning what looks wrong or has no effect; exit 4
    with an error, 0 with warnings only.
    """
    from provisioner.workflows import registry_validate

    app = options.app_of(context)
    stdin = stdin_for(source, token_stdin=token_stdin)
    request = registry_validate.Request(source, token_of(app, token, token_stdin=token_stdin), stdin)
    with waiting() as watch:
        result = registry_validate.run(app, request, watch)
    if as_json:
        print_json(_document(result))
    else:
        _print(result)
    return _INVALID if result.check.errors else 0


def _document(result: registry_validate.Result) -> dict[str, Any]:
    check = result.check
    return {
        "source": result.where,
        "valid": not check.errors,
        "findings": [
            {
                "code": found.finding.code,
                "severity": found.finding.severity,
                "pointer": found.finding.pointer,
                "line": found.line,
                "column": found.column,
                "message": found.finding.message,
                "hint": found.hint,
            }
            for found in check.located
        ],
        "summary": {
            "errors": check.errors,
            "warnings": check.warnings,
            "listed": len(check.located),
            "providers": check.providers,
            "models": check.models,
        },
    }


def _print(result: registry_validate.Result) -> None:
    check, where = result.check, clean(result.where)
    for found in check.located:
        finding = found.finding
        severity = styled(finding.severity, fg=_COLOURS[finding.severity])
        at = f"{clean(finding.pointer)}: " if finding.pointer else ""
        echo(f"{where}:{found.line}:{found.column}: {severity}: {at}{clean(finding.message)}")
        if found.hint:
            echo_error(f"  {advice(found.hint, program_name())}")
    more = check.errors + check.warnings - len(check.located)
    if more:
        echo(f"… and {more} more")
    verdict = f"{count(check.errors, 'error')}, {count(check.warnings, 'warning')}"
    brings = f"{count(check.providers, 'provider')} with {count(check.models, 'model')}"
    echo(f"{where}: {verdict}; an import brings {brings}")
