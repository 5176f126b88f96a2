"""The events of one response, in the order in which OpenAI's Responses API sends them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.demo.conversation import Call, Conversation, Reply, Stamp


class Writer:
    """Writes one answer. Its output items are the reasoning, then the message or the function call."""

    def __init__(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> None:
        self.conversation = conversation
        self.answer = answer
        self.stamp = stamp

    def events(self) -> Iterator[dict[str, Any]]:
        """Every event but for its number."""
        begun = self._response("in_progress", [], None)
        yield {"type": "response.created", "response": begun}
        yield {"type": "response.in_progress", "response": begun}
        index = 0
        if self.answer.reasoning:
            yield from self._reasoning_events(index)
            index += 1
        if self.answer.call is not None:
            yield from self._call_events(index, self.answer.call)
        elif self.answer.text:
            yield from self._message_events(index)
        finished = self.finished()
        yield {"type": f"response.{finished['status']}", "response": finished}

    def finished(self) -> dict[str, Any]:
        """The whole response."""
        output = []
        if self.answer.reasoning:
            output.append(self._reasoning())
        if self.answer.call is not None:
            output.append(self._call(self.answer.call, "".join(self.answer.call.pieces), "completed"))
        elif self.answer.text:
            status = "incomplete" if self.answer.finish == "length" else "completed"
            output.append(self._message([self._part("".join(self.answer.text))], status))
        status = "incomplete" if self.answer.finish == "length" else "completed"
        return self._response(status, output, self._usage())

    def _reasoning_events(self, index: int) -> Iterator[dict[str, Any]]:
        bare = {"id": f"rs_{self.stamp.id}", "type": "reasoning", "summary": []}
        where = {"item_id": bare["id"], "output_index": index, "summary_index": 0}
        yield {"type": "response.output_item.added", "output_index": index, "item": bare}
        if self.conversation.shows_thoughts:
            whole = "".join(self.answer.reasoning)
            part = "response.reasoning_summary_part"
            summary = "response.reasoning_summary_text"
            yield {"type": f"{part}.added", **where, "part": {"type": "summary_text", "text": ""}}
            for piece in self.answer.reasoning:
                yield {"type": f"{summary}.delta", **where, "delta": piece}
            yield {"type": f"{summary}.done", **where, "text": whole}
            yield {"type": f"{part}.done", **where, "part": {"type": "summary_text", "text": whole}}
        yield {"type": "response.output_item.done", "output_index": index, "item": self._reasoning()}

    def _message_events(self, index: int) -> Iterator[dict[str, Any]]:
        whole = "".join(self.answer.text)
        done = "incomplete" if self.answer.finish == "length" else "completed"
        item = self._message([], "in_progress")
        where = {"item_id": item["id"], "output_index": index, "content_index": 0}
        yield {"type": "response.output_item.added", "output_index": index, "item": item}
        yield {"type": "response.content_part.added", **where, "part": self._part("")}
        for piece in self.answer.text:
            yield {"type": "response.output_text.delta", **where, "delta": piece, "logprobs": []}
        yield {"type": "response.output_text.done", **where, "text": whole, "logprobs": []}
        yield {"type": "response.content_part.done", **where, "part": self._part(whole)}
        item = self._message([self._part(whole)], done)
        yield {"type": "response.output_item.done", "output_index": index, "item": item}

    def _call_events(self, index: int, call: Call) -> Iterator[dict[str, Any]]:
        whole = "".join(call.pieces)
        item = self._call(call, "", "in_progress")
        where = {"item_id": item["id"], "output_index": index}
        yield {"type": "response.output_item.added", "output_index": index, "item": item}
        for piece in call.pieces:
            yield {"type": "response.function_call_arguments.delta", **where, "delta": piece}
        yield {"type": "response.function_call_arguments.done", **where, "arguments": whole}
        item = self._call(call, whole, "completed")
        yield {"type": "response.output_item.done", "output_index": index, "item": item}

    def _reasoning(self) -> dict[str, Any]:
        """The reasoning; what a real server encrypts is here only encoded: clients send it back unread."""
        whole = "".join(self.answer.reasoning)
        summary = [{"type": "summary_text", "text": whole}] if self.conversation.shows_thoughts else []
        encoded = base64.b64encode(whole.encode()).decode()
        return {
            "id": f"rs_{self.stamp.id}",
            "type": "reasoning",
            "summary": summary,
            "encrypted_content": encoded,
        }

    def _message(self, content: list[dict[str, Any]], status: str) -> dict[str, Any]:
        return {
            "id": f"msg_{self.stamp.id}",
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
        }

    def _part(self, text: str) -> dict[str, Any]:
        return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}

    def _call(self, call: Call, arguments: str, status: str) -> dict[str, Any]:
        return {
            "id": f"fc_{self.stamp.id}",
            "type": "function_call",
            "status": status,
            "call_id": f"call_{self.stamp.id}",
            "name": call.name,
            "arguments": arguments,
        }

    def _usage(self) -> dict[str, Any]:
        asked, answered = self.conversation.input_tokens, self.answer.output_tokens
        return {
            "input_tokens": asked,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": answered,
            "output_tokens_details": {"reasoning_tokens": self.answer.reasoning_tokens},
            "total_tokens": asked + answered,
        }

    def _response(
        self, status: str, output: list[dict[str, Any]], usage: dict[str, Any] | None
    ) -> dict[str, Any]:
        return {
            "id": f"resp_{self.stamp.id}",
            "object": "response",
            "created_at": self.stamp.now,
            "status": status,
            "background": False,
            "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
            "instructions": None,
            "max_output_tokens": self.conversation.limit,
            "model": self.conversation.model.id,
            "output": output,
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "store": False,
            "tool_choice": "auto",
            "tools": [],
            "usage": usage,
            "metadata": {},
        }
