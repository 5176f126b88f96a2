"""The JSON Schemas of ``schemas/``, and what they find amiss in a document.

Two validators share the work. Documents are nearly always sound, and :mod:`catalog.sound` (the schemas made into Python
beforehand) says so fifty times as quickly as jsonschema and without its sixth of a second to load. Only the providers
and models that it refuses are given to jsonschema, which names every problem and has the last word. No reference is
ever fetched: the registry of known resources stays empty, and every schema refers only within itself.
"""

from __future__ import annotations

import functools
import heapq
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.models import DocumentProblem
from catalog.pointer import pointer
from catalog.sound import CHECKS

if TYPE_CHECKING:
    from jsonschema import ValidationError

_FOLDER = Path(__file__).resolve().parent.parent / "schemas"
_ENDING = ".schema.json"

__all__ = ["DocumentProblem", "load", "names", "problems", "published"]

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def path(name: str) -> Path:
    """The file of a published schema."""
    return _FOLDER / f"{name}{_ENDING}"


def load(name: str) -> dict[str, Any]:
    """A published schema: ``catalog``, ``registry``, ``config``, or ``output/<command>``."""
    schema: dict[str, Any] = json.loads(published(name))
    return schema


def published(name: str) -> str:
    """The text of a published schema."""
    return (_FOLDER / f"{name}{_ENDING}").read_text(encoding="utf-8")


def names() -> list[str]:
    """The names of all published schemas: those of documents first, then the outputs of commands."""
    found = (path.relative_to(_FOLDER).as_posix() for path in _FOLDER.rglob(f"*{_ENDING}"))
    return sorted((name.removesuffix(_ENDING) for name in found), key=lambda name: ("/" in name, name))


def problems(
    document: Any, name: str, *, definition: str | None = None, limit: int = 20
) -> list[DocumentProblem]:
    """Where a document departs from a published schema, in the document's order, at most ``limit`` places.

    Messages name what was expected and never quote the document: there may be keys in it. How grave a problem is,
    the caller knows: readers are more tolerant than the schemas, which say what an author should write.

    Args:
        document: parsed JSON or TOML.
        name: of the schema, as for :func:`load`.
        definition: checks against this member of the schema's ``$defs`` instead, such as ``provider`` for one
            provider of a catalog.
        limit: the first so many are returned.
    """
    if name == "catalog" and definition is None and isinstance(document, dict):
        return _of_members(document, limit)
    if definition == "provider" and is_sound(document, name, definition):
        return []
    if definition == "provider" and isinstance(document, dict):
        document = _without_sound_models(document, name)
    errors = _validator(name, definition).iter_errors(document)
    # jsonschema walks the members of an object in the order of a set: another one each time the program runs.
    found = (_problem(error) for error in heapq.nsmallest(limit, errors, key=_Order(document)))
    return list(dict.fromkeys(found))  # a definition and what refers to it may ask for the same


def is_sound(part: Any, name: str, definition: str) -> bool:
    """Whether a ``provider`` or ``model`` of the schema ``name``, ``catalog`` or ``registry``, is without a problem."""
    return CHECKS[name, definition](part)


def _of_members(catalog: dict[str, Any], limit: int) -> list[DocumentProblem]:
    """The problems of a catalog: those of its providers, as its schema asks for nothing else."""
    found: list[DocumentProblem] = []
    for key, value in catalog.items():
        if len(found) >= limit:
            break
        inside = problems(value, "catalog", definition="provider", limit=limit - len(found))
        found += [DocumentProblem(pointer(key) + problem.pointer, problem.message) for problem in inside]
    return found


def _without_sound_models(provider: dict[str, Any], name: str) -> dict[str, Any]:
    """A provider with those of its models that have a problem, or with one where none has: it may not have none."""
    models = provider.get("models")
    if not isinstance(models, dict) or not models:
        return provider
    unsound = {key: model for key, model in models.items() if not is_sound(model, name, "model")}
    return {**provider, "models": unsound or dict([next(iter(models.items()))])}


@functools.cache
def _validator(name: str, definition: str | None) -> Any:
    from jsonschema import Draft202012Validator
    from referencing import Registry

    return Draft202012Validator(_schema(name, definition), registry=Registry())


def _schema(name: str, definition: str | None) -> dict[str, Any]:
    schema = load(name)
    if definition is None:
        return schema
    return {
        "$schema": schema["$schema"],
        "$id": schema["$id"],
        "$defs": schema["$defs"],
        "$ref": f"#/$defs/{definition}",
    }


class _Order:
    """Sorts errors by where they stand in the document."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._members: dict[int, dict[str, int]] = {}

    def __call__(self, error: ValidationError) -> list[int]:
        place, node = [], self._document
        for step in error.absolute_path:
            place.append(step if isinstance(step, int) else self._rank(node)[step])
            node = node[step]
        return place

    def _rank(self, node: dict[str, Any]) -> dict[str, int]:
        known = self._members.get(id(node))
        if known is None:
            known = self._members[id(node)] = {key: number for number, key in enumerate(node)}
        return known


def _problem(error: ValidationError) -> DocumentProblem:
    return DocumentProblem(pointer(*error.absolute_path), _message(error))


def _message(error: ValidationError) -> str:
    """A few words from the schema alone: jsonschema's own messages quote the whole instance."""
    keyword, wanted = str(error.validator), error.validator_value
    if keyword == "required":
        # One error for each missing member; its message is the only place that says which.
        return f"{error.message.removesuffix(' is a required property')} is missing"
    if keyword == "type":
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        return f"must be {' or '.join(_TYPES[kind] for kind in names)}"
    if keyword in {"enum", "const"}:
        values = wanted if keyword == "enum" else [wanted]
        return f"must be one of {', '.join(map(str, values))}"
    if keyword in {"minimum", "maximum"}:
        return f"must be at {'least' if keyword == 'minimum' else 'most'} {wanted}"
    if keyword in {"minLength", "minProperties", "minItems"} and wanted == 1:
        return "must not be empty"
    if keyword == "maxLength":
        return f"must not be longer than {wanted} characters"
    # What no keyword can say in a few words, the schema says in its title.
    title = error.schema.get("title") if isinstance(error.schema, dict) else None
    return f"must be {title}" if title else f"does not satisfy {keyword!r} of the schema"
