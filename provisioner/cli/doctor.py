"""``kimi provider doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import options
from provisioner.cli.changes import count, diff_lines, show_diff
from provisioner.cli.error_text import advice, note, program_name
from provisioner.cli.examples import WithExamples
from provisioner.cli.json_output import print_json
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import clean, echo, echo_error, styled

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.workflows.doctor import PlacedFinding, Result

_INVALID = 4
_BY_HAND = "correct it by hand"
_COLOURS = {"error": "red", "warning": "yellow"}


@click.command(
    cls=WithExamples,
    examples=(
        "kimi provider doctor",
        "kimi provider doctor --fix --dry-run",
    ),
)
@options.option("--fix", is_flag=True, help="Set right what has exactly one right answer, and say what.")
@options.writing
@click.pass_context
def command(
    context: click.Context, /, *, fix: bool, config: Path | None, as_json: bool, dry_run: bool, yes: bool
) -> int:
    """Check config.toml: its syntax, what Kimi Code makes of it, and what makes no sense.

    Exit 4 when something in it is an error: Kimi Code would refuse it, drop it or send a key astray. --dry-run shows
    what --fix would change.
    """
    del yes  # nothing here is refused as an accident
    from provisioner.workflows import doctor

    with waiting() as watch:
        request = doctor.Request(fix=fix or dry_run, dry_run=dry_run)
        result = doctor.run(options.app_of(context, config), request, watch)
    if as_json:
        print_json(_document(result))
    else:
        _print(result)
    return _INVALID if _count(result, "error") else 0


def _print(result: Result) -> None:
    if result.outcome:
        show_diff(result.outcome.diff)
        for text in result.outcome.notes:
            echo_error(note(text, program_name()))
    dry = result.outcome is not None and result.outcome.dry_run
    for found in result.fixed:
        echo(
            f"{_where(result, found)}: {styled('would be fixed' if dry else 'fixed', fg='green')}: {clean(found.finding.message)}"
        )
    for severity in ("error", "warning"):
        for found in result.findings:
            if found.finding.severity == severity:
                echo(
                    f"{_where(result, found)}: {styled(severity, fg=_COLOURS[severity], bold=True)}: {clean(found.finding.message)}"
                )
                fixable = "  (or --fix)" if found.fixable and result.outcome is None else ""
                echo(f"  {advice(found.finding.hint or 'correct it by hand', program_name())}{fixable}")
    parts = [count(_count(result, severity), severity) for severity in ("error", "warning")]
    if result.fixed:
        parts.append(f"{len(result.fixed)} {'would be ' if dry else ''}fixed")
    verdict = ", ".join(parts) if result.findings or result.fixed else "nothing to report"
    echo(f"{clean(str(result.path))}: {verdict}")
    if result.schema_comment:
        echo_error(
            note(
                f"an editor with taplo completes this file once it begins with: {result.schema_comment}",
                program_name(),
            )
        )


def _where(result: Result, found: PlacedFinding) -> str:
    return f"{clean(str(result.path))}:{found.place.line}:{found.place.column}"


def _count(result: Result, severity: str) -> int:
    return sum(found.finding.severity == severity for found in result.findings)


def _document(result: Result) -> dict[str, Any]:
    return {
        "findings": [_entry(found) for found in result.findings],
        "fixed": [_entry(found) for found in result.fixed],
        "summary": {
            "errors": _count(result, "error"),
            "warnings": _count(result, "warning"),
            "fixable": sum(found.fixable for found in result.findings),
            "fixed": len(result.fixed),
        },
        "config": str(result.path),
        "written": bool(result.outcome and result.outcome.written),
        "diff": diff_lines(result.outcome.diff) if result.outcome and result.outcome.dry_run else None,
    }


def _entry(found: PlacedFinding) -> dict[str, Any]:
    finding = found.finding
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": list(finding.path),
        "line": found.place.line,
        "column": found.place.column,
        "message": finding.message,
        "hint": finding.hint or _BY_HAND,
        "fixable": found.fixable,
    }
