"""Taking over what another tool has: its keys or variables for them, which of its providers, the default."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from catalog.urls import shown
from provisioner.cli.changes import count
from provisioner.cli.prompts.asking import Question
from provisioner.cli.prompts.list_state import Column, ListRow
from provisioner.cli.wizard import command, finish
from provisioner.cli.wizard.flow import WizardStep
from provisioner.cli.wizard.path import AddPath, Answers, kept_default
from provisioner.cli.wizard.wizard import in_words
from provisioner.workflows import add_from
from provisioner.workflows.consent import Consent
from provisioner.workflows.default_alias import models_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.models import Model, Provider
    from provisioner.cli.wizard.wizard import Wizard
    from provisioner.workflows.take_over import Item
    from provisioner.workflows.tool_files import ToolFiles
    from provisioner.workflows.watch import Watch

_COLUMNS = (
    Column("provider"),
    Column("wire", drop=2, said="{} wire"),
    Column("models", right=True, said="models: {}"),
    Column("from", drop=1),
)
_BY_NAME, _COPIED = "by name", "copied"


@dataclass(frozen=True, kw_only=True)
class ToolAnswers(Answers[add_from.Result]):
    """What has been answered.

    Attributes:
        with_keys: copy the keys out of the tool's files; None until it was asked.
        survey: what each of the tool's providers becomes.
        only: ids of the chosen ones, as the tool calls them.
    """

    with_keys: bool | None = None
    survey: add_from.Survey | None = field(default=None, repr=False)
    only: tuple[str, ...] = ()


def run(wizard: Wizard, tool: ToolFiles) -> finish.Added:
    """Asks and writes.

    Raises:
        Back: the person went back from the first question.
    """
    return _ToolPath(wizard, tool).run(ToolAnswers())


class _ToolPath(AddPath[ToolAnswers, add_from.Result]):
    def __init__(self, wizard: Wizard, tool: ToolFiles) -> None:
        super().__init__(wizard)
        self._files = tool

    def _route(self, answers: ToolAnswers) -> Sequence[WizardStep[ToolAnswers]]:
        steps = [WizardStep("providers", self._ask_providers)]
        if any(found.key or found.headers for found in self._files.found):
            steps.insert(0, WizardStep("keys", self._ask_keys))
        return [*steps, *self._last_steps(answers)] if answers.only else steps

    def _ask_keys(self, answers: ToolAnswers) -> ToolAnswers:
        title = self._files.tool.title
        question = Question(f"The keys and headers that {title} has in its files", (title,))
        choice = self._wizard.menu(
            question,
            [
                (_BY_NAME, "Leave them there", "config.toml names a variable for each key, and you set it"),
                (_COPIED, "Copy them", "they are written to config.toml"),
            ],
            start=_COPIED if answers.with_keys else _BY_NAME,
        )
        with_keys = choice == _COPIED
        return answers if with_keys == answers.with_keys else ToolAnswers(with_keys=with_keys)

    def _ask_providers(self, answers: ToolAnswers) -> ToolAnswers:
        wizard = self._wizard
        survey = answers.survey or wizard.attempt(
            self._trail(answers), partial(add_from.survey, wizard.app, self._request(answers))
        )
        rows = [_row(item) for item in survey.items]
        usable = [item.found.id for item in survey.items if item.provider]
        question = Question("Which of its providers?", self._trail(answers))
        chosen = wizard.ask.many(question, _COLUMNS, rows, marked=answers.only or usable)
        return replace(answers, survey=survey, only=chosen, default=None)

    def _items(self, answers: ToolAnswers) -> tuple[Item, ...]:
        items = answers.survey.items if answers.survey else ()
        return tuple(item for item in items if item.provider and item.found.id in answers.only)

    def _providers(self, answers: ToolAnswers) -> list[Provider]:
        return [item.provider for item in self._items(answers) if item.provider]

    def _models(self, answers: ToolAnswers) -> dict[str, Model]:
        return models_of(self._providers(answers))

    def _kept_default(self, answers: ToolAnswers) -> str | None:
        kept = {
            kept_default(self._wizard, provider.id, models_of([provider]))
            for provider in self._providers(answers)
        }
        return None if None in kept or not kept else kept.pop()

    def _run(self, answers: ToolAnswers, dry_run: bool, watch: Watch) -> add_from.Result:
        assert answers.survey is not None
        seen = replace(answers.survey, items=self._items(answers))
        return add_from.run(self._wizard.app, replace(self._request(answers), dry_run=dry_run), seen, watch)

    def _added(self, answers: ToolAnswers, result: add_from.Result) -> finish.Added:
        models = models_of(result.providers)
        taken = f"{count(len(result.providers), 'provider')} with {count(len(models), 'model')}"
        said = f"Took over {taken} from {self._files.tool.title}"
        arguments = command.for_tool(self._request(answers))
        return finish.Added(said, result.outcome, result.notes, models, arguments)

    def _request(self, answers: ToolAnswers) -> add_from.Request:
        usable = [item.found.id for item in answers.survey.items if item.provider] if answers.survey else []
        return add_from.Request(
            tool=self._files.tool.name,
            only=() if set(answers.only) == set(usable) else answers.only,
            with_keys=bool(answers.with_keys),
            default_model=self._default(answers),
            access=self._wizard.prefetch.access,
            consent=Consent(take_over=True),  # a person looks at the change before it is made
        )

    def _trail(self, answers: ToolAnswers) -> tuple[str, ...]:
        parts = [self._files.tool.title]
        if answers.with_keys is not None:
            parts.append("with its keys" if answers.with_keys else "keys by name")
        if answers.only:
            parts.append(count(len(answers.only), "provider"))
        return tuple(parts)


def _row(item: Item) -> ListRow[str]:
    provider, found = item.provider, item.found
    if provider is None:
        return ListRow(found.id, (found.id, "", "", "not taken over"), closed=in_words(item.refused or ""))
    origin = "the catalog" if item.source else shown(provider.base_url or "")
    return ListRow(
        found.id,
        (found.id, provider.wire, str(len(provider.models)), origin),
        search=(found.id.casefold(),),
        detail=in_words("; ".join(item.notes)),
    )
