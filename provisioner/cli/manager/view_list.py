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

    from provisioner.cli.manager.findings import Findings
    from provisioner.cli.manager.lines import Fragment, Line
    from provisioner.cli.manager.state import State
    from provisioner.cli.prompts.look import Look
    from provisioner.smoke.report import Verdict

ADD_ROW = "[ Add New Platform ]"

# Cells before a row's text (margin, pointer, star) and after it (a gap and the mark of the last test).
_BEFORE, _AFTER = 5, 4
_GAP = 2
# Of a test's figures the row's line has room for the times and the rate.
_FIGURES = 3


@dataclass(frozen=True)
class _Entry:
    """A row: its text, whether the keys act on it, whether the default model is in it, what was found about it."""

    text: str
    here: bool
    default: bool = False
    verdict: Verdict | None = None
    findings: Findings | None = None
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
    marks = any(entry.verdict for entry in entries)
    for number, entry in enumerate(entries):
        if entry.title:
            if number:
                yield []
            yield line(columns, ("class:heading", entry.title), more=look.symbols.more)
        row = _row(entry, cells, look)
        if entry.findings:
            # Behind the marks of the last tests, where there are any.
            gap = [("", " " * (_GAP + 1))] if marks and not entry.verdict else []
            left = columns - _BEFORE - cells - (_GAP + 1 if marks else 0)
            row += gap + list(_found(entry.findings, left))
        yield row


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


def _found(findings: Findings, cells: int) -> Iterator[Fragment]:
    """What was found about a provider, in words where so many cells have room for them."""
    said = list(findings.words())
    if sum(_GAP + width(text) for _, text in said) > cells:
        said = list(findings.figures())
    for fragment in said:
        yield "", " " * _GAP
        yield fragment


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
    figures = (sum(_GAP + width(text) for _, text in found.figures()) for found in state.findings.values())
    room = max(_room(columns) - max(figures, default=0), 1)
    for number in state.pages[state.page]:
        provider = state.shown_providers[number]
        latest = _latest(state, provider.aliases)
        yield _Entry(
            table.line(list_columns.provider_row(provider, state.position.query), room),
            here=number == state.position.cursor,
            default=state.contents.default_model in provider.aliases,
            verdict=state.last_tests[latest].verdict if latest else None,
            findings=state.findings.get(provider.id),
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
