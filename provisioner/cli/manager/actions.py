"""Carries out effects: the same requests to the same workflows as the flags, and their results in the manager's words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.errors import CatalogError
from provisioner.cli.changes import count
from provisioner.cli.error_text import ErrorText
from provisioner.cli.manager.contents import contents_of
from provisioner.cli.manager.effects import AskRefresh, AskUndo, Refresh, Remove, RotateKey, SetDefault, Undo
from provisioner.cli.manager.findings import changes_upstream, problems
from provisioner.cli.manager.formats import printable
from provisioner.cli.manager.last_test import from_history, summarized
from provisioner.cli.manager.state import Status
from provisioner.cli.terminal import spoken
from provisioner.errors import ProvisionerError
from provisioner.workflows import history, key, list_providers, remove, set_default, undo
from provisioner.workflows.credential import Credential

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.app import App
    from provisioner.cli.manager.confirming import Confirmation
    from provisioner.cli.manager.contents import Contents
    from provisioner.cli.manager.effects import Preview, Write
    from provisioner.cli.manager.findings import DoctorProblem
    from provisioner.cli.manager.state import LastTest
    from provisioner.config.undo import Undone
    from provisioner.note import Note
    from provisioner.smoke.answer import Delta
    from provisioner.workflows.outcome import Outcome
    from provisioner.workflows.refresh import AskedSources
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
            case Refresh(provider, asked):
                return self._refresh(provider, asked)
            case RotateKey(provider, new):
                return self._rotate(provider, new, watch)
            case Undo(shown):
                return self._undo(shown, watch)

    def preview(self, effect: Preview, watch: Watch) -> Confirmation | Status:
        """Looks at what would be changed, and asks; a status where there is nothing to ask.

        Raises:
            ProvisionerError, CatalogError: as the workflow.
        """
        from provisioner.cli.manager import previews

        match effect:
            case AskRefresh(provider):
                return previews.of_refresh(self.app, provider, self.program, watch)
            case AskUndo():
                return previews.of_undo(self.app)

    def changes_upstream(self) -> dict[str | None, tuple[str, ...]]:
        """By provider what has changed upstream, from the documents that are kept; empty where the file is broken."""
        try:
            return changes_upstream(self.app, self.program)
        except (ProvisionerError, CatalogError):
            return {}  # said where something is done about it

    def problems(self, contents: Contents) -> dict[str | None, tuple[DoctorProblem, ...]]:
        """By provider what doctor finds."""
        try:
            return problems(self.app, contents, self.program)
        except (ProvisionerError, CatalogError):
            return {}

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

    def _refresh(self, provider: str, asked: AskedSources) -> Status:
        result = asked.result(dry_run=False)
        done = f"{printable(provider)} is up to date now."
        if result.held:
            done = f"{printable(provider)}: written what needs no consent."
        return self._told(done, result.outcome, result.notes)

    def _rotate(self, provider: str, new: str, watch: Watch) -> Status:
        result = key.run(self.app, key.Request(provider, Credential(key=new)), watch)
        names = [printable(name) for name in (*result.providers, *result.aliases)]
        done = f"{', '.join(names)} {'has' if len(names) == 1 else 'have'} a new key."
        if not result.outcome.written:
            done = f"{printable(provider)} has this key already."
        return self._told(done, result.outcome, result.notes)

    def _undo(self, shown: Undone, watch: Watch) -> Status:
        """Takes back what was shown, and nothing else that has been changed meanwhile."""
        if undo.run(self.app, undo.Request(dry_run=True)) != shown:
            return Status("config.toml was changed meanwhile: nothing was taken back.", "bad")
        done = undo.run(self.app, undo.Request(shown.entry.id), watch)
        what = printable(done.entry.summary or f"change {done.entry.id}")
        texts = (printable(spoken(text, self.program)) for text in done.notes)
        return Status(" ".join((f"Taken back: {what}.", *(f"{text}." for text in texts))), "good")

    def _told(self, done: str, outcome: Outcome, notes: tuple[Note, ...]) -> Status:
        more = (*outcome.notes, *(_NOTES.get(note.code, note.message) for note in notes))
        texts = (printable(spoken(text, self.program)) for text in more)
        return Status(" ".join((done, *(f"{text}." for text in texts))), "good")
