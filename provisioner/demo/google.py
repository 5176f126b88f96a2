"""Google's generateContent, as the Gemini API and Vertex AI serve it: the wires `google-genai` and `vertexai`."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from provisioner.demo.google_refusals import GeminiErrors, VertexErrors
from provisioner.demo.google_request import read_conversation
from provisioner.demo.wire import Request, WireServer, compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.demo.conversation import Conversation, Reply, Stamp
    from provisioner.demo.models import DemoModel

_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "tool": "STOP"}
_VERBS = ("generateContent", "streamGenerateContent")


class GeminiWire(WireServer):
    """generativelanguage.googleapis.com, with its frames that end in CRLF and its one-element error lists."""

    content_type = "text/event-stream"
    errors: GeminiErrors
    asks = re.compile(r"/v1(?:beta)?/models/([^/:]+):(\w+)")
    lists = re.compile(r"/v1(?:beta)?/models")

    def __init__(self) -> None:
        self.errors = GeminiErrors()

    def headers(self, stamp: Stamp) -> dict[str, str]:
        """What Google's front ends add; they number no requests."""
        return {"vary": "Origin, X-Origin, Referer", "x-content-type-options": "nosniff"}

    def lists_models(self, request: Request) -> bool:
        """GET of the list."""
        return request.method == "GET" and self.lists.fullmatch(request.path) is not None

    def asks_model(self, request: Request) -> bool:
        """POST to a model's generateContent or streamGenerateContent."""
        found = self.asks.fullmatch(request.path)
        return request.method == "POST" and found is not None and found[2] in _VERBS

    def check_key(self, request: Request, keys: frozenset[str]) -> None:
        """``x-goog-api-key``, or ``?key=`` as in Google's own examples."""
        key = (request.headers.get("x-goog-api-key") or request.query.get("key", "")).strip()
        if not key:
            raise self.errors.no_key()
        if key not in keys:
            raise self.errors.wrong_key(key)

    def listing(self, models: tuple[DemoModel, ...]) -> dict[str, Any]:
        """One page."""
        return {
            "models": [
                {
                    "name": f"models/{model.id}",
                    "version": "001",
                    "displayName": model.name,
                    "description": model.name,
                    "inputTokenLimit": model.context,
                    "outputTokenLimit": model.output,
                    "supportedGenerationMethods": ["generateContent"],
                    "thinking": model.reasoning,
                }
                for model in models
            ]
        }

    def read(self, request: Request) -> Conversation:
        """The conversation; the model, and whether to stream, stand in the path."""
        found = self.asks.fullmatch(request.path)
        name, verb = (found[1], found[2]) if found else ("", "")
        return read_conversation(self.json_object(request), name, self.errors, stream=verb == _VERBS[1])

    def frames(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> Iterator[bytes]:
        """Bare `data:` frames; usage grows with them and the last one says why it ended."""
        shown = answer.reasoning if conversation.shows_thoughts else ()
        for count, piece in enumerate(shown, 1):
            part = {"text": piece, "thought": True}
            yield _frame(self._chunk(conversation, stamp, [part], (count, 0)))
        thoughts = answer.reasoning_tokens
        said = answer.output_tokens - thoughts
        for count, piece in enumerate(answer.text, 1):
            yield _frame(self._chunk(conversation, stamp, [{"text": piece}], (thoughts, count)))
        if answer.call is not None:
            yield _frame(self._chunk(conversation, stamp, [_call_part(answer)], (thoughts, said)))
        last = self._chunk(conversation, stamp, [{"text": ""}], (thoughts, said))
        last["candidates"][0]["finishReason"] = _FINISH[answer.finish]
        yield _frame(last)

    def whole(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> dict[str, Any]:
        """A GenerateContentResponse."""
        parts: list[dict[str, Any]] = []
        if answer.reasoning and conversation.shows_thoughts:
            parts.append({"text": "".join(answer.reasoning), "thought": True})
        if answer.text:
            parts.append({"text": "".join(answer.text)})
        if answer.call is not None:
            parts.append(_call_part(answer))
        said = answer.output_tokens - answer.reasoning_tokens
        chunk = self._chunk(conversation, stamp, parts, (answer.reasoning_tokens, said))
        chunk["candidates"][0]["finishReason"] = _FINISH[answer.finish]
        return chunk

    def error_frame(self, number: int) -> bytes:
        """The error as bare, indented JSON: in mid-stream Google sends it without `data:`."""
        error = self.errors.failing().body["error"]
        return (
            f'{{\n  "error": {{\n    "code": {error["code"]},\n    "message": "{error["message"]}",\n'
            f'    "status": "{error["status"]}"\n  }}\n}}\n'
        ).encode()

    def _chunk(
        self,
        conversation: Conversation,
        stamp: Stamp,
        parts: list[dict[str, Any]],
        spent: tuple[int, int],
    ) -> dict[str, Any]:
        """A response with so many tokens of thoughts and of answer ``spent``."""
        thoughts, said = spent
        usage = {
            "promptTokenCount": conversation.input_tokens,
            "candidatesTokenCount": said,
            "totalTokenCount": conversation.input_tokens + thoughts + said,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": conversation.input_tokens}],
        }
        if thoughts:
            usage["thoughtsTokenCount"] = thoughts
        return {
            "candidates": [{"content": {"parts": parts, "role": "model"}, "index": 0}],
            "usageMetadata": usage,
            "modelVersion": conversation.model.id,
            "responseId": stamp.id,
        }


class VertexWire(GeminiWire):
    """aiplatform.googleapis.com: a bearer token below a project, an API key without one (express mode)."""

    errors: VertexErrors
    asks = re.compile(
        r"/v1(?:beta1)?/(?:projects/[^/]+/locations/[^/]+/)?publishers/google/models/([^/:]+):(\w+)"
    )
    lists = re.compile(r"/v1(?:beta1)?/publishers/google/models")

    def __init__(self) -> None:
        self.errors = VertexErrors()

    def check_key(self, request: Request, keys: frozenset[str]) -> None:
        """The demo's keys do for access tokens, too."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            if token.strip() not in keys:
                raise self.errors.wrong_token()
        elif "/projects/" in request.path and request.headers.get("x-goog-api-key"):
            raise self.errors.wrong_token()
        else:
            self._check_api_key(request, keys)

    def _check_api_key(self, request: Request, keys: frozenset[str]) -> None:
        super().check_key(request, keys)

    def listing(self, models: tuple[DemoModel, ...]) -> dict[str, Any]:
        """One page, which says no more than the names."""
        return {
            "publisherModels": [
                {"name": f"publishers/google/models/{model.id}", "versionId": "001", "launchStage": "GA"}
                for model in models
            ]
        }


def _frame(data: dict[str, Any]) -> bytes:
    return f"data: {compact(data)}\r\n\r\n".encode("utf-8", "replace")


def _call_part(answer: Reply) -> dict[str, Any]:
    """The call, whole; after thinking it carries a signature that has to come back with it."""
    call = answer.call
    part: dict[str, Any] = {"functionCall": {"name": call.name, "args": dict(call.arguments)}} if call else {}
    if answer.reasoning:
        thought = "".join(answer.reasoning).encode("utf-8", "replace")
        part["thoughtSignature"] = base64.b64encode(thought).decode()
    return part
