"""``anthropic``: the Messages API."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, ClassVar

from catalog.untrusted import integer, mapping, string
from provisioner.kimi_code import claude
from provisioner.kimi_code.first_turn import OFF, ON
from provisioner.smoke.answer import FinishKind, ToolCall, Usage
from provisioner.smoke.wires.base import HttpRequest, Protocol, Reader, effort
from provisioner.smoke.wires.prompting import SESSION, SYSTEM

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.probe import Probe

_CACHED = {"cache_control": {"type": "ephemeral"}}
_INTERLEAVED = "interleaved-thinking-2025-05-14"
_CONTEXT_MANAGEMENT = "context-management-2025-06-27"
_BUDGETS = {"low": 1024, "medium": 4096, "high": 32_000, ON: 32_000}
_FINISH: dict[str, FinishKind] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool",
    "pause_turn": "pause",
    "refusal": "filter",
}


class Anthropic(Protocol):
    """``POST {base}/v1/messages`` with ``x-api-key``."""

    name: ClassVar[str] = "anthropic"

    def request(self, target: Target, probe: Probe) -> HttpRequest:
        """The request. Kimi Code strips a ``/v1`` that the base URL ends in, and so does this."""
        body: dict[str, Any] = {"model": target.model, "max_tokens": self._limit(target, probe)}
        if not probe.minimal:
            body["metadata"] = {"user_id": SESSION}
        betas: list[str] = [] if probe.minimal else [_INTERLEAVED]
        beta_path = target.beta_api and not probe.minimal
        if (asked := effort(target, probe)) is not None:
            members, own_betas = thinking(target, asked)
            body |= members
            betas = own_betas
            if asked != OFF and target.turn.keep is not None:
                beta_path = True
                body["context_management"] = {
                    "edits": [{"type": "clear_thinking_20251015", "keep": target.turn.keep}]
                }
                if _CONTEXT_MANAGEMENT not in betas:
                    betas.append(_CONTEXT_MANAGEMENT)
        if not probe.minimal:
            body["system"] = [{"type": "text", "text": SYSTEM, **_CACHED}]
        body["messages"] = self._messages(probe)
        if probe.tool is not None:
            tool = {
                "name": probe.tool.name,
                "description": probe.tool.description,
                "input_schema": probe.tool.parameters,
            }
            body["tools"] = [tool if probe.minimal else tool | _CACHED]
        body["stream"] = True
        own = {"Accept": "application/json"}
        if betas:
            own["anthropic-beta"] = ",".join(betas)
        url = f"{_root(target.base_url)}/v1/messages{'?beta=true' if beta_path else ''}"
        return HttpRequest(url, self.headers(target, own), body)

    def auth(self, target: Target) -> dict[str, str]:
        """The key in Anthropic's own header, and the version without which nothing is answered."""
        version = {"anthropic-version": "2023-06-01"}
        return version | ({"x-api-key": target.credential.value} if target.credential else {})

    def list_url(self, target: Target, base_url: str) -> str | None:
        """The list lies beside the messages."""
        del target
        return f"{_root(base_url)}/v1/models?limit=1000"

    def other_bases(self, base_url: str) -> tuple[str, ...]:
        """Many providers serve this wire below ``/anthropic``."""
        root = re.sub(r"(?:/v\d+)+\Z", "", base_url)
        return (
            (root,)
            if root != _root(base_url)
            else ()
            if root.endswith("/anthropic")
            else (f"{root}/anthropic",)
        )

    def reader(self, target: Target) -> Reader:
        """A new reader."""
        del target
        return MessagesReader()

    def _limit(self, target: Target, probe: Probe) -> int:
        return probe.limit if probe.minimal else claude.max_tokens(target.model, target.turn.limit)

    def _messages(self, probe: Probe) -> list[dict[str, Any]]:
        content: list[dict[str, Any]] = [{"type": "text", "text": probe.prompt}]
        if not probe.minimal and probe.continuation is None:
            content[0] |= _CACHED
        if probe.image is not None:
            data = base64.b64encode(probe.image).decode("ascii")
            source = {"type": "base64", "media_type": "image/png", "data": data}
            content.insert(0, {"type": "image", "source": source})
        messages: list[dict[str, Any]] = [{"role": "user", "content": content}]
        if probe.continuation is not None:
            messages += probe.continuation.turn
            results = [
                {"type": "tool_result", "tool_use_id": call_id, "content": result}
                for call_id, _, result in probe.continuation.results
            ]
            messages.append({"role": "user", "content": results})
        return messages


def thinking(target: Target, asked: str) -> tuple[dict[str, Any], list[str]]:
    """The members and the beta flags that go with a thinking effort."""
    if target.provider_type == "kimi":
        switch: dict[str, Any] = {"thinking": {"type": "disabled" if asked == OFF else "enabled"}}
        if asked not in (OFF, ON):
            switch["output_config"] = {"effort": asked}
        return switch, [_CONTEXT_MANAGEMENT]
    profile = _profile(target)
    if asked == OFF:
        return {"thinking": {"type": "disabled"}}, [] if profile.adaptive else [_INTERLEAVED]
    if profile.adaptive:
        members: dict[str, Any] = {"thinking": {"type": "adaptive", "display": "summarized"}}
        return members | ({} if asked == ON else {"output_config": {"effort": asked}}), []
    budget = _BUDGETS.get(asked)
    members = {"thinking": {"type": "enabled"} | ({} if budget is None else {"budget_tokens": budget})}
    if (profile.takes_effort or budget is None) and asked != ON:
        members["output_config"] = {"effort": asked}
    return members, [_INTERLEAVED]


