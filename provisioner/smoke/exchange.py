"""One answer from its first byte to its last, without I/O: bytes in, deltas out, a problem at the end or none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog.json_size import too_many
from provisioner.smoke import meaning, refusal
from provisioner.smoke.problem import Problem
from provisioner.smoke.sniff import Kind, sniff
from provisioner.smoke.sse import EVENT_LIMIT, Decoder, EventTooLarge
from provisioner.smoke.strict import STRICT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from provisioner.smoke.answer import Delta, Failure
    from provisioner.smoke.wires.reader import Reader

BODY_LIMIT = 64 * 1024 * 1024
_SHARE = 16  # of what a whole catalog may hold
_SHOWN = 160
_LOOKED_AT = 64 * 1024


class TooLarge(Exception):
    """The body passed its cap."""


class Exchange:
    """Feeds the body of a 200 answer to a reader, whatever the body turns out to be.

    Attributes:
        reader: finds out what the server sent.
        strict: tells what Kimi Code makes of it.
        kind: what the body is; None as long as that is open.
    """

    def __init__(self, reader: Reader, limit: int = BODY_LIMIT) -> None:
        self.reader = reader
        self.strict = STRICT[reader.wire]()
        self.kind: Kind | None = None
        self._limit = limit
        self._size = 0
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
        if self.kind is None:
            # Blank bytes before the first word say nothing, and are not kept: there may be no end to them.
            self._head = (self._head + chunk).lstrip()
            self.kind = sniff(self._head)
            if self.kind is None:
                return []
            chunk, self._head = self._head, b""
        return self._route(chunk)

    @property
    def decided(self) -> bool:
        """Whether nothing that may still come can change what is reported."""
        if self.reader.answer.failure is not None:
            return True
        return self.kind in ("html", "text") and len(self._whole) > _SHOWN * 4

    def _route(self, chunk: bytes) -> list[Delta]:
        if self.kind != "events":
            self._whole += chunk
            if len(self._whole) > EVENT_LIMIT:
                raise TooLarge(f"the answer is no stream, and larger than {EVENT_LIMIT:,} bytes")
            if self.kind != "text":
                return []
        try:
            events = self._decoder.feed(chunk)
        except EventTooLarge:
            raise TooLarge(
                "one event of the stream is larger than 16 MiB, or holds too many values"
            ) from None
        if events:
            self.kind = "events"  # behind lines of another kind, which the protocol lets one ignore
        self.strict.feed(chunk, events)
        return [delta for event in events for delta in self.reader.read(event)]

    def finish(self, *, cut: bool = False) -> Problem | None:
        """The body has ended: what is wrong with it, or None. ``cut`` where HTTP says that more should have come."""
        if self.kind is None:
            self.kind = sniff(self._head, complete=True)
            self._route(self._head)
        self.strict.finish(cut=cut)
        match self.kind:
            case "events":
                return self._end_of_events(cut=cut)
            case "json":
                return self._json()
            case "html":
                return Problem("not_sse", f"the server answered 200 with a web page: {self._shown()}", 200)
        if not self._whole:
            message = "the server answered 200 with an empty body"
            return Problem("truncated", message, 200)
        return Problem(
            "not_sse", f"the server answered 200 with text that is no event stream: {self._shown()}", 200
        )

    def _end_of_events(self, *, cut: bool) -> Problem | None:
        self._last_event()
        self.reader.finish()
        answer = self.reader.answer
        failure, refused = answer.failure, self.strict.error
        if failure is not None:
            return self._unnoticed(of_failure(failure))
        if self.reader.unparsable is not None and refused is not None:
            return Problem("bad_json", self.reader.unparsable)
        if answer.foreign is not None and not (answer.texts or answer.reasonings or answer.tool_calls):
            return Problem("protocol", f"the stream speaks {answer.foreign}, not {self.reader.wire}", 200)
        if not (answer.complete or self.reader.ended):
            how = "the connection broke" if cut else "there is no finish reason and no end marker"
            return self._unnoticed(Problem("truncated", f"the stream was cut: {how}"))
        if refused is not None:
            return Problem("unreadable", f"Kimi Code cannot read this stream: {refused}")
        return self._unseen()

    def _last_event(self) -> None:
        """Reads what the end of the body left without its blank line, and errors outside of every field."""
        pending = self._decoder.finish()
        if pending is not None and (pending[0] == "error" or _parses(pending[1])):
            self.reader.read(pending)
        answer = self.reader.answer
        if not answer.complete and answer.failure is None:
            # Some servers break off in mid-stream with bare JSON, outside every field.
            for value in _values(self._decoder.stray):
                if "error" in value:
                    self.reader.value(value)

    def _unnoticed(self, problem: Problem) -> Problem:
        """``problem``, with what Kimi Code would do where it does not notice it."""
        if self.strict.error is not None or self.strict.message.trouble is not None:
            return problem
        return replace(
            problem,
            message=f"{problem.message.rstrip('. ')}. Kimi Code would take what came for the whole answer",
        )

    def _unseen(self) -> Problem | None:
        """The problem that an answer is which came in a form that Kimi Code shows nothing of."""
        answer, message = self.reader.answer, self.strict.message
        if message.trouble is None or not (answer.text.strip() or answer.tool_calls):
            return None
        what = "text" if answer.text.strip() else "tool call"
        return Problem(
            "unreadable",
            f"Kimi Code would show {message.trouble}: the {what} came in a form that it does not read",
        )

    def _json(self) -> Problem:
        if much := too_many(self._whole, _SHARE):
            return Problem("too_large", f"the server answered with one JSON document that holds {much}", 200)
        values = list(_values(self._whole.decode("utf-8", "replace")))
        refused = (
            refusal.in_a_success(200, json.dumps(values[0]).encode(), self.reader.echoes)
            if len(values) == 1
            else None
        )
        if refused is not None:
            return refused
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
        start = bytes(self._whole[:_LOOKED_AT]).decode("utf-8", "replace")
        return " ".join(self.reader.echoes.hide(start).split())[:_SHOWN]


def of_failure(failure: Failure) -> Problem:
    """The problem that a failure inside a stream is."""
    status = failure.status if isinstance(failure.status, int) else None
    kind = failure.type or (failure.status if isinstance(failure.status, str) else None)
    said = f"{kind} {failure.code} {failure.message}"
    about = meaning.cause(said, failure.code) if failure.kind == "stream_error" else None
    words = f"{kind} {failure.code}".lower()
    passing = about is None and (
        meaning.too_often(said)
        or any(word in words for word in ("overloaded", "server_error", "unavailable", "internal"))
    )
    return Problem(
        "quota" if about == "quota" else failure.kind,
        failure.message,
        status,
        type=kind,
        code=failure.code,
        hint=meaning.without_tools(failure.message) if about is not None else None,
        transient=passing,
    )


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
