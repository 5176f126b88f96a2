"""A list on screen: providers under the titles of their sources, or the models of one provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.cli.manager import list_columns
from provisioner.cli.manager.formats import ago, printable
from provisioner.cli.manager.lines import line, verdict_mark
from provisioner.cli.prompts.width import fit, width
from provisioner.cli.verdict_lines import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.cli.manager.lines import Line
    from provisioner.cli.manager.state import State
    from provisioner.cli.prompts.look import Look
    from provisioner.smoke.report import Verdict

ADD_ROW = "[ Add New Platform ]"

# Cells before a row's text (margin, pointer, star) and after it (a gap and the mark of the last test).
_BEFORE, _AFTER = 5, 4
# Of a test's figures the row's line has room for the times and the rate.
_FIGURES = 3


@dataclass(frozen=True)
class _Entry:
    """A row: its text, whether the keys act on it, whether the default model is in it, what its last test found."""

    text: str
    here: bool
    default: bool = False
    verdict: Verdict | None = None
    title: str = ""  # of the group that begins with it


def star(look: Look) -> str:
    """What marks the default model."""
    return "*" if look.symbols.more.isascii() else "★"


def rows(state: State, columns: int, look: Look) -> Iterator[Line]:
    """The page of the list, group titles included."""
    entries = list(_models(state, columns, look) if state.opened else _providers(state, columns, look))
    if not entries:
        noun = "model" if state.opened else "provider"
        nothing = f"No {noun} matches." if state.position.query else f"There is no {noun} yet."
        yield line(columns, ("class:dim", f"{' ' * (_BEFORE - 1)}{nothing}"))
    # The marks stand in one column, near what they are about.
    cells = max((width(entry.text.rstrip()) for entry in entries), default=0)
    for number, entry in enumerate(entries):
        if entry.title:
            if number:
                yield []
            yield line(columns, ("class:heading", entry.title), more=look.symbols.more)
        yield _row(entry, cells, look)


def add_row(state: State, look: Look) -> Line:
    """The row that opens the wizard."""
    return _row(_Entry(ADD_ROW, here=state.provider is None), width(ADD_ROW), look)


def _row(entry: _Entry, cells: int, look: Look) -> Line:
    return [
        ("", " "),
        ("class:pointer", f"{look.symbols.pointer} ") if entry.here else ("", "  "),
        ("class:marked", f"{star(look)} " if entry.default else "  "),
        ("class:current" if entry.here else "", fit(entry.text.rstrip(), cells)),
        *([("", "  "), verdict_mark(entry.verdict, look)] if entry.verdict else []),
    ]


def head(state: State, columns: int, look: Look) -> Line:
    """The names of the columns, where they need any."""
    if not state.opened:
        return []
    table = list_columns.model_table(state.opened, look.symbols.more, wide=list_columns.is_wide(columns))
    return [("class:dim", " " * _BEFORE + table.head(_room(columns)))]


def details(state: State, columns: int, look: Look, now: float) -> tuple[Line, Line]:
    """Two lines on the selected row: what it is, and what its last test found."""
    provider, model = state.provider, state.model
    if provider is None:
        return line(columns, ("class:dim", "A known provider, a custom registry, or any endpoint.")), []
    if model:
        words = [printable(model.alias), model.title, ", ".join(model.capabilities)]
    elif state.opened:
        return [], []
    else:
        table = list_columns.provider_table(state.contents, look.symbols.more)
        shown = table.line(list_columns.provider_row(provider, ""), _room(columns))
        words = ["" if provider.name in shown else provider.name, provider.endpoint, provider.credential]
    if state.alias is not None and state.alias == state.contents.default_model:
        words.append("the default model" if model else "has the default model")
    about = f" {look.symbols.dot} ".join(word for word in words if word)
    return line(columns, ("class:dim", about), more=look.symbols.more), _last_test(state, columns, look, now)


def _providers(state: State, columns: int, look: Look) -> Iterator[_Entry]:
    table = list_columns.provider_table(state.contents, look.symbols.more)
    above = None
    for number in state.pages[state.page]:
        provider = state.shown_providers[number]
        latest = _latest(state, provider.aliases)
        yield _Entry(
            table.line(list_columns.provider_row(provider, state.position.query), _room(columns)),
            here=number == state.position.cursor,
            default=state.contents.default_model in provider.aliases,
            verdict=state.last_tests[latest].verdict if latest else None,
            title=provider.group if provider.group != above and not state.low else "",
        )
        above = provider.group


def _models(state: State, columns: int, look: Look) -> Iterator[_Entry]:
    more, wide = look.symbols.more, list_columns.is_wide(columns)
    assert state.opened  # who calls has looked
    table = list_columns.model_table(state.opened, more, wide=wide)
    for number in state.pages[state.page]:
        model = state.shown_models[number]
        last_test = state.last_tests.get(model.alias)
        yield _Entry(
            table.line(list_columns.model_row(model, more, wide=wide), _room(columns)),
            here=number == state.position.cursor,
            default=model.alias == state.contents.default_model,
            verdict=last_test.verdict if last_test else None,
        )


def _room(columns: int) -> int:
    """Cells for the text of a row."""
    return max(columns - _BEFORE - _AFTER, 1)


def _latest(state: State, aliases: tuple[str, ...]) -> str | None:
    """Of these aliases the one that was tested last, if any was."""
    tested = state.last_tests.keys() & set(aliases) if state.last_tests else set()
    return max(tested, key=lambda alias: state.last_tests[alias].when, default=None)


def _last_test(state: State, columns: int, look: Look, now: float) -> Line:
    aliases = (state.model.alias,) if state.model else state.provider.aliases if state.provider else ()
    alias = _latest(state, aliases)
    if alias is None:
        return line(columns, ("class:dim", f"t tests {printable(state.alias)}") if state.alias else ("", ""))
    last_test = state.last_tests[alias]
    style, mark = verdict_mark(last_test.verdict, look)
    said = (
        ", ".join(last_test.figures[:_FIGURES])
        if last_test.verdict == "pass"
        else " ".join(last_test.details[:1])
    )
    told = f"{WORDS[last_test.verdict]} {ago(now - last_test.when)}{': ' if said else ''}{said}"
    name = "" if state.model else f"{printable(alias)} "
    return line(columns, (style, f"{mark} "), ("", name + told), more=look.symbols.more)
