"""What every step of the wizard works with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from catalog.errors import CatalogError
from provisioner.cli.error_text import ErrorText
from provisioner.cli.progress import waiting
from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.prompts.list_state import Column, ListRow
from provisioner.cli.terminal import short_path
from provisioner.errors import ProvisionerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from provisioner.app import App
    from provisioner.cli.prompts.asking import Prompts
    from provisioner.cli.wizard.prefetch import Prefetch
    from provisioner.config.read import ConfigFile
    from provisioner.workflows.watch import Watch

R = TypeVar("R")

# What a note says of options, which are no help to whoever is asked; a whole command is.
_OPTIONS = re.compile(
    r"(?:[;:,] | \()(?:(?![;:,] | \(|kimi provider ).)*(?<=[ (])--[a-z](?:(?![;:] |\)).)*\)?",
)

# A menu: what is chosen, and a word on it.
MENU = (Column(), Column(drop=1))


def in_words(message: str) -> str:
    """A note without what it says of options."""
    return _OPTIONS.sub("", message)


def useful(hint: str | None) -> bool:
    """Whether a hint helps whoever is asked: it names a whole command, or no option."""
    return hint is not None and ("--" not in hint or "kimi provider " in hint)


@dataclass(frozen=True)
class Wizard:
    """What every step works with.

    Attributes:
        app: paths, clock, environment and HTTP.
        ask: asks.
        prefetch: the catalog and the servers of this machine, fetched while the person reads.
        program: how the program was called, for the command that does the same.
        own_config: whether ``--config`` named the file, for the same.
        file: config.toml as it was at the start.
        dry_run: nothing is written in the end.
    """

    app: App
    ask: Prompts
    prefetch: Prefetch
    program: str
    own_config: bool
    file: ConfigFile
    dry_run: bool = False

    @property
    def data(self) -> Mapping[str, Any]:
        """What config.toml says."""
        return self.file.data

    def table(self, name: str) -> Mapping[str, Any]:
        """A top-level table of config.toml; an empty one where there is none."""
        found = self.data.get(name)
        return found if isinstance(found, dict) else {}

    def shown(self, path: Path) -> str:
        """A path as people write it, with ``~`` for their home."""
        return short_path(path, self.app.env.get("HOME", ""))

    def menu(
        self, question: Question, choices: Sequence[tuple[str, str, str]], *, start: str | None = None
    ) -> str:
        """One of a few choices, each given as answer, text and explanation."""
        rows = [ListRow(value, (text, why)) for value, text, why in choices]
        return self.ask.one(question, MENU, rows, start=start)

    def attempt(self, trail: tuple[str, ...], does: Callable[[Watch], R]) -> R:
        """What ``does`` returns, with a word on what is waited for; its errors are shown, and it may be tried again.

        Raises:
            Back: it failed and the person goes back.
        """
        while True:
            try:
                with waiting() as watch:
                    return does(watch)
            except (CatalogError, ProvisionerError) as error:
                self._trouble(trail, error)

    def _trouble(self, trail: tuple[str, ...], error: CatalogError | ProvisionerError) -> None:
        text = ErrorText.of(error, self.program)
        notes = (
            ("bad", text.message),
            ("dim", text.place),
            ("dim", text.advice if useful(error.hint) else ""),
        )
        choice = self.menu(
            Question("That did not work", trail, tuple(line for line in notes if line[1])),
            [("back", "Go back and change something", ""), ("again", "Try again", "")],
        )
        if choice == "back":
            raise Back
