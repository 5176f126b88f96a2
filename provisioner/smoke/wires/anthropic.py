"""``anthropic``: the Messages API."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, ClassVar

from provisioner.kimi_code import claude
from provisioner.kimi_code.first_turn import OFF, ON
from provisioner.smoke.first_prompt import around
from provisioner.smoke.first_prompt.small import SESSION
from provisioner.smoke.wires.base import HttpRequest, Protocol, effort
from provisioner.smoke.wires.messages_reader import MessagesReader

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.probe import Probe
    from provisioner.smoke.wires.reader import Reader

_CACHED = {"cache_control": {"type": "ephemeral"}}
_INTERLEAVED = "interleaved-thinking-2025-05-14"
_CONTEXT_MANAGEMENT = "context-management-2025-06-27"
_BUDGETS = {"low": 1024, "medium": 4096, "high": 32_000, ON: 32_000}


class Anthropic(Protocol):
    """``POST {base}/v1/messages`` with ``x-api-key``."""

    list_query: ClassVar[str] = "?limit=1000"

    def request(self, target: Target, probe: Probe) -> HttpRequest:
        """The request."""
        body: dict[str, Any] = {"model": target.model, "max_tokens": self._limit(target, probe)}
        if not probe.least:
            body["metadata"] = {"user_id": SESSION}
        betas: list[str] = [] if probe.least else [_INTERLEAVED]
        beta_path = target.beta_api and not probe.least
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
        surroundings = around(probe.size)
        if surroundings.system:
            body["system"] = [{"type": "text", "text": surroundings.system, **_CACHED}]
        body["messages"] = self._messages(probe)
        if surroundings.tools:
            tools: list[dict[str, Any]] = [
                {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}
                for tool in surroundings.tools
            ]
            tools[-1] |= _CACHED
            body["tools"] = tools
        body["stream"] = True
        # A beta flag among custom_headers is only sent where Kimi Code sends none of its own.
        fixed = {"anthropic-beta": ",".join(betas)} if betas else {}
        url = f"{target.base_url}{target.wire.path}{'?beta=true' if beta_path else ''}"
        return HttpRequest(url, self.headers(target, {"Accept": "application/json"}, fixed), body)

    def auth(self, target: Target) -> dict[str, str]:
        """The key in Anthropic's own header, and the version without which nothing is answered."""
        version = {"anthropic-version": "2023-06-01"}
        return version | ({"x-api-key": target.credential.value} if target.credential else {})

    def other_bases(self, base_url: str) -> tuple[str, ...]:
        """Many providers serve this wire below ``/anthropic``."""
        root = re.sub(r"(?:/v\d+)+\Z", "", base_url)
        if root != base_url:
            return (root,)
        return () if root.endswith("/anthropic") else (f"{root}/anthropic",)

    def reader(self, target: Target) -> Reader:
        """A new reader."""
        del target
        return MessagesReader()

    def _limit(self, target: Target, probe: Probe) -> int:
        return probe.limit if probe.least else claude.max_tokens(target.model, target.turn.limit)

    def _messages(self, probe: Probe) -> list[dict[str, Any]]:
        content: list[dict[str, Any]] = [
            {"type": "text", "text": words} for words in (probe.prompt, *around(probe.size).reminders)
        ]
        if not probe.least and probe.continuation is None:
            content[-1] |= _CACHED
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
