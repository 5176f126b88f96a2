"""Arguments for a tool call: a value that fits the tool's JSON Schema, with what the prompt offers filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEEPEST = 12  # recursive schemas end here
_QUOTED = re.compile(r"[\"“`']([^\"”`']+)[\"”`']")
_PLACED = re.compile(r"\b(?:in|for|of|at|to|named|called)\s+([A-Z][\w-]*(?:\s[A-Z][\w-]*)*)")
_NUMBER = re.compile(r"(?<![\w.])-?\d{1,15}(?:\.\d{1,6})?(?!\w)")


class _Hints:
    """What the prompt offers, each used once: its numbers, and its quoted or placed words ("in Paris")."""

    def __init__(self, prompt: str) -> None:
        self.prompt = prompt
        self.numbers: Iterator[str] = iter(_NUMBER.findall(prompt))
        self.words: Iterator[str] = iter([*_QUOTED.findall(prompt), *_PLACED.findall(prompt)])


def arguments_for(schema: Mapping[str, Any], prompt: str) -> dict[str, Any]:
    """An object that the schema accepts.

    Understood are types, ``required``, ``enum``, ``const``, ``default``, bounds of length, size and count,
    ``allOf``, the first of ``anyOf`` and ``oneOf``, and references within the schema. ``pattern`` and the rarer
    keywords are not looked at.
    """
    value = _value(schema, schema, _Hints(prompt), 0)
    return value if isinstance(value, dict) else {}


def _value(schema: Any, root: Mapping[str, Any], hints: _Hints, depth: int) -> Any:
    schema = _plain(schema, root)
    if depth > _DEEPEST:
        return None
    if "const" in schema:
        return schema["const"]
    options = schema.get("enum")
    if isinstance(options, list) and options:
        return next((option for option in options if str(option) in hints.prompt), options[0])
    if "default" in schema:
        return schema["default"]
    match _kind(schema):
        case "object":
            return _object(schema, root, hints, depth)
        case "array":
            count = max(_whole(schema, "minItems", 1), 1 if depth < _DEEPEST else 0)
            return [_value(schema.get("items"), root, hints, depth + 1) for _ in range(min(count, 64))]
        case "integer" | "number" as kind:
            return _number(schema, hints, whole=kind == "integer")
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return _string(schema, hints)


def _plain(schema: Any, root: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without references and combinations."""
    plain: dict[str, Any] = dict(schema) if isinstance(schema, dict) else {}
    for _ in range(_DEEPEST):
        if isinstance(reference := plain.pop("$ref", None), str):
            plain = {**_resolve(reference, root), **plain}
        for several in ("anyOf", "oneOf"):
            if isinstance(choices := plain.pop(several, None), list):
                useful = [one for one in choices if isinstance(one, dict) and one.get("type") != "null"]
                plain = {**(useful[0] if useful else {"type": "null"}), **plain}
        if isinstance(parts := plain.pop("allOf", None), list):
            for part in (part for part in parts if isinstance(part, dict)):
                plain = _merged(plain, part)
        if not plain.keys() & {"$ref", "anyOf", "oneOf", "allOf"}:
            break
    return plain


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    merged = {**other, **one}
    for key in ("properties", "required"):
        left, right = one.get(key), other.get(key)
        if isinstance(left, dict) and isinstance(right, dict):
            merged[key] = {**right, **left}
        elif isinstance(left, list) and isinstance(right, list):
            merged[key] = [*left, *right]
    return merged


def _resolve(reference: str, root: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the schema that ``#/…`` names; anything else is no constraint."""
    place: Any = root
    for step in reference.removeprefix("#").strip("/").split("/") if reference.startswith("#/") else []:
        place = place.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(place, dict) else None
    return dict(place) if isinstance(place, dict) and place is not root else {}


def _kind(schema: dict[str, Any]) -> str:
    """The type's name in lower case (Google's own form has them in upper case)."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if isinstance(kind, str):
        return kind.lower()
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def _object(schema: dict[str, Any], root: Mapping[str, Any], hints: _Hints, depth: int) -> dict[str, Any]:
    properties = schema.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    required = schema.get("required")
    names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else properties
    return {name: _value(properties.get(name), root, hints, depth + 1) for name in names}


def _number(schema: dict[str, Any], hints: _Hints, *, whole: bool) -> float:
    text = next(hints.numbers, "1")
    value: float = float(text) if "." in text and not whole else int(float(text))
    least, most = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if isinstance(above, int | float) and not isinstance(above, bool) and value <= above:
        value = int(above) + 1
    if isinstance(below, int | float) and not isinstance(below, bool) and value >= below:
        value = int(below) - 1
    if isinstance(least, int | float):
        value = max(value, least)
    if isinstance(most, int | float):
        value = min(value, most)
    return value


def _string(schema: dict[str, Any], hints: _Hints) -> str:
    text = next(hints.words, "demo")
    return text.ljust(_whole(schema, "minLength", 0), "o")[: _whole(schema, "maxLength", 1000)]


def _whole(schema: dict[str, Any], key: str, otherwise: int) -> int:
    value = schema.get(key)
    return min(value, 1000) if isinstance(value, int) and value >= 0 else otherwise
