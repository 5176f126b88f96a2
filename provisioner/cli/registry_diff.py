"""``kimi provider registry diff``."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from catalog.urls import masked_urls
from provisioner.cli import completion_values, options
from provisioner.cli.changes import count
from provisioner.cli.json_output import print_json
from provisioner.cli.progress import waiting
from provisioner.cli.registry_flags import stdin_for, token_of, token_options
from provisioner.cli.terminal import clean, echo, styled

if TYPE_CHECKING:
    from catalog.registry_diff import Difference
    from provisioner.workflows import registry_diff

_DIFFERENT = 3
_COLOURS = {"moved": "magenta", "removed": "red", "added": "green", "changed": "yellow"}


@click.command()
@click.argument("old", metavar="OLD", shell_complete=completion_values.files)
@click.argument("new", metavar="NEW", shell_complete=completion_values.files)
@token_options
@options.as_json
@click.pass_context
def command(
    context: click.Context, /, *, old: str, new: str, token: str | None, token_stdin: bool, as_json: bool
) -> int:
    """Say what subscribers see when the registry NEW replaces OLD (each a URL, a file or - for standard input).

    Only what an import makes of them is compared. Exit 3 where there is a difference, 0 where there is none.
    """
    from provisioner.workflows import registry_diff

    app = options.app_of(context)
    stdin = stdin_for(old, new, token_stdin=token_stdin)
    request = registry_diff.Request(old, new, token_of(app, token, token_stdin=token_stdin), stdin)
    with waiting() as watch:
        result = registry_diff.run(app, request, watch)
    if as_json:
        print_json(_document(result))
    else:
        for difference in result.differences:
            echo(_line(difference))
        echo(_total(result))
    return _DIFFERENT if result.differences else 0


def _document(result: registry_diff.Result) -> dict[str, Any]:
    kinds = Counter(difference.kind for difference in result.differences)
    return {
        "old": result.old,
        "new": result.new,
        "differences": [
            {**asdict(d), "before": _masked(d.before), "after": _masked(d.after)} for d in result.differences
        ],
        "summary": {kind: kinds[kind] for kind in ("moved", "removed", "added", "changed")},
    }


def _line(difference: Difference) -> str:
    what = difference.alias or f"{difference.provider} (provider)"
    line = f"{styled(f'{difference.kind:<7}', fg=_COLOURS[difference.kind])}  {clean(what)}"
    if difference.field is None:
        return line
    change = f"{_words(difference.before)} → {_words(difference.after)}"
    return f"{line}  {difference.field}: {clean(change)}"


def _total(result: registry_diff.Result) -> str:
    if not result.differences:
        return "Subscribers see no difference."
    asks = any(d.kind == "moved" or (d.kind == "added" and d.alias is None) for d in result.differences)
    warns = (
        "; where a token would go to a new host, refresh asks for --accept-endpoint-change" if asks else ""
    )
    return f"Subscribers see {count(len(result.differences), 'difference')}{warns}."


def _masked(value: Any) -> Any:
    return masked_urls(value) if isinstance(value, str) else value


def _words(value: Any) -> str:
    if value is None:
        return "(none)"
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(_masked(value))
