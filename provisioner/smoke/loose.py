"""Reading JSON from strangers: a value of the wrong type counts as absent."""

from __future__ import annotations

from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """``value`` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """``value`` if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def string(value: Any) -> str:
    """``value`` if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def integer(value: Any) -> int | None:
    """``value`` as a whole number of at least zero; servers write counts as floats too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = int(value)
    except (OverflowError, ValueError):
        return None
    return number if number >= 0 else None


def first_integer(*values: Any) -> int | None:
    """The first of ``values`` that is a count."""
    return next((number for value in values if (number := integer(value)) is not None), None)
