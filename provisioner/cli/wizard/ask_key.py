"""Asking for a key: the one that is there, a variable, or one that is typed; then trying it."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping
from provisioner.cli.credential_flags import key_flaw, unbroken
from provisioner.cli.error_text import ErrorText
from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.terminal import spoken
from provisioner.cli.wizard.wizard import useful
from provisioner.config import tables
from provisioner.errors import UsageError
from provisioner.kimi_code.auth import NO_KEY, declared
from provisioner.workflows import check_key
from provisioner.workflows.check_key import Result
from provisioner.workflows.credential import Credential, clean_key, is_for
from provisioner.workflows.default_alias import best_alias, models_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from catalog.models import Provider
    from provisioner.cli.prompts.asking import StyledText
    from provisioner.cli.wizard.wizard import Wizard
    from provisioner.workflows.outcome import Outcome
    from provisioner.workflows.watch import Watch

    KeyTrial = Callable[[Credential], Result]

_KEY_NAME = re.compile(r"KEY|TOKEN|SECRET|PAT\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Keyless:
    """Doing without a key: how it is offered, and the credential that is written then."""

    text: str
    why: str
    credential: Credential


NEEDS_NO_KEY = Keyless(
    "It needs no key",
    f'"{NO_KEY}" is written: without a word Kimi Code does not start with its models',
    Credential(key=NO_KEY),
)
GOOGLE_LOGIN = Keyless("No key", "Google's application default credentials are used", Credential())


@dataclass(frozen=True, slots=True)
class KeyPurpose:
    """What a key is for.

    Attributes:
        name: of the provider.
        trail: what has been answered so far.
        endpoint: the endpoint that it is sent to, as it may be shown.
        env: variables that usually hold the key.
        page: where one gets it.
        kept: the credential that config.toml has for it, in a few words; None when it has none.
        elsewhere: the endpoint that config.toml has a credential for, where that is another.
        without: what doing without a key is called and means, where that is possible.
    """

    name: str
    trail: tuple[str, ...]
    endpoint: str | None = None
    env: tuple[str, ...] = ()
    page: str | None = None
    kept: str | None = None
    elsewhere: str | None = None
    without: Keyless | None = None


@dataclass(frozen=True, slots=True)
class ChosenKey:
    """The credential, and what is known of it in a word for the trail."""

    credential: Credential
    said: str


def ask_key(wizard: Wizard, purpose: KeyPurpose, try_it: KeyTrial) -> ChosenKey:
    """The credential for ``purpose``, tried on ``try_it`` if it is new.

    Raises:
        Back: the person goes back.
    """
    named = tuple(name for name in purpose.env if _name_flaw(name) is None)
    names = tuple(name for name in named if _KEY_NAME.search(name)) or named
    ready = tuple(name for name in names if wizard.app.env.get(name, "").strip())
    choices = _choices(purpose, ready)
    asks_how = len(choices) > 1
    while True:
        how = wizard.menu(_question(purpose, names), choices) if asks_how else "type"
        try:
            answer = _take(wizard, purpose, names, how, may_name=not asks_how)
        except Back:
            if asks_how:
                continue
            raise
        if how in ("keep", "none"):
            return answer
        try:
            return _tried(wizard, purpose, answer, try_it)
        except Back:
            continue


def _choices(purpose: KeyPurpose, ready: tuple[str, ...]) -> list[tuple[str, str, str]]:
    choices = []
    if purpose.kept:
        choices.append(("keep", "Keep what config.toml has", purpose.kept))
    if purpose.without:
        choices.append(("none", purpose.without.text, purpose.without.why))
    choices += [
        (f"${name}", f"Use the variable {name}", "it is set; the key stays out of the file") for name in ready
    ]
    choices.append(("type", "Type or paste a key", "it is written to config.toml"))
    if len(choices) > 1:
        choices.append(("name", "Name another variable", "Kimi Code reads it when it starts"))
    return choices


def _question(purpose: KeyPurpose, names: tuple[str, ...], *more: StyledText) -> Question:
    notes: list[StyledText] = []
    if purpose.endpoint:
        notes.append(("dim", f"it is sent to {purpose.endpoint}"))
    if purpose.elsewhere:
        notes.append(
            ("warn", f"the key in config.toml is for {purpose.elsewhere} and does not go anywhere else")
        )
    if names:
        notes.append(("dim", f"usually kept in {' or '.join(names)}"))
    if purpose.page:
        notes.append(("dim", f"about getting one: {purpose.page}"))
    return Question(f"The key for {purpose.name}", purpose.trail, (*notes, *more))


def _take(
    wizard: Wizard, purpose: KeyPurpose, names: tuple[str, ...], how: str, *, may_name: bool
) -> ChosenKey:
    if how == "keep":
        return ChosenKey(Credential(), "key as it is")
    if how == "none" and purpose.without:
        return ChosenKey(purpose.without.credential, "no key")
    if how.startswith("$"):
        return _named(how[1:])
    if how == "name":
        return _named(_ask_name(wizard, purpose, names))
    if not may_name:
        return _typed(wizard.ask.secret(_question(purpose, names), check=key_flaw))
    question = _question(purpose, names, ("dim", "Enter alone: name an environment variable instead"))
    while True:
        text = wizard.ask.secret(question, check=lambda text: key_flaw(text) if text else None)
        if text:
            return _typed(text)
        with suppress(Back):
            return _named(_ask_name(wizard, purpose, names))


def _typed(text: str) -> ChosenKey:
    return ChosenKey(Credential(key=clean_key(unbroken(text))), "key")


def _named(variable: str) -> ChosenKey:
    return ChosenKey(Credential(variable=variable), f"key from {variable}")


def _ask_name(wizard: Wizard, purpose: KeyPurpose, names: tuple[str, ...]) -> str:
    question = Question(
        f"The variable that holds the key for {purpose.name}",
        purpose.trail,
        (("dim", "its name only; Kimi Code reads it from the environment it is started in"),),
    )
    return wizard.ask.text(question, default=names[0] if names else "", check=_name_flaw)


def _name_flaw(text: str) -> str | None:
    try:
        Credential(variable=text)
    except UsageError:
        return "a variable's name has letters, digits and underscores"
    return None


def _tried(wizard: Wizard, purpose: KeyPurpose, answer: ChosenKey, try_it: KeyTrial) -> ChosenKey:
    """The answer once it was tried and found good, or is wanted all the same.

    Raises:
        Back: the person wants to give another.
    """
    while True:
        result = try_it(answer.credential)
        if result.verdict == "valid" and not result.detail:
            return ChosenKey(answer.credential, f"{answer.said} works")
        choice = wizard.menu(_doubt(wizard, purpose, result), _ways_on(wizard, answer, result))
        if choice == "on":
            return answer
        if choice == "back":
            raise Back


def _doubt(wizard: Wizard, purpose: KeyPurpose, result: Result) -> Question:
    title, style = {
        "valid": ("The key works, but", "warn"),
        "invalid": ("The key was refused", "bad"),
        "unknown": ("Could not tell whether the key works", "warn"),
    }[result.verdict]
    notes: list[StyledText] = [(style, result.detail)]
    if result.hint and useful(result.hint):
        notes.append(("dim", ErrorText(result.detail, spoken(result.hint, wizard.program)).advice))
    return Question(title, purpose.trail, tuple(notes))


def _ways_on(wizard: Wizard, answer: ChosenKey, result: Result) -> list[tuple[str, str, str]]:
    variable = answer.credential.variable
    another = "Give another variable, or a key" if variable else "Give another key"
    back, again, on = (
        ("back", another, ""),
        ("again", "Try it once more", ""),
        ("on", "Go on all the same", ""),
    )
    if variable and not wizard.app.env.get(variable, "").strip():
        return [on, back]  # it will not be set while this runs
    return {"valid": [on, again, back], "invalid": [back, again, on], "unknown": [again, on, back]}[
        result.verdict
    ]


def try_chosen(
    wizard: Wizard, providers: Iterable[Provider], planned: Outcome, default: str | None, watch: Watch
) -> Result:
    """Tries the key of ``providers`` as planned on the model that was chosen as the default, else on the best one.

    ``default`` is an alias, or the id of a model.
    """
    models = models_of(providers)
    chosen = next((alias for alias, model in models.items() if default in (alias, model.id)), None)
    alias = chosen or best_alias(models)
    if alias is None:
        return Result("unknown", "there is no model to try it on")
    return check_key.run(wizard.app, check_key.Request(planned.data, alias), watch)


def standing(existing: Any, wire: str, base_url: str | None) -> tuple[str | None, str | None]:
    """The credential of a provider table in a few words, if it is for this endpoint; else the endpoint that it is for."""
    table = mapping(existing)
    found = declared(table)
    said = {
        "key": "a key",
        "variable": f"the variable {found.name}",
        "table": f"{found.name} in its env table",
    }.get(found.kind)
    if said is None or found.kind == "table" or is_for(table, wire, base_url):
        return said, None
    return None, tables.shown_endpoint(table)
