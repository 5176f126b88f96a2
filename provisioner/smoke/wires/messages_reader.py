"""Reads the stream of the Messages API."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from catalog.untrusted import integer, mapping, string
from provisioner.smoke.answer import FinishKind, ToolCall, Usage
from provisioner.smoke.wires.reader import Reader

_FINISH: dict[str, FinishKind] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool",
    "pause_turn": "pause",
    "refusal": "filter",
}


class MessagesReader(Reader):
    """Reads Messages events by the ``type`` in their data, else by the event's name."""

    wire: ClassVar[str] = "anthropic"

    def __init__(self) -> None:
        super().__init__()
        self._message_id: str | None = None
        self._blocks: dict[Any, dict[str, Any]] = {}
        self._calls: dict[Any, ToolCall] = {}
        self._counts: dict[str, int] = {}

    def _take(self, data: dict[str, Any], name: str) -> None:
        match string(data.get("type")) or name:
            case "message_start":
                self._start(mapping(data.get("message")))
            case "content_block_start":
                self._block(data.get("index"), mapping(data.get("content_block")))
            case "content_block_delta":
                self._delta(data.get("index"), mapping(data.get("delta")))
            case "message_delta":
                if raw := string(mapping(data.get("delta")).get("stop_reason")):
                    self.answer.finish_raw, self.answer.finish_kind = raw, _FINISH.get(raw)
                self._usage(mapping(data.get("usage")))
            case "message_stop":
                self.ended = True
            case "error":
                self.fail_with(data.get("error") or data)
            case _ if data.get("error"):
                self.fail_with(data["error"])

    def _start(self, message: dict[str, Any]) -> None:
        identity = string(message.get("id"))
        if self._message_id is not None and identity != self._message_id:
            self.fail("protocol", "a second message began before the first had ended")
            return
        self._message_id = identity
        self._usage(mapping(message.get("usage")))

    def _usage(self, usage: dict[str, Any]) -> None:
        for key in ("input_tokens", "output_tokens", "cache_read_input_tokens"):
            if (count := integer(usage.get(key))) is not None:
                self._counts[key] = count
        if self._counts:
            self.answer.usage = Usage(
                input=self._counts.get("input_tokens"),
                output=self._counts.get("output_tokens"),
                cached=self._counts.get("cache_read_input_tokens"),
            )

    def _block(self, index: Any, block: dict[str, Any]) -> None:
        key = _key(index)
        match block.get("type"):
            case "text":
                self._blocks[key] = {"type": "text", "text": []}
                self._append(key, "text", block.get("text"))
                self.text(block.get("text"))
            case "thinking":
                self._blocks[key] = {"type": "thinking", "thinking": [], "signature": []}
                self._append(key, "thinking", block.get("thinking"))
                self._append(key, "signature", block.get("signature"))
                self.reasoning(block.get("thinking"))
            case "redacted_thinking":
                self._blocks[key] = dict(block)
            case "tool_use":
                call = ToolCall(string(block.get("id")) or None, string(block.get("name")))
                # Some gateways send the arguments here, whole, instead of in deltas.
                if given := mapping(block.get("input")):
                    call.pieces.append(json.dumps(given))
                self._calls[key] = call
                self._blocks[key] = {"type": "tool_use", "call": call}
                self.answer.tool_calls.append(call)
                self.tool(call.name)

    def _delta(self, index: Any, delta: dict[str, Any]) -> None:
        key = _key(index)
        match delta.get("type"):
            case "text_delta":
                self._append(key, "text", delta.get("text"))
                self.text(delta.get("text"))
            case "thinking_delta":
                self._append(key, "thinking", delta.get("thinking"))
                self.reasoning(delta.get("thinking"))
            case "signature_delta":
                self._append(key, "signature", delta.get("signature"))
            case "input_json_delta" if key in self._calls:
                piece = string(delta.get("partial_json"))
                self._calls[key].pieces.append(piece)
                self.tool(piece)

    def _append(self, key: Any, member: str, piece: Any) -> None:
        pieces = self._blocks.get(key, {}).get(member)
        if isinstance(pieces, list):
            pieces.append(string(piece))

    def finish(self) -> None:
        """A message that broke off in the middle of a tool call holds no call that anyone could answer."""
        if self.answer.failure is not None and self.answer.failure.kind == "protocol":
            self.answer.tool_calls.clear()
        super().finish()

    def turn(self) -> list[dict[str, Any]]:
        """The assistant's blocks; thinking goes back with its signature, or the server refuses it."""
        content: list[dict[str, Any]] = []
        for block in self._blocks.values():
            if block["type"] == "tool_use":
                call = block["call"]
                arguments = json.loads(call.arguments or "{}")
                content.append({"type": "tool_use", "id": call.id, "name": call.name, "input": arguments})
                continue
            whole = {
                key: "".join(value) if isinstance(value, list) else value for key, value in block.items()
            }
            if whole.get("text") or whole["type"] != "text":
                content.append(whole)
        return [{"role": "assistant", "content": content}]


def _key(index: Any) -> Any:
    return index if isinstance(index, int | str) else None
