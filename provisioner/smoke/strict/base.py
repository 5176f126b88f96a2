"""What the strict readers share."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from provisioner.smoke.strict.message import Message

if TYPE_CHECKING:
    from provisioner.smoke.sse import Event

_SHOWN = 80


class ReaderError(Exception):
    """Kimi Code's reader throws here; the text says over what."""


class StrictReader(ABC):
    """Reads one stream as Kimi Code does.

    Attributes:
        message: what Kimi Code has put together so far.
        error: what its reader threw over; nothing is read after that.
        filtered: the finish reason is one that Kimi Code takes for a block by the provider's safety policy.
    """

    def __init__(self) -> None:
        self.message = Message()
        self.error: str | None = None
        self.filtered = False
        self._done = False

    def feed(self, chunk: bytes, events: list[Event]) -> None:
        """Takes in one read of the body: its bytes, and the events that they complete."""
        del chunk
        for event in events:
            if self.error is not None or self._done:
                return
            try:
                self._event(event)
            except ReaderError as refused:
                self.error = str(refused)

    def finish(self, *, cut: bool) -> None:
        """The body has ended; ``cut`` where HTTP says that more should have come.

        An event without the blank line after it is dropped.
        """
        if cut and self.error is None:
            self.error = "the body of the answer is not ended as HTTP demands"

    @abstractmethod
    def _event(self, event: Event) -> None:
        """Interprets an event; raises :class:`ReaderError` where Kimi Code's reader throws."""


def parsed(data: str, what: str = "an event") -> Any:
    """The JSON in ``data``.

    Raises:
        ReaderError: there is none; blank data is none either.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        if not data.strip():
            raise ReaderError(f"{what} without data") from None
        quoted = (
            f": {' '.join(data.split())}" if len(data) <= _SHOWN else ""
        )  # whole or not: a key may be in it
        raise ReaderError(f"{what} that is not JSON{quoted}") from None


def field(value: Any, name: str) -> Any:
    """``value[name]`` as JavaScript reads it: from an object its member, else nothing.

    Raises:
        ReaderError: ``value`` is null.
    """
    if value is None:
        raise ReaderError(f"null where an object with {name!r} is read")
    return value.get(name) if isinstance(value, dict) else None


def rows(value: Any, what: str) -> list[Any]:
    """The members of a list; of nothing, and of a string, none.

    Raises:
        ReaderError: something else that cannot be gone through.
    """
    if value is None or isinstance(value, str):
        return []
    if not isinstance(value, list):
        raise ReaderError(f"{what} that is no list")
    return value


def truthy(value: Any) -> bool:
    """Whether JavaScript takes ``value`` for true: an empty object and an empty list count."""
    return bool(value) or isinstance(value, dict | list)
