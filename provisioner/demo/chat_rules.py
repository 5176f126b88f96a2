"""What chat completions demand of a request, whoever serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.demo.wire import all_objects, objects, text

if TYPE_CHECKING:
    from provisioner.demo.models import DemoModel
    from provisioner.demo.refusals import ErrorStyle

_LIMITS = ("max_completion_tokens", "max_tokens")
_ROLES = ("system", "assistant", "user", "function", "tool", "developer")


def checked_turns(body: dict[str, Any], errors: ErrorStyle) -> list[dict[str, Any]]:
    """The messages: at least one, each in a role that exists and with content unless it calls a tool."""
    messages = body.get("messages")
    if messages is None:
        raise errors.invalid(
            "messages", "Missing required parameter: 'messages'.", "missing_required_parameter"
        )
    if not all_objects(messages):
        raise errors.invalid(
            "messages", "Invalid type for 'messages': expected an array of objects.", "invalid_type"
        )
    if not messages:
        raise errors.invalid(
            "messages",
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array "
            "instead.",
            "empty_array",
        )
    turns = objects(messages)
    for at, turn in enumerate(turns):
        if turn.get("role") not in _ROLES:
            known = ", ".join(f"'{role}'" for role in _ROLES)
            raise errors.invalid(
                f"messages[{at}].role",
                f"Invalid value: '{turn.get('role')}'. Supported values are: {known}.",
                "invalid_value",
            )
        if not isinstance(turn.get("content"), str | list) and not turn.get("tool_calls"):
            raise errors.invalid(
                f"messages.[{at}].content", "Invalid value for 'content': expected a string, got null."
            )
    return turns


def check_tool_turns(turns: list[dict[str, Any]], errors: ErrorStyle) -> None:
    """Every result follows the call that it answers, and every call is answered."""
    waiting: list[str] = []
    for turn in turns:
        if turn.get("role") == "tool":
            if turn.get("tool_call_id") not in waiting:
                raise errors.invalid(
                    "messages",
                    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
                    "'tool_calls'.",
                )
            waiting.remove(turn["tool_call_id"])
            continue
        if waiting:
            break
        waiting = [text(call.get("id")) for call in objects(turn.get("tool_calls"))]
    if waiting:
        raise errors.invalid(
            "messages",
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            f"'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(waiting)}",
        )


def limit_of(body: dict[str, Any], model: DemoModel, errors: ErrorStyle) -> int | None:
    """The request's limit of output tokens, if it names one; the model must allow it."""
    param = next((name for name in _LIMITS if body.get(name) is not None), None)
    if param is None:
        return None
    limit = body[param]
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise errors.invalid(param, f"Invalid type for '{param}': expected an integer.", "invalid_type")
    if limit < 1:
        raise errors.invalid(
            param,
            f"Invalid '{param}': integer below minimum value. Expected a value >= 1, but got {limit} instead.",
            "integer_below_min_value",
        )
    if limit > model.output:
        raise errors.invalid(
            param,
            f"{param} is too large: {limit}. This model supports at most {model.output} completion tokens, whereas "
            f"you provided {limit}.",
            "invalid_value",
        )
    return limit
