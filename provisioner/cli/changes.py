"""Shows what a writing command did: as lines for people, or as the document of schemas/output/change.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.cli.error_text import note, program_name
from provisioner.cli.json_output import print_json
from provisioner.cli.terminal import clean, echo, echo_error, styled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.documents import Provenance
    from catalog.models import Skipped
    from provisioner.config.diff import DiffLine
    from provisioner.note import Note
    from provisioner.workflows.outcome import Outcome

_MARKS = {"hunk": ("@@ ", "cyan"), "context": ("  ", None), "remove": ("- ", "red"), "add": ("+ ", "green")}


def show(
    command: str,
    outcome: Outcome,
    done: Iterable[str],
    *,
    as_json: bool,
    notes: Iterable[Note] = (),
    provenance: Provenance | None = None,
    skipped: Iterable[Skipped] = (),
    found: list[dict[str, Any]] | None = None,
    unwritten: str | None = None,
) -> None:
    """Prints a change: ``done`` are the lines that say what happened, in the past tense.

    ``unwritten`` says why nothing was written, where the reason is not that the file says so already. ``found`` is what ``add --from`` found, each as in the schema.
    """
    if as_json:
        whole = document(command, outcome, notes, provenance, skipped)
        whole |= {} if found is None else {"found": found}
        print_json(whole)
        return
    show_diff(outcome.diff)
    if outcome.dry_run:
        echo_error("Nothing written (--dry-run)." if outcome.plan.changes else "Nothing to change.")
    elif not outcome.written:
        echo(unwritten or f"{clean(str(outcome.config_path))} already says so; nothing written.")
    else:
        for line in done:
            echo(clean(line))
    for text in (*outcome.notes, *(item.message for item in notes)):
        echo_error(note(text, program_name()))


def show_diff(lines: Iterable[DiffLine]) -> None:
    """Prints a masked diff."""
    for line in lines:
        mark, colour = _MARKS[line.kind]
        echo(styled(f"{mark}{clean(line.text)}", fg=colour))


def diff_lines(lines: Iterable[DiffLine]) -> list[str]:
    """A masked diff as the lines of a document, each with its mark."""
    return [f"{_MARKS[line.kind][0]}{line.text}" for line in lines]


def document(
    command: str,
    outcome: Outcome,
    notes: Iterable[Note],
    provenance: Provenance | None = None,
    skipped: Iterable[Skipped] = (),
) -> dict[str, Any]:
    """A change as the document of schemas/output/change.schema.json."""
    return {
        "command": command,
        "config": str(outcome.config_path),
        "written": outcome.written,
        "dry_run": outcome.dry_run,
        "backup": str(outcome.backup) if outcome.backup else None,
        "providers": outcome.plan.providers._asdict(),
        "models": outcome.plan.aliases._asdict(),
        "default_model": outcome.data.get("default_model"),
        "diff": diff_lines(outcome.diff) if outcome.dry_run else None,
        "source": provenance._asdict() if provenance else None,
        "skipped": [{"id": item.id, "reason": item.reason} for item in skipped],
        "notes": [
            *({"code": "file", "message": message} for message in outcome.notes),
            *(item._asdict() for item in notes),
        ],
    }


def count(number: int, noun: str) -> str:
    """``1 model``, ``2 models``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
