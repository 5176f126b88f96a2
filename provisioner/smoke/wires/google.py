"""``generateContent`` streams: what the ``google-genai`` and ``vertexai`` wires share."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from catalog.untrusted import integer, mapping, sequence, string
from provisioner.kimi_code.first_turn import OFF
from provisioner.smoke.answer import FinishKind, ToolCall, Usage
from provisioner.smoke.wires.base import HttpRequest, Protocol, Reader, effort
from provisioner.smoke.wires.partial_args import PartialArguments
from provisioner.smoke.wires.prompting import SYSTEM

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.probe import Probe

_LEVELS = {"low": "LOW", "medium": "MEDIUM", "high": "HIGH", "xhigh": "HIGH", "max": "HIGH"}
_BUDGETS = {"low": 1024, "medium": 4096, "high": 32_000, "xhigh": 32_000, "max": 32_000}
_KEPT = "/@"  # versions of a model are written name@001
_NOT_FINISHED = "FINISH_REASON_UNSPECIFIED"
_FINISH: dict[str, FinishKind] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "filter",
    "RECITATION": "filter",
    "LANGUAGE": "filter",
    "BLOCKLIST": "filter",
    "PROHIBITED_CONTENT": "filter",
    "SPII": "filter",
    "IMAGE_SAFETY": "filter",
    "IMAGE_PROHIBITED_CONTENT": "filter",
}


class Google(Protocol):
    """``POST …/models/{model}:streamGenerateContent?alt=sse``."""

    def request(self, target: Target, probe: Probe) -> HttpRequest:
        """The request. The key travels in a header, never in the URL."""
        body: dict[str, Any] = {"contents": self._contents(probe)}
        if not probe.minimal:
            body["systemInstruction"] = {"parts": [{"text": SYSTEM}], "role": "user"}
        if probe.tool is not None:
            declaration = {
                "name": probe.tool.name,
                "description": probe.tool.description,
                "parametersJsonSchema": probe.tool.parameters,
            }
            body["tools"] = [{"functionDeclarations": [declaration]}]
        generation: dict[str, Any] = {"maxOutputTokens": probe.limit if probe.minimal else target.turn.limit}
        if (asked := effort(target, probe)) is not None:
            generation["thinkingConfig"] = thinking_config(target.model, asked)
        body["generationConfig"] = generation
        url = f"{target.base_url}/{path(target)}:streamGenerateContent?alt=sse"
        return HttpRequest(url, self.headers(target, {"Accept": "*/*"}), body)

    def auth(self, target: Target) -> dict[str, str]:
        """The key in Google's own header, or a bearer token and the project that pays for its use."""
        if target.credential is None:
            return {}
        if target.credential.kind == "key":
            return {"x-goog-api-key": target.credential.value}
        project = target.credential.quota_project
        payer = {"x-goog-user-project": project} if project else {}
        return {"Authorization": f"Bearer {target.credential.value}"} | payer

    def list_url(self, target: Target, base_url: str) -> str | None:
        """Vertex AI lists no models of Google's own."""
        return None if target.vertex else f"{base_url}/v1beta/models?pageSize=1000"

    def other_bases(self, base_url: str) -> tuple[str, ...]:
        """The base URL is a host's root."""
        root = "/".join(base_url.split("/", 3)[:3])
        return (root,) if root != base_url else ()

    def reader(self, target: Target) -> Reader:
        """A new reader."""
        del target
        return GoogleReader()

    def _contents(self, probe: Probe) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = [{"text": probe.prompt}]
        if probe.image is not None:
            data = base64.b64encode(probe.image).decode("ascii")
            parts.insert(0, {"inlineData": {"mimeType": "image/png", "data": data}})
        contents: list[dict[str, Any]] = [{"parts": parts, "role": "user"}]
        if probe.continuation is not None:
            contents += probe.continuation.turn
            responses = [
                {
                    "functionResponse": ({"id": call_id} if call_id else {})
                    | {"name": name, "response": {"output": result}}
                }
                for call_id, name, result in probe.continuation.results
            ]
            contents.append({"role": "user", "parts": responses})
        return contents


