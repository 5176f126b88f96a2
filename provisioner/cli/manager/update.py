"""What each key does: a state and a key give the next state, and perhaps an effect.

A key is a printable character, or one of the names ``up``, ``down``, ``left``, ``right``, ``pageup``,
``pagedown``, ``home``, ``end``, ``enter``, ``escape``, ``backspace``, ``c-u`` and ``c-w``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.cli.changes import count
from provisioner.cli.credential_flags import key_flaw, unbroken
from provisioner.cli.manager.confirming import Confirmation, scrolled
from provisioner.cli.manager.contents import Opened
from provisioner.cli.manager.effects import (
    AskRefresh,
    AskUndo,
    Effect,
    Leave,
    OpenWizard,
    Remove,
    RotateKey,
    RunTest,
    SetDefault,
    StopTest,
)
from provisioner.cli.manager.filtering import matching_aliases
from provisioner.cli.manager.formats import printable
from provisioner.cli.manager.paging import turned
from provisioner.cli.manager.state import KeyEntry, Position, ShownTest, State, Status

if TYPE_CHECKING:
    from provisioner.cli.manager.contents import Contents, ProviderEntry

Update = tuple[State, Effect | None]

_MOVES = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end"})


def press(state: State, key: str) -> Update:
    """The state after a key, and what the key asks for."""
    if state.status.tone in ("plain", "warning"):
        state = state.saying("")  # read by now; what was done or failed stays until something else is
    if state.help:
        return replace(state, help=False), None
    if state.confirmation:
        return _answer(state, state.confirmation, key)
    if state.key_entry:
        return _into_key(state, state.key_entry, key)
    if state.test:
        return _on_test(state, state.test, key)
    if state.typing:
        return _into_filter(state, key)
    return _on_list(state, key)


def typed(state: State, text: str) -> State:
    """The state after a text was pasted: it goes into the key or the filter if one is open, and nowhere else."""
    if state.key_entry and not (state.help or state.confirmation):
        return replace(state, key_entry=replace(state.key_entry, text=state.key_entry.text + text, flaw=""))
    if not state.typing:
        return state
    return _filtered(state, state.position.query + " ".join(map(printable, text.split())))


def _answer(state: State, confirmation: Confirmation, key: str) -> Update:
    """An answer to [y/N]: yes only by y, no by n and by every key that otherwise leads away."""
    if key in ("y", "Y"):
        return replace(state, confirmation=None), confirmation.effect
    if key in ("n", "N", "enter", "escape", "q"):
        return replace(state, confirmation=None).saying(confirmation.refused), None
    if key in _MOVES:
        moved = scrolled(confirmation, key, state.columns, state.lines)
        return replace(state, confirmation=moved), None
    return state, None


def _into_key(state: State, entry: KeyEntry, key: str) -> Update:
    text = entry.text
    match key:
        case "escape":
            return replace(state, key_entry=None).saying("The key stays as it is."), None
        case "enter":
            if flaw := key_flaw(text):
                return replace(state, key_entry=KeyEntry(entry.provider, flaw=flaw)), None
            return replace(state, key_entry=None), RotateKey(entry.provider, unbroken(text))
        case "backspace":
            text = text[:-1]
        case "c-u" | "c-w":
            text = ""
        case _ if len(key) == 1:
            text += key
    return replace(state, key_entry=KeyEntry(entry.provider, text)), None


def _on_test(state: State, test: ShownTest, key: str) -> Update:
    match key:
        case "q":
            return _unless_waiting(state, Leave())
        case "?":
            return replace(state, help=True), None
        case "escape" | "left" if not test.last_test:
            given_up = f"The test of {printable(test.alias)} was given up."
            return replace(state, test=None).saying(given_up), StopTest()
        case "escape" | "left" | "enter" if test.last_test:
            return replace(state, test=None), None
        case "t" if test.last_test:
            return _run_test(state, test.alias)
        case "s" if test.last_test:
            return _set_default(state, test.alias)
    return state, None


def _into_filter(state: State, key: str) -> Update:
    query = state.position.query
    match key:
        case "enter":
            return replace(state, typing=False), None
        case "escape":
            return replace(_filtered(state, ""), typing=False), None
        case "backspace":
            return (_filtered(state, query[:-1]) if query else replace(state, typing=False)), None
        case "c-u":
            return _filtered(state, ""), None
        case "c-w":
            return _filtered(state, query.rstrip().rpartition(" ")[0]), None
    if key in _MOVES:
        return _moved(state, key), None
    return (_filtered(state, query + key) if len(key) == 1 else state), None


def _on_list(state: State, key: str) -> Update:
    if key in _MOVES:
        return _moved(state, key), None
    match key:
        case "enter":
            return _enter(state)
        case "escape":
            return _back(state)
        case "q":
            return _unless_waiting(state, Leave())
        case "/":
            return replace(state, typing=True), None
        case "?":
            return replace(state, help=True), None
    return _act(state, key)


def _act(state: State, key: str) -> Update:
    """The keys that change, test or ask something."""
    match key:
        case "a":
            return _unless_waiting(state, OpenWizard())
        case "d" | "D":
            return _ask_deletion(state, whole_registry=key == "D"), None
        case "t":
            return _run_test(state, state.alias)
        case "s":
            return _set_default(state, state.alias)
        case "r":
            return _ask_refresh(state)
        case "k":
            return _ask_key(state), None
        case "u":
            return _unless_waiting(state, AskUndo())
    return state, None


def _ask_refresh(state: State) -> Update:
    if state.provider is None:
        return state.saying("Select the provider to refresh first.", "warning"), None
    return _unless_waiting(state, AskRefresh(state.provider.id))


def _ask_key(state: State) -> State:
    provider = state.provider
    if state.waiting:
        return _busy(state)
    if provider is None:
        return state.saying("Select the provider that gets another key first.", "warning")
    if provider.variable:
        return state.saying(
            f"{provider.name} takes its key from ${provider.variable}: give the new key to that.", "warning"
        )
    return replace(state, key_entry=KeyEntry(provider.id), status=Status(""))


def _moved(state: State, key: str) -> State:
    cursor, last = state.position.cursor, max(state.last_row, 0)
    match key:
        case "up":
            cursor -= 1
        case "down":
            cursor += 1
        case "left" | "pageup":
            cursor = turned(state.pages, cursor, -1)
        case "right" | "pagedown":
            there = turned(state.pages, cursor, 1)
            # Past the end of the last page lies the row that adds a provider.
            cursor = there if there > cursor else last
        case "home":
            cursor = 0
        case "end":
            cursor = last
    return state.at(replace(state.position, cursor=min(max(cursor, 0), last)))


def _filtered(state: State, query: str) -> State:
    """The list under another filter; the selection stays where it is if the filter leaves it there."""
    selected = state.model if state.opened else state.provider
    there = state.at(Position(query=query))
    rows: tuple[object, ...] = there.shown_models if there.opened else there.shown_providers
    return there.at(Position(query, rows.index(selected) if selected in rows else 0))


def _enter(state: State) -> Update:
    if state.opened:
        return state.saying("t tests this model, s makes it the default."), None
    if state.provider is None:
        return _unless_waiting(state, OpenWizard())
    return opened(state, state.provider), None


def opened(state: State, provider: ProviderEntry) -> State:
    """The list of a provider's models, on its main one; a filter that only models matched goes along."""
    query = state.providers.query if matching_aliases(provider, state.providers.query) else ""
    there = replace(
        state,
        opened=Opened(provider, state.contents.models(provider)),
        models=Position(query),
        status=Status(""),
    )
    main = next((i for i, model in enumerate(there.shown_models) if model.alias == provider.main), 0)
    return there.at(Position(query, main))


