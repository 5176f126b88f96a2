"""One answer from its first byte to its last, without I/O: bytes in, deltas out, a problem at the end or none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.smoke.problem import Problem
from provisioner.smoke.sniff import Kind, sniff
from provisioner.smoke.sse import EVENT_LIMIT, Decoder, EventTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from provisioner.smoke.answer import Delta, Failure
    from provisioner.smoke.wires.reader import Reader

BODY_LIMIT = 64 * 1024 * 1024
_SHOWN = 160


class TooLarge(Exception):
    """The body passed its cap."""


class Exchange:
    """Feeds the body of a 200 answer to a reader, whatever the body turns out to be."""

    def __init__(self, reader: Reader, limit: int = BODY_LIMIT) -> None:
        self.reader = reader
        self._limit = limit
        self._size = 0
        self._kind: Kind | None = None
        self._head = b""
        self._whole = bytearray()
        self._decoder = Decoder(min(limit, EVENT_LIMIT))

    def feed(self, chunk: bytes) -> list[Delta]:
        """Takes a read in.

        Raises:
            TooLarge: the body, or one event of it, passed its cap.
        """
        self._size += len(chunk)
        if self._size > self._limit:
            raise TooLarge(f"the answer is larger than {self._limit:,} bytes")
        if self._kind is None:
            # Blank bytes before the first word say nothing, and are not kept: there may be no end to them.
            self._head = (self._head + chunk).lstrip()
            self._kind = sniff(self._head)
            if self._kind is None:
                return []
            chunk, self._head = self._head, b""
        return self._route(chunk)

    @property
    def decided(self) -> bool:
        """Whether nothing that may still come can change what is reported."""
        if self.reader.answer.failure is not None:
            return True
        return self._kind in ("html", "text") and len(self._whole) > _SHOWN * 4

    def _route(self, chunk: bytes) -> list[Delta]:
        if self._kind != "events":
            self._whole += chunk
            if len(self._whole) > EVENT_LIMIT:
                raise TooLarge(f"the answer is no stream, and larger than {EVENT_LIMIT:,} bytes")
            return []
        try:
            return [delta for event in self._decoder.feed(chunk) for delta in self.reader.read(event)]
        except EventTooLarge:
            raise TooLarge("one event of the stream is larger than 16 MiB") from None

    def finish(self) -> Problem | None:
        """The body has ended, well or badly: what is wrong with it, or None."""
        if self._kind is None:
            self._kind = sniff(self._head, complete=True)
            self._route(self._head)
        match self._kind:
            case "events":
                return self._end_of_events()
            case "json":
                return self._json()
            case "html":
                return Problem("not_sse", f"the server answered 200 with a web page: {self._shown()}", 200)
        if not self._whole:
            return Problem("truncated", "the server answered 200 with an empty body", 200)
        return Problem(
            "not_sse", f"the server answered 200 with text that is no event stream: {self._shown()}", 200
        )

    def _end_of_events(self) -> Problem | None:
        answer = self.reader.answer
        pending = self._decoder.finish()
        cut = pending is not None and pending.name != "error" and not _parses(pending.data)
        if pending is not None and not cut:
            self.reader.read(pending)
        if not answer.complete and answer.failure is None:
            # Some servers break off in mid-stream with bare JSON, outside every field.
            for value in _values(self._decoder.stray):
                if "error" in value:
                    self.reader.value(value)
        self.reader.finish()
        if answer.failure is not None:
            return of_failure(answer.failure)
        if answer.complete:
            return None
        if answer.foreign is not None and not (answer.texts or answer.reasonings or answer.tool_calls):
            return Problem("protocol", f"the stream speaks {answer.foreign}, not {self.reader.wire}", 200)
        return Problem("truncated", "the stream ended without a finish reason: it was cut")

    def _json(self) -> Problem:
        values = list(_values(self._whole.decode("utf-8", "replace")))
        for value in values:
            self.reader.value(value)
        failure = self.reader.answer.failure
        if failure is not None:
            return replace(of_failure(failure), status=200)
        if not values:
            return Problem("bad_json", f"the server answered 200 with broken JSON: {self._shown()}", 200)
        return Problem(
            "not_sse",
            f"the server ignored `stream` and answered with one JSON document: {self._shown()}",
            200,
        )

    def _shown(self) -> str:
        return " ".join(bytes(self._whole[: 4 * _SHOWN]).decode("utf-8", "replace").split())[:_SHOWN]


def of_failure(failure: Failure) -> Problem:
    """The problem that a failure inside a stream is."""
    status = failure.status if isinstance(failure.status, int) else None
    kind = failure.type or (failure.status if isinstance(failure.status, str) else None)
    words = f"{kind} {failure.code}".lower()
    passing = any(
        word in words for word in ("overloaded", "rate_limit", "server_error", "unavailable", "internal")
    )
    return Problem(failure.kind, failure.message, status, type=kind, code=failure.code, transient=passing)


def _parses(data: str) -> bool:
    if data.strip() == "[DONE]":
        return True
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _values(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects at the top of ``text``, one after another, those of a list one by one."""
    decoder, position = json.JSONDecoder(), 0
    while (position := _skip_blank(text, position)) < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield from (
            item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)
        )


def _skip_blank(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n\ufeff":
        position += 1
    return position
