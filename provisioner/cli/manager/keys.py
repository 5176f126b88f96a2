"""What each key does: a state and a key give the next state, and perhaps a wish for the world outside.

A key is a printable character, or one of the names ``up``, ``down``, ``left``, ``right``, ``pageup``,
``pagedown``, ``home``, ``end``, ``enter``, ``escape``, ``backspace``, ``c-u`` and ``c-w``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.cli.changes import count
from provisioner.cli.manager.filtering import matching_aliases
from provisioner.cli.manager.paging import turned
from provisioner.cli.manager.state import Deletion, Opened, Place, State, Status, Trial
from provisioner.cli.manager.wishes import (
    AddPlatform,
    Leave,
    Remove,
    SetDefault,
    StopTrying,
    Try,
    Wish,
)
from provisioner.cli.manager.words import printable

if TYPE_CHECKING:
    from provisioner.cli.manager.contents import Contents, Provider

Step = tuple[State, Wish | None]

_MOVES = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end"})


def press(state: State, key: str) -> Step:
    """The state after a key, and what the key asks for."""
    if state.status.tone in ("plain", "warning"):
        state = state.saying("")  # read by now; what was done or failed stays until something else is
    if state.help:
        return replace(state, help=False), None
    if state.deletion:
        return _answer(state, state.deletion, key)
    if state.trial:
        return _on_trial(state, state.trial, key)
    if state.typing:
        return _into_filter(state, key)
    return _on_list(state, key)


def typed(state: State, text: str) -> State:
    """The state after a text was pasted: it goes into the filter if that is open, and nowhere else."""
    if not state.typing:
        return state
    return _filtered(state, state.place.query + " ".join(map(printable, text.split())))


def _answer(state: State, deletion: Deletion, key: str) -> Step:
    """An answer to [y/N]: yes only by y, no by n and by every key that otherwise leads away."""
    if key in ("y", "Y"):
        return replace(state, deletion=None), Remove(deletion.providers)
    if key in ("n", "N", "enter", "escape", "q"):
        return replace(state, deletion=None).saying("Nothing was deleted."), None
    return state, None


def _on_trial(state: State, trial: Trial, key: str) -> Step:
    match key:
        case "q":
            return _unless_waiting(state, Leave())
        case "?":
            return replace(state, help=True), None
        case "escape" | "left" if not trial.finding:
            given_up = f"The test of {printable(trial.alias)} was given up."
            return replace(state, trial=None).saying(given_up), StopTrying()
        case "escape" | "left" | "enter" if trial.finding:
            return replace(state, trial=None), None
        case "t" if trial.finding:
            return _try(state, trial.alias)
        case "s" if trial.finding:
            return _set_default(state, trial.alias)
    return state, None


def _into_filter(state: State, key: str) -> Step:
    query = state.place.query
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


def _on_list(state: State, key: str) -> Step:
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


def _act(state: State, key: str) -> Step:
    """The keys that change or test something."""
    match key:
        case "a":
            return _unless_waiting(state, AddPlatform())
        case "d" | "D":
            return _ask_deletion(state, whole_registry=key == "D"), None
        case "t":
            return _try(state, state.alias)
        case "s":
            return _set_default(state, state.alias)
    return state, None


def _moved(state: State, key: str) -> State:
    cursor, last = state.place.cursor, max(state.last_row, 0)
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
    return state.at(replace(state.place, cursor=min(max(cursor, 0), last)))


def _filtered(state: State, query: str) -> State:
    """The list under another filter; the selection stays where it is if the filter leaves it there."""
    selected = state.model if state.opened else state.provider
    there = state.at(Place(query=query))
    rows: tuple[object, ...] = there.shown_models if there.opened else there.shown_providers
    return there.at(Place(query, rows.index(selected) if selected in rows else 0))


def _enter(state: State) -> Step:
    if state.opened:
        return state.saying("t tests this model, s makes it the default."), None
    if state.provider is None:
        return _unless_waiting(state, AddPlatform())
    return opened(state, state.provider), None


def opened(state: State, provider: Provider) -> State:
    """The list of a provider's models, on its main one; a filter that only models matched goes along."""
    query = state.providers.query if matching_aliases(provider, state.providers.query) else ""
    there = replace(
        state,
        opened=Opened(provider, state.contents.models(provider)),
        models=Place(query),
        status=Status(""),
    )
    main = next((i for i, model in enumerate(there.shown_models) if model.alias == provider.main), 0)
    return there.at(Place(query, main))


def _back(state: State) -> Step:
    if state.place.query:
        return _filtered(state, ""), None
    if state.opened:
        return replace(state, opened=None, models=Place(), status=Status("")), None
    return _unless_waiting(state, Leave())


def _ask_deletion(state: State, *, whole_registry: bool) -> State:
    provider = state.provider
    if state.waiting:
        return state.saying(f"Still {state.waiting}: one moment.", "warning")
    if state.opened:
        return state.saying("d deletes a whole provider: go back to the list with Esc.", "warning")
    if provider is None:
        return state.saying("Select the provider to delete first.", "warning")
    doomed = [provider]
    if whole_registry and provider.of_registry:
        doomed = [p for p in state.contents.providers if p.source == provider.source]
    return replace(state, deletion=deletion(state.contents, doomed))


def deletion(contents: Contents, doomed: list[Provider]) -> Deletion:
    """The question that comes before these providers go."""
    models = count(sum(len(p.aliases) for p in doomed), "model")
    if len(doomed) == 1:
        question = f'Delete "{doomed[0].name}" and its {models}?'
    else:
        question = f"Delete all {len(doomed)} providers of this registry, {models}?"
    if any(contents.default_model in p.aliases for p in doomed):
        question += " The default model goes too."
    return Deletion(tuple(p.id for p in doomed), question)


def _try(state: State, alias: str | None) -> Step:
    if alias is None:
        return state.saying("There is no model here to test.", "warning"), None
    there, wish = _unless_waiting(state, Try(alias))
    return (replace(there, trial=Trial(alias), status=Status("")) if wish else there), wish


def _set_default(state: State, alias: str | None) -> Step:
    if alias is None:
        return state.saying("There is no model here to make the default.", "warning"), None
    return _unless_waiting(state, SetDefault(alias))


def _unless_waiting(state: State, wish: Wish) -> Step:
    if state.waiting:
        return state.saying(f"Still {state.waiting}: one moment.", "warning"), None
    return state, wish
