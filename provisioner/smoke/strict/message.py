"""The message that Kimi Code puts together from the parts of a stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Call:
    """A tool call as Kimi Code would carry it out."""

    name: str
    first: Any  # the first of its arguments that came
    index: Any = None
    more: list[str] = field(default_factory=list)  # joined at the end: there may be thousands

    @property
    def arguments(self) -> Any:
        """JSON text, or whatever the server sent instead."""
        return "".join((self.first, *self.more)) if isinstance(self.first, str) else self.first


@dataclass(slots=True)
class Message:
    """Text, thinking and tool calls, joined by Kimi Code's rules.

    A part joins the one before it if both are of a kind. Arguments go to the call that carries their index, or to
    the last one; without a call to go to they are lost.
    """

    calls: list[Call] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    thinks: bool = False
    _by_index: dict[Any, Call] = field(default_factory=dict)
    _last: Any = None  # a call, or the word "text" or "think"
    _deferred: bool = False

    def text(self, piece: str) -> None:
        """Visible text."""
        self._deferred = False
        self.texts.append(piece)
        self._last = "text"

    def think(self, piece: str = "", *, hidden: bool = False) -> None:
        """Thinking, perhaps an empty piece of it, or one that is ``hidden`` (a signature, something encrypted).

        An empty piece between two pieces of text leaves no trace.
        """
        if self._last == "text" and not hidden and not piece.strip():
            self._deferred = True
            return
        self.thinks = True
        self._last = "think"

    def call(self, name: str, arguments: Any, index: Any = None) -> None:
        """A call begins; a later one of the same index takes over what still comes for that index."""
        begun = Call(name, arguments, index)
        self.calls.append(begun)
        self._last = begun
        if index is not None:
            self._by_index[index] = begun

    def arguments(self, piece: str, index: Any = None) -> None:
        """More arguments."""
        open_call = self._last if isinstance(self._last, Call) else None
        target = self._by_index.get(index) if index is not None else None
        target = target or open_call
        if target is None:
            self._last = None
        elif target.first is None:
            target.first = piece
        elif isinstance(target.first, str):
            target.more.append(piece)

    @property
    def trouble(self) -> str | None:
        """Why Kimi Code refuses the message: it is empty, or holds nothing but thinking. None where it takes it."""
        if self.calls:
            return None
        if self.thinks or self._deferred:
            return None if "".join(self.texts).strip() else "only thinking"
        return None if self.texts else "nothing"
