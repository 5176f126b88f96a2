"""The keys that a command line has met, wherever they stood, and texts for people and programs without them.

A key that was pasted as a name, a type or a model is a key all the same, so a text is masked as a whole right before it
is shown. What has a vendor's prefix is a key anywhere. Of other words that look like one (hexadecimal, or a long mix
of letters and digits) only those are that were typed or stand in config.toml: servers number their requests like that.
Kept beside the requests, as `written` is: what is shown last may be an error that knows nothing of the file. What a key
looks like is loaded when something is shown: the help of a command is not.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

# Shorter ones, and those without a digit, may be words of a text ("lm-studio").
_LONG_ENOUGH = 16
# With a prefix.
_SHORTEST = 11
_RUN = re.compile("[A-Za-z0-9]+")


class _Keys:
    """Keys by the longest run of letters and digits in each: to look for all runs of a text is quick."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._by_run: dict[str, set[str]] = {}
        self.add(keys)

    def add(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._by_run.setdefault(max(_RUN.findall(key), key=len, default=""), set()).add(key)

    def clear(self) -> None:
        self._by_run.clear()

    def mask(self, text: str) -> str:
        """``text`` with each of the keys in it masked."""
        if not self._by_run or len(text) < _LONG_ENOUGH:
            return text
        from provisioner.secrets import mask

        runs = self._by_run.keys() & _RUN.findall(_unescaped(text))
        # The longest first: another may be a part of it.
        for key in sorted((key for run in runs for key in self._by_run[run]), key=len, reverse=True):
            text = text.replace(key, mask(key))
        return text


class _File:
    """A text of config.toml and what it means."""

    def __init__(self, text: str, data: Mapping[str, Any]) -> None:
        self._text = text
        self._data = data

    @cached_property
    def _keys(self) -> _Keys:
        return _Keys(filter(_tells, _secrets(self._data)))

    def mask(self, text: str) -> str:
        """``text`` without what stands where this file keeps keys, and without what stands in it and looks like one."""
        from provisioner.secrets import mask, unprefixed_keys

        text = self._keys.mask(text)
        for key in unprefixed_keys(_unescaped(text)):
            if key in self._text:
                text = text.replace(key, mask(key))
        return text


class _Seen:
    """What one command line has met."""

    def __init__(self, arguments: Iterable[str]) -> None:
        self._typed = tuple(arguments)
        self.given = _Keys()
        self.files: dict[Path, _File] = {}

    def mask(self, text: str) -> str:
        """``text`` with every key in it masked."""
        from provisioner.secrets import mask_prefixed, typed_keys

        self.given.add(typed_keys(self._typed))
        self._typed = ()
        text = self.given.mask(text)
        for file in self.files.values():
            text = file.mask(text)
        return mask_prefixed(text)


# Of the last command line; empty where none was run. A process that uses the Python API shows nothing and goes on for
# long, over many files: of it nothing is kept.
_SEEN: list[_Seen] = []


def begin(arguments: Iterable[str]) -> None:
    """A new command line: its words that are keys by their looks are masked from now on, and those before forgotten."""
    _SEEN[:] = [_Seen(arguments)]


def given(key: str) -> None:
    """A key that was given as one."""
    if _SEEN and _tells(key):
        _SEEN[-1].given.add([key])


def read(path: Path, text: str, data: Mapping[str, Any] | None = None) -> None:
    """config.toml at ``path`` has been read; ``data`` is None while it is not known what it means."""
    if _SEEN:
        _SEEN[-1].files[path] = _File(text, data or {})


def without_keys(text: str) -> str:
    """``text`` with every key in it masked."""
    if len(text) < _SHORTEST:
        return text
    if _SEEN:
        return _SEEN[-1].mask(text)
    from provisioner.secrets import mask_prefixed

    return mask_prefixed(text)


def _unescaped(text: str) -> str:
    """``text`` in which no letter of an escaped line feed stands before a word, as in a document of JSON."""
    return text.replace("\\n", " ")


def _tells(key: str) -> bool:
    return len(key) >= _LONG_ENOUGH and any(character.isdigit() for character in key)


def _secrets(data: Mapping[str, Any]) -> Iterator[str]:
    """What stands where config.toml keeps keys."""
    from provisioner.secrets import is_secret_key

    for provider in _tables(data, "providers"):
        for name, value in provider.items():
            if isinstance(value, str) and is_secret_key(name):
                yield value
            elif isinstance(value, dict) and name in {"source", "env", "custom_headers"}:
                texts = (v for k, v in value.items() if isinstance(v, str) and is_secret_key(k))
                yield from (text.rpartition(" ")[2] for text in texts)  # "Bearer …"
    for model in _tables(data, "models"):
        if isinstance(key := model.get("api_key"), str):
            yield key


def _tables(data: Mapping[str, Any], section: str) -> Iterator[dict[str, Any]]:
    tables = data.get(section)
    return (
        (table for table in tables.values() if isinstance(table, dict))
        if isinstance(tables, dict)
        else iter(())
    )