def _back(state: State) -> Update:
    if state.position.query:
        return _filtered(state, ""), None
    if state.opened:
        return replace(state, opened=None, models=Position(), status=Status("")), None
    return _unless_waiting(state, Leave())


def _ask_deletion(state: State, *, whole_registry: bool) -> State:
    provider = state.provider
    if state.waiting:
        return _busy(state)
    if state.opened:
        return state.saying("d deletes a whole provider: go back to the list with Esc.", "warning")
    if provider is None:
        return state.saying("Select the provider to delete first.", "warning")
    removed = [provider]
    if whole_registry and provider.of_registry:
        removed = [p for p in state.contents.providers if p.source == provider.source]
    return replace(state, confirmation=deletion(state.contents, removed))


def deletion(contents: Contents, removed: list[ProviderEntry]) -> Confirmation:
    """The question that comes before these providers go."""
    models = count(sum(len(p.aliases) for p in removed), "model")
    if len(removed) == 1:
        question = f'Delete "{removed[0].name}" and its {models}?'
    else:
        question = f"Delete all {len(removed)} providers of this registry, {models}?"
    if any(contents.default_model in p.aliases for p in removed):
        question += " The default model goes too."
    effect = Remove(tuple(p.id for p in removed))
    return Confirmation(question, effect, yes="delete", no="keep", refused="Nothing was deleted.")


def _run_test(state: State, alias: str | None) -> Update:
    if alias is None:
        return state.saying("There is no model here to test.", "warning"), None
    there, effect = _unless_waiting(state, RunTest(alias))
    return (replace(there, test=ShownTest(alias), status=Status("")) if effect else there), effect


def _set_default(state: State, alias: str | None) -> Update:
    if alias is None:
        return state.saying("There is no model here to make the default.", "warning"), None
    return _unless_waiting(state, SetDefault(alias))


def _unless_waiting(state: State, effect: Effect) -> Update:
    return (_busy(state), None) if state.waiting else (state, effect)


def _busy(state: State) -> State:
    return state.saying(f"Still {state.waiting}: one moment.", "warning")
