"""``kimi provider undo``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import options
from provisioner.cli.changes import diff_lines, show_diff
from provisioner.cli.error_text import note, program_name
from provisioner.cli.examples import WithExamples
from provisioner.cli.json_output import print_json
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import clean, echo, echo_error
from provisioner.errors import UsageError
from provisioner.formatting import moment

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.app import App
    from provisioner.config.undo import Undone
    from provisioner.workflows import undo

_NO_DIFF = "the difference is not shown: a file in it is no valid TOML, and its keys could not be masked"


@click.command(
    cls=WithExamples,
    examples=(
        "kimi provider undo --list",
        "kimi provider undo --dry-run",
        "kimi provider undo 3",
    ),
)
@click.argument("entry", required=False, type=click.IntRange(min=1), metavar="[ENTRY]")
@options.option("--list", "as_list", is_flag=True, help="List the changes that can be taken back.")
@options.option("--force", is_flag=True, help="Also where something else has changed the file since.")
@options.writing
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    entry: int | None,
    as_list: bool,
    force: bool,
    config: Path | None,
    as_json: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Bring config.toml back, byte for byte, to what it was before its last change, or before change ENTRY.

    What stands there now is kept first: a second undo is a redo.
    """
    del yes  # what would be lost has a flag of its own, --force
    from provisioner.workflows import undo

    app = options.app_of(context, config)
    if as_list:
        if entry is not None or force or dry_run:
            raise UsageError("--list takes nothing back", hint="kimi provider undo --list")
        _list(app, undo.changes(app), as_json=as_json)
        return
    with waiting() as watch:
        done = undo.run(app, undo.Request(entry, force=force, dry_run=dry_run), watch)
    if as_json:
        print_json(_document(app, done, dry_run=dry_run))
        return
    show_diff(done.diff or ())
    if dry_run:
        if done.diff is None:
            echo_error(note(_NO_DIFF, program_name()))
        echo_error("Nothing written (--dry-run).")
        return
    before = f"before change {done.entry.id} ({_what(done.entry)}, {moment(done.entry.at)})"
    if not done.written:
        echo(clean(f"{app.config_path} is as it was {before} already; nothing written."))
    elif done.removed:
        echo(clean(f"{app.config_path} is gone again, as {before}."))
    else:
        echo(clean(f"{app.config_path} is as it was {before}."))
    for text in done.notes:
        echo_error(note(text, program_name()))


def _document(app: App, done: Undone, *, dry_run: bool) -> dict[str, Any]:
    notes = [{"code": "file", "message": text} for text in done.notes]
    if dry_run and done.diff is None:
        notes.append({"code": "no_diff", "message": _NO_DIFF})
    return {
        "config": str(app.config_path),
        "entry": done.entry.id,
        "written": done.written,
        "dry_run": dry_run,
        "removed": done.removed,
        "backup": str(done.backup) if done.backup else None,
        "diff": None if done.diff is None else diff_lines(done.diff),
        "notes": notes,
    }


def _list(app: App, listed: tuple[undo.ListedChange, ...], *, as_json: bool) -> None:
    if as_json:
        entries = [
            {
                "entry": item.entry.id,
                "at": item.entry.at,
                "command": item.entry.command,
                "summary": item.entry.summary,
                "current": item.here,
                "foreign": item.foreign,
            }
            for item in listed
        ]
        document = {"config": str(app.config_path), "changes": entries}
        print_json(document)
        return
    if not listed:
        echo(clean(f"No change of {app.config_path} is on record."))
        return
    if not any(item.here for item in listed):
        echo_error(clean(f"{app.config_path} was changed by something else since the last change."))
    for item in listed:
        mark = "*" if item.here else " "
        summary = f"  {item.entry.summary}" if item.entry.summary else ""
        echo(clean(f"{mark} {item.entry.id:>3}  {moment(item.entry.at)}  {_what(item.entry)}{summary}"))
        if item.foreign:
            echo("       (something else had changed the file before this)")
    echo("`undo ENTRY` goes back to before that change; * marks what the file is now.")


def _what(entry: Any) -> str:
    return entry.command or "a change"
