"""``kimi provider refresh``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import completion_values, options
from provisioner.cli.changes import document, show
from provisioner.cli.error_text import ErrorText, program_name
from provisioner.cli.examples import WithExamples
from provisioner.cli.json_output import print_json
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import clean, echo, echo_error, spoken, styled

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.workflows import refresh

_DRIFT, _CONSENT = 3, 2
_MARKS = {
    "changed": ("~", "cyan"),
    "added": ("+", "green"),
    "removed": ("-", "red"),
    "moved": ("!", "yellow"),
    "claimed": ("!", "yellow"),
    "conflict": ("!", "yellow"),
    "unsure": ("?", "yellow"),
    "kept": ("=", None),
    "price": ("$", None),
}


@click.command(
    cls=WithExamples,
    examples=(
        "kimi provider refresh",
        "kimi provider refresh --check  (in CI: exit 3 where something would change)",
        "kimi provider refresh acme --dry-run",
    ),
)
@click.argument("providers", nargs=-1, metavar="[ID…]", shell_complete=completion_values.providers)
@options.option("--check", is_flag=True, help="Write nothing; exit 3 where something would change or waits.")
@options.option("--offline", is_flag=True, help="Compare with the documents that are kept.")
@options.option(
    "--accept-endpoint-change",
    is_flag=True,
    help="Let a provider move to another endpoint with its registry's token, a new one take the token to a host of "
    "its own, or an import take an id or alias of another source. No header and no other key follows.",
)
@options.option(
    "--accept-shrink",
    is_flag=True,
    help="Take a document that lost more than half of its providers or models.",
)
@options.catalog_url
@options.writing
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    providers: tuple[str, ...],
    config: Path | None,
    check: bool,
    offline: bool,
    url: str | None,
    accept_endpoint_change: bool,
    accept_shrink: bool,
    as_json: bool,
    dry_run: bool,
    yes: bool,
) -> int:
    """Bring catalog and registry imports up to date, field by field; what you changed stays.

    Models that are gone upstream are removed where nothing of them is yours; --yes also removes those that
    default_model or secondary_model name.
    """
    from provisioner.cli.exit_codes import exit_code
    from provisioner.workflows import refresh
    from provisioner.workflows.consent import Consent

    request = refresh.Request(
        providers=providers,
        catalog_url=options.catalog_access(url=url).url,
        check=check,
        dry_run=dry_run,
        offline=offline,
        accept_shrink=accept_shrink,
        consent=Consent(yes, accept_endpoint_change),
    )
    with waiting() as watch:
        result = refresh.run(options.app_of(context, config), request, watch)
    if as_json:
        print_json(_document(result, check=check))
    else:
        _print(result, check=check)
    if result.failures:
        return exit_code(result.failures[0].error)
    if check:
        return _DRIFT if result.drifted else 0
    return _CONSENT if result.held else 0


def _print(result: refresh.Result, *, check: bool) -> None:
    for failure in result.failures:
        for line in ErrorText.of(failure.error, program_name())._replace(where=failure.url).lines:
            echo_error(line)
    for finding in result.findings:
        mark, colour = _MARKS[finding.kind]
        echo(f"{styled(mark, fg=colour)} {clean(spoken(finding.message, program_name()))}")
    if check:
        if result.drifted or not result.failures:
            echo("Not up to date." if result.drifted else "Up to date.")
        return
    unwritten = "Nothing written." if result.failures else None
    if result.held:
        unwritten = "Nothing written: what is marked ! waits for you."
    done = ["The rest is up to date now." if unwritten else "Up to date now."]
    show("refresh", result.outcome, done, as_json=False, notes=result.notes, unwritten=unwritten)


def _document(result: refresh.Result, *, check: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from provisioner.secrets import masked

    change = document("refresh", result.outcome, result.notes)
    return {
        **{name: value for name, value in change.items() if name not in ("source", "skipped")},
        "check": check,
        "drift": result.drifted,
        "held": result.held,
        "findings": [masked(asdict(finding)) for finding in result.findings],
        "sources": [source._asdict() for source in result.sources],
        "failures": [
            {"url": failure.url, "code": failure.error.code, "message": failure.error.message}
            for failure in result.failures
        ],
    }
