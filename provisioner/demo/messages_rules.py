"""What Anthropic's Messages API demands of a request, in the words in which it refuses one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from provisioner.demo.refusals import AnthropicErrors
from provisioner.demo.wire import all_objects, obj, objects, text

if TYPE_CHECKING:
    from provisioner.demo.models import DemoModel

_ERRORS = AnthropicErrors()
_LEAST_BUDGET = 1024
_NEEDED = ("model", "max_tokens", "messages")
_FIELDS = (
    *_NEEDED,
    "system",
    "tools",
    "tool_choice",
    "stream",
    "thinking",
    "output_config",
    "metadata",
    "stop_sequences",
    "temperature",
    "top_k",
    "top_p",
    "service_tier",
    "container",
)
_VERSIONS = ("2023-06-01", "2026-10-21")
_REMOVED = ("temperature", "top_k", "top_p")  # with the second of these versions
_BETA_FIELDS = {"context_management": "context-management-2025-06-27"}


def check_version(version: str) -> None:
    """``anthropic-version`` is there and known."""
    if not version:
        raise _ERRORS.invalid("anthropic-version", "header is required")
    if version not in _VERSIONS:
        raise _ERRORS.invalid("anthropic-version", f'"{version}" is not a valid version')


def check_fields(body: dict[str, Any], version: str, betas: str) -> None:
    """Every field is known to the version, beta ones only with their header, and none that is needed is missing."""
    for name in body:
        known = name in _FIELDS and not (version == _VERSIONS[1] and name in _REMOVED)
        if not known and (name not in _BETA_FIELDS or _BETA_FIELDS[name] not in betas):
            raise _ERRORS.invalid(name, "Extra inputs are not permitted")
    for name in _NEEDED:
        if name not in body:
            raise _ERRORS.invalid(name, "Field required")
    if not all_objects(body["messages"]):
        raise _ERRORS.invalid("messages", "Input should be a valid array of messages")
    if not body["messages"]:
        raise _ERRORS.invalid("messages", "at least one message is required")


def limit_of(body: dict[str, Any], model: DemoModel) -> int:
    """``max_tokens``, which the model must allow."""
    limit = body["max_tokens"]
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise _ERRORS.invalid("max_tokens", "Input should be a valid integer")
    if limit < 1:
        raise _ERRORS.invalid("max_tokens", "Input should be greater than or equal to 1")
    if limit > model.output:
        raise _ERRORS.invalid(
            "max_tokens",
            f"{limit} > {model.output}, which is the maximum allowed number of output tokens for {model.id}",
        )
    return limit


def thinks_for(body: dict[str, Any], model: DemoModel, limit: int) -> bool:
    """Whether the request switches thinking on, within its limit of tokens."""
    thinking = obj(body.get("thinking"))
    kind = thinking.get("type", "disabled")
    if kind == "disabled":
        return False
    if kind not in ("enabled", "adaptive"):
        raise _ERRORS.invalid(
            "thinking",
            f"Input tag '{kind}' found using 'type' does not match any of the expected tags: 'adaptive', "
            "'disabled', 'enabled'",
        )
    if not model.reasoning:
        raise _ERRORS.invalid("", f"{kind} thinking is not supported on this model")
    if kind == "adaptive":
        return True
    budget = thinking.get("budget_tokens")
    if not isinstance(budget, int) or isinstance(budget, bool):
        raise _ERRORS.invalid("thinking.enabled.budget_tokens", "Field required")
    if budget < _LEAST_BUDGET:
        raise _ERRORS.invalid(
            "thinking.enabled.budget_tokens", "Input should be greater than or equal to 1024"
        )
    if budget >= limit:
        raise _ERRORS.invalid("", "`max_tokens` must be greater than `thinking.budget_tokens`.")
    return True


def check_turns(turns: list[dict[str, Any]], *, thinking: bool) -> None:
    """Calls and results pair up, thoughts are genuine, and one opens each turn with a call when thinking is on."""
    waiting: list[str] = []
    for at, turn in enumerate(turns):
        if turn.get("role") not in ("user", "assistant"):
            raise _ERRORS.invalid(f"messages.{at}.role", "Input should be 'user' or 'assistant'")
        if not isinstance(turn.get("content"), str | list):
            raise _ERRORS.invalid(f"messages.{at}.content", "Field required")
        blocks = objects(turn["content"])
        answered = [text(block.get("tool_use_id")) for block in blocks if block.get("type") == "tool_result"]
        for number, name in enumerate(answered):
            if name not in waiting:
                raise _ERRORS.invalid(
                    f"messages.{at}.content.{number}",
                    f"unexpected `tool_use_id` found in `tool_result` blocks: {name}. Each `tool_result` block "
                    "must have a corresponding `tool_use` block in the previous message.",
                )
        _none_waits([name for name in waiting if name not in answered], at - 1)
        waiting = [text(block.get("id")) for block in blocks if block.get("type") == "tool_use"]
        _check_thoughts(blocks, at, first=thinking and bool(waiting))
    _none_waits(waiting, len(turns) - 1)


def signature(thought: str) -> str:
    """Shows that a thought that comes back is one that was sent."""
    return hashlib.sha256(thought.encode("utf-8", "replace")).hexdigest()


def _check_thoughts(blocks: list[dict[str, Any]], at: int, *, first: bool) -> None:
    if first and blocks[0].get("type") not in ("thinking", "redacted_thinking"):
        raise _ERRORS.invalid(
            f"messages.{at}.content.0.type",
            f"Expected `thinking` or `redacted_thinking`, but found `{blocks[0].get('type')}`. When `thinking` is "
            "enabled, a final `assistant` message must start with a thinking block.",
        )
    for number, block in enumerate(blocks):
        genuine = signature(text(block.get("thinking")))
        if block.get("type") == "thinking" and block.get("signature") != genuine:
            raise _ERRORS.invalid(
                f"messages.{at}.content.{number}", "Invalid `signature` in `thinking` block"
            )


def _none_waits(names: list[str], at: int) -> None:
    if names:
        raise _ERRORS.invalid(
            f"messages.{at}",
            f"`tool_use` ids were found without `tool_result` blocks immediately after: {', '.join(names)}. Each "
            "`tool_use` block must have a corresponding `tool_result` block in the next message.",
        )
