"""The state after something happened outside: config.toml was read again, an answer streamed in, a test ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.cli.manager.state import Opened, Place, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.cli.manager.contents import Contents
    from provisioner.cli.manager.state import Finding


def reloaded(state: State, contents: Contents) -> State:
    """The state over what config.toml says now, on the same row, or where that has gone on the one after it."""
    there = replace(state, contents=contents, deletion=None)
    if state.opened:
        provider = contents.provider(state.opened.provider.id)
        opened = Opened(provider, contents.models(provider)) if provider else None
        there = replace(there, opened=opened)
    there = replace(there, providers=_selected(state, there))
    last_model = max(len(there.shown_models) - 1, 0)
    return replace(there, models=Place(there.models.query, min(there.models.cursor, last_model)))


def added(state: State, contents: Contents) -> State:
    """The list of providers over what config.toml says now, on the first provider that is new."""
    there = reloaded(replace(state, opened=None, models=Place()), contents)
    known = {provider.id for provider in state.contents.providers}
    new = next((row for row, p in enumerate(contents.providers) if p.id not in known), None)
    # Without the filter, which may hide it.
    return there if new is None else replace(there, providers=Place(cursor=new))


def newest(known: Mapping[str, Finding], others: Mapping[str, Finding]) -> dict[str, Finding]:
    """The later finding on each alias; what is ``known`` tells more than what is on record of the same test."""
    later = {
        alias: other
        for alias, other in others.items()
        if alias not in known or other.when > known[alias].when
    }
    return {**known, **later}


def _selected(before: State, there: State) -> Place:
    rows, query = there.shown_providers, there.providers.query
    if before.provider is None:
        return Place(query, len(rows))
    same = next((i for i, p in enumerate(rows) if p.id == before.provider.id), None)
    return Place(query, min(before.providers.cursor, max(len(rows) - 1, 0)) if same is None else same)


def streamed(state: State, alias: str, kind: str, text: str) -> State:
    """The state with all that has arrived of a kind; nothing changes where that test is no longer on screen."""
    trial = state.trial
    if trial is None or trial.alias != alias or trial.finding:
        return state
    if kind == "text":
        return replace(state, trial=replace(trial, text=text))
    if kind == "reasoning":
        return replace(state, trial=replace(trial, reasoning=text))
    return state


def concluded(state: State, alias: str, finding: Finding, text: str) -> State:
    """The state after a test ended: its finding is kept, and shown where the test is on screen."""
    there = replace(state, findings={**state.findings, alias: finding})
    trial = state.trial
    if trial is None or trial.alias != alias:
        return there
    return replace(there, trial=replace(trial, text=text, finding=finding))
