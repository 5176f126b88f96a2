"""OpenAI's Responses API: the wire `openai_responses`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.demo import models
from provisioner.demo.conversation import ANY_TOOL, Conversation, OfferedTool, Said, latest, weigh
from provisioner.demo.refusals import OpenAIErrors
from provisioner.demo.responses_stream import Writer
from provisioner.demo.wire import (
    Request,
    WireServer,
    all_objects,
    event,
    obj,
    objects,
    since_model,
    text,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.demo.conversation import Reply, Stamp
    from provisioner.demo.models import DemoModel

_LEAST = 16
_RESULT = "function_call_output"


class ResponsesWire(WireServer):
    """api.openai.com/v1/responses. Nothing is stored, whatever ``store`` says."""

    def __init__(self) -> None:
        self.errors = OpenAIErrors()

    def lists_models(self, request: Request) -> bool:
        """GET /v1/models."""
        return (request.method, request.path) == ("GET", "/v1/models")

    def asks_model(self, request: Request) -> bool:
        """POST /v1/responses."""
        return (request.method, request.path) == ("POST", "/v1/responses")

    def check_key(self, request: Request, keys: frozenset[str]) -> None:
        """A bearer token."""
        self.bearer(request, keys)

    def listing(self, models: tuple[DemoModel, ...]) -> dict[str, Any]:
        """OpenAI's list, which says no more than the names."""
        entry = {"object": "model", "created": 1_767_225_600, "owned_by": "demo"}
        return {"object": "list", "data": [{"id": model.id, **entry} for model in models]}

    def read(self, request: Request) -> Conversation:
        """The conversation of a request for a response."""
        body = self.json_object(request)
        if not text(body.get("model")):
            raise self._missing("model")
        model = models.find(body["model"])
        if model is None:
            raise self.errors.no_model(body["model"])
        if body.get("previous_response_id") is not None:
            name = body["previous_response_id"]
            raise self.errors.invalid(
                "previous_response_id",
                f"Previous response with id '{name}' not found.",
                "previous_response_not_found",
            )
        given = body.get("input")
        if not isinstance(given, str | list) or not given:
            raise self._missing("input")
        if isinstance(given, list) and not all_objects(given):
            raise self.errors.invalid("input", "Invalid type for 'input': expected objects.", "invalid_type")
        items = [{"role": "user", "content": given}] if isinstance(given, str) else objects(given)
        self._check_results(items)
        prompt, results = latest(_said(items))
        reasoning = obj(body.get("reasoning"))
        return Conversation(
            model=model,
            prompt=prompt,
            images=tuple(self._images(since_model(items, "assistant"), model)),
            results=results,
            tools=() if body.get("tool_choice") == "none" else tuple(self._tools(body)),
            must_call=self._must_call(body),
            input_tokens=weigh(given) + weigh(body.get("instructions")) + weigh(body.get("tools")),
            limit=self._limit(body, model),
            thinks=self._thinks(reasoning, model),
            shows_thoughts=reasoning.get("summary") is not None,
            stream=body.get("stream") is True,
        )

    def frames(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> Iterator[bytes]:
        """Named, numbered events from `response.created` to `response.completed` or `response.incomplete`."""
        for number, data in enumerate(Writer(conversation, answer, stamp).events()):
            yield event({"type": data["type"], "sequence_number": number, **data}, data["type"])

    def whole(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> dict[str, Any]:
        """A finished response."""
        return Writer(conversation, answer, stamp).finished()

    def error_frame(self, number: int) -> bytes:
        """An `error` event, flat."""
        error = self.errors.failing().body["error"]
        data = {"code": "server_error", "message": error["message"], "param": None}
        return event({"type": "error", "sequence_number": number, **data}, "error")

    def _missing(self, name: str) -> Exception:
        return self.errors.invalid(
            name, f"Missing required parameter: '{name}'.", "missing_required_parameter"
        )

    def _limit(self, body: dict[str, Any], model: DemoModel) -> int | None:
        limit = body.get("max_output_tokens")
        if limit is None:
            return None
        if not isinstance(limit, int) or isinstance(limit, bool):
            raise self.errors.invalid(
                "max_output_tokens",
                "Invalid type for 'max_output_tokens': expected an integer.",
                "invalid_type",
            )
        side, bound, sign = (
            ("below minimum", _LEAST, ">=") if limit < _LEAST else ("above maximum", model.output, "<=")
        )
        if limit < _LEAST or limit > model.output:
            code = "integer_below_min_value" if limit < _LEAST else "integer_above_max_value"
            raise self.errors.invalid(
                "max_output_tokens",
                f"Invalid 'max_output_tokens': integer {side} value. Expected a value {sign} {bound}, but got "
                f"{limit} instead.",
                code,
            )
        return limit

    def _thinks(self, reasoning: dict[str, Any], model: DemoModel) -> bool:
        effort = reasoning.get("effort")
        if reasoning and not model.reasoning:
            raise self.errors.invalid(
                "reasoning.effort",
                "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
                "unsupported_parameter",
            )
        if effort is not None and effort not in (*model.efforts, "none"):
            known = ", ".join(f"'{level}'" for level in ("none", *model.efforts))
            raise self.errors.invalid(
                "reasoning.effort",
                f"Invalid value: '{effort}'. Supported values are: {known}.",
                "invalid_value",
            )
        return model.reasoning and effort != "none"

    def _images(self, items: list[dict[str, Any]], model: DemoModel) -> Iterator[bytes]:
        for part in (part for item in items for part in objects(item.get("content"))):
            if part.get("type") != "input_image":
                continue
            if not model.images:
                raise self.errors.invalid("input", "Invalid content type. input_image is not supported here.")
            url = text(part.get("image_url"))
            if not url.startswith("data:image/"):
                raise self.errors.invalid("input", "Error while downloading the image.", "invalid_image_url")
            yield self.image(
                url.partition("base64,")[2],
                "input",
                "The image data you provided does not represent a valid image.",
            )

    def _tools(self, body: dict[str, Any]) -> Iterator[OfferedTool]:
        for at, tool in enumerate(objects(body.get("tools"))):
            if tool.get("type") != "function":
                continue
            if not text(tool.get("name")):
                raise self._missing(f"tools[{at}].name")
            yield OfferedTool(tool["name"], obj(tool.get("parameters")))

    def _must_call(self, body: dict[str, Any]) -> str | None:
        choice = body.get("tool_choice")
        return ANY_TOOL if choice == "required" else text(obj(choice).get("name")) or None

    def _check_results(self, items: list[dict[str, Any]]) -> None:
        """Every result answers a call, and every call has a result."""
        called = [text(item.get("call_id")) for item in items if item.get("type") == "function_call"]
        answered = [text(item.get("call_id")) for item in items if item.get("type") == _RESULT]
        for name in answered:
            if name not in called:
                raise self.errors.invalid(
                    "input", f"No tool call found for function call output with call_id {name}."
                )
        for name in called:
            if name not in answered:
                raise self.errors.invalid("input", f"No tool output found for function call {name}.")


def _said(items: list[dict[str, Any]]) -> Iterator[Said]:
    for item in items:
        if item.get("role") == "user":
            yield from (Said("user", one) for one in texts(item.get("content"), "input_text", "text"))
        elif item.get("type") == _RESULT:
            yield Said("tool", " ".join(texts(item.get("output"), "input_text", "output_text", "text")))
        elif item.get("role") == "assistant" or item.get("type") == "function_call":
            yield Said("model")
