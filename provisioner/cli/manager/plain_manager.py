"""The manager line by line, where the cursor cannot be moved (``TERM=dumb``) and for screen readers.

Numbered lists and questions, by the same prompts as the wizard's; the same workflows behind them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

import click

from catalog.errors import CatalogError
from provisioner.cli.changes import count
from provisioner.cli.credential_flags import key_flaw, unbroken
from provisioner.cli.manager.confirming import Confirmation
from provisioner.cli.manager.effects import AskRefresh, AskUndo, RotateKey, SetDefault
from provisioner.cli.manager.formats import printable, tokens
from provisioner.cli.manager.state import opening
from provisioner.cli.manager.update import deletion
from provisioner.cli.manager.view_list import ADD_ROW
from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.prompts.choose import prompts
from provisioner.cli.prompts.list_state import Column, ListRow
from provisioner.cli.terminal import echo
from provisioner.cli.verdict_lines import WORDS
from provisioner.errors import ProvisionerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provisioner.cli.manager.actions import Actions
    from provisioner.cli.manager.contents import Contents, ProviderEntry
    from provisioner.cli.manager.effects import Preview, Write
    from provisioner.cli.prompts.asking import Prompts
    from provisioner.cli.prompts.look import Look

_Task = Literal["test", "set default", "refresh", "key", "delete"]
_OF_PROVIDER: tuple[ListRow[_Task], ...] = (
    ListRow("refresh", ("Bring it up to date, after a look at what would change",)),
    ListRow("key", ("Give it another key",)),
    ListRow("delete", ("Delete the provider and its models",)),
)
_TASKS: tuple[ListRow[_Task], ...] = (
    ListRow("test", ("Show the models and test one",)),
    ListRow("set default", ("Show the models and set the default",)),
    *_OF_PROVIDER,
)
_UNDO = "Undo the last change"
_PROVIDERS = (Column(),) * 6
_MODELS = (Column(),) * 4


def run(actions: Actions, look: Look, wizard: Callable[[], object]) -> int:
    """Asks what to do until there is nothing more; returns the exit code.

    Raises:
        ConfigInvalid: config.toml cannot be read.
        KeyboardInterrupt: Ctrl-C.
    """
    ask = prompts(look)
    while True:
        contents = actions.load()
        try:
            question, home = Question(f"Providers in {contents.path}"), opening(contents, {}).provider
            rows = list(_providers(contents))
            chosen = ask.one(question, _PROVIDERS, rows, start=home or ADD_ROW, filters=True)
        except Back:
            return 0
        if isinstance(chosen, str):
            _guarded(actions, partial(_preview, actions, AskUndo()) if chosen == _UNDO else wizard)
            continue
        provider = chosen
        try:
            _visit(actions, ask, contents, provider)
        except Back:
            continue


def _providers(contents: Contents) -> Iterator[ListRow[ProviderEntry | str]]:
    """A row for each provider, then those that add one and undo."""
    for provider in contents.providers:
        default = "has the default model" if contents.default_model in provider.aliases else ""
        models = count(len(provider.aliases), "model")
        cells = (provider.name, provider.wire, models, provider.credential, provider.group, default)
        yield ListRow(provider, cells, search=(provider.search,))
    yield ListRow(ADD_ROW, (ADD_ROW,))
    yield ListRow(_UNDO, (_UNDO,))


def _models(contents: Contents, provider: ProviderEntry) -> Iterator[ListRow[str]]:
    for model in contents.models(provider):
        limits = f"context {tokens(model.context)}", f"output {tokens(model.output)}"
        default = ", the default model" if model.alias == contents.default_model else ""
        cells = (printable(model.alias), *limits, " ".join(model.capabilities) + default)
        yield ListRow(model.alias, cells, search=(model.search,))


def _visit(actions: Actions, ask: Prompts, contents: Contents, provider: ProviderEntry) -> None:
    """One thing done with a provider.

    Raises:
        Back: nothing is to be done with it after all.
    """
    models = count(len(provider.aliases), "model")
    question = Question(f"{provider.name}: {models}, {provider.endpoint or provider.wire}")
    for text in _found(actions, contents, provider):
        echo(text)
    task = ask.one(question, (Column(),), _TASKS if provider.aliases else _OF_PROVIDER)
    if task == "delete":
        _confirm(actions, deletion(contents, [provider]))
        return
    if task == "refresh":
        _guarded(actions, partial(_preview, actions, AskRefresh(provider.id)))
        return
    if task == "key":
        _key(actions, ask, provider)
        return
    rows = list(_models(contents, provider))
    alias = ask.one(Question("Which model?"), _MODELS, rows, start=provider.main, filters=True)
    if task == "test":
        _guarded(actions, partial(_test, actions, alias))
    else:
        _write(actions, SetDefault(alias))


def _write(actions: Actions, effect: Write) -> None:
    _guarded(actions, lambda: echo(actions.write(effect, echo).text))


def _found(actions: Actions, contents: Contents, provider: ProviderEntry) -> Iterator[str]:
    """What changed upstream, and what doctor says of the provider."""
    for problem in actions.problems(contents).get(provider.id, ()):
        yield f"{problem.severity}: {problem.message}"
        if problem.hint:
            yield f"  try: {problem.hint}"
    for change in actions.changes_upstream().get(provider.id, ()):
        yield f"upstream: {change}"


def _preview(actions: Actions, effect: Preview) -> None:
    found = actions.preview(effect, echo)
    if isinstance(found, Confirmation):
        _confirm(actions, found)
    else:
        echo(found.text)


def _confirm(actions: Actions, confirmation: Confirmation) -> None:
    for _, text in confirmation.shown:
        echo(text)
    if _yes(confirmation.question):
        _write(actions, confirmation.effect)
    else:
        echo(confirmation.refused)


def _key(actions: Actions, ask: Prompts, provider: ProviderEntry) -> None:
    """Asks for a new key.

    Raises:
        Back: none was given.
    """
    question = Question(f"New key for {provider.name}", notes=(("dim", "it is not shown"),))
    _write(actions, RotateKey(provider.id, unbroken(ask.secret(question, check=key_flaw))))


def _test(actions: Actions, alias: str) -> None:
    shown = 0

    def show(kind: str, text: str) -> None:
        nonlocal shown
        if kind == "text":
            click.echo("\n".join(printable(part) for part in text[shown:].split("\n")), nl=False)
            shown = len(text)

    echo(f"Test of {printable(alias)}:")
    found = actions.run_test(alias, show).last_test
    echo()
    echo(f"{WORDS[found.verdict]}: {found.details[0] if found.details else ''}")
    for text in (*found.details[1:], ", ".join(found.figures), found.hint and f"try: {found.hint}"):
        if text:
            echo(text)


def _yes(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _guarded(actions: Actions, action: Callable[[], object]) -> None:
    """Does it; an error is said and the manager goes on."""
    try:
        action()
    except (ProvisionerError, CatalogError) as error:
        echo(actions.failed(error).text)
