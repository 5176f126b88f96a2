"""What ``add --registry`` says beside its result, as notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.config import tables
from provisioner.config.tables import PICKED
from provisioner.kimi_code.auth import NO_KEY, declared
from provisioner.note import Note
from provisioner.workflows.default_alias import models_of
from provisioner.workflows.entries import source_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalog.models import Provider, RegistryFinding
    from catalog.registry import Registry

_MOST_NOTES = 20
_LONGEST_PLACE = 120


def findings(found: Sequence[RegistryFinding]) -> Iterator[Note]:
    """The first of what is amiss in the registry; an author has ``registry validate`` for the rest."""
    for finding in found[:_MOST_NOTES]:
        place = finding.pointer
        if len(place) > _LONGEST_PLACE:
            place = f"{place[:_LONGEST_PLACE]}…"
        yield Note("registry_flaw", f"{place}: {finding.message}")
    if more := len(found[_MOST_NOTES:]):
        yield Note("registry_flaw", f"{more:,} more; `kimi provider registry validate` lists them")


def unread(names: Sequence[str]) -> Iterator[Note]:
    """Providers of an earlier import that the registry now has in a form that cannot be read."""
    for name in names[:_MOST_NOTES]:
        yield Note("unread", f"{name}: its entry in the registry cannot be read; it stays as it is")


def collisions(chosen: Iterable[Provider]) -> list[Note]:
    """Two providers whose ids and models make the same alias: only the last one keeps it, as in Kimi Code."""
    owners: dict[str, str] = {}
    notes = []
    for provider in chosen:
        for alias in models_of((provider,)):
            if alias in owners:
                notes.append(
                    Note(
                        "alias_collision",
                        f'"{owners[alias]}" and "{provider.id}" of the registry both make the alias "{alias}": '
                        "the last one keeps it",
                    )
                )
            owners[alias] = provider.id
    return notes


def picked(only: tuple[str, ...], chosen: Iterable[Provider], data: Mapping[str, Any]) -> list[Note]:
    """What ``--only`` means for Kimi Code's own refresh at each start."""
    if not only:
        return []
    if all(source_of(tables.provider_in(data, p.id), PICKED) for p in chosen):
        return [
            Note(
                "picked",
                f'only {", ".join(only)} of the registry: source.kind = "{PICKED}" keeps Kimi Code from adding the '
                "rest when it starts; kimi provider refresh brings exactly these up to date",
            )
        ]
    return [
        Note("whole", "the registry is imported whole already, and Kimi Code keeps it whole when it starts")
    ]


def env_hints(registry: Registry, chosen: Iterable[Provider], data: Mapping[str, Any]) -> list[Note]:
    """One note for each variable that the registry names: a hint, never a binding."""
    named: dict[str, list[str]] = {}
    for provider in chosen:
        variable = registry.env_hints.get(provider.id)
        if variable and "api_key_env" not in tables.provider_in(data, provider.id):
            named.setdefault(variable, []).append(provider.id)
    return [
        Note(
            "env_hint",
            f"the registry names {variable} as the variable for the key of {', '.join(ids)}; "
            f"to use it import with --api-key-env {variable}",
        )
        for variable, ids in named.items()
    ]


def no_key(chosen: Iterable[Provider], data: Mapping[str, Any]) -> list[Note]:
    """A registry without a token leaves ``api_key`` empty, as Kimi Code writes it."""
    if all(declared(tables.provider_in(data, provider.id)).kind != "none" for provider in chosen):
        return []
    return [
        Note(
            "no_key",
            f"no token was given, so api_key is empty: Kimi Code sends the word {NO_KEY!r} instead, and runs nothing "
            "while one of these models is default_model; where that matters "
            "import again with --api-key-env NAME, or with --token-stdin",
        )
    ]


def own_keys(replaced: Sequence[str]) -> list[Note]:
    """Providers that had a key of their own, which the registry's token has replaced."""
    if not replaced:
        return []
    said = (
        f"the api_key of {', '.join(replaced)} is another than the registry's token, which replaces it, as Kimi Code "
        "does when it starts: kimi provider undo brings it back; --api-key-env NAME keeps a key of its own"
    )
    return [Note("own_key", said)]
