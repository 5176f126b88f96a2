"""All that the manager knows between two keys, and what follows from it. Nothing here draws, reads or writes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from provisioner.cli.manager.filtering import chosen_models, chosen_providers
from provisioner.cli.manager.paging import page_of, paginate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.cli.manager.confirming import Confirmation
    from provisioner.cli.manager.contents import Contents, ModelEntry, Opened, ProviderEntry
    from provisioner.cli.manager.findings import Findings
    from provisioner.cli.prompts.asking import StyledText
    from provisioner.smoke.report import Verdict

Tone = Literal["plain", "good", "warning", "bad"]

# Lines around the rows of a list: title, what is listed, and the columns' names above; below two lines on the
# selected row between empty ones, the status and the keys. The row that adds a provider follows an empty line too.
_AROUND = 9
_ADDING = 2
# A terminal lower than this does without titles, empty lines, the columns' names and the two on the selected row.
LOW = 14
_AROUND_LOW = 4
_ADDING_LOW = 1


@dataclass(frozen=True)
class Status:
    """What happened last, in one line."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class LastTest:
    """What the last test of an alias found; every text is safe to print.

    ``when`` is in seconds since the epoch; ``details`` are lines, the first says most; ``figures`` are time to the
    first token, rate, total time and tokens; ``hint`` says what ends a failure.
    """

    verdict: Verdict
    when: float
    details: tuple[str, ...]
    figures: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class ShownTest:
    """A test that is on screen: what has arrived so far, and at the end what it found.

    ``since`` is when it began, in seconds since the epoch.
    """

    alias: str
    since: float | None = None
    text: str = ""
    reasoning: str = ""
    last_test: LastTest | None = None


@dataclass(frozen=True)
class KeyEntry:
    """A new key of a provider that is being typed; it is never shown. ``flaw`` says why it cannot be one."""

    provider: str
    text: str = field(default="", repr=False)
    flaw: str = ""


@dataclass(frozen=True)
class Position:
    """Where one is in a list: what it is filtered by, and the number of the selected row."""

    query: str = ""
    cursor: int = 0


@dataclass(frozen=True)
class State:
    """The manager between two keys.

    Attributes:
        contents: config.toml as last read.
        lines: the height of the terminal.
        columns: its width.
        providers: the list of providers; its last row is the one that adds a provider.
        opened: the provider whose models are on screen instead.
        models: the list of its models.
        typing: whether keys go into the filter.
        confirmation: the question that waits for an answer.
        key_entry: the key that is being typed.
        test: the test that is on screen.
        help: whether the keys are on screen.
        last_tests: the last test of each alias that was tested.
        findings: by provider what was found about it; under None what belongs to none.
        program: how this program was called, for the commands that say more.
        status: what happened last.
        waiting: what is being done right now; keys that would do something else have to wait.
    """

    contents: Contents = field(repr=False)
    lines: int = 24
    columns: int = 80
    providers: Position = Position()
    opened: Opened | None = None
    models: Position = Position()
    typing: bool = False
    confirmation: Confirmation | None = None
    key_entry: KeyEntry | None = None
    test: ShownTest | None = None
    help: bool = False
    last_tests: Mapping[str, LastTest] = field(default_factory=dict)
    findings: Mapping[str | None, Findings] = field(default_factory=dict)
    program: str = "kimi provider"
    status: Status = Status("")
    waiting: str = ""

    @property
    def position(self) -> Position:
        """The list on screen."""
        return self.models if self.opened else self.providers

    def at(self, position: Position) -> State:
        """The same with the list on screen elsewhere."""
        return replace(self, models=position) if self.opened else replace(self, providers=position)

    def saying(self, text: str, tone: Tone = "plain") -> State:
        """The same with another status."""
        return replace(self, status=Status(text, tone))

    @property
    def shown_providers(self) -> tuple[ProviderEntry, ...]:
        """The providers that the filter leaves."""
        return chosen_providers(self.contents, self.providers.query)

    @property
    def shown_models(self) -> tuple[ModelEntry, ...]:
        """The models of the opened provider that the filter leaves."""
        return chosen_models(self.opened, self.models.query) if self.opened else ()

    @property
    def last_row(self) -> int:
        """The number of the last row; -1 on a list without any. The row that adds a provider counts."""
        return len(self.shown_models) - 1 if self.opened else len(self.shown_providers)

    @property
    def provider(self) -> ProviderEntry | None:
        """The selected provider: the opened one, or that of the row; None on the row that adds one."""
        if self.opened:
            return self.opened.provider
        rows, cursor = self.shown_providers, self.providers.cursor
        return rows[cursor] if cursor < len(rows) else None

    @property
    def model(self) -> ModelEntry | None:
        """The selected model, where models are listed."""
        rows, cursor = self.shown_models, self.models.cursor
        return rows[cursor] if cursor < len(rows) else None

    @property
    def alias(self) -> str | None:
        """The alias that a test or a new default is about: the selected model, or the main one of a provider."""
        if self.opened:
            return self.model.alias if self.model else None
        return self.provider.main if self.provider else None

    @property
    def low(self) -> bool:
        """Whether the terminal is too low for anything but rows, status and keys."""
        return self.lines < LOW

    @property
    def page_lines(self) -> int:
        """How many lines the rows of the list may take."""
        around = _AROUND_LOW if self.low else _AROUND
        adding = 0 if self.opened else _ADDING_LOW if self.low else _ADDING
        return max(self.lines - around - adding - len(self.finding_lines), 1)

    @cached_property
    def finding_lines(self) -> list[StyledText]:
        """What was found about the opened provider, in up to half of the lines that the rows could have."""
        found = self.findings.get(self.opened.provider.id) if self.opened and not self.low else None
        if found is None:
            return []
        return [
            *found.lines(self.columns - 2, (self.lines - _AROUND) // 2, f"{self.program} doctor"),
            ("", ""),
        ]

    @cached_property
    def pages(self) -> list[range]:
        """The pages of the list on screen."""
        if self.opened or self.low:
            groups = [""] * len(self.shown_models if self.opened else self.shown_providers)
        else:
            groups = [provider.group for provider in self.shown_providers]
        return paginate(groups, self.page_lines)

    @property
    def page(self) -> int:
        """The number of the page on screen, from 0."""
        return page_of(self.pages, self.position.cursor)


def opening(contents: Contents, last_tests: Mapping[str, LastTest], lines: int = 24) -> State:
    """The manager as it comes up: on the provider of the default model, else on the first row."""
    state = State(contents, lines, last_tests=last_tests)
    home = next(
        (i for i, p in enumerate(contents.providers) if contents.default_model in p.aliases),
        0,
    )
    return state.at(Position(cursor=home))
