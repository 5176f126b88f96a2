"""``generateContent`` streams, as Kimi Code reads them."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, Any

from provisioner.smoke.strict.base import ReaderError, StrictReader, field, parsed, rows, truthy

if TYPE_CHECKING:
    from provisioner.smoke.sse import Event

_BLANK_LINES = ("\n\n", "\r\r", "\r\n\r\n")
_FILTERED = frozenset({"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"})
_ERRORS = range(400, 600)


class StrictGoogle(StrictReader):
    """Google's SDK has a splitter of its own.

    A block counts only if it *begins* with ``data:``; all of it is then one JSON text, so that neither several
    ``data:`` lines nor ``[DONE]`` can be read, and the last block needs its blank line.
    """

    def __init__(self) -> None:
        super().__init__()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._searched = 0
        self._first = True

    def feed(self, chunk: bytes, events: list[Event]) -> None:
        """Takes in one read of the body. The events of the other readers are not those of this one."""
        del events
        if self.error is not None:
            return
        text = self._decode(chunk)
        if self._first and text:
            self._first, text = False, text.removeprefix("\ufeff")
        try:
            _bare_error(text)
            self._rest += text
            self._blocks()
        except ReaderError as refused:
            self.error = str(refused)

    def finish(self, *, cut: bool) -> None:
        """The body has ended: whatever still waits for its blank line is an error."""
        if self._rest.strip() and self.error is None and not cut:
            self.error = "the last event has no blank line after it"
        super().finish(cut=cut)

    def _blocks(self) -> None:
        start, search = 0, self._searched
        while True:
            ends = [(place, len(end)) for end in _BLANK_LINES if (place := self._rest.find(end, search)) >= 0]
            if not ends:
                break
            place, length = min(ends)
            block = self._rest[start:place].strip()
            start = search = place + length
            if block.startswith("data:"):
                self._chunk(parsed(block.removeprefix("data:")))
        self._rest = self._rest[start:]
        # A blank line may be cut between two reads.
        self._searched = max(0, len(self._rest) - len(_BLANK_LINES[-1]) + 1)

    def _event(self, event: Event) -> None:
        raise NotImplementedError  # feed() splits by itself

    def _chunk(self, chunk: Any) -> None:
        candidates = chunk.get("candidates") if isinstance(chunk, dict) else None
        candidates = rows(candidates, "candidates")
        first = candidates[0] if candidates and isinstance(candidates[0], dict) else {}
        if (finish := first.get("finishReason")) is not None:
            self.filtered = str(finish).upper() in _FILTERED
        for candidate in candidates:
            content = candidate.get("content") if isinstance(candidate, dict) else None
            parts = content.get("parts") if isinstance(content, dict) else None
            for part in rows(parts, "parts"):
                self._part(part)

    def _part(self, part: Any) -> None:
        text, call = field(part, "text"), field(part, "functionCall") or field(part, "function_call")
        if field(part, "thought") is True and isinstance(text, str):
            self.message.think(text, hidden="thoughtSignature" in part)
        elif truthy(text):
            self.message.text(str(text))
        elif isinstance(call, dict) and call.get("name"):
            arguments = call.get("args")
            self.message.call(str(call["name"]), json.dumps(arguments) if truthy(arguments) else "{}")


def _bare_error(text: str) -> None:
    """Raises ``ReaderError`` for a read that is an error in plain JSON and nothing else."""
    if not text.lstrip().startswith("{"):
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    error = value.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, int) and code in _ERRORS:
        raise ReaderError("an error in the middle of the stream")
