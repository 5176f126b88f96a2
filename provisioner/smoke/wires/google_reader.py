"""Reads the stream of ``generateContent``."""

from __future__ import annotations

from typing import Any, ClassVar

from catalog.untrusted import integer, mapping, sequence, string
from provisioner.smoke.answer import FinishKind, ToolCall, Usage
from provisioner.smoke.wires.partial_args import PartialArguments
from provisioner.smoke.wires.reader import Reader

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


class GoogleReader(Reader):
    """Reads ``GenerateContentResponse`` objects; the first candidate counts."""

    wire: ClassVar[str] = "google-genai"

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[dict[str, Any]] = []
        self._partial: PartialArguments | None = None
        self._counts: dict[str, int] = {}

    def _take(self, data: dict[str, Any], name: str) -> None:
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
