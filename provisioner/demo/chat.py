"""Chat completions: the wires `kimi` and `openai`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.demo import models
from provisioner.demo.chat_rules import check_tool_turns, checked_turns, limit_of
from provisioner.demo.conversation import ANY_TOOL, Conversation, OfferedTool, Said, latest, weigh
from provisioner.demo.refusals import MoonshotErrors, OpenAIErrors
from provisioner.demo.wire import Request, WireServer, compact, event, obj, objects, since_model, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.demo.conversation import Reply, Stamp
    from provisioner.demo.models import DemoModel

_FINISH = {"stop": "stop", "length": "length", "tool": "tool_calls"}
_BAD_IMAGE = "You uploaded an unsupported image. Please make sure your image is valid."


class ChatWire(WireServer):
    """api.openai.com and the many servers that speak like it; reasoning travels as `reasoning_content`."""

    errors: OpenAIErrors | MoonshotErrors

    def __init__(self) -> None:
        self.errors = OpenAIErrors()

    def lists_models(self, request: Request) -> bool:
        """GET /v1/models."""
        return (request.method, request.path) == ("GET", "/v1/models")

    def asks_model(self, request: Request) -> bool:
        """POST /v1/chat/completions."""
        return (request.method, request.path) == ("POST", "/v1/chat/completions")

    def check_key(self, request: Request, keys: frozenset[str]) -> None:
        """A bearer token."""
        self.bearer(request, keys)

    def listing(self, models: tuple[DemoModel, ...]) -> dict[str, Any]:
        """OpenAI's list."""
        common = {"object": "model", "created": 1_767_225_600}
        return {
            "object": "list",
            "data": [{"id": model.id, **common, **self.facts(model)} for model in models],
        }

    def facts(self, model: DemoModel) -> dict[str, Any]:
        """What the list tells of a model: vLLM's ``max_model_len``."""
        return {"owned_by": "demo", "max_model_len": model.context}

    def read(self, request: Request) -> Conversation:
        """The conversation of a request for a completion."""
        body = self.json_object(request)
        model = self._model(body)
        turns = checked_turns(body, self.errors)
        thinks = self._thinks(body, model)
        self._check_tool_turns(turns, thinks=thinks)
        prompt, results = latest(_said(turns))
        stream = body.get("stream") is True
        options = body.get("stream_options")
        if options is not None and not stream:
            raise self.errors.invalid(
                "stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled."
            )
        return Conversation(
            model=model,
            prompt=prompt,
            images=tuple(self._images(since_model(turns, "assistant"), model)),
            results=results,
            tools=() if body.get("tool_choice") == "none" else tuple(self._tools(body)),
            must_call=self._must_call(body),
            input_tokens=weigh(turns) + weigh(body.get("tools")),
            limit=limit_of(body, model, self.errors),
            thinks=thinks,
            shows_thoughts=True,
            stream=stream,
            usage_in_stream=obj(options).get("include_usage") is True,
        )

    def frames(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> Iterator[bytes]:
        """Chunks, usage when asked for, ``[DONE]``."""
        extra = {"usage": None} if conversation.usage_in_stream else {}

        def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
            if finish:
                choice |= self._last_choice(conversation, answer)
            return event(self._head("chat.completion.chunk", conversation, stamp, [choice]) | extra)

        yield chunk({"role": "assistant", "content": ""})
        for piece in answer.reasoning:
            yield chunk({"reasoning_content": piece})
        for piece in answer.text:
            yield chunk({"content": piece})
        if answer.call is not None:
            head = {"id": self._call_id(answer, stamp), "type": "function"}
            function = {"name": answer.call.name, "arguments": ""}
            yield chunk({"tool_calls": [{"index": 0, **head, "function": function}]})
            for piece in answer.call.pieces:
                yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        yield chunk({}, _FINISH[answer.finish])
        if conversation.usage_in_stream:
            usage = {"usage": self._usage(conversation, answer)}
            yield event(self._head("chat.completion.chunk", conversation, stamp, []) | usage)
        yield b"data: [DONE]\n\n"

    def whole(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> dict[str, Any]:
        """A chat.completion."""
        message: dict[str, Any] = {
            "role": "assistant",
            "content": "".join(answer.text) if answer.call is None else None,
        }
        if answer.reasoning:
            message["reasoning_content"] = "".join(answer.reasoning)
        if answer.call is not None:
            function = {"name": answer.call.name, "arguments": "".join(answer.call.pieces)}
            message["tool_calls"] = [
                {"id": self._call_id(answer, stamp), "type": "function", "function": function}
            ]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _FINISH[answer.finish]}
        return self._head("chat.completion", conversation, stamp, [choice]) | {
            "usage": self._usage(conversation, answer)
        }

    def error_frame(self, number: int) -> bytes:
        """The error where a chunk should be."""
        return f"data: {compact(self.errors.failing().body)}\n\n".encode()

    def _model(self, body: dict[str, Any]) -> DemoModel:
        name = body.get("model")
        if not isinstance(name, str) or not name:
            raise self.errors.invalid("model", "you must provide a model parameter")
        model = models.find(name)
        if model is None:
            raise self.errors.no_model(name)
        return model

    def _thinks(self, body: dict[str, Any], model: DemoModel) -> bool:
        """A reasoning model thinks unless `reasoning_effort` is "none"."""
        effort = body.get("reasoning_effort")
        if effort is None:
            return model.reasoning
        if not model.reasoning:
            raise self.errors.invalid(
                "reasoning_effort", "Unrecognized request argument supplied: reasoning_effort"
            )
        if effort not in (*model.efforts, "none"):
            known = ", ".join(f"'{level}'" for level in ("none", *model.efforts))
            raise self.errors.invalid(
                "reasoning_effort",
                f"Invalid value: '{effort}'. Supported values are: {known}.",
                "invalid_value",
            )
        return bool(effort != "none")

    def _images(self, turns: list[dict[str, Any]], model: DemoModel) -> Iterator[bytes]:
        for part in (part for turn in turns for part in objects(turn.get("content"))):
            if part.get("type") != "image_url":
                continue
            if not model.images:
                raise self.errors.invalid(
                    "messages", "Invalid content type. image_url is only supported by certain models."
                )
            url = text(obj(part.get("image_url")).get("url"))
            if not url.startswith("data:image/"):
                raise self.errors.invalid(
                    "messages", "Error while downloading the image.", "invalid_image_url"
                )
            yield self.image(url.partition("base64,")[2], "messages", _BAD_IMAGE)

    def _tools(self, body: dict[str, Any]) -> Iterator[OfferedTool]:
        for at, tool in enumerate(objects(body.get("tools"))):
            function = obj(tool.get("function"))
            if not text(function.get("name")):
                where = f"tools[{at}].function.name"
                raise self.errors.invalid(
                    where, f"Missing required parameter: '{where}'.", "missing_required_parameter"
                )
            yield OfferedTool(function["name"], obj(function.get("parameters")))

    def _must_call(self, body: dict[str, Any]) -> str | None:
        choice = body.get("tool_choice")
        if choice == "required":
            return ANY_TOOL
        return text(obj(obj(choice).get("function")).get("name")) or None

    def _check_tool_turns(self, turns: list[dict[str, Any]], *, thinks: bool) -> None:
        check_tool_turns(turns, self.errors)

    def _last_choice(self, conversation: Conversation, answer: Reply) -> dict[str, Any]:
        return {}

    def _call_id(self, answer: Reply, stamp: Stamp) -> str:
        return f"call_{stamp.id}"

    def _usage(self, conversation: Conversation, answer: Reply) -> dict[str, Any]:
        return {
            "prompt_tokens": conversation.input_tokens,
            "completion_tokens": answer.output_tokens,
            "total_tokens": conversation.input_tokens + answer.output_tokens,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": answer.reasoning_tokens},
        }

    def _head(
        self, kind: str, conversation: Conversation, stamp: Stamp, choices: list[dict[str, Any]]
    ) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{stamp.id}",
            "object": kind,
            "created": stamp.now,
            "model": conversation.model.id,
            "system_fingerprint": "fp_demo",
            "choices": choices,
        }


def _said(turns: list[dict[str, Any]]) -> Iterator[Said]:
    for turn in turns:
        found = texts(turn.get("content"), "text")
        match turn.get("role"):
            case "user":
                yield from (Said("user", one) for one in found)
            case "tool":
                yield Said("tool", " ".join(found))
            case "assistant":
                yield Said("model")
