"""Adding a provider of the catalog: which one, what its endpoint lacks, which models, the key, the default."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from catalog.errors import NotImportable
from catalog.urls import shown
from provisioner.cli.changes import count
from provisioner.cli.prompts.asking import Question
from provisioner.cli.wizard import closing, command, defaults, lists, review
from provisioner.cli.wizard.figures import cheapest
from provisioner.cli.wizard.flow import Step, walk
from provisioner.cli.wizard.key import GOOGLE_LOGIN, Door, ask_key, kept
from provisioner.config.tables import is_managed
from provisioner.workflows import add_catalog, check_key
from provisioner.workflows.credential import Credential
from provisioner.workflows.suggest import suggested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalog.models import Provider
    from provisioner.cli.prompts.asking import Line
    from provisioner.cli.wizard.desk import Desk
    from provisioner.workflows.browse import Offer, Shop
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Answers:
    """What has been answered.

    Attributes:
        shop: the catalog that was shown.
        offer: the provider.
        missing: variables that its endpoint needs filled in.
        variables: their values.
        asks_endpoint: whether the catalog has no usable endpoint for it.
        base_url: the one that was given.
        provider: as it would be imported, once its endpoint is known.
        models: ids of the chosen models, in the provider's order.
        credential: the key or its variable; empty keeps what config.toml has.
        key_said: that in a word.
        default: id of the model that becomes the default; None leaves the default as it is.
        result: of the workflow.
    """

    shop: Shop | None = None
    offer: Offer | None = None
    missing: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    asks_endpoint: bool = False
    base_url: str | None = None
    provider: Provider | None = None
    models: tuple[str, ...] = ()
    credential: Credential = field(default_factory=Credential)
    key_said: str = ""
    default: str | None = None
    result: add_catalog.Result | None = field(default=None, repr=False)


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
        provider, outcome = answers.result.provider, answers.result.outcome
        said = f"Added {provider.name} with {count(len(provider.models), 'model')}"
        aliases = [f"{provider.id}/{model.key}" for model in provider.models]
        arguments = command.for_catalog(self._request(answers))
        return closing.Done(said, outcome, answers.result.notes, aliases, arguments)

    def _route(self, answers: Answers) -> Sequence[Step[Answers]]:
        steps = [Step("provider", self._ask_provider)]
        if answers.asks_endpoint:
            steps.append(Step("endpoint", self._ask_endpoint))
        steps += [Step(f"variable {name}", self._asking_variable(name)) for name in answers.missing]
        if answers.provider is None:
            return steps
        if len(answers.provider.models) > 1:
            steps.append(Step("models", self._ask_models))
        steps.append(Step("key", self._ask_key))
        if len(answers.models) > 1 or self._standing(answers):
            steps.append(Step("default", self._ask_default))
        return [*steps, Step("review", self._review)]

    def _ask_provider(self, answers: Answers) -> Answers:
        desk = self._desk
        shop = desk.attempt((), desk.shelf.shop)
        offers = {offer.id: offer for offer in shop.offers()}
        providers = desk.table("providers")
        logins = {name for name, table in providers.items() if is_managed(table)}
        rows = lists.provider_rows(offers.values(), shop.model_ids(), configured=providers, logins=logins)
        question = Question("Which provider?", (f"catalog: {shop.provenance.describe()}",))
        start = answers.offer.id if answers.offer else None
        while True:
            start = desk.ask.one(question, lists.PROVIDER_COLUMNS, rows, start=start, filters=True)
            fresh = answers if answers.offer == offers[start] else Answers()
            try:
                return self._completed(replace(fresh, shop=shop, offer=offers[start]))
            except NotImportable as error:
                question = replace(question, notes=(("bad", error.message),))

    def _completed(self, answers: Answers) -> Answers:
        """The answers with the provider, or with what must be asked before it can be imported.

        Raises:
            NotImportable: nothing that can be asked makes it importable.
        """
        assert answers.shop is not None
        assert answers.offer is not None
        try:
            provider = answers.shop.provider(
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
        chosen = self._configured(provider) or suggested(answers.shop.entry(provider.id), provider.models)
        models = tuple(model.id for model in provider.models if model.id in chosen)
        return replace(answers, provider=provider, models=models)

    def _configured(self, provider: Provider) -> frozenset[str]:
        """Ids of the models that config.toml has already."""
        aliases = self._desk.table("models")
        return frozenset(model.id for model in provider.models if f"{provider.id}/{model.key}" in aliases)

    def _ask_endpoint(self, answers: Answers) -> Answers:
        assert answers.offer is not None
        notes: list[Line] = [
            ("dim", "the catalog does not say; whoever it belongs to gets your key"),
            ("dim", "https://…"),
        ]
        if answers.offer.doc:
            notes.append(("dim", f"see {answers.offer.doc}"))
        question = Question(f"The base URL of {answers.offer.name}", self._trail(answers), tuple(notes))

        def check(text: str) -> str | None:
            return self._flaw(replace(answers, base_url=text))

        given = self._desk.ask.text(question, default=answers.base_url or "", check=check)
        return self._completed(replace(answers, base_url=given))

    def _asking_variable(self, name: str) -> Any:
        def ask(answers: Answers) -> Answers:
            assert answers.offer is not None
            notes: tuple[Line, ...] = (("dim", f"it fills a gap in {answers.offer.endpoint}"),)
            question = Question(f"{name} for {answers.offer.name}", self._trail(answers), notes)

            def filled(text: str) -> Answers:
                return replace(answers, variables={**answers.variables, name: text})

            default = answers.variables.get(name) or self._desk.app.env.get(name, "")
            given = self._desk.ask.text(
                question,
                default=default,
                check=lambda text: self._flaw(filled(text)) if text else "it is empty",
            )
            return self._completed(filled(given))

        return ask

    def _flaw(self, answers: Answers) -> str | None:
        try:
            self._completed(answers)
        except NotImportable as error:
            return error.message
        return None

    def _ask_models(self, answers: Answers) -> Answers:
        assert answers.shop is not None
        assert answers.provider is not None
        provider = answers.provider
        rows = lists.model_rows(provider.models, answers.shop.entry(provider.id))
        question = Question("Which models?", self._trail(replace(answers, models=())))
        chosen = set(self._desk.ask.many(question, lists.MODEL_COLUMNS, rows, marked=answers.models))
        models = tuple(model.id for model in provider.models if model.id in chosen)
        default = answers.default if answers.default in chosen else None
        return replace(answers, models=models, default=default)

    def _ask_key(self, answers: Answers) -> Answers:
        assert answers.offer is not None
        assert answers.provider is not None
        provider = answers.provider
        existing = self._desk.table("providers").get(provider.id, {})
        door = Door(
            name=provider.name,
            trail=self._trail(replace(answers, key_said="")),
            goes_to=shown(provider.base_url) if provider.base_url else None,
            env=provider.env,
            page=provider.doc,
            kept=kept(existing),
            without=GOOGLE_LOGIN if provider.wire == "vertexai" else None,
        )

        def try_it(credential: Credential) -> check_key.Result:
            request = self._request(replace(answers, credential=credential, default=None))
            return self._desk.attempt(door.trail, lambda watch: self._try(request, watch))

        answer = ask_key(self._desk, door, try_it)
        return replace(answers, credential=answer.credential, key_said=answer.said)

    def _try(self, request: add_catalog.Request, watch: Watch) -> check_key.Result:
        planned = add_catalog.run(self._desk.app, replace(request, dry_run=True), watch)
        model = cheapest(planned.provider.models)
        alias = f"{planned.provider.id}/{model.key}"
        return check_key.run(self._desk.app, check_key.Request(planned.outcome.data, alias), watch)

    def _ask_default(self, answers: Answers) -> Answers:
        assert answers.shop is not None
        assert answers.provider is not None
        chosen = [model for model in answers.provider.models if model.id in answers.models]
        rows = lists.model_rows(chosen, answers.shop.entry(answers.provider.id))
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
        request = self._request(answers)

        def act(dry_run: bool, watch: Watch) -> add_catalog.Result:
            return add_catalog.run(self._desk.app, replace(request, dry_run=dry_run), watch)

        return replace(answers, result=review.write(self._desk, self._trail(answers), act))

    def _standing(self, answers: Answers) -> str | None:
        assert answers.provider is not None
        provider = answers.provider
        aliases = {f"{provider.id}/{model.key}" for model in provider.models if model.id in answers.models}
        return defaults.standing(self._desk, provider.id, aliases)

    def _request(self, answers: Answers) -> add_catalog.Request:
        assert answers.shop is not None
        assert answers.provider is not None
        provider = answers.provider
        every = len(answers.models) == len(provider.models)
        default = answers.default
        if default is None and len(answers.models) == 1 and not self._standing(answers):
            default = answers.models[0]
        return add_catalog.Request(
            provider_id=provider.id,
            credential=answers.credential,
            base_url=answers.base_url,
            variables=answers.variables,
            models=() if every else tuple(command.exactly(id_) for id_ in answers.models),
            default_model=default,
            access=self._desk.shelf.access_to(answers.shop),
        )

    def _trail(self, answers: Answers) -> tuple[str, ...]:
        assert answers.offer is not None
        parts = [answers.offer.name]
        if answers.provider is not None and answers.models:
            parts.append(count(len(answers.models), "model"))
        return tuple([*parts, answers.key_said] if answers.key_said else parts)
