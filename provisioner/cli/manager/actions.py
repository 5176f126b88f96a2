"""Carries out effects: the same requests to the same workflows as the flags, and their results in the manager's words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.cli.changes import count
from provisioner.cli.error_text import ErrorText
from provisioner.cli.manager.contents import contents_of
from provisioner.cli.manager.effects import Remove, SetDefault
from provisioner.cli.manager.formats import printable
from provisioner.cli.manager.last_test import from_history, summarized
from provisioner.cli.manager.state import Status
from provisioner.cli.terminal import spoken
from provisioner.workflows import history, list_providers, remove, set_default

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.errors import CatalogError
    from provisioner.app import App
    from provisioner.cli.manager.contents import Contents
    from provisioner.cli.manager.effects import Write
    from provisioner.cli.manager.state import LastTest
    from provisioner.errors import ProvisionerError
    from provisioner.note import Note
    from provisioner.smoke.answer import Delta
    from provisioner.workflows.outcome import Outcome
    from provisioner.workflows.watch import Watch


# Notes whose message names a command, where there is a key here.
_NOTES = {"default_cleared": "The default model went with it"}


@dataclass(frozen=True)
class Tested:
    """The end of a test: what it found, and the whole text that the model answered."""

    last_test: LastTest
    text: str


@dataclass(frozen=True)
class Actions:
    """What the manager can do. All of it blocks: the runtime calls it away from the screen.

    Attributes:
        app: paths, clock, environment and HTTP.
        program: how this program was called, for the commands in messages.
    """

    app: App
    program: str = "kimi provider"

    def load(self) -> Contents:
        """config.toml as it is now.

        Raises:
            ConfigInvalid: it cannot be read.
        """
        return contents_of(list_providers.run(self.app), self.app.env.get("HOME", ""))

    def past_tests(self) -> dict[str, LastTest]:
        """The last test of each alias that is on record, as ``kimi provider test --history`` has it."""
        pasts = history.run(self.app, history.Request()).pasts
        return {past.alias: from_history(past.runs[-1]) for past in pasts}

    def write(self, effect: Write, watch: Watch) -> Status:
        """Changes config.toml as the command for it does.

        Raises:
            ProvisionerError: as the workflow.
        """
        match effect:
            case Remove(providers):
                return self._remove(providers, watch)
            case SetDefault(alias):
                return self._set_default(alias, watch)

    def run_test(self, alias: str, watch: Callable[[str, str], None]) -> Tested:
        """Tests it as ``kimi provider test`` does; ``watch`` is told the kind of what arrives and all of it so far.

        Raises:
            ConfigInvalid: config.toml cannot be read.
        """
        from provisioner.workflows import test  # loads httpx: not before it is needed

        so_far: dict[str, str] = defaultdict(str)

        def arrived(_: str, delta: Delta) -> None:
            so_far[delta.kind] += delta.text
            watch(delta.kind, so_far[delta.kind])

        shown = test.run(self.app, test.Request((alias,)), arrived)
        result, notes = shown.results[0], [shown.unrecorded] if shown.unrecorded else []
        return Tested(summarized(result, self.app.clock(), self.program, notes), result.answer.text)

    def failed(self, error: ProvisionerError | CatalogError) -> Status:
        """An error in one line."""
        return Status(printable(ErrorText.of(error, self.program).sentence), "bad")

    def _remove(self, providers: tuple[str, ...], watch: Watch) -> Status:
        result = remove.run(self.app, remove.Request(providers), watch)
        if len(result.providers) == 1:
            done = f'Removed provider "{printable(result.providers[0])}".'
        else:
            done = f"Removed {count(len(result.providers), 'provider')}."
        return self._told(done, result.outcome, result.notes)

    def _set_default(self, alias: str, watch: Watch) -> Status:
        result = set_default.run(self.app, set_default.Request(alias), watch)
        done = f"Default model set to {printable(alias)}."
        if not result.outcome.written:
            done = f"{printable(alias)} is the default model already."
        return self._told(done, result.outcome, result.notes)

    def _told(self, done: str, outcome: Outcome, notes: tuple[Note, ...]) -> Status:
        more = (*outcome.notes, *(_NOTES.get(note.code, note.message) for note in notes))
        texts = (printable(spoken(text, self.program)) for text in more)
        return Status(" ".join((done, *(f"{text}." for text in texts))), "good")