def _profile(target: Target) -> claude.Profile:
    """The model's way of thinking by its name, as ``adaptive_thinking`` and ``support_efforts`` change it."""
    known = claude.known_profile(target.model) or claude.LATEST
    efforts, adaptive = target.turn.efforts, target.turn.adaptive
    if adaptive is None:
        if efforts is None:
            return known
        beyond_budgets = any(level not in claude.LOW_TO_HIGH for level in efforts)
        adaptive, takes_effort = known.adaptive or beyond_budgets, known.takes_effort or beyond_budgets
    else:
        takes_effort = adaptive
    return claude.Profile(
        adaptive=adaptive,
        efforts=efforts if efforts is not None else known.efforts,
        takes_effort=takes_effort,
        can_be_off=known.can_be_off,
    )


def _root(base_url: str) -> str:
    return re.sub(r"/v1/?\Z", "", base_url)


class MessagesReader(Reader):
    """Reads Messages events by the ``type`` in their data, else by the event's name."""

    wire: ClassVar[str] = "anthropic"

    def __init__(self) -> None:
        super().__init__()
        self._message_id: str | None = None
        self._blocks: dict[Any, dict[str, Any]] = {}
        self._calls: dict[Any, ToolCall] = {}
        self._counts: dict[str, int] = {}

    def _take(self, data: dict[str, Any], name: str | None) -> None:
        match string(data.get("type")) or name:
            case "message_start":
                self._start(mapping(data.get("message")))
            case "content_block_start":
                self._block(data.get("index"), mapping(data.get("content_block")))
            case "content_block_delta":
                self._delta(data.get("index"), mapping(data.get("delta")))
            case "message_delta":
                if raw := string(mapping(data.get("delta")).get("stop_reason")):
                    self.answer.finish_raw, self.answer.finish_kind = raw, _FINISH.get(raw)
                self._usage(mapping(data.get("usage")))
            case "message_stop":
                self.ended = True
            case "error":
                self.fail_with(data.get("error") or data)
            case _ if data.get("error"):
                self.fail_with(data["error"])

    def _start(self, message: dict[str, Any]) -> None:
        identity = string(message.get("id"))
        if self._message_id is not None and identity != self._message_id:
            self.fail("protocol", "a second message began before the first had ended")
            return
        self._message_id = identity
        self._usage(mapping(message.get("usage")))

    def _usage(self, usage: dict[str, Any]) -> None:
        for key in ("input_tokens", "output_tokens", "cache_read_input_tokens"):
            if (count := integer(usage.get(key))) is not None:
                self._counts[key] = count
        if self._counts:
            self.answer.usage = Usage(
                input=self._counts.get("input_tokens"),
                output=self._counts.get("output_tokens"),
                cached=self._counts.get("cache_read_input_tokens"),
            )

    def _block(self, index: Any, block: dict[str, Any]) -> None:
        key = _key(index)
        match block.get("type"):
            case "text":
                self._blocks[key] = {"type": "text", "text": []}
                self._append(key, "text", block.get("text"))
                self.text(block.get("text"))
            case "thinking":
                self._blocks[key] = {"type": "thinking", "thinking": [], "signature": []}
                self._append(key, "thinking", block.get("thinking"))
                self._append(key, "signature", block.get("signature"))
                self.reasoning(block.get("thinking"))
            case "redacted_thinking":
                self._blocks[key] = dict(block)
            case "tool_use":
                call = ToolCall(string(block.get("id")) or None, string(block.get("name")))
                # Some gateways send the arguments here, whole, instead of in deltas.
                if given := mapping(block.get("input")):
                    call.pieces.append(json.dumps(given))
                self._calls[key] = call
                self._blocks[key] = {"type": "tool_use", "call": call}
                self.answer.tool_calls.append(call)
                self.tool(call.name)

    def _delta(self, index: Any, delta: dict[str, Any]) -> None:
        key = _key(index)
        match delta.get("type"):
            case "text_delta":
                self._append(key, "text", delta.get("text"))
                self.text(delta.get("text"))
            case "thinking_delta":
                self._append(key, "thinking", delta.get("thinking"))
                self.reasoning(delta.get("thinking"))
            case "signature_delta":
                self._append(key, "signature", delta.get("signature"))
            case "input_json_delta" if key in self._calls:
                piece = string(delta.get("partial_json"))
                self._calls[key].pieces.append(piece)
                self.tool(piece)

    def _append(self, key: Any, member: str, piece: Any) -> None:
        pieces = self._blocks.get(key, {}).get(member)
        if isinstance(pieces, list):
            pieces.append(string(piece))

    def finish(self) -> None:
        """A message that broke off in the middle of a tool call holds no call that anyone could answer."""
        if self.answer.failure is not None and self.answer.failure.kind == "protocol":
            self.answer.tool_calls.clear()
        super().finish()

    def turn(self) -> list[dict[str, Any]]:
        """The assistant's blocks; thinking goes back with its signature, or the server refuses it."""
        content: list[dict[str, Any]] = []
        for block in self._blocks.values():
            if block["type"] == "tool_use":
                call = block["call"]
                arguments = json.loads(call.arguments or "{}")
                content.append({"type": "tool_use", "id": call.id, "name": call.name, "input": arguments})
                continue
            whole = {
                key: "".join(value) if isinstance(value, list) else value for key, value in block.items()
            }
            if whole.get("text") or whole["type"] != "text":
                content.append(whole)
        return [{"role": "assistant", "content": content}]


def _key(index: Any) -> Any:
    return index if isinstance(index, int | str) else None
