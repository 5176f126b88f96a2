"""Adding a custom registry: its URL, its token, what it would change, which of its providers, the default."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from catalog.errors import CatalogError
from catalog.urls import check as checked_url
from catalog.urls import shown
from provisioner.cli.changes import count
from provisioner.cli.keys import REGISTRY_VARIABLE, flaw, unbroken
from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.prompts.rows import Column, Row
from provisioner.cli.wizard import closing, command, defaults, lists, review
from provisioner.cli.wizard.flow import Step, walk
from provisioner.workflows import add_registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.models import Model, Provider
    from provisioner.cli.prompts.asking import Line
    from provisioner.cli.wizard.desk import Desk
    from provisioner.workflows.watch import Watch

_COLUMNS = (
    Column("provider"),
    Column("id", drop=2),
    Column("wire", drop=1, said="{} wire"),
    Column("models", right=True, said="models: {}"),
    Column("", drop=3),
)


@dataclass(frozen=True)
class Answers:
    """What has been answered.

    Attributes:
        url: of the registry.
        token: its token; None keeps the one that config.toml has, if any, and an empty one sends none.
        token_said: that in a word.
        offered: what importing all of it would do.
        only: ids of the chosen providers; empty for all.
        default: the alias that becomes the default; None leaves the default as it is.
        result: of the workflow.
    """

    url: str = ""
    token: str | None = field(default=None, repr=False)
    token_said: str = ""
    offered: add_registry.Result | None = field(default=None, repr=False)
    only: tuple[str, ...] = ()
    default: str | None = None
    result: add_registry.Result | None = field(default=None, repr=False)


def run(desk: Desk) -> closing.Done:
    """Asks and writes.

    Raises:
        Back: the person went back from the first question.
    """
    return _Path(desk).run()


class _Path:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def run(self) -> closing.Done:
        answers = walk(self._route, Answers())
        assert answers.result is not None
        result = answers.result
        aliases = [f"{p.id}/{m.key}" for p in result.providers for m in p.models]
        said = f"Added {count(len(result.providers), 'provider')} with {count(len(aliases), 'model')}"
        if result.removed:
            said += f"; removed {', '.join(result.removed)}, which the registry no longer has"
        arguments = command.for_registry(self._request(answers))
        return closing.Done(said, result.outcome, result.notes, aliases, arguments)

    def _route(self, answers: Answers) -> Sequence[Step[Answers]]:
        steps = [Step("url", self._ask_url), Step("token", self._ask_token)]
        if answers.offered is None:
            return steps
        if len(answers.offered.providers) > 1:
            steps.append(Step("providers", self._ask_providers))
        if len(self._models(answers)) > 1 or self._standing(answers):
            steps.append(Step("default", self._ask_default))
        return [*steps, Step("review", self._review)]

    def _ask_url(self, answers: Answers) -> Answers:
        question = Question("The registry's URL", ("Custom registry",), (("dim", "https://…/api.json"),))
        url = self._desk.ask.text(question, default=answers.url, check=_url_flaw)
        return answers if url == answers.url else Answers(url=url)

    def _ask_token(self, answers: Answers) -> Answers:
        desk, trail = self._desk, (shown(answers.url),)
        choices = self._token_choices(answers.url)
        while True:
            how = desk.menu(Question("The registry's token", trail), choices) if choices else "type"
            try:
                token = self._take(trail, how)
            except Back:
                if choices:
                    continue
                raise
            said = "token as it is" if how == "keep" else "token" if token else "no token"
            asked = replace(answers, token=token, token_said=said, only=(), default=None)
            try:
                offered = desk.attempt(trail, partial(self._run, asked, True))
            except Back:
                continue
            return replace(asked, offered=offered)

    def _token_choices(self, url: str) -> list[tuple[str, str, str]]:
        """Where a token can come from, if there is a choice beside typing one."""
        tables = self._desk.table("providers").values()
        sources = [table.get("source") for table in tables if isinstance(table, dict)]
        choices = []
        if any(isinstance(s, dict) and s.get("url") == url and s.get("apiKey") for s in sources):
            choices.append(("keep", "Keep what config.toml has", "from the last import of this registry"))
        if self._desk.app.env.get(REGISTRY_VARIABLE, "").strip():
            choices.append(
                ("env", f"Use {REGISTRY_VARIABLE}", "it is set; its value is written to config.toml")
            )
        if not choices:
            return []
        return [
            *choices,
            ("type", "Type or paste one", "it is written to config.toml"),
            ("none", "It needs none", ""),
        ]

    def _take(self, trail: tuple[str, ...], how: str) -> str | None:
        """The token; empty for none, None to keep the one in config.toml."""
        if how in ("keep", "none"):
            return None if how == "keep" else ""
        if how == "env":
            return unbroken(self._desk.app.env[REGISTRY_VARIABLE])
        notes: tuple[Line, ...] = (
            ("dim", "it is written to config.toml, where Kimi Code refreshes the registry with it"),
            ("dim", "Enter alone: it needs none"),
        )
        question = Question("The registry's token", trail, notes)
        return unbroken(self._desk.ask.secret(question, check=lambda text: flaw(text) if text else None))

    def _ask_providers(self, answers: Answers) -> Answers:
        assert answers.offered is not None
        offered = answers.offered
        plan = offered.outcome.plan.providers
        happens = dict.fromkeys(plan.added, "new") | dict.fromkeys(plan.changed, "changed")
        rows = [
            _provider_row(provider, happens.get(provider.id, "as it is")) for provider in offered.providers
        ]
        notes: list[Line] = []
        if offered.removed:
            notes.append(("warn", f"no longer there, will be removed: {', '.join(offered.removed)}"))
        question = Question("Which of its providers?", self._trail(replace(answers, only=())), tuple(notes))
        every = tuple(provider.id for provider in offered.providers)
        chosen = self._desk.ask.many(question, _COLUMNS, rows, marked=answers.only or every)
        return replace(answers, only=() if chosen == every else chosen, default=None)

    def _ask_default(self, answers: Answers) -> Answers:
        rows = lists.alias_rows(self._models(answers))
        default = defaults.ask_default(
            self._desk,
            self._trail(answers),
            lists.MODEL_COLUMNS,
            rows,
            keeps=self._standing(answers),
            start=answers.default,
        )
        return replace(answers, default=default)

    def _review(self, answers: Answers) -> Answers:
        result = review.write(self._desk, self._trail(answers), partial(self._run, answers))
        return replace(answers, result=result)

    def _run(self, answers: Answers, dry_run: bool, watch: Watch) -> add_registry.Result:
        return add_registry.run(self._desk.app, replace(self._request(answers), dry_run=dry_run), watch)

    def _request(self, answers: Answers) -> add_registry.Request:
        default, models = answers.default, self._models(answers)
        if default is None and len(models) == 1 and not self._standing(answers):
            default = next(iter(models))
        return add_registry.Request(
            url=answers.url, token=answers.token, only=answers.only, default_model=default
        )

    def _standing(self, answers: Answers) -> str | None:
        """The default of config.toml, where the import leaves it alone."""
        before = self._desk.data.get("default_model")
        after = answers.offered.outcome.data.get("default_model") if answers.offered else None
        return before if isinstance(before, str) and before == after else None

    def _models(self, answers: Answers) -> dict[str, Model]:
        """The chosen providers' models by alias."""
        providers = answers.offered.providers if answers.offered else ()
        chosen = [p for p in providers if not answers.only or p.id in answers.only]
        return {f"{provider.id}/{model.key}": model for provider in chosen for model in provider.models}

    def _trail(self, answers: Answers) -> tuple[str, ...]:
        parts = [shown(answers.url), answers.token_said]
        if answers.only:
            parts.append(count(len(answers.only), "provider"))
        return tuple(parts)


def _provider_row(provider: Provider, happens: str) -> Row[str]:
    return Row(
        provider.id,
        (provider.name, provider.id, provider.wire, str(len(provider.models)), happens),
        search=(provider.name.casefold(), provider.id.casefold()),
        detail=f"{provider.wire} wire at {provider.base_url}",
    )


def _url_flaw(text: str) -> str | None:
    if not text:
        return "it is empty"
    try:
        checked_url(text)
    except CatalogError as error:
        return error.message
    return None
