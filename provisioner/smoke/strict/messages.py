"""Messages, as Kimi Code reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.smoke.strict.base import ReaderError, StrictReader, field, parsed, truthy

if TYPE_CHECKING:
    from provisioner.smoke.sse import Event

# The SDK hands on events of these names (and of some that have to do with agents); the others are dropped unread.
_READ = frozenset(
    {
        "completion",
        "content_block_delta",
        "content_block_start",
        "content_block_stop",
        "message",
        "message_delta",
        "message_start",
        "message_stop",
    }
)


class StrictMessages(StrictReader):
    """Dispatches on the ``event:`` line: without it nothing is read."""

    def _event(self, event: Event) -> None:
        name, data = event
        if name == "error":
            raise ReaderError("an event with an error in it")
        if name in _READ:
            self._chunk(parsed(data, f"a {name} event"))

    def _chunk(self, chunk: Any) -> None:
        match field(chunk, "type"):
            case "message_start":
                message = chunk.get("message")
                if isinstance(message, dict):
                    _usage(message)
            case "message_delta":
                _usage(chunk)
                delta = chunk.get("delta")
                if isinstance(delta, dict) and delta.get("stop_reason") is not None:
                    self.filtered = delta["stop_reason"] == "refusal"
            case "content_block_start" if "content_block" in chunk:
                self._block(chunk["content_block"], _index(chunk))
            case "content_block_delta" if "delta" in chunk:
                self._delta(chunk["delta"], _index(chunk))

    def _block(self, block: Any, index: Any) -> None:
        kind = field(block, "type")
        match kind:
            case "tool_use":
                name = block.get("name")
                self.message.call(name if isinstance(name, str) else "", "", index)
            case "thinking" | "redacted_thinking":
                piece = block.get("thinking" if kind == "thinking" else "data")
                if isinstance(piece, str) and piece:
                    self.message.think(piece, hidden=kind == "redacted_thinking")
            case "text":
                if isinstance(block.get("text"), str) and block["text"]:
                    self.message.text(block["text"])

    def _delta(self, delta: Any, index: Any) -> None:
        kind = field(delta, "type")
        members = {
            "text_delta": "text",
            "thinking_delta": "thinking",
            "input_json_delta": "partial_json",
            "signature_delta": "signature",
        }
        piece = delta.get(members[kind]) if isinstance(kind, str) and kind in members else None
        if not truthy(piece):
            return
        match kind:
            case "text_delta":
                self.message.text(str(piece))
            case "thinking_delta":
                self.message.think(str(piece))
            case "input_json_delta":
                self.message.arguments(str(piece), index)
            case "signature_delta":
                self.message.think(hidden=True)


def _index(chunk: dict[str, Any]) -> Any:
    index = chunk.get("index")
    return index if isinstance(index, int | float | str) else 0


def _usage(holder: dict[str, Any]) -> None:
    if "usage" in holder and holder["usage"] is None:
        raise ReaderError("usage that is null")
