"""Ids and aliases: reserved ones, ones that look alike, and what hides in names, keys and addresses."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from catalog.reserved import INTERNAL_IDS, MANAGED_IDS, is_login
from catalog.untrusted import mapping
from provisioner.characters import curly, folded, hidden, visible
from provisioner.doctor.issue import error, shown, warning
from provisioner.secrets import is_secret_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.doctor.issue import Issue
    from provisioner.kimi_code.finding import KeyPath as Path

# What is compared, looked up or sent, so that one unseen character more makes it another.
_EXACT = frozenset(
    {
        "type",
        "base_url",
        "api_key_env",
        "provider",
        "provider_id",
        "model",
        "name",
        "protocol",
        "default_model",
    }
    | {"default_provider", "url", "kind"}
)
# Nothing is odd about such a name.
_PLAIN = re.compile(r"[\w./:@+-]*", re.ASCII)
_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\"'"


def issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Reserved names first, then names that look alike, then hidden characters."""
    yield from _reserved(data)
    for section in ("providers", "models"):
        yield from _alike(section, mapping(data.get(section)))
    yield from _characters({key: data[key] for key in data if key.startswith("default_")}, ())
    for section in ("providers", "models"):
        yield from _characters(mapping(data.get(section)), (section,))


def _reserved(data: Mapping[str, Any]) -> Iterator[Issue]:
    for section in ("providers", "models"):
        for name in mapping(data.get(section)):
            if name in INTERNAL_IDS:
                path = (section, name)
                message = f"{name} is a name that Kimi Code uses inside itself; it strips {shown(path)} from the file"
                yield error("internal_name", path, message, f"give {shown(path)} another name")
    for name, provider in mapping(data.get("providers")).items():
        if name in MANAGED_IDS and not is_login(provider):
            path = ("providers", name)
            message = (
                f"{name} is an id of Kimi Code's own: it refreshes {shown(path)} at its own address, with the key "
                "that stands there, whatever base_url says"
            )
            yield warning("reserved_name", path, message, f"give {shown(path)} and its aliases another name")


def _alike(section: str, names: Mapping[str, Any]) -> Iterator[Issue]:
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(folded(name), name)
        if first != name:
            path = (section, name)
            message = f"{name!a} is taken for {first!a} by who reads it, but it is another name"
            yield warning("names_alike", path, message, f"rename or remove one of the two in [{section}]")


def _characters(table: Mapping[str, Any], above: Path) -> Iterator[Issue]:
    for key, value in table.items():
        path = (*above, key)
        if not _PLAIN.fullmatch(key):
            yield from _in_name(key, path)
        if isinstance(value, dict):
            yield from _characters(value, path)
        elif isinstance(value, str) and _is_exact(key, path):
            yield from _in_value(value, path)


def _is_exact(key: str, path: Path) -> bool:
    return _is_exact_anywhere(key) or any(part in ("env", "custom_headers") for part in path[2:-1])


@lru_cache(maxsize=1024)
def _is_exact_anywhere(key: str) -> bool:
    return key in _EXACT or is_secret_key(key)


def _in_name(name: str, path: Path) -> Iterator[Issue]:
    found = next(hidden(name), None)
    what = "holds an invisible character" if found else ""
    if found is None and (name != name.strip() or "\t" in name):
        what, found = "begins or ends with white space, or holds a tab", (0, "")
    if found:
        called = f", {found[1]}" if found[1] else ""
        yield warning(
            "hidden_character", path, f"the name {name!a} {what}{called}", "write the name again by hand"
        )


def _in_value(value: str, path: Path) -> Iterator[Issue]:
    where = shown(path[:2]) if path[1:] else "the file"
    if found := next(hidden(value), None):
        yield error(
            "hidden_character",
            path,
            f"the value of {path[-1]} in {where} holds an invisible character, {found[1]}, at position {found[0] + 1}",
            f"write {path[-1]} again by hand",
            (path, visible(value).strip()),
        )
    elif found := next(curly(value), None):
        bare = value.strip().strip(_QUOTES)
        edits = ((path, bare),) if next(curly(bare), None) is None else ()
        yield error(
            "curly_quotes",
            path,
            f"the value of {path[-1]} in {where} holds a quotation mark from a document, {found[1]}",
            f"write {path[-1]} without it",
            *edits,
        )
