"""A list on screen: providers under the titles of their sources, or the models of one provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.cli.manager import columns as places
from provisioner.cli.manager.lines import line, verdict_mark
from provisioner.cli.manager.words import VERDICTS, ago
from provisioner.cli.prompts.width import fit
from provisioner.cli.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.cli.manager.lines import Fragment, Line
    from provisioner.cli.manager.state import State
    from provisioner.cli.prompts.look import Look

ADD_ROW = "[ Add New Platform ]"

# Cells before a row's text (margin, pointer, star) and after it (a gap and the mark of the last test).
_BEFORE, _AFTER = 5, 4
# Of a test's figures the row's line has room for the times and the rate.
_FIGURES = 3


@dataclass(frozen=True)
class _Paper:
    """What a line is drawn on."""

    columns: int
    look: Look

    @property
    def room(self) -> int:
        """Cells for the text of a row."""
        return max(self.columns - _BEFORE - _AFTER, 1)

    def row(self, text: str, *, here: bool, default: bool = False, mark: Fragment = ("", "")) -> Line:
        """A row: the pointer if the keys act on it, a star if the default model is in it, text, last test."""
        symbols = self.look.symbols
        pointer = ("class:pointer", f"{symbols.pointer} ") if here else ("", "  ")
        made = [
            ("", " "),
            pointer,
            ("class:marked", f"{star(self.look)} " if default else "  "),
            ("class:current" if here else "", fit(text, self.room, more=symbols.more)),
            ("", "  "),
            mark,
        ]
        return made if self.columns > _BEFORE + _AFTER else made[1:2]


def star(look: Look) -> str:
    """What marks the default model."""
    return "*" if look.symbols.more.isascii() else "★"


def rows(state: State, columns: int, look: Look) -> Iterator[Line]:
    """The page of the list."""
    paper = _Paper(columns, look)
    yield from _models(state, paper) if state.opened else _providers(state, paper)


def add_row(state: State, columns: int, look: Look) -> Line:
    """The row that opens the wizard."""
    return _Paper(columns, look).row(ADD_ROW, here=state.provider is None)


def head(state: State, columns: int, look: Look) -> Line:
    """The names of the columns, where they need any."""
    if not state.opened:
        return []
    table = places.model_table(state.opened, look.symbols.more, wide=places.is_wide(columns))
    return [("class:dim", " " * _BEFORE + table.head(_Paper(columns, look).room))]


def details(state: State, columns: int, look: Look, now: float) -> tuple[Line, Line]:
    """Two lines on the selected row: what it is, and what its last test found."""
    provider, model = state.provider, state.model
    if provider is None:
        return line(columns, ("class:dim", "A known provider, a custom registry, or any endpoint.")), []
    if model:
        words = [clean(model.alias), model.title, ", ".join(model.capabilities)]
    elif state.opened:
        return [], []
    else:
        table = places.provider_table(state.contents, look.symbols.more)
        shown = table.line(places.provider_row(provider, ""), _Paper(columns, look).room)
        words = ["" if provider.name in shown else provider.name, provider.endpoint, provider.credential]
    if state.alias is not None and state.alias == state.contents.default_model:
        words.append("the default model" if model else "has the default model")
    about = f" {look.symbols.dot} ".join(word for word in words if word)
    return line(columns, ("class:dim", about), more=look.symbols.more), _last_test(state, columns, look, now)


def _providers(state: State, paper: _Paper) -> Iterator[Line]:
    providers, look = state.shown_providers, paper.look
    if not providers:
        nothing = "No provider matches." if state.place.query else "No providers configured."
        yield line(paper.columns, ("class:dim", f"  {nothing}"))
    table = places.provider_table(state.contents, look.symbols.more)
    above = None
    for number in state.pages[state.page]:
        provider = providers[number]
        if provider.group != above:
            if above is not None:
                yield []
            yield line(paper.columns, ("class:heading", provider.group), more=look.symbols.more)
            above = provider.group
        latest = _latest(state, provider.aliases)
        yield paper.row(
            table.line(places.provider_row(provider, state.place.query), paper.room),
            here=number == state.place.cursor,
            default=state.contents.default_model in provider.aliases,
            mark=verdict_mark(state.findings[latest].verdict, look) if latest else ("", ""),
        )


def _models(state: State, paper: _Paper) -> Iterator[Line]:
    assert state.opened  # who calls has looked
    models, look = state.shown_models, paper.look
    if not models:
        nothing = "No model matches." if state.place.query else "It has no models."
        yield line(paper.columns, ("class:dim", f"  {nothing}"))
    wide = places.is_wide(paper.columns)
    table = places.model_table(state.opened, look.symbols.more, wide=wide)
    for number in state.pages[state.page]:
        model = models[number]
        finding = state.findings.get(model.alias)
        yield paper.row(
            table.line(places.model_row(model, look.symbols.more, wide=wide), paper.room),
            here=number == state.place.cursor,
            default=model.alias == state.contents.default_model,
            mark=verdict_mark(finding.verdict, look) if finding else ("", ""),
        )


def _latest(state: State, aliases: tuple[str, ...]) -> str | None:
    """Of these aliases the one that was tested last, if any was."""
    tested = state.findings.keys() & set(aliases) if state.findings else set()
    return max(tested, key=lambda alias: state.findings[alias].when, default=None)


def _last_test(state: State, columns: int, look: Look, now: float) -> Line:
    aliases = (state.model.alias,) if state.model else state.provider.aliases if state.provider else ()
    alias = _latest(state, aliases)
    if alias is None:
        return line(columns, ("class:dim", f"t tests {clean(state.alias)}") if state.alias else ("", ""))
    finding = state.findings[alias]
    style, mark = verdict_mark(finding.verdict, look)
    said = (
        ", ".join(finding.figures[:_FIGURES]) if finding.verdict == "pass" else " ".join(finding.details[:1])
    )
    told = f" {VERDICTS[finding.verdict]} {ago(now - finding.when)}: {said}"
    name = "" if state.model else f" {clean(alias)}"
    return line(columns, (style, mark), ("", name + told), more=look.symbols.more)
