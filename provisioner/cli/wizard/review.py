"""The change as it would be written, the one confirmation, and the write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from provisioner.cli.changes import count
from provisioner.cli.prompts.asking import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from provisioner.cli.prompts.asking import StyledText
    from provisioner.cli.wizard.wizard import Wizard
    from provisioner.note import Note
    from provisioner.workflows.outcome import Outcome
    from provisioner.workflows.watch import Watch

_MARKS = {"add": "+ ", "remove": "- ", "context": "  ", "hunk": "@@ "}


class Written(Protocol):
    """What the workflows that write have in common."""

    @property
    def outcome(self) -> Outcome:
        """The change."""
        ...

    @property
    def notes(self) -> tuple[Note, ...]:
        """What to know beside it."""
        ...


W = TypeVar("W", bound=Written)


def write(wizard: Wizard, trail: tuple[str, ...], run: Callable[[bool, Watch], W]) -> W:
    """Runs a workflow dry, has the change confirmed, and runs it for good.

    Args:
        wizard: asks.
        trail: what has been answered.
        run: the workflow with its request; it is told whether to run dry.

    Returns:
        The result of the last run; of the dry one when nothing is to be written.

    Raises:
        Back: the person goes back, before or after it failed.
        KeyboardInterrupt: the person leaves.
    """
    preview = wizard.attempt(trail, lambda watch: run(True, watch))
    _confirm(wizard, trail, preview.outcome, preview.notes)
    if wizard.dry_run or not preview.outcome.plan:
        return preview
    return wizard.attempt(trail, lambda watch: run(False, watch))


def _confirm(wizard: Wizard, trail: tuple[str, ...], outcome: Outcome, notes: Iterable[Note]) -> None:
    lines: list[StyledText] = [("warn", note.message) for note in notes]
    if lines and outcome.diff:
        lines.append(("", ""))
    lines += [(line.kind, _MARKS[line.kind] + line.text) for line in outcome.diff]
    where: StyledText = ("dim", wizard.shown(outcome.config_path))
    name = outcome.config_path.name
    if not outcome.plan:
        question = Question(f"{name} says all of this already", trail, (where,))
        wizard.ask.review(question, lines, yes="go on")
        return
    question = Question(f"Write this to {name}?", trail, (where, ("", summary(outcome))))
    wizard.ask.review(question, lines, yes="go on without writing" if wizard.dry_run else "write it")


def summary(outcome: Outcome) -> str:
    """What a plan does, in figures: ``adds 1 provider, 4 models; removes 1 model; sets the default model``."""
    plan = outcome.plan
    parts = []
    for verb, providers, models in (
        ("adds", plan.providers.added, plan.aliases.added),
        ("changes", plan.providers.changed, plan.aliases.changed),
        ("removes", plan.providers.removed, plan.aliases.removed),
    ):
        counted = [
            count(len(names), noun) for names, noun in ((providers, "provider"), (models, "model")) if names
        ]
        if counted:
            parts.append(f"{verb} {', '.join(counted)}")
    if any(change.path == ("default_model",) for change in plan.changes):
        parts.append("sets the default model")
    return "; ".join(parts)
