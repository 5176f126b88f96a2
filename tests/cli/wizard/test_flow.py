from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.cli.prompts.asking import Back
from provisioner.cli.wizard.flow import WizardStep, walk

if TYPE_CHECKING:
    from collections.abc import Callable

Answers = tuple[str, ...]
NONE: Answers = ()


def asking(name: str, replies: dict[str, list[str | None]]) -> Callable[[Answers], Answers]:
    """A step that answers what ``replies`` has for it, one after the other; None goes back."""

    def ask(answers: Answers) -> Answers:
        reply = replies[name].pop(0)
        if reply is None:
            raise Back
        return (*answers, f"{name}={reply}")

    return ask


def test_every_step_is_asked_once_in_order() -> None:
    replies: dict[str, list[str | None]] = {"a": ["1"], "b": ["2"]}
    steps = [WizardStep(name, asking(name, replies)) for name in "ab"]
    assert walk(lambda _: steps, NONE) == ("a=1", "b=2")


def test_back_asks_the_step_before_again_with_what_was_answered() -> None:
    replies: dict[str, list[str | None]] = {"a": ["1", "2"], "b": ["1", "2"], "c": [None, "3"]}
    steps = [WizardStep(name, asking(name, replies)) for name in "abc"]
    assert walk(lambda _: steps, NONE) == ("a=1", "b=1", "b=2", "c=3")


def test_back_from_the_first_step_leaves() -> None:
    replies: dict[str, list[str | None]] = {"a": ["1", None], "b": [None]}
    steps = [WizardStep(name, asking(name, replies)) for name in "ab"]
    with pytest.raises(Back):
        walk(lambda _: steps, NONE)


def test_an_answer_may_change_the_route() -> None:
    replies: dict[str, list[str | None]] = {"a": ["long", "short"], "b": [None], "c": ["3"]}
    step = {name: WizardStep(name, asking(name, replies)) for name in "abc"}

    def route(answers: Answers) -> list[WizardStep[Answers]]:
        middle = [step["b"]] if answers and answers[-1] == "a=long" else []
        return [step["a"], *middle, step["c"]]

    assert walk(route, NONE) == ("a=long", "a=short", "c=3")


def test_a_route_that_ends_early_goes_on_when_it_grows() -> None:
    replies: dict[str, list[str | None]] = {"a": ["1"], "b": ["2"]}
    step = {name: WizardStep(name, asking(name, replies)) for name in "ab"}
    assert walk(lambda answers: [step["a"], *([step["b"]] if answers else [])], NONE) == ("a=1", "b=2")
