"""``generateContent`` streams: what the ``google-genai`` and ``vertexai`` wires share."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from provisioner.kimi_code.first_turn import OFF
from provisioner.smoke.first_prompt import around
from provisioner.smoke.wires.base import HttpRequest, Protocol, effort
from provisioner.smoke.wires.google_reader import GoogleReader

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.probe import Probe
    from provisioner.smoke.wires.reader import Reader

_LEVELS = {"low": "LOW", "medium": "MEDIUM", "high": "HIGH", "xhigh": "HIGH", "max": "HIGH"}
_BUDGETS = {"low": 1024, "medium": 4096, "high": 32_000, "xhigh": 32_000, "max": 32_000}
_KEPT = "/@"  # versions of a model are written name@001


class Google(Protocol):
    """``POST …/models/{model}:streamGenerateContent?alt=sse``."""

    list_query: ClassVar[str] = "?pageSize=1000"

    def request(self, target: Target, probe: Probe) -> HttpRequest:
        """The request. The key travels in a header, never in the URL."""
        body: dict[str, Any] = {"contents": self._contents(probe)}
        surroundings = around(probe.size)
        if surroundings.system:
            body["systemInstruction"] = {"parts": [{"text": surroundings.system}], "role": "user"}
        if surroundings.tools:
            body["tools"] = [
                {
                    "functionDeclarations": [
                        {
                            "name": tool.name,
                            "description": tool.description,
                            "parametersJsonSchema": tool.parameters,
                        }
                    ]
                }
                for tool in surroundings.tools
            ]
        generation: dict[str, Any] = {"maxOutputTokens": probe.limit if probe.least else target.turn.limit}
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

    def other_bases(self, base_url: str) -> tuple[str, ...]:
        """The base URL is a host's root."""
        root = "/".join(base_url.split("/", 3)[:3])
        return (root,) if root != base_url else ()

    def reader(self, target: Target) -> Reader:
        """A new reader."""
        del target
        return GoogleReader()

    def _contents(self, probe: Probe) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = [
            {"text": words} for words in (probe.prompt, *around(probe.size).reminders)
        ]
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
    if by_project and target.project and not name.startswith("projects/"):
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
