"""Adding a custom registry: its URL, its token, what it would change, which of its providers, the default."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from catalog.errors import CatalogError, ShrinkRefused
from catalog.untrusted import mapping
from catalog.urls import check as checked_url
from catalog.urls import shown
from provisioner.cli.changes import count
from provisioner.cli.credential_flags import REGISTRY_VARIABLE, key_flaw, unbroken
from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.prompts.list_state import Column, ListRow
from provisioner.cli.wizard import command, finish
from provisioner.cli.wizard.ask_key import NEEDS_NO_KEY, KeyPurpose, ask_key, try_chosen
from provisioner.cli.wizard.flow import WizardStep
from provisioner.cli.wizard.path import AddPath, Answers
from provisioner.errors import ConsentNeeded
from provisioner.kimi_code.auth import declared
from provisioner.workflows import add_registry, check_key
from provisioner.workflows.consent import Consent
from provisioner.workflows.credential import Credential
from provisioner.workflows.default_alias import models_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.models import Model, Provider
    from provisioner.cli.prompts.asking import StyledText
    from provisioner.cli.wizard.wizard import Wizard
    from provisioner.workflows.watch import Watch

_COLUMNS = (
    Column("provider"),
    Column("id", drop=2),
    Column("wire", drop=1, said="{} wire"),
    Column("models", right=True, said="models: {}"),
    Column("", drop=3),
)


@dataclass(frozen=True, kw_only=True)
class RegistryAnswers(Answers[add_registry.Result]):
    """What has been answered.

    Attributes:
        url: of the registry.
        token: its token; None keeps the one that config.toml has, if any, and an empty one sends none.
        token_said: that in a word.
        offered: what importing all of it would do.
        only: ids of the chosen providers; empty for all.
        key: of the providers, where the registry needs no token; a key that is typed becomes the token, which is
            what Kimi Code writes over api_key when it starts.
        key_said: that in a word.
    """

    url: str = ""
    token: str | None = field(default=None, repr=False)
    token_said: str = ""
    offered: add_registry.Result | None = field(default=None, repr=False)
    only: tuple[str, ...] = ()
    key: Credential = field(default_factory=Credential)
    key_said: str = ""


def run(wizard: Wizard) -> finish.Added:
    """Asks and writes.

    Raises:
        Back: the person went back from the first question.
    """
    return _RegistryPath(wizard).run(RegistryAnswers())


class _RegistryPath(AddPath[RegistryAnswers, add_registry.Result]):
    def _route(self, answers: RegistryAnswers) -> Sequence[WizardStep[RegistryAnswers]]:
        steps = [WizardStep("url", self._ask_url), WizardStep("token", self._ask_token)]
        if answers.offered is None:
            return steps
        if len(answers.offered.providers) > 1:
            steps.append(WizardStep("providers", self._ask_providers))
        if self._keyless(answers):
            steps.append(WizardStep("key", self._ask_key))
        return [*steps, *self._last_steps(answers)]

    def _ask_url(self, answers: RegistryAnswers) -> RegistryAnswers:
        question = Question("The registry's URL", ("Custom registry",), (("dim", "https://…/api.json"),))
        url = self._wizard.ask.text(question, default=answers.url, check=_url_flaw)
        return answers if url == answers.url else RegistryAnswers(url=url)

    def _ask_token(self, answers: RegistryAnswers) -> RegistryAnswers:
        wizard, trail = self._wizard, (shown(answers.url),)
        choices = self._token_choices(answers.url)
        while True:
            how = wizard.menu(Question("The registry's token", trail), choices) if choices else "type"
            try:
                token = self._take(trail, how)
            except Back:
                if choices:
                    continue
                raise
            said = "token as it is" if how == "keep" else "token" if token else "no token"
            asked = replace(
                answers, token=token, token_said=said, only=(), default=None, key=Credential(), key_said=""
            )
            try:
                offered = wizard.attempt(trail, partial(self._run, asked, True))
            except Back:
                continue
            return replace(asked, offered=offered)

    def _token_choices(self, url: str) -> list[tuple[str, str, str]]:
        """Where a token can come from, if there is a choice beside typing one."""
        tables = self._wizard.table("providers").values()
        sources = [table.get("source") for table in tables if isinstance(table, dict)]
        choices = []
        if any(isinstance(s, dict) and s.get("url") == url and s.get("apiKey") for s in sources):
            choices.append(("keep", "Keep what config.toml has", "from the last import of this registry"))
        if self._wizard.app.env.get(REGISTRY_VARIABLE, "").strip():
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
            return unbroken(self._wizard.app.env[REGISTRY_VARIABLE])
        notes: tuple[StyledText, ...] = (
            ("dim", "it is written to config.toml, where Kimi Code refreshes the registry with it"),
            ("dim", "Enter alone: it needs none"),
        )
        question = Question("The registry's token", trail, notes)
        return unbroken(
            self._wizard.ask.secret(question, check=lambda text: key_flaw(text) if text else None)
        )

    def _ask_providers(self, answers: RegistryAnswers) -> RegistryAnswers:
        assert answers.offered is not None
        offered = answers.offered
        plan = offered.outcome.plan.providers
        happens = dict.fromkeys(plan.added, "new") | dict.fromkeys(plan.changed, "changed")
        rows = [
            _provider_row(provider, happens.get(provider.id, "as it is")) for provider in offered.providers
        ]
        notes: list[StyledText] = []
        if offered.removed:
            notes.append(("warn", f"no longer there, will be removed: {', '.join(offered.removed)}"))
        question = Question("Which of its providers?", self._trail(replace(answers, only=())), tuple(notes))
        every = tuple(provider.id for provider in offered.providers)
        chosen = self._wizard.ask.many(question, _COLUMNS, rows, marked=answers.only or every)
        return replace(answers, only=() if chosen == every else chosen, default=None)

    def _keyless(self, answers: RegistryAnswers) -> list[Provider]:
        """The chosen providers that would be written without a key: Kimi Code cannot start with one of their models."""
        after = answers.offered.outcome.data if answers.offered else {}
        written = {p.id: mapping(mapping(after.get("providers")).get(p.id)) for p in self._providers(answers)}
        return [p for p in self._providers(answers) if declared(written[p.id]).kind == "none"]

    def _ask_key(self, answers: RegistryAnswers) -> RegistryAnswers:
        keyless = self._keyless(answers)
        places = dict.fromkeys(shown(provider.base_url or "") for provider in keyless)
        purpose = KeyPurpose(
            ", ".join(provider.id for provider in keyless),
            self._trail(replace(answers, key_said="")),
            endpoint=f"{', '.join(places)}; one that is typed goes to the registry too, as its token",
            env=tuple(dict.fromkeys(name for provider in keyless for name in provider.env)),
            without=NEEDS_NO_KEY,
        )

        def try_it(credential: Credential) -> check_key.Result:
            tried = replace(answers, key=credential)
            return self._wizard.attempt(purpose.trail, partial(self._try, tried))

        answer = ask_key(self._wizard, purpose, try_it)
        return replace(answers, key=answer.credential, key_said=answer.said)

    def _try(self, answers: RegistryAnswers, watch: Watch) -> check_key.Result:
        keyless = {provider.id for provider in self._keyless(answers)}
        planned = self._run(answers, True, watch)
        asked = [provider for provider in planned.providers if provider.id in keyless]
        return try_chosen(self._wizard, asked, planned.outcome, answers.default, watch)

    def _run(self, answers: RegistryAnswers, dry_run: bool, watch: Watch) -> add_registry.Result:
        request = self._request(answers)._replace(dry_run=dry_run)
        try:
            return add_registry.run(self._wizard.app, request, watch)
        except (ConsentNeeded, ShrinkRefused) as error:
            # What a person does not see in the diff is agreed to with an option alone.
            option = " ".join(re.findall(r"--[a-z-]+", error.hint or "")[:1])
            error.hint = f"if that is right: kimi provider add --registry={shown(request.url)} {option}"
            raise

    def _added(self, answers: RegistryAnswers, result: add_registry.Result) -> finish.Added:
        models = models_of(result.providers)
        said = f"Added {count(len(result.providers), 'provider')} with {count(len(models), 'model')}"
        if result.removed:
            said += f"; removed {', '.join(result.removed)}, which the registry no longer has"
        arguments = command.for_registry(self._request(answers))
        return finish.Added(said, result.outcome, result.notes, models, arguments)

    def _request(self, answers: RegistryAnswers) -> add_registry.Request:
        return add_registry.Request(
            url=answers.url,
            token=answers.key.key if answers.key.key is not None else answers.token,
            variable=answers.key.variable,
            only=answers.only,
            default_model=self._default(answers),
            consent=Consent(take_over=True),  # a person looks at the change before it is made
        )

    def _kept_default(self, answers: RegistryAnswers) -> str | None:
        """The default of config.toml, where the import leaves it alone."""
        before = self._wizard.data.get("default_model")
        after = answers.offered.outcome.data.get("default_model") if answers.offered else None
        return before if isinstance(before, str) and before == after else None

    def _models(self, answers: RegistryAnswers) -> dict[str, Model]:
        return models_of(self._providers(answers))

    def _providers(self, answers: RegistryAnswers) -> list[Provider]:
        """The chosen ones."""
        offered = answers.offered.providers if answers.offered else ()
        return [provider for provider in offered if not answers.only or provider.id in answers.only]

    def _trail(self, answers: RegistryAnswers) -> tuple[str, ...]:
        parts = [shown(answers.url), answers.token_said]
        if answers.only:
            parts.append(count(len(answers.only), "provider"))
        return tuple([*parts, answers.key_said] if answers.key_said else parts)


def _provider_row(provider: Provider, happens: str) -> ListRow[str]:
    return ListRow(
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
