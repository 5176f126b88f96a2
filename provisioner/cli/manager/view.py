"""The whole screen as lines: title, what is listed, rows, the selected row, what happened last, the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.changes import count
from provisioner.cli.manager import view_help, view_list, view_test
from provisioner.cli.manager.confirming import laid_out, room
from provisioner.cli.manager.findings import Findings
from provisioner.cli.manager.formats import printable
from provisioner.cli.manager.lines import clipped, keys, line, toned, wrapped
from provisioner.cli.prompts.width import cut, width

if TYPE_CHECKING:
    from provisioner.cli.manager.confirming import Confirmation
    from provisioner.cli.manager.contents import ProviderEntry
    from provisioner.cli.manager.lines import Line
    from provisioner.cli.manager.state import KeyEntry, ShownTest, State
    from provisioner.cli.prompts.look import Look

# prompt_toolkit puts the terminal's cursor where a fragment has this style.
CURSOR = "[SetCursorPosition]"
_MOST_STATUS = 4


def draw(state: State, columns: int, look: Look, now: float) -> list[Line]:
    """The screen of ``state``: ``state.lines`` lines of at most ``columns`` cells.

    ``now`` is in seconds since the epoch, for how long ago a test was.
    """
    if state.help:
        above, body, below = _help(state.lines, columns, look)
    elif state.confirmation and state.confirmation.shown:
        above, body, below = _confirmation(state, state.confirmation, columns, look)
    elif state.test:
        above, body, below = _test(state, state.test, columns, look, now)
    else:
        above, body, below = _list(state, columns, look, now)
    left = max(state.lines - len(above) - len(below), 0)
    blank: Line = []
    drawn = [*above, *body[:left], *[blank] * (left - len(body)), *below]
    return [clipped(line, columns) for line in drawn[: state.lines]]


_Parts = tuple[list["Line"], list["Line"], list["Line"]]


def _list(state: State, columns: int, look: Look, now: float) -> _Parts:
    above = [_title(state, columns, look), _subject(state, columns, look)]
    body = list(view_list.rows(state, columns, look))
    status = _status(state, columns, look)
    below = [*status, _keys(state, columns, look)]
    if not state.low:
        above += [line(columns, part, more=look.symbols.more) for part in state.finding_lines]
        above.append(view_list.head(state, columns, look))
        # A long status takes its lines from what is known of the selected row, never from the rows.
        about = [[], *view_list.details(state, columns, look, now), []]
        below[:0] = about[len(status) - 1 :]
    if not state.opened:
        body += [*([] if state.low else [[]]), view_list.add_row(state, look)]
    return above, body, below


def _title(state: State, columns: int, look: Look) -> Line:
    path = state.opened and [
        ("class:dim", f" {look.symbols.then} "),
        ("class:heading", state.opened.provider.name),
    ]
    shown, total = (
        (len(state.shown_models), len(state.opened.models))
        if state.opened
        else (len(state.shown_providers), len(state.contents.providers))
    )
    noun = "model" if state.opened else "provider"
    position = f"{total:,} {noun}{'' if total == 1 else 's'}"
    if state.position.query:
        position = f"{shown:,} of {position}"
    if len(state.pages) > 1:
        position += f" {look.symbols.dot} {_page(state, look)}"
    return line(
        columns,
        ("class:heading", "Providers"),
        *(path or ()),
        right=("class:dim", position),
        more=look.symbols.more,
    )


def _page(state: State, look: Look) -> str:
    """Which page this is, between the keys that turn it."""
    page, last = state.page + 1, len(state.pages)
    before, after = ("", "") if look.symbols.up.isascii() else ("← ", " →")
    return f"{before if page > 1 else ''}page {page} of {last}{after if page < last else ''}"


def _subject(state: State, columns: int, look: Look) -> Line:
    """The filter where there is one, else what is listed here."""
    if state.typing or state.position.query:
        # Of a long filter the end is shown, where one types.
        query = state.position.query[-max(columns // 2, 1) :]
        cursor = [(CURSOR, "")] if state.typing else []
        hint = "Enter keeps it, Esc clears it" if state.typing else "Esc clears it"
        return line(columns, ("class:key", "/ "), ("", query), *cursor, right=("class:dim", hint))
    if state.opened is None:
        found = state.findings.get(None, Findings())
        parts = [("class:dim", state.contents.path)]
        for kind, command in (
            (Findings(problems=found.problems), "doctor"),
            (Findings(changes=found.changes), "refresh"),
        ):
            for said in kind.words():
                parts += [("", "  "), said, ("class:dim", f": {state.program} {command}")]
        return line(columns, *parts, more=look.symbols.more)
    return _about(state.opened.provider, columns, look)


def _about(provider: ProviderEntry | None, columns: int, look: Look) -> Line:
    words = (provider.wire, provider.endpoint, provider.credential) if provider else ()
    about = f" {look.symbols.dot} ".join(word for word in words if word)
    return line(columns, ("class:dim", about), more=look.symbols.more)


def _test(state: State, test: ShownTest, columns: int, look: Look, now: float) -> _Parts:
    more = look.symbols.more
    above = [
        line(columns, ("class:heading", f"Test of {printable(test.alias)}"), more=more),
        _about(state.provider, columns, look),
        [],
    ]
    found = view_test.verdict(test, columns, look, now)
    below = [*_status(state, columns, look), _keys(state, columns, look)]
    left = state.lines - len(above) - len(found) - len(below) - 2
    answer = view_test.answer(test, columns, left, look)
    gap: list[Line] = [[]] if answer else []
    return above, [*answer, *gap, *found], below


def _confirmation(state: State, confirmation: Confirmation, columns: int, look: Look) -> _Parts:
    shown = laid_out(confirmation.shown, columns)
    page = room(state.lines)
    last = min(confirmation.top + page, len(shown))
    position = f"lines {confirmation.top + 1} to {last} of {len(shown)}" if len(shown) > page else ""
    title = "What would change"
    above = [line(columns, ("class:heading", title), right=("class:dim", position)), []]
    body = [line(columns, part, more=look.symbols.more) for part in shown[confirmation.top : last]]
    return above, body, [[], *_status(state, columns, look), _keys(state, columns, look)]


def _help(lines: int, columns: int, look: Look) -> _Parts:
    above = [line(columns, ("class:heading", "Keys")), []]
    below = [line(columns, ("class:dim", "Any key goes back."))]
    body = list(view_help.rows(columns, look))
    if len(body) > lines - len(above) - len(below):
        body = [row for row in body if any(text.strip() for _, text in row)]
    return above, body, below


def _status(state: State, columns: int, look: Look) -> list[Line]:
    """What is asked, done or was done last: one line at least, and no more than there is room for."""
    if state.confirmation:
        question, answers = state.confirmation.question, " [y/N]"
        shown = cut(question, columns - 1 - width(answers), look.symbols.more)
        return [line(columns, ("class:warn", shown), ("class:key", answers))]
    if state.key_entry:
        return [_key_entry(state.key_entry, columns, look)]
    if state.waiting:
        return [line(columns, ("class:dim", f"{state.waiting}{look.symbols.more}"), more=look.symbols.more)]
    style, text = toned(state.status.tone), state.status.text
    if state.low:
        return [line(columns, (style, text), more=look.symbols.more)]
    parts = list(wrapped(text, columns - 2))[:_MOST_STATUS] or [""]
    return [line(columns, (style, part)) for part in parts]


def _key_entry(entry: KeyEntry, columns: int, look: Look) -> Line:
    """The question for a key: how much of it there is, and never what."""
    if entry.flaw:
        return line(columns, ("class:bad", f"{entry.flaw}; again: "), (CURSOR, ""), more=look.symbols.more)
    typed = f"{count(len(entry.text), 'character')}, not shown" if entry.text else ""
    question = ("class:warn", f"New key for {printable(entry.provider)}: ")
    return line(columns, question, ("class:dim", typed), (CURSOR, ""), more=look.symbols.more)


def _keys(state: State, columns: int, look: Look) -> Line:
    return keys(columns, _hints(state, look), look)


def _hints(state: State, look: Look) -> list[tuple[str, str]]:
    if state.confirmation:
        answers = [("y", state.confirmation.yes), ("n", state.confirmation.no)]
        return [(_arrows(look), "look"), *answers] if state.confirmation.shown else answers
    if state.key_entry:
        return [("enter", "try it and write it"), ("esc", "keep the old one")]
    if state.test and state.test.last_test:
        return [("t", "test again"), ("s", "set default"), ("esc", "back"), ("q", "leave")]
    if state.test:
        return [("esc", "stop"), ("q", "leave")]
    move = (_arrows(look), "move")
    if state.typing:
        return [move, ("enter", "keep the filter"), ("esc", "clear it")]
    if state.opened:
        actions = [("t", "test"), ("s", "default"), ("/", "filter"), ("r", "refresh"), ("k", "key")]
        actions += [("u", "undo"), ("?", "keys"), ("esc", "back")]
    else:
        actions = [("enter", "open"), ("t", "test"), ("r", "refresh"), ("d", "delete"), ("s", "default")]
        actions += [("k", "key"), ("u", "undo"), ("/", "filter"), ("?", "keys")]
    return [move, *actions, ("q", "leave")]


def _arrows(look: Look) -> str:
    return "arrows" if look.symbols.up.isascii() else "↑↓"
