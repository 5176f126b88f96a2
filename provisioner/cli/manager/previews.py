"""What a refresh or an undo would change, as a question: nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.error_text import ErrorText
from provisioner.cli.manager.confirming import Confirmation
from provisioner.cli.manager.effects import Refresh, Undo
from provisioner.cli.manager.formats import ago, printable
from provisioner.cli.manager.state import Status
from provisioner.cli.terminal import spoken
from provisioner.workflows import undo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from provisioner.app import App
    from provisioner.cli.prompts.asking import StyledText
    from provisioner.config.diff import DiffLine
    from provisioner.workflows.watch import Watch

_DIFF = {
    "hunk": ("class:hunk", "@@ "),
    "context": ("class:dim", "  "),
    "remove": ("class:remove", "- "),
    "add": ("class:add", "+ "),
}
_KEPT = "Nothing was changed."


def of_refresh(app: App, provider: str, program: str, watch: Watch) -> Confirmation | Status:
    """What its source says now would change; a status where nothing would.

    Raises:
        ProvisionerError: as ``refresh``.
        CatalogError: the source could not be asked.
    """
    from provisioner.workflows import refresh

    asked = refresh.AskedSources(app, refresh.Request(providers=(provider,)), watch)
    result = asked.result(dry_run=True)
    if result.failures:
        error = ErrorText.of(result.failures[0].error, program)
        return Status(printable(error.sentence), "bad")
    said: list[StyledText] = [
        ("class:warn" if item.held else "", printable(spoken(item.message, program)))
        for item in result.findings
    ]
    said += [("", printable(spoken(note.message, program))) for note in result.notes]
    name = printable(provider)
    if not result.outcome.plan:
        first = f"Nothing of {name} was changed." if result.held else f"{name} is up to date."
        sentences = " ".join((first, *(f"{text}." for _, text in said)))
        return Status(sentences, "warning" if result.held else "good")
    return Confirmation(
        f"Bring {name} up to date?",
        Refresh(provider, asked),
        yes="write it",
        no="leave it",
        refused=_KEPT,
        shown=(*said, ("", ""), *_diff(result.outcome.diff)),
    )


def of_undo(app: App) -> Confirmation | Status:
    """What taking the last change back would bring; a status where it is so already.

    Raises:
        ProvisionerError: as ``undo``.
    """
    done = undo.run(app, undo.Request(dry_run=True))
    what = printable(done.entry.summary or "a change")
    when = ago(app.clock() - done.entry.at)
    by = f", {printable(done.entry.command)}" if done.entry.command else ""
    shown: list[StyledText] = [("", f"Change {done.entry.id} ({when}{by}): {what}.")]
    if done.removed:
        shown.append(("class:warn", "That change made the file: it goes."))
    elif done.diff is None:
        shown.append(("class:warn", "The file cannot be shown, because it is not TOML before or after."))
    else:
        shown.append(("", "Lines with + come back, lines with - go."))
    return Confirmation(
        f"Take back: {what}?",
        Undo(done),
        yes="take it back",
        no="leave it",
        refused=_KEPT,
        shown=(*shown, ("", ""), *_diff(done.diff or ())),
    )


def _diff(lines: Iterable[DiffLine]) -> Iterator[StyledText]:
    for line in lines:
        style, mark = _DIFF[line.kind]
        yield style, mark + printable(line.text)
