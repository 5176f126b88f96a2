"""Server-sent events, without I/O: bytes in, events out.

Lines end with LF, CR or CRLF and with nothing else: U+2028 and its kind are ordinary characters inside a JSON string.
Source of the rules: the WHATWG specification of ``text/event-stream``, and what model servers send beside it.

Nearly every event of a model server is one ``data:`` line, or an ``event:`` and a ``data:`` line. Where all that a read
completes is of one of these kinds, one regular expression finds it; everything else goes line by line.
"""

from __future__ import annotations

import re

from catalog.json_size import MOST_CONTAINERS, too_many

# The value of the ``event:`` line, blank if there was none, and the data, which may be blank too. A plain pair: an object
# with names for them takes a fifth longer.
Event = tuple[str, str]

EVENT_LIMIT = 16 * 1024 * 1024
_SHARE = 16  # of what a whole catalog may hold
_FEW = MOST_CONTAINERS // _SHARE  # characters that cannot hold too many values
_KEPT = 16 * 1024  # the beginning of an event is kept as it is up to this size
_STRAY_LIMIT = 64 * 1024
_BOM = b"\xef\xbb\xbf"

# Events alike, as pairs. A match begins where a line does and no line is gone through twice, so that it takes linear time
# whatever the text is.
_UNNAMED = re.compile(r"^()data: ?+(.*+)\n\n", re.MULTILINE).findall
_NAMED = re.compile(r"^event: ?+(.*+)\ndata: ?+(.*+)\n\n", re.MULTILINE).findall


class EventTooLarge(Exception):
    """One event passed the size limit of its decoder, or holds too many JSON values."""


class Decoder:
    """Turns reads of any size into events, in time linear in the bytes.

    Comments, ``id``, ``retry`` and unknown fields are dropped. A block that has a name or a ``data:`` line is an
    event, although one with blank data means nothing in the protocol: Kimi Code's readers stumble over it. What
    stood outside every field (some servers fail in mid-stream with bare JSON) is kept in :attr:`stray`, the first
    64 kB of it.
    """

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        self._limit = limit
        self._short = min(limit, _FEW)
        self._kept = min(limit, _KEPT)
        self._tail = b""  # the beginning of an event; it holds no blank line
        self._by_lines = False  # an event has begun that is taken in line by line, into what follows
        self._partial = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._name = ""
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
        if b"\r" in chunk or self._after_cr:
            chunk = self._with_lf(chunk)
        events: list[Event] = []
        if self._by_lines:
            chunk = self._end_of_event(chunk, events)
        seen = len(self._tail)
        text = self._tail + chunk
        if (end := text.rfind(b"\n\n", seen and seen - 1) + 2) > 1:
            block, text = text[:end], text[end:]
            find, lines = (_NAMED, 3) if block.startswith(b"event:") else (_UNNAMED, 2)
            found = find(block.decode("utf-8", "replace"))
            # Each takes so many lines: if that makes all of them, there is nothing else.
            if block.count(b"\n") == lines * len(found) and (
                end <= self._short or self._are_short(found, end)
            ):
                self._first_line = False
                events += found
            else:
                self._lines(block, events)
        if len(text) > self._kept:
            self._lines(text, events)
            text = b""
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

    def _with_lf(self, chunk: bytes) -> bytes:
        """``chunk`` with LF at the end of each line."""
        if not chunk:
            return chunk
        text = chunk.replace(b"\r", b"")
        if text.replace(b"\n", b"\r\n") == chunk:  # in less time than it takes to look for pairs
            self._after_cr = False
            return text
        if self._after_cr:
            chunk = chunk.removeprefix(b"\n")  # of a CRLF that was cut; it ends no second line
        self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _are_short(self, events: list[Event], size: int) -> bool:
        """Whether no event of a text of ``size`` bytes can be too large."""
        return size <= self._limit and all(len(data) <= _FEW for _, data in events)

    def _end_of_event(self, chunk: bytes, events: list[Event]) -> bytes:
        """Takes in what belongs to an event that goes by lines, its blank line included; the rest of ``chunk``."""
        if chunk.startswith(b"\n") and not self._partial:
            end = 1
        else:
            blank = chunk.find(b"\n\n")
            end = blank + 2 if blank >= 0 else len(chunk)
        self._lines(chunk[:end], events)
        return chunk[end:]

    def _lines(self, text: bytes, events: list[Event]) -> None:
        """Takes in ``text`` line by line."""
        *lines, rest = text.split(b"\n")
        if lines and self._partial:
            lines[0] = bytes(self._partial + lines[0])
            self._partial.clear()
        for line in lines:
            self._check_size(len(line))
            if (event := self._line(line)) is not None:
                events.append(event)
        self._partial += rest
        self._check_size(len(self._partial))
        self._by_lines = bool(self._partial or self._data or self._name)

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
        self._name, self._data, self._size = "", [], 0
        if not (name or lines):
            return None
        data = b"\n".join(lines)
        if too_many(data, _SHARE):
            raise EventTooLarge
        return name, data.decode("utf-8", "replace")
