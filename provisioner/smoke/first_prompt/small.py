"""The shape of a first turn in few tokens."""

from __future__ import annotations

from typing import Any

from provisioner.smoke.first_prompt.tool import FunctionTool

SYSTEM = "You are being checked for readiness. Answer briefly."
# Kimi Code lets two messages of its own follow the user's, with the same role.
REMINDERS = ("<note>Today is an ordinary day.</note>", "<note>Nobody is there to confirm anything.</note>")
# Kimi Code sends its session's id for the provider's prompt cache; every test is its own session.
SESSION = "session_00000000-0000-4000-8000-000000000000"

_LARGEST = 2**53 - 1  # the bound that a schema made in JavaScript gives to a whole number
_COUNT = {"type": "integer", "minimum": 0, "maximum": _LARGEST}
_WORD = {"type": "string", "minLength": 1}


def schema(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The parameters of a tool: draft 7, closed, ``required`` left out where nothing is."""
    named = {"required": list(required)} if required else {}
    draft = "http://json-schema.org/draft-07/schema#"
    return {
        "$schema": draft,
        "type": "object",
        "properties": properties,
        **named,
        "additionalProperties": False,
    }


_OPTION = {
    "type": "object",
    "properties": {
        "label": {**_WORD, "maxLength": 80},
        "description": {"default": "", "type": "string"},
    },
    "required": ["label"],
    "additionalProperties": False,
}
# Together every keyword of JSON Schema that Kimi Code's tools use, and the kinds of names that their properties have:
# keywords of JSON Schema itself, command line switches, snake and camel case.
PROPERTIES: dict[str, dict[str, Any]] = {
    "pattern": {"type": "string"},
    "path": {"type": "string"},
    "type": {"type": "string"},
    "-i": {"type": "boolean"},
    "-n": {"type": "boolean"},
    "-A": _COUNT,
    "-B": _COUNT,
    "-C": _COUNT,
    "line_offset": {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": _LARGEST},
            {"type": "integer", "minimum": -_LARGEST, "exclusiveMaximum": 0},
        ]
    },
    "limit": {"default": 20, "type": "integer", "minimum": 1, "maximum": 100},
    "timeout": {"default": 60, "type": "integer", "exclusiveMinimum": 0, "maximum": _LARGEST},
    "value": {"type": "number", "exclusiveMinimum": 0},
    "mode": {"type": "string", "enum": ["short", "long"]},
    "recurring": {"default": True, "type": "boolean"},
    "content": {**_WORD, "maxLength": 8192},
    "items": {"maxItems": 128, "type": "array", "items": _WORD},
    "options": {"minItems": 1, "maxItems": 4, "type": "array", "items": _OPTION},
    "labels_by_id": {"type": "object", "propertyNames": _WORD, "additionalProperties": _WORD},
    "description": {"type": "string"},
    "title": _WORD,
    "id": {"type": "string"},
    "url": {"type": "string"},
    "endCriterion": {"type": "string"},
}


def described(names: tuple[str, ...]) -> dict[str, Any]:
    """Some of the :data:`PROPERTIES`, each with a few words on it."""
    return {name: {"description": f"The {name.strip('-')} to use.", **PROPERTIES[name]} for name in names}


CLOCK = FunctionTool(
    "get_time",
    "Tells what time it is in a city.",
    schema({"city": {**_WORD, "description": "The name of the city."}}, ("city",)),
)
TOOLS = (
    CLOCK,
    FunctionTool("find_notes", "Finds notes.", schema(described(tuple(PROPERTIES)), ("pattern",))),
    FunctionTool("list_jobs", "Lists the jobs that run.", schema({})),
)
