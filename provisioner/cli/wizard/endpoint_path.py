"""Adding any endpoint: a server that was found on this machine, or one by its wire and URL."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from catalog.errors import CatalogError, CredentialRefused
from catalog.models import DEFAULT_CONTEXT
from catalog.untrusted import MAX_INTEGER
from catalog.urls import shown
from provisioner.cli.changes import count
from provisioner.cli.progress import waiting
from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.wizard import address, command, finish, lists
from provisioner.cli.wizard.ask_key import NEEDS_NO_KEY, KeyPurpose, ask_key, standing, try_chosen
from provisioner.cli.wizard.flow import WizardStep
from provisioner.cli.wizard.path import AddPath, Answers, kept_default
from provisioner.errors import UsageError
from provisioner.workflows import add_endpoint, check_key
from provisioner.workflows.consent import Consent
from provisioner.workflows.credential import Credential
from provisioner.workflows.default_alias import models_of
from provisioner.workflows.suggest import FEW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.models import Model
    from provisioner.cli.prompts.asking import StyledText
    from provisioner.cli.wizard.wizard import Wizard
    from provisioner.workflows.local_servers import LocalServer
    from provisioner.workflows.watch import Watch

# Stands in while the list is asked for and the name is not known yet.
_UNNAMED = "endpoint"
_CONFIRMED = Consent(take_over=True)  # a person looks at the change before it is made
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class EndpointAnswers(Answers[add_endpoint.Result]):
    """What has been answered.

    Attributes:
        address: wire, base URL and name.
        credential: the key or its variable; empty keeps what config.toml has.
        key_said: that in a word; empty until it was asked.
        listed: the models on the endpoint's own list; None until it was asked, or where it could not be had.
        types: whether the models' ids are typed instead.
        typed: ids with their contexts, where they were typed.
        models: ids of the models chosen from the list.
        context: of those among the chosen whose context nobody told; None until it was asked.
    """

    address: address.Address = field(default_factory=address.Address)
    credential: Credential = field(default_factory=Credential)
    key_said: str = ""
    listed: tuple[Model, ...] | None = None
    types: bool = False
    typed: tuple[tuple[str, int | None], ...] = ()
    models: tuple[str, ...] = ()
    context: int | None = None


def run(wizard: Wizard, server: LocalServer | None = None) -> finish.Added:
    """Asks and writes. With ``server`` its address is known, and that it needs no key if it listed its models.

    Raises:
        Back: the person went back from the first question.
    """
    path = _EndpointPath(wizard, server)
    answers = EndpointAnswers()
    if server is not None:
        answers = replace(answers, address=address.of_server(wizard, server))
    if server is not None and server.models is not None:
        keyless = replace(answers, credential=NEEDS_NO_KEY.credential, key_said="no key")
        answers = path.with_list(keyless)
    return path.run(answers)


class _EndpointPath(AddPath[EndpointAnswers, add_endpoint.Result]):
    def __init__(self, wizard: Wizard, server: LocalServer | None) -> None:
        super().__init__(wizard)
        self._server = server

    def _route(self, answers: EndpointAnswers) -> Sequence[WizardStep[EndpointAnswers]]:
        asked = address.route(self._wizard, answers.address, found=self._server is not None)
        steps = [WizardStep(step.name, partial(_placed, step)) for step in asked]
        if not answers.address.name:
            return steps
        if self._server is None or self._server.models is None:
            steps.append(WizardStep("key", self._ask_key))
        if answers.types:
            steps.append(WizardStep("ids", self._ask_ids))
        elif answers.listed is None:
            return steps
        elif len(answers.listed) > 1:
            steps.append(WizardStep("models", self._ask_models))
        if self._unknown(answers):
            steps.append(WizardStep("context", self._ask_context))
        return [*steps, *self._last_steps(answers)]

    def _ask_key(self, answers: EndpointAnswers) -> EndpointAnswers:
        where = answers.address
        existing = self._wizard.table("providers").get(where.name, {})
        kept, elsewhere = standing(existing, where.wire, where.base_url)
        purpose = KeyPurpose(
            where.name,
            self._trail(replace(answers, key_said="", models=(), typed=())),
            endpoint=shown(where.base_url),
            kept=kept,
            elsewhere=elsewhere,
            without=NEEDS_NO_KEY,
        )
        while True:
            answer = ask_key(self._wizard, purpose, partial(self._try, answers))
            try:
                return self.with_list(replace(answers, credential=answer.credential, key_said=answer.said))
            except Back:
                continue

    def _try(self, answers: EndpointAnswers, credential: Credential) -> check_key.Result:
        request = add_endpoint.Request(
            answers.address.wire,
            answers.address.base_url,
            answers.address.name,
            credential,
            consent=_CONFIRMED,
            dry_run=True,
        )

        def attempt(watch: Watch) -> check_key.Result:
            try:
                planned = add_endpoint.run(self._wizard.app, request, watch)
            except CredentialRefused as error:
                return check_key.Result("invalid", error.message, error.hint)
            except (CatalogError, UsageError) as error:
                return check_key.Result("unknown", error.message, error.hint)
            return try_chosen(self._wizard, [planned.provider], planned.outcome, answers.default, watch)

        return self._wizard.attempt((request.name,), attempt)

    def with_list(self, answers: EndpointAnswers) -> EndpointAnswers:
        """The answers with the endpoint's own list of models, or with the decision to type their ids.

        Raises:
            Back: it could not be had, and the person goes back.
        """
        where = answers.address
        request = add_endpoint.Request(
            where.wire,
            where.base_url,
            where.name or _UNNAMED,
            answers.credential,
            consent=_CONFIRMED,
            dry_run=True,
        )
        while True:
            try:
                with waiting() as watch:
                    listed = add_endpoint.run(self._wizard.app, request, watch).provider.models
            except (CatalogError, UsageError) as error:
                if self._goes_without_list(answers, error):
                    return replace(answers, listed=None, types=True)
                continue
            return replace(
                answers, listed=listed, types=False, typed=(), models=self._to_begin_with(answers, listed)
            )

    def _to_begin_with(self, answers: EndpointAnswers, listed: Sequence[Model]) -> tuple[str, ...]:
        """Ids of the models that are marked at first: those chosen before, those of config.toml, all of a few."""
        ids = tuple(model.id for model in listed)
        aliases, name = self._wizard.table("models"), answers.address.name
        chosen = tuple(id_ for id_ in ids if id_ in answers.models)
        known = tuple(id_ for id_ in ids if f"{name}/{id_}" in aliases)
        return chosen or known or (ids if len(ids) <= FEW else ())

    def _goes_without_list(self, answers: EndpointAnswers, error: CatalogError | UsageError) -> bool:
        question = Question(
            "Its list of models could not be had", self._trail(answers), (("bad", error.message),)
        )
        choices = [
            ("type", "Type the models' ids", ""),
            ("again", "Ask it once more", ""),
            ("back", "Go back and change something", ""),
        ]
        start = "back" if isinstance(error, CredentialRefused) else "type"
        choice = self._wizard.menu(question, choices, start=start)
        if choice == "back":
            raise Back
        return choice == "type"

    def _ask_ids(self, answers: EndpointAnswers) -> EndpointAnswers:
        notes: tuple[StyledText, ...] = (
            ("dim", "separated by spaces; ID:CONTEXT says how many tokens fit, as in my-model:32768"),
        )
        question = Question("Which models?", self._trail(replace(answers, typed=())), notes)
        before = " ".join(f"{id_}:{context}" if context else id_ for id_, context in answers.typed)
        text = self._wizard.ask.text(
            question, default=before, check=lambda text: None if _words(text) else "name one at least"
        )
        typed = tuple(add_endpoint.named_model(word) for word in _words(text))
        return replace(answers, typed=typed, models=(), default=None)

    def _ask_models(self, answers: EndpointAnswers) -> EndpointAnswers:
        assert answers.listed is not None
        question = Question("Which models?", self._trail(replace(answers, models=())))
        rows = lists.model_rows({model.id: model for model in answers.listed})
        models = self._wizard.ask.many(question, lists.MODEL_COLUMNS, rows, marked=answers.models)
        default = answers.default if answers.default in models else None
        return replace(answers, models=models, default=default)

    def _ask_context(self, answers: EndpointAnswers) -> EndpointAnswers:
        unknown = self._unknown(answers)
        named = ", ".join(unknown[:_NAMED]) + (", …" if unknown[_NAMED:] else "")
        notes: tuple[StyledText, ...] = (
            ("dim", "in tokens; the endpoint does not say, and Kimi Code must know when it is full"),
            ("dim", "for a local server: what it was started with"),
        )
        question = Question(f"How large is the context of {named}?", self._trail(answers), notes)
        default = str(answers.context or DEFAULT_CONTEXT)
        text = self._wizard.ask.text(question, default=default, check=_context_flaw)
        return replace(answers, context=int(text))

    def _unknown(self, answers: EndpointAnswers) -> list[str]:
        """Ids of the chosen models whose context neither the endpoint nor the person has told."""
        return [id_ for id_, model in self._models(answers).items() if not model.context_known]

    def _run(self, answers: EndpointAnswers, dry_run: bool, watch: Watch) -> add_endpoint.Result:
        return add_endpoint.run(self._wizard.app, self._request(answers)._replace(dry_run=dry_run), watch)

    def _added(self, answers: EndpointAnswers, result: add_endpoint.Result) -> finish.Added:
        name = answers.address.name
        models = models_of([result.provider])
        said = f"Added {name} with {count(len(models), 'model')}"
        arguments = command.for_endpoint(self._request(answers))
        return finish.Added(said, result.outcome, result.notes, models, arguments)

    def _models(self, answers: EndpointAnswers) -> dict[str, Model]:
        if answers.types:
            return {model.id: model for model in add_endpoint.named(answers.typed)}
        return {model.id: model for model in answers.listed or () if model.id in answers.models}

    def _kept_default(self, answers: EndpointAnswers) -> str | None:
        name = answers.address.name
        return kept_default(self._wizard, name, {f"{name}/{id_}" for id_ in self._models(answers)})

    def _request(self, answers: EndpointAnswers) -> add_endpoint.Request:
        where = answers.address
        unknown, context = self._unknown(answers), answers.context
        every = answers.types or (
            len(answers.models) == len(answers.listed or ()) and not (unknown and context)
        )
        return add_endpoint.Request(
            wire=where.wire,
            base_url=where.base_url,
            name=where.name,
            credential=answers.credential,
            models=tuple((id_, known or context) for id_, known in answers.typed),
            only=()
            if every
            else tuple(f"{i}:{context}" if i in unknown and context else i for i in answers.models),
            default_model=self._default(answers),
            consent=_CONFIRMED,
        )

    def _trail(self, answers: EndpointAnswers) -> tuple[str, ...]:
        where = answers.address
        parts = [where.name or shown(where.base_url) or where.wire, answers.key_said]
        if chosen := self._models(answers):
            parts.append(count(len(chosen), "model"))
        return tuple(part for part in parts if part)


def _context_flaw(text: str) -> str | None:
    plain = text.isascii() and text.isdigit() and 0 < int(text) <= MAX_INTEGER
    return None if plain else "a whole number of tokens, such as 32768"


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _placed(step: WizardStep[address.Address], answers: EndpointAnswers) -> EndpointAnswers:
    """The answers with one about the address. Another address has other models and another key; a name changes nothing."""
    where = step.ask(answers.address)
    moved = (where.wire, where.base_url) != (answers.address.wire, answers.address.base_url)
    return EndpointAnswers(address=where) if moved else replace(answers, address=where)
