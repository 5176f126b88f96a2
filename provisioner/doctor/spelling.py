"""Keys and words that are one slip of the finger away from one that Kimi Code knows. It ignores what it does not know.

What is known is what schemas/config.schema.json describes.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from catalog import schema
from catalog.untrusted import mapping
from provisioner.doctor.issue import at, shown, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.doctor.issue import Issue
    from provisioner.kimi_code.finding import KeyPath as Path

_LOGIN = frozenset({"storage", "key", "oauth_host"})
_SECTIONS = frozenset(
    {"default_model", "default_provider", "thinking", "secondary_model", "providers", "models"}
)
_LONG = 8  # a word of this length may have two slips


def issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Misspelt keys, each once, and misspelt capabilities."""
    yield from _keys(data, (), _SECTIONS)
    for section in ("thinking", "secondary_model"):
        yield from _keys(data, (section,), _known(section))
    for provider_id, provider in mapping(data.get("providers")).items():
        path = ("providers", provider_id)
        yield from _keys(data, path, _known("provider"))
        yield from _keys(data, (*path, "oauth"), _LOGIN)
        if mapping(mapping(provider).get("source")).get("kind") == "apiJson":
            yield from _source(data, (*path, "source"))
    for alias in mapping(data.get("models")):
        path = ("models", alias)
        yield from _keys(data, path, _known("model"))
        yield from _keys(data, (*path, "overrides"), _known("adjustable"))
        yield from _capabilities(data, path)
        yield from _capabilities(data, (*path, "overrides"))


@functools.lru_cache(maxsize=1024)  # the same slip in a thousand aliases
def closest(word: str, known: frozenset[str]) -> str | None:
    """The known word that ``word`` is most likely a slip of; None where there is none, or more than one."""
    most = 2 if len(word) >= _LONG else 1
    slips = {name: _slips(word, name, most) for name in known}
    least = min(slips.values(), default=most + 1)
    found = [name for name, count in slips.items() if count == least <= most]
    return found[0] if len(found) == 1 else None


@functools.cache
def _known(name: str) -> frozenset[str]:
    """The keys that the schema describes for a section or a definition."""
    config = schema.load("config")
    described = config["$defs"].get(name) or config["properties"][name]
    keys = set(described["properties"])
    if "$ref" in described:
        keys |= set(config["$defs"][described["$ref"].rpartition("/")[2]]["properties"])
    return frozenset(keys)


@functools.cache
def _words() -> frozenset[str]:
    return frozenset(
        schema.load("config")["$defs"]["adjustable"]["properties"]["capabilities"]["items"]["examples"]
    )


def _keys(data: Mapping[str, Any], path: Path, known: frozenset[str]) -> Iterator[Issue]:
    table = mapping(at(data, path))
    for key, value in table.items():
        # Kimi Code takes camelCase too.
        if key in known or re.sub("[A-Z]", lambda c: f"_{c[0].lower()}", key) in known:
            continue
        meant = closest(key.lower().replace("-", "_"), known)
        if meant is None:
            continue
        free = meant not in table
        here = (*path, key)
        where = f" in {shown(path)}" if path else ""
        edits = ((here, None), ((*path, meant), value)) if free and not _is_big(value) else ()
        hint = f"write {meant}{where}" if free else f"remove {key}{where}: {meant} is there too"
        message = f"{key!r}{where} is no key that Kimi Code knows, it ignores it; {meant} is one"
        yield warning("unknown_key", here, message, hint, *edits)


def _is_big(value: Any) -> bool:
    """Whether a table holds tables: moving those would write them anew, comments and all."""
    return isinstance(value, dict) and any(isinstance(below, dict) for below in value.values())


def _source(data: Mapping[str, Any], path: Path) -> Iterator[Issue]:
    source = mapping(at(data, path))
    for key in ("api_key", "apikey", "api-key", "token"):
        if key in source and "apiKey" not in source:
            yield warning(
                "source_api_key",
                (*path, key),
                f"{key} in {shown(path)} is not read: there the key is called apiKey, and without it Kimi Code never "
                "refreshes the provider",
                f"write apiKey in {shown(path)}",
                ((*path, key), None),
                ((*path, "apiKey"), source[key]),
            )
            return
    missing = [key for key in ("url", "apiKey") if not isinstance(source.get(key), str)]
    if missing:
        yield warning(
            "source_incomplete",
            path,
            f'{shown(path)} says kind = "apiJson" without {" and ".join(missing)}; Kimi Code then never refreshes it',
            "kimi provider add --registry URL --token …",
        )


def _capabilities(data: Mapping[str, Any], path: Path) -> Iterator[Issue]:
    here = (*path, "capabilities")
    words = at(data, here)
    strings = [word for word in words if isinstance(word, str)] if isinstance(words, list) else []
    meant = {
        word: near
        for word in strings
        if word not in _words() and (near := closest(word.lower().replace("-", "_"), _words()))
    }
    for word, near in meant.items():
        yield warning(
            "unknown_capability",
            here,
            f"{word!r} is no capability that Kimi Code knows; {near} is one",
            f'write "{near}" in {shown(path)}',
            (here, list(dict.fromkeys(meant.get(one, one) for one in words))),
        )


def _slips(one: str, other: str, most: int) -> int:
    """Letters added, left out, replaced or swapped with the next between two words; ``most`` + 1 for any more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        following = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (letter != wanted))
            if before and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1]
