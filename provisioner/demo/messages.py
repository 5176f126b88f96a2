"""Anthropic's Messages API: the wire `anthropic`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.demo import models
from provisioner.demo.conversation import ANY_TOOL, Conversation, OfferedTool, Said, latest, weigh
from provisioner.demo.messages_rules import (
    check_fields,
    check_turns,
    check_version,
    limit_of,
    signature,
    thinks_for,
)
from provisioner.demo.refusals import AnthropicErrors
from provisioner.demo.wire import Request, WireServer, event, obj, objects, since_model, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.demo.conversation import Reply, Stamp
    from provisioner.demo.models import DemoModel

_STOP = {"stop": "end_turn", "length": "max_tokens", "tool": "tool_use"}


class MessagesWire(WireServer):
    """api.anthropic.com. Thinking happens when it is asked for, and must come back, signed, with its tool call."""

    def __init__(self) -> None:
        self.errors = AnthropicErrors()

    def headers(self, stamp: Stamp) -> dict[str, str]:
        """Anthropic's request id."""
        return {"request-id": f"req_{stamp.id}"}

    def signed(self, body: Any, stamp: Stamp) -> Any:
        """An error names its request."""
        return {**body, "request_id": f"req_{stamp.id}"}

    def lists_models(self, request: Request) -> bool:
        """GET /v1/models."""
        return (request.method, request.path) == ("GET", "/v1/models")

    def asks_model(self, request: Request) -> bool:
        """POST /v1/messages."""
        return (request.method, request.path) == ("POST", "/v1/messages")

    def check_key(self, request: Request, keys: frozenset[str]) -> None:
        """``x-api-key`` or, as the SDKs do since API version 2026-10-21, a bearer token; and the version."""
        key = request.headers.get("x-api-key", "").strip()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not key and scheme.lower() == "bearer":
            key = token.strip()
        if not key:
            raise self.errors.no_key()
        if key not in keys:
            raise self.errors.wrong_key(key)
        check_version(request.headers.get("anthropic-version", ""))

    def listing(self, models: tuple[DemoModel, ...]) -> dict[str, Any]:
        """One page."""
        return {
            "data": [
                {
                    "type": "model",
                    "id": model.id,
                    "display_name": model.name,
                    "created_at": "2026-01-01T00:00:00Z",
                    "max_input_tokens": model.context,
                    "max_tokens": model.output,
                }
                for model in models
            ],
            "has_more": False,
            "first_id": models[0].id if models else None,
            "last_id": models[-1].id if models else None,
        }

    def read(self, request: Request) -> Conversation:
        """The conversation of a request for a message."""
        body = self.json_object(request)
        check_fields(
            body, request.headers.get("anthropic-version", ""), request.headers.get("anthropic-beta", "")
        )
        model = models.find(text(body["model"]))
        if model is None:
            raise self.errors.no_model(text(body["model"]))
        turns = objects(body["messages"])
        limit = limit_of(body, model)
        thinks = thinks_for(body, model, limit)
        check_turns(turns, thinking=obj(body.get("thinking")).get("type") == "enabled")
        prompt, results = latest(_said(turns))
        return Conversation(
            model=model,
            prompt=prompt,
            images=tuple(self._images(since_model(turns, "assistant"), model)),
            results=results,
            tools=() if obj(body.get("tool_choice")).get("type") == "none" else tuple(self._tools(body)),
            must_call=self._must_call(body, thinks=thinks),
            input_tokens=sum(weigh(body.get(part)) for part in ("messages", "system", "tools")),
            limit=limit,
            thinks=thinks,
            shows_thoughts=True,
            stream=body.get("stream") is True,
        )

    def frames(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> Iterator[bytes]:
        """Named events from `message_start` to `message_stop`, with a ping."""
        message = self._message(conversation, stamp, [], None, {"output_tokens": 1})
        yield event({"type": "message_start", "message": message}, "message_start")
        pinged = False
        for index, (block, deltas) in enumerate(_blocks(answer, stamp)):
            start = {"type": "content_block_start", "index": index, "content_block": block}
            yield event(start, "content_block_start")
            if not pinged:
                yield event({"type": "ping"}, "ping")
                pinged = True
            for delta in deltas:
                yield event(
                    {"type": "content_block_delta", "index": index, "delta": delta}, "content_block_delta"
                )
            yield event({"type": "content_block_stop", "index": index}, "content_block_stop")
        end = {
            "type": "message_delta",
            "delta": {"stop_reason": _STOP[answer.finish], "stop_sequence": None},
            "usage": self._usage(conversation, _spent(answer)),
        }
        yield event(end, "message_delta")
        yield event({"type": "message_stop"}, "message_stop")

    def whole(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> dict[str, Any]:
        """A message."""
        content: list[dict[str, Any]] = []
        if answer.reasoning:
            thought = "".join(answer.reasoning)
            content.append({"type": "thinking", "thinking": thought, "signature": signature(thought)})
        if answer.text:
            content.append({"type": "text", "text": "".join(answer.text)})
        if answer.call is not None:
            content.append(
                {
                    "type": "tool_use",
                    "id": f"toolu_{stamp.id}",
                    "name": answer.call.name,
                    "input": answer.call.arguments,
                }
            )
        return self._message(conversation, stamp, content, _STOP[answer.finish], _spent(answer))

    def error_frame(self, number: int) -> bytes:
        """An `error` event."""
        return event(self.errors.failing().body, "error")

    def _must_call(self, body: dict[str, Any], *, thinks: bool) -> str | None:
        choice = obj(body.get("tool_choice"))
        if choice.get("type") not in ("any", "tool"):
            return None
        if thinks:
            raise self.errors.invalid("", "Thinking may not be enabled when tool_choice forces tool use.")
        return ANY_TOOL if choice["type"] == "any" else text(choice.get("name"))

    def _tools(self, body: dict[str, Any]) -> Iterator[OfferedTool]:
        for at, tool in enumerate(objects(body.get("tools"))):
            if not text(tool.get("name")):
                raise self.errors.invalid(f"tools.{at}.custom.name", "Field required")
            if "input_schema" not in tool and "type" not in tool:
                raise self.errors.invalid(f"tools.{at}.custom.input_schema", "Field required")
            yield OfferedTool(tool["name"], obj(tool.get("input_schema")))

    def _images(self, turns: list[dict[str, Any]], model: DemoModel) -> Iterator[bytes]:
        for part in (part for turn in turns for part in objects(turn.get("content"))):
            if part.get("type") != "image":
                continue
            source = obj(part.get("source"))
            if not model.images:
                raise self.errors.invalid("", f"'{model.id}' does not support image input.")
            yield self.image(text(source.get("data")), "", "Could not process image")

    def _message(
        self,
        conversation: Conversation,
        stamp: Stamp,
        content: list[dict[str, Any]],
        stop: str | None,
        spent: dict[str, Any],
    ) -> dict[str, Any]:
        return {
            "id": f"msg_{stamp.id}",
            "type": "message",
            "role": "assistant",
            "model": conversation.model.id,
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": self._usage(conversation, spent) | {"service_tier": "standard"},
        }

    def _usage(self, conversation: Conversation, spent: dict[str, Any]) -> dict[str, Any]:
        return {
            "input_tokens": conversation.input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            **spent,
        }


def _blocks(answer: Reply, stamp: Stamp) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each content block as it starts, and the deltas that fill it."""
    if answer.reasoning:
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in answer.reasoning]
        deltas.append({"type": "signature_delta", "signature": signature("".join(answer.reasoning))})
        yield {"type": "thinking", "thinking": "", "signature": ""}, deltas
    if answer.text:
        yield (
            {"type": "text", "text": ""},
            [{"type": "text_delta", "text": piece} for piece in answer.text],
        )
    if answer.call is not None:
        block = {"type": "tool_use", "id": f"toolu_{stamp.id}", "name": answer.call.name, "input": {}}
        yield (
            block,
            [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *answer.call.pieces)],
        )


def _spent(answer: Reply) -> dict[str, Any]:
    details = {"thinking_tokens": answer.reasoning_tokens}
    return {"output_tokens": answer.output_tokens, "output_tokens_details": details}


def _said(turns: list[dict[str, Any]]) -> Iterator[Said]:
    for turn in turns:
        content = turn.get("content")
        if turn.get("role") == "assistant":
            yield Said("model")
            continue
        yield from (Said("user", one) for one in texts(content, "text"))
        for block in objects(content):
            if block.get("type") == "tool_result":
                yield Said("tool", " ".join(texts(block.get("content"), "text")))
