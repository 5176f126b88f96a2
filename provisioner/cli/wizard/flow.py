"""Going through questions forwards and backwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from provisioner.cli.prompts.asking import Back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class WizardStep(Generic[A]):
    """One question: from the answers so far to the answers with its own; it raises Back.

    Its own earlier answer is still among those it is given when it is asked again, and stands as the default.
    """

    name: str
    ask: Callable[[A], A] = field(compare=False)


def walk(route: Callable[[A], Sequence[WizardStep[A]]], answers: A) -> A:
    """Asks every step of the route, which may change with each answer, and returns the answers.

    Raises:
        Back: the person went back from the first step.
    """
    done: list[WizardStep[A]] = []
    while True:
        ahead = next((step for step in route(answers) if step not in done), None)
        if ahead is None:
            return answers
        try:
            answers = ahead.ask(answers)
        except Back:
            if not done:
                raise
            done.pop()
        else:
            done.append(ahead)
