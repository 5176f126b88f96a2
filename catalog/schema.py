"""The JSON Schemas of ``schemas/``, and what they find amiss in a document.

The only module that imports jsonschema, and only when asked: it takes a sixth of a second to load. No reference is
ever fetched: the registry of known resources stays empty, and every schema refers only within itself.
"""

from __future__ import annotations

import functools
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.models import Problem
from catalog.pointer import pointer

if TYPE_CHECKING:
    from jsonschema import ValidationError

_FOLDER = Path(__file__).resolve().parent.parent / "schemas"

__all__ = ["Problem", "load", "problems"]

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def load(name: str) -> dict[str, Any]:
    """A published schema: ``catalog``, ``registry``, ``config``, or ``output/<command>``."""
    schema: dict[str, Any] = json.loads((_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema


def problems(document: Any, name: str, *, definition: str | None = None, limit: int = 20) -> list[Problem]:
    """Where a document departs from a published schema, in the document's order, at most ``limit`` places.

    Messages name what was expected and never quote the document: there may be keys in it. How grave a problem is,
    the caller knows: readers are more tolerant than the schemas, which say what an author should write.

    Args:
        document: parsed JSON or TOML.
        name: of the schema, as for :func:`load`.
        definition: checks against this member of the schema's ``$defs`` instead, such as ``provider`` for one
            provider of a catalog.
        limit: more are not looked for.
    """
    errors = _validator(name, definition).iter_errors(document)
    return [_problem(error) for error in itertools.islice(errors, limit)]


@functools.cache
def _validator(name: str, definition: str | None) -> Any:
    from jsonschema import Draft202012Validator
    from referencing import Registry

    schema = load(name)
    if definition is not None:
        schema = {"$id": schema["$id"], "$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"}
    return Draft202012Validator(schema, registry=Registry())


def _problem(error: ValidationError) -> Problem:
    return Problem(pointer(*error.absolute_path), _message(error))


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
