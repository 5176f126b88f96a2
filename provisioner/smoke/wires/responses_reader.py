"""Reads the stream of the Responses API."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from catalog.untrusted import integer, mapping, string
from provisioner.smoke.answer import FinishKind, ToolCall, Usage
from provisioner.smoke.wires.reader import Reader

_INCOMPLETE: dict[str, FinishKind] = {"max_output_tokens": "length", "content_filter": "filter"}
# Some gateways put the upstream's error, as JSON, behind these words.
_NESTED = "received error while streaming:"


class ResponsesReader(Reader):
    """Reads ``response.*`` events by the ``type`` in their data; the ``event:`` line may be missing.

    Items are known by ``output_index``: some gateways change ``item_id`` from event to event.
    """

    wire: ClassVar[str] = "openai_responses"

    def __init__(self) -> None:
        super().__init__()
        self._calls: dict[Any, ToolCall] = {}
        self._items: list[dict[str, Any]] = []

    def _take(self, data: dict[str, Any], name: str) -> None:
        kind = string(data.get("type")) or name
        match kind:
            case "response.output_text.delta" | "response.refusal.delta":
                self.text(data.get("delta"))
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                self.reasoning(data.get("delta"))
            case "response.output_item.added" | "response.output_item.done":
                self._item(data, done=kind.endswith(".done"))
            case "response.function_call_arguments.delta":
                self._arguments(self._call(data), string(data.get("delta")))
            case "response.function_call_arguments.done":
                call = self._call(data)
                call.name = call.name or string(data.get("name"))
                self._whole_arguments(call, string(data.get("arguments")))
            case "response.completed" | "response.incomplete":
                self._end(mapping(data.get("response")), kind.removeprefix("response."))
            case "response.done":  # an older name of the end
                self._end(mapping(data.get("response")), "completed")
            case "response.failed" | "response.cancelled":
                response = mapping(data.get("response"))
                self.fail_with(response.get("error") or f"the response has {kind.removeprefix('response.')}")
            case "error":
                self.fail_with(data.get("error") or {key: data[key] for key in data if key != "type"})
            case _:
                self._untyped(data)

    def _item(self, data: dict[str, Any], *, done: bool) -> None:
        item = mapping(data.get("item"))
        if done:
            self._items.append(item)
        if item.get("type") != "function_call":
            return
        call = self._call(data)
        call.id = call.id or string(item.get("call_id")) or string(item.get("id")) or None
        if not call.name and (name := string(item.get("name"))):
            call.name = name
            self.tool(name)
        if done:
            self._whole_arguments(call, string(item.get("arguments")))

    def _call(self, data: dict[str, Any]) -> ToolCall:
        index = data.get("output_index")
        if not isinstance(index, int):
            index = string(data.get("item_id")) or string(mapping(data.get("item")).get("id"))
        if index not in self._calls:
            self._calls[index] = ToolCall()
            self.answer.tool_calls.append(self._calls[index])
        return self._calls[index]

    def _arguments(self, call: ToolCall, piece: str) -> None:
        call.pieces.append(piece)
        self.tool(piece)

    def _whole_arguments(self, call: ToolCall, arguments: str) -> None:
        # ".done" repeats what the deltas brought; where none came it is the only place to find them.
        if arguments and not any(call.pieces):
            self._arguments(call, arguments)

    def _end(self, response: dict[str, Any], ended: str) -> None:
        self.ended = True
        usage = mapping(response.get("usage"))
        if usage:
            self.answer.usage = Usage(
                input=integer(usage.get("input_tokens")),
                output=integer(usage.get("output_tokens")),
                reasoning=integer(mapping(usage.get("output_tokens_details")).get("reasoning_tokens")),
                cached=integer(mapping(usage.get("input_tokens_details")).get("cached_tokens")),
            )
        status = string(response.get("status")) or ended
        if status == "incomplete":
            reason = string(mapping(response.get("incomplete_details")).get("reason"))
            self.answer.finish_raw = reason or status
            self.answer.finish_kind = _INCOMPLETE.get(reason)
        else:
            self.answer.finish_raw = status
            self.answer.finish_kind = "tool" if self.answer.tool_calls else "stop"

    def _untyped(self, data: dict[str, Any]) -> None:
        if error := data.get("error"):
            self.fail_with(error)
            return
        message = "" if "type" in data else string(data.get("message"))
        if not message:
            return
        _, nested, rest = message.partition(_NESTED)
        try:
            upstream = mapping(json.loads(rest)) if nested else {}
        except (ValueError, RecursionError):
            upstream = {}
        self.fail_with(upstream if string(upstream.get("message")) else message)

    def turn(self) -> list[dict[str, Any]]:
        """The items that came, reasoning included, without the members that only an answer carries."""
        kept = [item for item in self._items if item.get("type") in ("reasoning", "function_call", "message")]
        if any(item.get("type") == "function_call" for item in kept):
            return [
                {key: value for key, value in item.items() if key not in ("status", "id")} for item in kept
            ]
        return [
            {
                "type": "function_call",
                "call_id": call.id,
                "name": call.name,
                "arguments": call.arguments or "{}",
            }
            for call in self.answer.tool_calls
        ]
