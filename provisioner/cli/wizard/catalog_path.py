"""Adding a provider of the catalog: which one, what its endpoint lacks, which models, the key, the default."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from catalog.errors import NotImportable
from catalog.reserved import is_login
from catalog.urls import shown
from catalog.wire import WIRES
from provisioner.cli.changes import count
from provisioner.cli.prompts.asking import Question
from provisioner.cli.wizard import command, finish, lists
from provisioner.cli.wizard.ask_key import GOOGLE_LOGIN, KeyPurpose, ask_key, standing, try_chosen
from provisioner.cli.wizard.flow import WizardStep
from provisioner.cli.wizard.path import AddPath, Answers, kept_default
from provisioner.workflows import add_catalog, check_key
from provisioner.workflows.consent import Consent
from provisioner.workflows.credential import Credential
from provisioner.workflows.default_alias import models_of
from provisioner.workflows.suggest import suggested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalog.models import Model, Provider
    from provisioner.cli.prompts.asking import StyledText
    from provisioner.cli.wizard.wizard import Wizard
    from provisioner.workflows.browse import BrowsedCatalog, Offer
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True, kw_only=True)
class CatalogAnswers(Answers[add_catalog.Result]):
    """What has been answered.

    Attributes:
        catalog: the catalog that was shown.
        offer: the provider.
        missing: variables that its endpoint needs filled in.
        variables: their values.
        asks_endpoint: whether the catalog has no usable endpoint for it.
        base_url: the one that was given.
        provider: as it would be imported, once its endpoint is known.
        models: ids of the chosen models, in the provider's order.
        credential: the key or its variable; empty keeps what config.toml has.
        key_said: that in a word.
    """

    catalog: BrowsedCatalog | None = None
    offer: Offer | None = None
    missing: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    asks_endpoint: bool = False
    base_url: str | None = None
    provider: Provider | None = None
    models: tuple[str, ...] = ()
    credential: Credential = field(default_factory=Credential)
    key_said: str = ""


def run(wizard: Wizard) -> finish.Added:
    """Asks and writes.

    Raises:
        Back: the person went back from the first question.
    """
    return _CatalogPath(wizard).run(CatalogAnswers())


class _CatalogPath(AddPath[CatalogAnswers, add_catalog.Result]):
    def _route(self, answers: CatalogAnswers) -> Sequence[WizardStep[CatalogAnswers]]:
        steps = [WizardStep("provider", self._ask_provider)]
        if answers.asks_endpoint:
            steps.append(WizardStep("endpoint", self._ask_endpoint))
        steps += [WizardStep(f"variable {name}", self._asking_variable(name)) for name in answers.missing]
        if answers.provider is None:
            return steps
        if len(answers.provider.models) > 1:
            steps.append(WizardStep("models", self._ask_models))
        steps.append(WizardStep("key", self._ask_key))
        return [*steps, *self._last_steps(answers)]

    def _ask_provider(self, answers: CatalogAnswers) -> CatalogAnswers:
        wizard = self._wizard
        catalog = wizard.attempt((), wizard.prefetch.catalog)
        offers = {offer.id: offer for offer in catalog.offers()}
        providers = wizard.table("providers")
        logins = {name for name, table in providers.items() if is_login(table)}
        rows = lists.provider_rows(offers.values(), catalog.model_ids(), configured=providers, logins=logins)
        question = Question("Which provider?", (f"catalog: {catalog.provenance.describe()}",))
        start = answers.offer.id if answers.offer else None
        while True:
            start = wizard.ask.one(question, lists.PROVIDER_COLUMNS, rows, start=start, filters=True)
            fresh = answers if answers.offer == offers[start] else CatalogAnswers()
            try:
                return self._completed(replace(fresh, catalog=catalog, offer=offers[start]))
            except NotImportable as error:
                question = replace(question, notes=(("bad", error.message),))

    def _completed(self, answers: CatalogAnswers) -> CatalogAnswers:
        """The answers with the provider, or with what must be asked before it can be imported.

        Raises:
            NotImportable: nothing that can be asked makes it importable.
        """
        assert answers.catalog is not None
        assert answers.offer is not None
        try:
            provider = answers.catalog.provider(
                answers.offer.id, base_url=answers.base_url, variables=answers.variables
            )
        except NotImportable as error:
            if error.reason == "variables":
                known = [name for name in error.variables if name not in answers.missing]
                return replace(answers, missing=(*answers.missing, *known), provider=None)
            published = answers.base_url is None and not answers.variables
            if error.reason in ("no_endpoint", "bad_endpoint") and published:
                return replace(answers, asks_endpoint=True, provider=None)
            raise
        if answers.provider is not None and answers.models:
            return replace(answers, provider=provider)
        chosen = self._configured(provider) or suggested(answers.catalog.entry(provider.id), provider.models)
        models = tuple(model.id for model in provider.models if model.id in chosen)
        return replace(answers, provider=provider, models=models)

    def _configured(self, provider: Provider) -> frozenset[str]:
        """Ids of the models that config.toml has already."""
        aliases = self._wizard.table("models")
        return frozenset(model.id for model in provider.models if f"{provider.id}/{model.key}" in aliases)

    def _ask_endpoint(self, answers: CatalogAnswers) -> CatalogAnswers:
        assert answers.offer is not None
        notes: list[StyledText] = [
            ("dim", "the catalog does not say; whoever it belongs to gets your key"),
            ("dim", "https://…"),
        ]
        if answers.offer.doc:
            notes.append(("dim", f"see {answers.offer.doc}"))
        question = Question(f"The base URL of {answers.offer.name}", self._trail(answers), tuple(notes))

        def check(text: str) -> str | None:
            return self._flaw(replace(answers, base_url=text))

        given = self._wizard.ask.text(question, default=answers.base_url or "", check=check)
        return self._completed(replace(answers, base_url=given))

    def _asking_variable(self, name: str) -> Any:
        def ask(answers: CatalogAnswers) -> CatalogAnswers:
            assert answers.offer is not None
            notes: tuple[StyledText, ...] = (("dim", f"it fills a gap in {answers.offer.endpoint}"),)
            question = Question(f"{name} for {answers.offer.name}", self._trail(answers), notes)

            def filled(text: str) -> CatalogAnswers:
                return replace(answers, variables={**answers.variables, name: text})

            default = answers.variables.get(name) or self._wizard.app.env.get(name, "")
            given = self._wizard.ask.text(
                question,
                default=default,
                check=lambda text: self._flaw(filled(text)) if text else "it is empty",
            )
            return self._completed(filled(given))

        return ask

    def _flaw(self, answers: CatalogAnswers) -> str | None:
        try:
            self._completed(answers)
        except NotImportable as error:
            return error.message
        return None

    def _ask_models(self, answers: CatalogAnswers) -> CatalogAnswers:
        assert answers.provider is not None
        provider = answers.provider
        rows = lists.model_rows({model.id: model for model in provider.models})
        question = Question("Which models?", self._trail(replace(answers, models=())))
        chosen = set(self._wizard.ask.many(question, lists.MODEL_COLUMNS, rows, marked=answers.models))
        models = tuple(model.id for model in provider.models if model.id in chosen)
        default = answers.default if answers.default in chosen else None
        return replace(answers, models=models, default=default)

    def _ask_key(self, answers: CatalogAnswers) -> CatalogAnswers:
        assert answers.offer is not None
        assert answers.provider is not None
        provider = answers.provider
        existing = self._wizard.table("providers").get(provider.id, {})
        kept, elsewhere = standing(existing, provider.wire, provider.base_url)
        purpose = KeyPurpose(
            name=provider.name,
            trail=self._trail(replace(answers, key_said="")),
            endpoint=shown(provider.base_url) if provider.base_url else None,
            env=provider.env,
            page=provider.doc,
            kept=kept,
            elsewhere=elsewhere,
            without=None if WIRES[provider.wire].needs_key else GOOGLE_LOGIN,
        )

        def try_it(credential: Credential) -> check_key.Result:
            tried = replace(answers, credential=credential)
            return self._wizard.attempt(purpose.trail, partial(self._try, tried))

        answer = ask_key(self._wizard, purpose, try_it)
        return replace(answers, credential=answer.credential, key_said=answer.said)

    def _try(self, answers: CatalogAnswers, watch: Watch) -> check_key.Result:
        planned = self._run(answers, True, watch)
        return try_chosen(self._wizard, [planned.provider], planned.outcome, answers.default, watch)

    def _models(self, answers: CatalogAnswers) -> dict[str, Model]:
        models = answers.provider.models if answers.provider else ()
        return {model.id: model for model in models if model.id in answers.models}

    def _kept_default(self, answers: CatalogAnswers) -> str | None:
        assert answers.provider is not None
        provider = answers.provider
        aliases = {f"{provider.id}/{model.key}" for model in provider.models if model.id in answers.models}
        return kept_default(self._wizard, provider.id, aliases)

    def _run(self, answers: CatalogAnswers, dry_run: bool, watch: Watch) -> add_catalog.Result:
        return add_catalog.run(self._wizard.app, self._request(answers)._replace(dry_run=dry_run), watch)

    def _added(self, answers: CatalogAnswers, result: add_catalog.Result) -> finish.Added:
        provider = result.provider
        said = f"Added {provider.name} with {count(len(provider.models), 'model')}"
        arguments = command.for_catalog(self._request(answers))
        return finish.Added(said, result.outcome, result.notes, models_of([provider]), arguments)

    def _request(self, answers: CatalogAnswers) -> add_catalog.Request:
        assert answers.catalog is not None
        assert answers.provider is not None
        provider = answers.provider
        every = len(answers.models) == len(provider.models)
        return add_catalog.Request(
            provider_id=provider.id,
            credential=answers.credential,
            base_url=answers.base_url,
            variables=answers.variables,
            models=() if every else tuple(command.exactly(id_) for id_ in answers.models),
            default_model=self._default(answers),
            access=self._wizard.prefetch.access_to(answers.catalog),
            consent=Consent(take_over=True),  # a person looks at the change before it is made
        )

    def _trail(self, answers: CatalogAnswers) -> tuple[str, ...]:
        assert answers.offer is not None
        parts = [answers.offer.name]
        if answers.provider is not None and answers.models:
            parts.append(count(len(answers.models), "model"))
        return tuple([*parts, answers.key_said] if answers.key_said else parts)
