"""What the three ways to add something share: which model becomes the default, the review, what is told in the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from provisioner.cli.prompts.asking import Question
from provisioner.cli.prompts.list_state import ListRow
from provisioner.cli.wizard import lists, review
from provisioner.cli.wizard.flow import WizardStep, walk
from provisioner.cli.wizard.review import Written
from provisioner.kimi_code.owner import provider_name
from provisioner.workflows.default_alias import best_alias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from catalog.models import Model
    from provisioner.cli.wizard.finish import Added
    from provisioner.cli.wizard.wizard import Wizard
    from provisioner.workflows.watch import Watch

_KEEP = "\nkeep"

R = TypeVar("R", bound=Written)


@dataclass(frozen=True, kw_only=True)
class Answers(Generic[R]):
    """What every path has in the end.

    Attributes:
        default: the model that becomes the default; None leaves the default as it is.
        result: of the workflow.
    """

    default: str | None = None
    result: R | None = field(default=None, repr=False)


A = TypeVar("A", bound=Answers[Any])


class AddPath(ABC, Generic[A, R]):
    """One way to add something, from its first question to the written file."""

    def __init__(self, wizard: Wizard) -> None:
        self._wizard = wizard

    def run(self, answers: A) -> Added:
        """Asks and writes.

        Raises:
            Back: the person went back from the first question.
        """
        answers = walk(self._route, answers)
        assert answers.result is not None
        return self._added(answers, answers.result)

    @abstractmethod
    def _route(self, answers: A) -> Sequence[WizardStep[A]]:
        """The questions, as far as they are known; :meth:`_last_steps` end them."""

    @abstractmethod
    def _models(self, answers: A) -> Mapping[str, Model]:
        """The models that were chosen, each under the name that ``--default-model`` takes."""

    @abstractmethod
    def _kept_default(self, answers: A) -> str | None:
        """The default model of config.toml, where the import leaves it alone."""

    @abstractmethod
    def _trail(self, answers: A) -> tuple[str, ...]:
        """What has been answered, in a few words."""

    @abstractmethod
    def _run(self, answers: A, dry_run: bool, watch: Watch) -> R:
        """Runs the workflow with what was answered."""

    @abstractmethod
    def _added(self, answers: A, result: R) -> Added:
        """What was done, for the end."""

    def _last_steps(self, answers: A) -> list[WizardStep[A]]:
        steps = [WizardStep("review", self._review)]
        if len(self._models(answers)) > 1 or self._kept_default(answers):
            return [WizardStep("default", self._ask_default), *steps]
        return steps

    def _default(self, answers: A) -> str | None:
        """The default that was chosen, or the only model where config.toml has none that stays."""
        models = self._models(answers)
        if answers.default is None and len(models) == 1 and not self._kept_default(answers):
            return next(iter(models))
        return answers.default

    def _ask_default(self, answers: A) -> A:
        models, kept = self._models(answers), self._kept_default(answers)
        rows, start = lists.model_rows(models), answers.default or best_alias(models)
        if kept is not None:
            rows = [ListRow(_KEEP, (f"keep {kept}",), detail="the default model that config.toml has"), *rows]
            start = answers.default or _KEEP
        question = Question("Which model does Kimi Code start with?", self._trail(answers))
        chosen = self._wizard.ask.one(question, lists.MODEL_COLUMNS, rows, start=start, filters=len(rows) > 1)
        return replace(answers, default=None if chosen == _KEEP else chosen)

    def _review(self, answers: A) -> A:
        result = review.write(self._wizard, self._trail(answers), partial(self._run, answers))
        return replace(answers, result=result)


def kept_default(wizard: Wizard, provider_id: str, aliases: Collection[str]) -> str | None:
    """The default model of config.toml, if it will still be there once ``provider_id`` has just these aliases."""
    alias = wizard.data.get("default_model")
    model = wizard.table("models").get(alias) if isinstance(alias, str) else None
    if not isinstance(model, dict) or not isinstance(alias, str):
        return None
    return alias if provider_name(model) != provider_id or alias in aliases else None
