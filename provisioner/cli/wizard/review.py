"""The change as it would be written, the one confirmation, and the write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from provisioner.cli.changes import count
from provisioner.cli.prompts.asking import Question
from provisioner.cli.wizard.wizard import in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.cli.prompts.asking import Prompts, StyledText
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
    where = wizard.shown(preview.outcome.config_path)
    confirm(wizard.ask, trail, preview, where, dry_run=wizard.dry_run)
    if wizard.dry_run or not preview.outcome.plan:
        return preview
    return wizard.attempt(trail, lambda watch: run(False, watch))


def confirm(
    ask: Prompts, trail: tuple[str, ...], preview: Written, where: str, *, dry_run: bool = False
) -> None:
    """Shows the change of a dry run, and has it confirmed; ``where`` is config.toml as people write its path.

    Raises:
        Back: the person goes back.
        KeyboardInterrupt: the person leaves.
    """
    outcome = preview.outcome
    lines: list[StyledText] = [("warn", in_words(note.message)) for note in preview.notes]
    if lines and outcome.diff:
        lines.append(("", ""))
    lines += [(line.kind, _MARKS[line.kind] + line.text) for line in outcome.diff]
    place: StyledText = ("dim", where)
    name = outcome.config_path.name
    if not outcome.plan:
        ask.review(Question(f"{name} says all of this already", trail, (place,)), lines, yes="go on")
        return
    question = Question(f"Write this to {name}?", trail, (place, ("", summary(outcome))))
    ask.review(question, lines, yes="go on without writing" if dry_run else "write it")


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
