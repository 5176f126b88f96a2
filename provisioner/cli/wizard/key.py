"""Asking for a key: the one that is there, a variable, or one that is typed; then trying it."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.cli.keys import flaw, unbroken
from provisioner.cli.prompts.asking import Back, Question
from provisioner.errors import UsageError
from provisioner.workflows.credential import PLACEHOLDER_KEY, Credential, clean_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.cli.prompts.asking import Line
    from provisioner.cli.wizard.desk import Desk
    from provisioner.workflows.check_key import Result

    Try = Callable[[Credential], Result]

_KEY_NAME = re.compile(r"KEY|TOKEN|SECRET|PAT\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Without:
    """Doing without a key: how it is offered, and the credential that is written then."""

    text: str
    why: str
    credential: Credential


NO_KEY = Without(
    "It needs no key",
    f'"{PLACEHOLDER_KEY}" is written: Kimi Code wants a word',
    Credential(key=PLACEHOLDER_KEY),
)
GOOGLE_LOGIN = Without("No key", "Google's application default credentials are used", Credential())


@dataclass(frozen=True, slots=True)
class Door:
    """What a key is for.

    Attributes:
        name: of the provider.
        trail: what has been answered so far.
        goes_to: the endpoint that it is sent to, as it may be shown.
        env: variables that usually hold the key.
        page: where one gets it.
        kept: the credential that config.toml has for it, in a few words; None when it has none.
        without: what doing without a key is called and means, where that is possible.
    """

    name: str
    trail: tuple[str, ...]
    goes_to: str | None = None
    env: tuple[str, ...] = ()
    page: str | None = None
    kept: str | None = None
    without: Without | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The credential, and what is known of it in a word for the trail."""

    credential: Credential
    said: str


def ask_key(desk: Desk, door: Door, try_it: Try) -> Answer:
    """The credential for ``door``, tried on ``try_it`` if it is new.

    Raises:
        Back: the person goes back.
    """
    named = tuple(name for name in door.env if _name_flaw(name) is None)
    names = tuple(name for name in named if _KEY_NAME.search(name)) or named
    ready = tuple(name for name in names if desk.app.env.get(name, "").strip())
    choices = _choices(door, ready)
    asks_how = len(choices) > 1
    while True:
        how = desk.menu(_question(door, names), choices) if asks_how else "type"
        try:
            answer = _take(desk, door, names, how, may_name=not asks_how)
        except Back:
            if asks_how:
                continue
            raise
        if how in ("keep", "none"):
            return answer
        try:
            return _tried(desk, door, answer, try_it)
        except Back:
            continue


def _choices(door: Door, ready: tuple[str, ...]) -> list[tuple[str, str, str]]:
    choices = []
    if door.kept:
        choices.append(("keep", "Keep what config.toml has", door.kept))
    if door.without:
        choices.append(("none", door.without.text, door.without.why))
    choices += [
        (f"${name}", f"Use the variable {name}", "it is set; the key stays out of the file") for name in ready
    ]
    choices.append(("type", "Type or paste a key", "it is written to config.toml"))
    if len(choices) > 1:
        choices.append(("name", "Name another variable", "Kimi Code reads it when it starts"))
    return choices


def _question(door: Door, names: tuple[str, ...], *more: Line) -> Question:
    notes: list[Line] = []
    if door.goes_to:
        notes.append(("dim", f"it is sent to {door.goes_to}"))
    if names:
        notes.append(("dim", f"usually kept in {' or '.join(names)}"))
    if door.page:
        notes.append(("dim", f"about getting one: {door.page}"))
    return Question(f"The key for {door.name}", door.trail, (*notes, *more))


def _take(desk: Desk, door: Door, names: tuple[str, ...], how: str, *, may_name: bool) -> Answer:
    if how == "keep":
        return Answer(Credential(), "key as it is")
    if how == "none" and door.without:
        return Answer(door.without.credential, "no key")
    if how.startswith("$"):
        return _named(how[1:])
    if how == "name":
        return _named(_ask_name(desk, door, names))
    if not may_name:
        return _typed(desk.ask.secret(_question(door, names), check=flaw))
    question = _question(door, names, ("dim", "Enter alone: name an environment variable instead"))
    while True:
        text = desk.ask.secret(question, check=lambda text: flaw(text) if text else None)
        if text:
            return _typed(text)
        with suppress(Back):
            return _named(_ask_name(desk, door, names))


def _typed(text: str) -> Answer:
    return Answer(Credential(key=clean_key(unbroken(text))), "key")


def _named(variable: str) -> Answer:
    return Answer(Credential(variable=variable), f"key from {variable}")


def _ask_name(desk: Desk, door: Door, names: tuple[str, ...]) -> str:
    question = Question(
        f"The variable that holds the key for {door.name}",
        door.trail,
        (("dim", "its name only; Kimi Code reads it from the environment it is started in"),),
    )
    return desk.ask.text(question, default=names[0] if names else "", check=_name_flaw)


def _name_flaw(text: str) -> str | None:
    try:
        Credential(variable=text)
    except UsageError:
        return "a variable's name has letters, digits and underscores"
    return None


def _tried(desk: Desk, door: Door, answer: Answer, try_it: Try) -> Answer:
    """The answer once it was tried and found good, or is wanted all the same.

    Raises:
        Back: the person wants to give another.
    """
    while True:
        result = try_it(answer.credential)
        if result.verdict == "valid" and not result.detail:
            return Answer(answer.credential, f"{answer.said} works")
        choice = desk.menu(_doubt(door, result), _ways_on(answer, result))
        if choice == "on":
            return answer
        if choice == "back":
            raise Back


def _doubt(door: Door, result: Result) -> Question:
    title, style = {
        "valid": ("The key works, but", "warn"),
        "invalid": ("The key was refused", "bad"),
        "unknown": ("Could not tell whether the key works", "warn"),
    }[result.verdict]
    notes: list[Line] = [(style, result.detail)]
    if result.hint:
        notes.append(("dim", f"try: {result.hint}"))
    return Question(title, door.trail, tuple(notes))


def _ways_on(answer: Answer, result: Result) -> list[tuple[str, str, str]]:
    another = "Give another key" if answer.credential.key else "Give another variable, or a key"
    back, again, on = (
        ("back", another, ""),
        ("again", "Try it once more", ""),
        ("on", "Go on all the same", ""),
    )
    return {"valid": [on, again, back], "invalid": [back, again, on], "unknown": [again, on, back]}[
        result.verdict
    ]


def kept(existing: Any) -> str | None:
    """The credential of a provider table that stands in config.toml, in a few words."""
    if not isinstance(existing, dict):
        return None
    if existing.get("api_key_env"):
        return f"the variable {existing['api_key_env']}"
    return "a key" if existing.get("api_key") else None