def path(target: Target) -> str:
    """The path of a model, in Google's three spellings: Gemini, Vertex by key, Vertex by project."""
    if not target.vertex:
        name = (
            target.model if target.model.startswith(("models/", "tunedModels/")) else f"models/{target.model}"
        )
        return f"v1beta/{quote(name, safe=_KEPT)}"
    name = target.model
    if not name.startswith(("publishers/", "projects/", "models/")):
        publisher, slash, rest = name.partition("/")
        name = f"publishers/{publisher}/models/{rest}" if slash else f"publishers/google/models/{name}"
    by_project = target.credential is None or target.credential.kind == "token"
    if by_project and not name.startswith("projects/"):
        name = f"projects/{target.project}/locations/{target.location}/{name}"
    return f"v1beta1/{quote(name, safe=_KEPT)}"


def thinking_config(model: str, asked: str) -> dict[str, Any]:
    """``thinkingConfig`` for an effort: levels for Gemini 3, budgets before it, neither for a plain "on"."""
    third = "gemini-3" in model
    if asked == OFF:
        return {"includeThoughts": False} | ({"thinkingLevel": "MINIMAL"} if third else {"thinkingBudget": 0})
    config: dict[str, Any] = {"includeThoughts": True}
    if asked in _LEVELS:
        config |= {"thinkingLevel": _LEVELS[asked]} if third else {"thinkingBudget": _BUDGETS[asked]}
    return config


class GoogleReader(Reader):
    """Reads ``GenerateContentResponse`` objects; the first candidate counts."""

    wire: ClassVar[str] = "google-genai"

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[dict[str, Any]] = []
        self._partial: PartialArguments | None = None
        self._counts: dict[str, int] = {}

    def _take(self, data: dict[str, Any], name: str | None) -> None:
        del name
        if error := data.get("error"):
            self.fail_with(error)
            return
        candidates = sequence(data.get("candidates"))
        candidate = mapping(candidates[0]) if candidates else {}
        for part in sequence(mapping(candidate.get("content")).get("parts")):
            self._part(mapping(part))
        self._usage(mapping(data.get("usageMetadata")))
        blocked = string(mapping(data.get("promptFeedback")).get("blockReason"))
        raw = string(candidate.get("finishReason"))
        if raw and raw != _NOT_FINISHED:
            self.answer.finish_raw = raw
            self.answer.finish_kind = _FINISH.get(raw, "error")
        elif blocked and not candidates and self.answer.finish_raw is None:
            self.answer.finish_raw, self.answer.finish_kind = blocked, "filter"
        if self.answer.finish_kind == "stop" and self.answer.tool_calls:
            self.answer.finish_kind = "tool"

    def _part(self, part: dict[str, Any]) -> None:
        self._parts.append(part)
        if "functionCall" in part:
            self._call(mapping(part["functionCall"]))
        elif part.get("thought") is True:
            self.reasoning(part.get("text"))
        else:
            self.text(part.get("text"))

    def _call(self, call: dict[str, Any]) -> None:
        name, pieces = string(call.get("name")), sequence(call.get("partialArgs"))
        if name:
            self.answer.tool_calls.append(
                ToolCall(string(call.get("id")) or None, name, value=dict(mapping(call.get("args"))))
            )
            self._partial = PartialArguments(self.answer.tool_calls[-1].value or {})
            self.answer.tool_calls[-1].value = self._partial.value
            self.tool(name)
        if self._partial is not None:
            for piece in pieces:
                self._partial.add(mapping(piece))

    def _usage(self, usage: dict[str, Any]) -> None:
        for key in (
            "promptTokenCount",
            "candidatesTokenCount",
            "thoughtsTokenCount",
            "cachedContentTokenCount",
        ):
            if (count := integer(usage.get(key))) is not None:
                self._counts[key] = count
        if self._counts:
            self.answer.usage = Usage(
                input=self._counts.get("promptTokenCount"),
                output=self._counts.get("candidatesTokenCount", 0),
                reasoning=self._counts.get("thoughtsTokenCount"),
                cached=self._counts.get("cachedContentTokenCount"),
            )

    def turn(self) -> list[dict[str, Any]]:
        """The model's parts as they came: thought signatures must come back unchanged."""
        return [{"role": "model", "parts": self._parts}]
