"""What a maintainer should look at before a document becomes the built-in snapshot."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from catalog import schema
from catalog.errors import NotImportable
from catalog.interpret import interpret, usable_models
from catalog.untrusted import mapping

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping


def report(published: Mapping[str, dict[str, Any]], kept: Collection[str]) -> Iterator[str]:
    """Lines on a catalog, given the ids of the snapshot at hand.

    First what the schema finds amiss, in its first twenty places. Then providers that are new and gone, fields that the
    schema does not describe, providers whose wire would be guessed, those that cannot be imported as they are, and how
    many models are left out and why.
    """
    for problem in schema.problems(published, "catalog"):
        yield f"{problem.pointer}: {problem.message}"
    yield _listed("new", (id_ for id_ in published if id_ not in kept))
    yield _listed("gone", (id_ for id_ in kept if id_ not in published))
    models = [
        mapping(model) for entry in published.values() for model in mapping(entry.get("models")).values()
    ]
    for name, objects in (("provider", list(published.values())), ("model", models)):
        yield _listed(f"{name} fields that the schema does not describe", _unknown(name, objects))
    guessed: list[str] = []
    refused: dict[str, list[str]] = {}
    for id_, entry in published.items():
        try:
            if interpret(entry, key=id_).guessed:
                guessed.append(id_)
        except NotImportable as error:
            refused.setdefault(error.reason, []).append(id_)
    yield _listed("wire guessed", guessed)
    for reason, ids in sorted(refused.items()):
        yield _listed(f"not importable as it is, {reason}", ids)
    left_out = Counter(skip.reason for entry in published.values() for skip in usable_models(entry)[1])
    yield _listed("models left out", (f"{reason} ({count})" for reason, count in left_out.most_common()))


def _unknown(definition: str, objects: Iterable[Mapping[str, Any]]) -> list[str]:
    known = schema.load("catalog")["$defs"][definition]["properties"]
    counts = Counter(field for each in objects for field in each if field not in known)
    return [f"{field} ({count})" for field, count in counts.most_common()]


def _listed(what: str, found: Iterable[str]) -> str:
    names = list(found)
    return f"{what}: {len(names)}{' — ' if names else ''}{', '.join(names)}"
