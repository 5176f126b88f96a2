"""Server-sent events, without I/O: bytes in, events out.

Lines end with LF, CR or CRLF and with nothing else, and are found on bytes, before any decoding: U+2028 and its
kind are ordinary characters inside a JSON string. Source of the rules: the WHATWG specification of
``text/event-stream``, and what model servers send beside it.

Nearly every event of a model server is one ``data:`` line, or an ``event:`` and a ``data:`` line, and a read holds many.
Where a run of events is of one of these kinds, all are cut out of it at once; everything else goes line by line.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from catalog.json_size import MOST_CONTAINERS, too_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EVENT_LIMIT = 16 * 1024 * 1024
_SHARE = 16  # of what a whole catalog may hold
_FEW = MOST_CONTAINERS // _SHARE  # characters that cannot hold too many values
_KEPT = 16 * 1024  # the beginning of an event is kept as it is up to this size
_STRAY_LIMIT = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_LF = 0x0A


class EventTooLarge(Exception):
    """One event passed the size limit of its decoder, or holds too many JSON values."""


class Event(NamedTuple):
    """One event: the value of its ``event:`` line, if it had one, and its data, which may be blank."""

    name: str | None
    data: str


class Decoder:
    """Turns reads of any size into events, in time linear in the bytes.

    Comments, ``id``, ``retry`` and unknown fields are dropped. A block that has a name or a ``data:`` line is an
    event, although one with blank data means nothing in the protocol: Kimi Code's readers stumble over it. What
    stood outside every field (some servers fail in mid-stream with bare JSON) is kept in :attr:`stray`, the first
    64 kB of it.
    """

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        self._limit = limit
        self._tail = b""  # an event that has begun; where it is long, it is taken apart into what follows
        self._partial = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._name: str | None = None
        self._after_cr = False
        self._first_line = True
        self._stray = bytearray()

    @property
    def stray(self) -> str:
        """The lines that belong to no field, joined again with LF; all of them once the stream is finished."""
        return self._stray.decode("utf-8", "replace")

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that ``chunk`` completes.

        Raises:
            EventTooLarge: the pending event is larger than the limit.
        """
        if not chunk:
            return []
        after_cr, self._after_cr = self._after_cr, chunk.endswith(b"\r")
        if (
            after_cr and chunk[0] == _LF
        ):  # the LF of a CRLF that was cut between two reads ends no second line
            chunk = chunk[1:]
        if b"\r" in chunk:
            chunk = b"\n".join(chunk.split(b"\r\n")).replace(b"\r", b"\n")  # quicker than to replace a pair
        events: list[Event] = []
        if self._partial or self._data or self._name is not None:
            chunk = self._lines(chunk, events, to_blank=True)
        seen = len(self._tail)
        text = self._tail + chunk
        if (end := text.rfind(b"\n\n", max(0, seen - 1))) >= 0:
            self._events(text[:end], events)
            text = text[end + 2 :]
        if len(text) > min(_KEPT, self._limit):
            text = self._lines(text, events)
        self._tail = text
        return events

    def finish(self) -> Event | None:
        """The event that the end of the body left without its blank line, if there is one.

        The caller decides what it is worth: data that does not parse means that the body was cut.
        """
        self._lines(self._tail, [])
        self._tail = b""
        if self._partial:
            line = bytes(self._partial)
            self._partial.clear()
            self._line(line)
        return self._dispatch()

    def _events(self, block: bytes, events: list[Event]) -> None:
        """Takes in whole events, each but the last with its blank line."""
        if self._first_line:
            self._first_line = False
            block = block.removeprefix(_BOM)
        found = _alike(block) if len(block) <= self._limit else None
        if found is None:
            self._lines(block + b"\n\n", events)
        else:
            events += found

    def _lines(self, text: bytes, events: list[Event], *, to_blank: bool = False) -> bytes:
        """Takes in ``text``, or its lines up to the first blank one and with it; what was not taken in."""
        start = 0
        while (end := text.find(b"\n", start)) >= 0:
            line = text[start:end]
            if self._partial:
                line = bytes(self._partial + line)
                self._partial.clear()
            self._check_size(len(line))
            start = end + 1
            if (event := self._line(line)) is not None:
                events.append(event)
            if to_blank and not line:
                return text[start:]
        self._partial += text[start:]
        self._check_size(len(self._partial))
        return b""

    def _check_size(self, more: int) -> None:
        if self._size + more > self._limit:
            raise EventTooLarge

    def _line(self, line: bytes) -> Event | None:
        if self._first_line:
            self._first_line = False
            line = line.removeprefix(_BOM)
        if not line:
            return self._dispatch()
        field, colon, value = line.partition(b":")
        if colon and not field:
            return None  # a comment
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            self._size += len(value) + 1
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        elif field not in (b"id", b"retry") and len(self._stray) < _STRAY_LIMIT:
            self._stray += line[:_STRAY_LIMIT] + b"\n"
        return None

    def _dispatch(self) -> Event | None:
        name, lines = self._name, self._data
        self._name, self._data, self._size = None, [], 0
        if not (name or lines):
            return None
        data = b"\n".join(lines)
        if too_many(data, _SHARE):
            raise EventTooLarge
        return Event(name, data.decode("utf-8", "replace"))


def _alike(block: bytes) -> list[Event] | None:
    """The events in ``block``, where all are one ``data:`` line, or all an ``event:`` and a ``data:`` line.

    The count of line ends tells that there are no others: what is cut at has two of them, or one.
    """
    if block.startswith(b"data: "):
        data = block[6:].split(b"\n\ndata: ")
        if block.count(b"\n") != 2 * len(data) - 2 or max(map(len, data)) > _FEW:
            return None
        return _made(repeat(None), data)
    if block.startswith(b"event: "):
        pairs = [event.split(b"\ndata: ") for event in block[7:].split(b"\n\nevent: ")]
        if block.count(b"\n") != 3 * len(pairs) - 2 or set(map(len, pairs)) != {2}:
            return None
        names, values = zip(*pairs, strict=True)
        return _made(_texts(names), values) if max(map(len, values)) <= _FEW else None
    return None


def _made(names: Iterable[str | None], data: Iterable[bytes]) -> list[Event]:
    """``Event(name, text)`` for each, without a call of Python's own."""
    return list(map(tuple.__new__, repeat(Event), zip(names, _texts(data), strict=False)))


def _texts(values: Iterable[bytes]) -> Iterator[str]:
    return map(bytes.decode, values, repeat("utf-8"), repeat("replace"))
