"""Server-sent events, without I/O: bytes in, events out.

Lines end with LF, CR or CRLF and with nothing else, and are found on bytes, before any decoding: U+2028 and its
kind are ordinary characters inside a JSON string. Source of the rules: the WHATWG specification of
``text/event-stream``, and what model servers send beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.json_size import too_many

EVENT_LIMIT = 16 * 1024 * 1024
_SHARE = 16  # of what a whole catalog may hold
_STRAY_LIMIT = 64 * 1024
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
_LF = 0x0A


class EventTooLarge(Exception):
    """One event passed the size limit of its decoder, or holds too many JSON values."""


@dataclass(frozen=True, slots=True)
class Event:
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
        self._partial = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._name: str | None = None
        self._after_cr = False
        self._first_line = True
        self._stray = bytearray()

    @property
    def stray(self) -> str:
        """The lines that belong to no field, joined again with LF."""
        return self._stray.decode("utf-8", "replace")

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that ``chunk`` completes.

        Raises:
            EventTooLarge: the pending event is larger than the limit.
        """
        if not chunk:
            return []
        # The LF of a CRLF that was cut between two reads ends no second line.
        start = 1 if self._after_cr and chunk[0] == _LF else 0
        self._after_cr = chunk.endswith(b"\r")
        events: list[Event] = []
        for end in _LINE_END.finditer(chunk, start):
            self._partial += chunk[start : end.start()]
            self._check_size()
            line = bytes(self._partial)
            self._partial.clear()
            start = end.end()
            if (event := self._line(line)) is not None:
                events.append(event)
        self._partial += chunk[start:]
        self._check_size()
        return events

    def finish(self) -> Event | None:
        """The event that the end of the body left without its blank line, if there is one.

        The caller decides what it is worth: data that does not parse means that the body was cut.
        """
        if self._partial:
            line = bytes(self._partial)
            self._partial.clear()
            if (event := self._line(line)) is not None:
                return event
        return self._dispatch()

    def _check_size(self) -> None:
        if self._size + len(self._partial) > self._limit:
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
