"""A finding with what would end it, and changes of data as lists of edits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.kimi_code.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provisioner.kimi_code.finding import KeyPath as Path

# What a key is to hold; None takes it out. TOML has no null of its own.
Edit = tuple["Path", Any]


@dataclass(frozen=True, slots=True)
class Issue:
    """Something to be set right.

    Attributes:
        finding: what it is.
        edits: the change of the data that ends it, where exactly one is right; else empty.
    """

    finding: Finding
    edits: tuple[Edit, ...] = field(default=(), repr=False)  # may hold a key


def error(code: str, path: Path, message: str, hint: str, *edits: Edit) -> Issue:
    """An issue where Kimi Code would refuse, drop or send a key astray."""
    return Issue(Finding(code, "error", path, message, hint), edits)


def warning(code: str, path: Path, message: str, hint: str, *edits: Edit) -> Issue:
    """Any other issue."""
    return Issue(Finding(code, "warning", path, message, hint), edits)


def edited(data: Mapping[str, Any], edits: Iterable[Edit]) -> dict[str, Any]:
    """``data`` with the edits made; what they do not touch is shared with it."""
    result = dict(data)
    for path, value in edits:
        table = result
        for part in path[:-1]:
            below = table.get(part)
            table[part] = dict(below) if isinstance(below, dict) else {}
            table = table[part]
        if value is None:
            table.pop(path[-1], None)
        else:
            table[path[-1]] = value
    return result


def at(data: Mapping[str, Any], path: Path) -> Any:
    """What stands at ``path``; None where nothing does."""
    value: Any = data
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def shown(path: Path) -> str:
    """The header of a table as it is written in the file, for messages."""
    return f'[{path[0]}."{path[1]}"]' if path[0] == "models" else f"[{'.'.join(path)}]"
