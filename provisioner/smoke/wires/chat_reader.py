"""Reads the stream of a chat completion."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from catalog.untrusted import first_integer, mapping, sequence, string
from provisioner.smoke.answer import FinishKind, ToolCall, Usage
from provisioner.smoke.refusal import base_response
from provisioner.smoke.wires.reader import Reader

_FINISH: dict[str, FinishKind] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool",
    "function_call": "tool",
    "tool_use": "tool",
    "content_filter": "filter",
    "sensitive": "filter",
    "safety": "filter",
    "error": "error",
    "insufficient_system_resource": "error",
    "network_error": "error",
}


# What Kimi Code 2.1.0 reads, whatever ``reasoning_key`` says: that names the member in what it sends back.
_READ = ("reasoning_content", "reasoning_details", "reasoning")
_ABOUT_THOUGHT = re.compile(r"reason|think|thought", re.IGNORECASE)


class ChatReader(Reader):
    """Reads ``chat.completion.chunk`` objects."""

    wire: ClassVar[str] = "openai"

    def __init__(self, reasoning_key: str | None = None) -> None:
        super().__init__()
        self._reasoning_keys = (reasoning_key, *_READ) if reasoning_key else _READ
        self._reasoning_key = _READ[0]
        self._calls: dict[Any, ToolCall] = {}
        self._last: Any = None

    def _take(self, data: dict[str, Any], name: str) -> None:
        if self._error(data, name):
            return
        choices = sequence(data.get("choices"))
        choice = mapping(choices[0]) if choices else {}
        for usage in (data.get("usage"), choice.get("usage"), mapping(data.get("x_groq")).get("usage")):
            if isinstance(usage, dict) and usage:
                self.answer.usage = _usage(usage)
                break
        delta = mapping(choice.get("delta"))
        self._reasoning(delta)
        self._content(delta.get("content"))
        self.text(delta.get("refusal"))
        for call in sequence(delta.get("tool_calls")):
            self._tool_call(mapping(call))
        if function := mapping(delta.get("function_call")):
            self._tool_call({"index": "function_call", "function": function})
        if raw := string(choice.get("finish_reason")):
            self.answer.finish_raw = raw
            self.answer.finish_kind = _FINISH.get(raw.lower())

    def _error(self, data: dict[str, Any], name: str) -> bool:
        error = data.get("error") or base_response(data)
        if not error and "choices" not in data:
            # vLLM and some gateways send the error's members bare.
            bare = data.get("object") == "error" or data.get("type") == "error" or name == "error"
            error = data if bare else string(data.get("message")) or data.get("detail")
        if not error:
            return False
        self.fail_with(error)
        return True

    def _reasoning(self, delta: dict[str, Any]) -> None:
        for key in self._reasoning_keys:
            if piece := string(delta.get(key)):
                self._reasoning_key = key
                self.reasoning(piece)
                if key not in _READ:
                    self.answer.unread = key
                return
        for key, piece in delta.items():
            if isinstance(piece, str) and piece and _ABOUT_THOUGHT.search(key):
                self.answer.unread = key
                self.reasoning(piece)
                return
        for detail in sequence(delta.get("reasoning_details")):
            self.reasoning(mapping(detail).get("text") or mapping(detail).get("summary"))

    def _content(self, content: Any) -> None:
        self.text(content)
        for part in sequence(content):
            self.text(mapping(part).get("text"))
            thinking = mapping(part).get("thinking")
            self.reasoning(thinking)
            for piece in sequence(thinking):
                self.reasoning(mapping(piece).get("text"))

    def _tool_call(self, piece: dict[str, Any]) -> None:
        function = mapping(piece.get("function"))
        index, name = piece.get("index"), string(function.get("name"))
        if not isinstance(index, int | str):
            # Without an index a piece with a name starts a call, and one without continues the last.
            index = len(self._calls) if name or self._last is None else self._last
        self._last = index
        if index not in self._calls:
            self._calls[index] = ToolCall()
            self.answer.tool_calls.append(self._calls[index])
        call = self._calls[index]
        call.id = call.id or string(piece.get("id")) or None
        if name and not call.name:
            call.name = name
            self.tool(name)
        arguments = function.get("arguments")
        text = json.dumps(arguments) if isinstance(arguments, dict) else string(arguments)
        call.pieces.append(text)
        self.tool(text)

    def turn(self) -> list[dict[str, Any]]:
        """The assistant's message, with its reasoning, as Kimi Code sends it back."""
        message: dict[str, Any] = {"role": "assistant", "content": self.answer.text or None}
        if self.answer.reasonings:
            message[self._reasoning_key] = self.answer.reasoning
        message["tool_calls"] = [
            {
                "id": call.id or f"call_{number}",
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments or "{}"},
            }
            for number, call in enumerate(self.answer.tool_calls)
        ]
        return [message]


def _usage(usage: dict[str, Any]) -> Usage:
    prompt, completion = (
        mapping(usage.get("prompt_tokens_details")),
        mapping(usage.get("completion_tokens_details")),
    )
    return Usage(
        input=first_integer(usage.get("prompt_tokens")),
        output=first_integer(usage.get("completion_tokens")),
        reasoning=first_integer(completion.get("reasoning_tokens"), usage.get("reasoning_tokens")),
        cached=first_integer(
            prompt.get("cached_tokens"), usage.get("cached_tokens"), usage.get("prompt_cache_hit_tokens")
        ),
    )
