"""Where the members of a JSON text stand, and which keys an object has twice: what a JSON parser does not tell."""

from __future__ import annotations

import bisect
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Strings, brackets and marks; then whatever else a scalar is.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_BREAK = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that an object has more than once: its pointer, and the offsets of an earlier one and of the next."""

    pointer: str
    earlier: int
    later: int


@dataclass(frozen=True, slots=True)
class JsonPlaces:
    """What :func:`scan` found: offsets into the text by JSON pointer, and repeated keys."""

    offsets: Mapping[str, int]
    repeated: tuple[Repeated, ...]


@dataclass(slots=True)
class _Frame:
    """An object or list that is open.

    Attributes:
        keys: key → offset of an object's members so far; None for a list.
        step: key or index of the member that is being read.
        wanted: what is asked for below it, see :func:`_tree`; None for nothing.
        is_key: whether the next string is a key.
        below: what is asked for below the member that is being read.
    """

    keys: dict[str, int] | None
    wanted: dict[str, Any] | None
    step: str | int = 0
    is_key: bool = False
    below: dict[str, Any] | None = None

    def advance(self) -> None:
        """A comma: the next member follows."""
        self.is_key = self.keys is not None
        if isinstance(self.step, int):
            self.step += 1


class Lines:
    """Turns offsets of a text into lines and columns, both from 1; columns count characters."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def scan(text: str, pointers: Iterable[str]) -> JsonPlaces:
    """Where ``pointers`` lead in ``text``, which a parser has accepted as JSON. One pass, whatever is asked.

    A member of an object is at its key, one of a list at its value; of a repeated key the last counts, as in
    parsers. Memory grows with what is asked, the depth, and the keys of the objects that are open.
    """
    walk = _Walk(_tree(pointers))
    for match in _TOKEN.finditer(text):
        walk.token(match.group(), match.start())
    return JsonPlaces(walk.offsets, tuple(walk.repeated))


class _Walk:
    """The state between two tokens; ``tree`` is what is asked for, see :func:`_tree`."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.offsets: dict[str, int] = {}
        self.repeated: list[Repeated] = []
        self._tree = tree
        self._stack: list[_Frame] = []

    def token(self, token: str, offset: int) -> None:
        mark = token[0]
        if mark in "}]":
            self._stack.pop()
        elif mark == ",":
            self._stack[-1].advance()
        elif mark != ":":
            frame = self._stack[-1] if self._stack else None
            if frame is not None and frame.keys is not None and frame.is_key:
                self._key(frame, frame.keys, _string(token), offset)
            else:
                self._value(frame, mark, offset)

    def _key(self, frame: _Frame, keys: dict[str, int], name: str, offset: int) -> None:
        frame.step, frame.is_key = name, False
        if name in keys:
            place = pointer(*(outer.step for outer in self._stack))
            self.repeated.append(Repeated(place, keys[name], offset))
        keys[name] = offset
        self._visit(frame, offset)

    def _value(self, frame: _Frame | None, mark: str, offset: int) -> None:
        if frame is None:
            below: dict[str, Any] | None = self._tree
            if "" in self._tree:
                self.offsets[""] = offset
        else:
            if frame.keys is None:
                self._visit(frame, offset)
            below = frame.below
        if mark == "{":
            self._stack.append(_Frame({}, below, "", is_key=True))
        elif mark == "[":
            self._stack.append(_Frame(None, below))

    def _visit(self, frame: _Frame, offset: int) -> None:
        """A member begins: its key, or its value in a list."""
        frame.below = frame.wanted.get(f"/{frame.step}") if frame.wanted else None
        if frame.below is not None and "" in frame.below:
            self.offsets[frame.below[""]] = offset


def _tree(pointers: Iterable[str]) -> dict[str, Any]:
    """Pointers as nested steps, each behind a slash; a pointer that ends at a node stands there under ``""``."""
    root: dict[str, Any] = {}
    for place in pointers:
        node = root
        for step in place.split("/")[1:]:
            node = node.setdefault("/" + step.replace("~1", "/").replace("~0", "~"), {})
        node[""] = place
    return root


def _string(token: str) -> str:
    return str(json.loads(token)) if "\\" in token else token[1:-1]
