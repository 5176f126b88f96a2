"""What the manager does: the same requests to the same workflows as the flags, and their results in its words.

These functions block; the runtime calls them away from the screen.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.cli.changes import count
from provisioner.cli.manager.contents import contents_of
from provisioner.cli.manager.formats import printable
from provisioner.cli.manager.last_test import from_history, summarized
from provisioner.cli.manager.state import Status
from provisioner.secrets import scrub
from provisioner.workflows import history, list_providers, remove, set_default

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.errors import CatalogError
    from provisioner.app import App
    from provisioner.cli.manager.contents import Contents
    from provisioner.cli.manager.state import LastTest
    from provisioner.errors import ProvisionerError
    from provisioner.smoke.answer import Delta
    from provisioner.workflows.outcome import Note, Outcome
    from provisioner.workflows.watch import Watch


# Notes whose message names a command, where there is a key here.
_NOTES = {"default_cleared": "The default model went with it"}


@dataclass(frozen=True)
class Tested:
    """The end of a test: what it found, and the whole text that the model answered."""

    last_test: LastTest
    text: str


def load(app: App) -> Contents:
    """config.toml as it is now.

    Raises:
        ConfigInvalid: it cannot be read.
    """
    return contents_of(list_providers.run(app), app.env.get("HOME", ""))


def past_tests(app: App) -> dict[str, LastTest]:
    """The last test of each alias that is on record, as ``kimi provider test --history`` has it."""
    pasts = history.run(app, history.Request()).pasts
    return {past.alias: from_history(past.runs[-1]) for past in pasts}


def remove_providers(app: App, providers: tuple[str, ...], watch: Watch) -> Status:
    """Removes them as ``kimi provider remove`` does.

    Raises:
        ProvisionerError: as the workflow.
    """
    result = remove.run(app, remove.Request(providers), watch)
    if len(result.providers) == 1:
        done = f'Removed provider "{printable(result.providers[0])}".'
    else:
        done = f"Removed {count(len(result.providers), 'provider')}."
    return _told(done, result.outcome, result.notes)


def make_default(app: App, alias: str, watch: Watch) -> Status:
    """Sets the default as ``kimi provider set-default`` does.

    Raises:
        ProvisionerError: as the workflow.
    """
    result = set_default.run(app, set_default.Request(alias), watch)
    done = f"Default model set to {printable(alias)}."
    if not result.outcome.written:
        done = f"{printable(alias)} is the default model already."
    return _told(done, result.outcome, result.notes)


def run_test(app: App, contents: Contents, alias: str, watch: Callable[[str, str], None]) -> Tested:
    """Tests it as ``kimi provider test`` does; ``watch`` is told the kind of what arrives and all of it so far.

    Raises:
        ConfigInvalid: config.toml cannot be read.
    """
    from provisioner.workflows import test  # loads httpx: not before it is needed

    so_far: dict[str, str] = defaultdict(str)
    secrets = _secrets(app, contents, alias)

    def arrived(_: str, delta: Delta) -> None:
        so_far[delta.kind] += delta.text
        watch(delta.kind, scrub(so_far[delta.kind], secrets))

    shown = test.run(app, test.Request((alias,)), arrived)
    result, notes = shown.results[0], [shown.unrecorded] if shown.unrecorded else []
    return Tested(summarized(result, app.clock(), notes), result.answer.text)


def _secrets(app: App, contents: Contents, alias: str) -> tuple[str, ...]:
    """What a server may send back to us and nobody is to see."""
    from provisioner.smoke.target import resolve
    from provisioner.smoke.unusable import Unusable

    try:
        return resolve(contents.data, alias, app.env).secrets
    except Unusable:
        return ()  # nothing is sent either


def failed(error: ProvisionerError | CatalogError) -> Status:
    """An error as ``main`` would report it, in one line."""
    place = f" ({error.where})" if error.where and error.where not in error.message else ""
    hint = f" Try: {error.hint}" if error.hint else ""
    return Status(printable(f"{error.message}{place}.{hint}"), "bad")


def _told(done: str, outcome: Outcome, notes: tuple[Note, ...]) -> Status:
    more = (*outcome.notes, *(_NOTES.get(note.code, note.message) for note in notes))
    return Status(" ".join((done, *(f"{printable(text)}." for text in more))), "good")
