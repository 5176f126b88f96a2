"""The state after something happened outside: config.toml was read again, an answer streamed in, a test ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.cli.manager.contents import Opened
from provisioner.cli.manager.state import Position, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.cli.manager.confirming import Confirmation
    from provisioner.cli.manager.contents import Contents
    from provisioner.cli.manager.state import LastTest


def reloaded(state: State, contents: Contents) -> State:
    """The state over what config.toml says now, on the same row, or where that has gone on the one after it."""
    there = replace(state, contents=contents, confirmation=None, key_entry=None)
    if state.opened:
        provider = contents.provider(state.opened.provider.id)
        opened = Opened(provider, contents.models(provider)) if provider else None
        there = replace(there, opened=opened)
    there = replace(there, providers=_selected(state, there))
    last_model = max(len(there.shown_models) - 1, 0)
    return replace(there, models=Position(there.models.query, min(there.models.cursor, last_model)))


def added(state: State, contents: Contents) -> State:
    """The list of providers over what config.toml says now, on the first provider that is new."""
    there = reloaded(replace(state, opened=None, models=Position()), contents)
    known = {provider.id for provider in state.contents.providers}
    new = next((row for row, p in enumerate(contents.providers) if p.id not in known), None)
    # Without the filter, which may hide it.
    return there if new is None else replace(there, providers=Position(cursor=new))


def confirming(state: State, confirmation: Confirmation) -> State:
    """The state with a question; where one has begun something else, a key meant for that must not answer it."""
    if state.typing or state.help or state.test or state.key_entry:
        return state.saying("Nothing was changed: press the key again to see what would be.", "warning")
    return replace(state, confirmation=confirmation)


def newest(known: Mapping[str, LastTest], others: Mapping[str, LastTest]) -> dict[str, LastTest]:
    """The later test on each alias; what is ``known`` tells more than what is on record of the same test."""
    later = {
        alias: other
        for alias, other in others.items()
        if alias not in known or other.when > known[alias].when
    }
    return {**known, **later}


def _selected(before: State, there: State) -> Position:
    rows, query = there.shown_providers, there.providers.query
    if before.provider is None:
        return Position(query, len(rows))
    same = next((i for i, p in enumerate(rows) if p.id == before.provider.id), None)
    return Position(query, min(before.providers.cursor, max(len(rows) - 1, 0)) if same is None else same)


def streamed(state: State, alias: str, kind: str, text: str) -> State:
    """The state with all that has arrived of a kind; nothing changes where that test is no longer on screen."""
    test = state.test
    if test is None or test.alias != alias or test.last_test:
        return state
    if kind == "text":
        return replace(state, test=replace(test, text=text))
    if kind == "reasoning":
        return replace(state, test=replace(test, reasoning=text))
    return state


def concluded(state: State, alias: str, last_test: LastTest, text: str) -> State:
    """The state after a test ended: its result is kept, and shown where the test is on screen."""
    there = replace(state, last_tests={**state.last_tests, alias: last_test})
    test = state.test
    if test is None or test.alias != alias:
        return there
    return replace(there, test=replace(test, text=text, last_test=last_test))
