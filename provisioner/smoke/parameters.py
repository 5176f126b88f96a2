"""A refused parameter: which one it is, and the line of config.toml that makes Kimi Code send another.

Called when a server has refused what Kimi Code would send and has then taken the least request: key, address and
model are right, and one of the parameters is not.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping
from provisioner.smoke import context, limits
from provisioner.smoke.capabilities import with_capability, without_capability
from provisioner.smoke.cause import Cause
from provisioner.smoke.report import Correction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.kimi_code.target import Target
    from provisioner.smoke.problem import Problem

_LIMIT_NAMES = ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens")
_LEVEL = re.compile(r"\b(none|minimal|low|medium|high|xhigh|max)\b", re.IGNORECASE)
_LISTED = re.compile(
    r"(?:supported (?:values|efforts|levels) are|must be one of|expected one of|one of|should be|choose from)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_UNKNOWN_PARAMETER = re.compile(
    r"(?:unsupported|unknown|unrecognized|unexpected|extra) ?(?:request )?(?:param|field|argument|input|key)"
    r"|extra (?:fields|inputs) (?:are )?not permitted|does not support (?:the )?param",
    re.IGNORECASE,
)
_NOT_TAKEN = re.compile(rf"{_UNKNOWN_PARAMETER.pattern}|not supported|not permitted", re.IGNORECASE)
_MUST_THINK = re.compile(r"cannot|can't|can not|only works|must|required|always|budget 0", re.IGNORECASE)
_LOWEST_BUDGET = 1024  # thinking tokens at the effort "low"


def explain(
    target: Target, body: Mapping[str, Any], problem: Problem
) -> tuple[Problem, tuple[Correction, ...]]:
    """``problem`` with its cause named, and the changes of config.toml that end it.

    Args:
        target: whose request it was.
        body: what was refused.
        problem: the refusal.
    """
    said = problem.message
    for find in (
        _budget,
        _output_limit,
        _wrong_limit_name,
        _effort,
        _thinking,
        _context_management,
        _shape,
        _other,
    ):
        finding = find(target, body, said)
        if finding is not None:
            return named(problem, finding), finding.changes
    return replace(
        problem, message=f"Kimi Code's first request is refused, a minimal one is not ({said})"
    ), ()


def named(problem: Problem, finding: Cause) -> Problem:
    """``problem`` with the cause that was found for it, the server's own words behind it."""
    message = f"{finding.message} ({problem.message})"
    return replace(
        problem, kind=finding.kind or problem.kind, message=message, hint=finding.hint, transient=False
    )


def names_limit(body: Mapping[str, Any], problem: Problem) -> bool:
    """Whether a refusal of ``body`` names the number of tokens that would have been allowed."""
    asked = asked_output(body)
    return asked is not None and limits.allowed(problem.message, asked) is not None


def _set(target: Target, **values: Any) -> tuple[Correction, ...]:
    return tuple(Correction(("models", target.alias), key, value) for key, value in values.items())


def asked_output(body: Mapping[str, Any]) -> int | None:
    """The output tokens that a request asks for."""
    for place in (body, mapping(body.get("generationConfig"))):
        for name in _LIMIT_NAMES:
            if isinstance(place.get(name), int):
                return int(place[name])
    return None


def _budget(target: Target, body: Mapping[str, Any], said: str) -> Cause | None:
    """An Anthropic model whose output limit lies below its thinking budget."""
    budget, asked = mapping(body.get("thinking")).get("budget_tokens"), asked_output(body)
    if not isinstance(budget, int) or asked is None or "budget" not in said.lower():
        return None
    if asked > budget:
        return None
    changes = _set(target, support_efforts=("low",), default_effort="low") if asked > _LOWEST_BUDGET else ()
    hint = (
        f'default_effort = "low" and support_efforts = ["low"] in [models."{target.alias}"]'
        if changes
        else None
    )
    return Cause(
        f"Kimi Code will ask for {asked:,} output tokens, fewer than the {budget:,} it lets the model think with",
        hint,
        changes,
    )


def _output_limit(target: Target, body: Mapping[str, Any], said: str) -> Cause | None:
    asked = asked_output(body)
    if asked is None or not limits.speaks_of_limit(said):
        return None
    found = limits.allowed(said, asked)
    if found is None and _NOT_TAKEN.search(said):
        return None
    if found is None:
        named = any(name in said for name in _LIMIT_NAMES)
        hint = f'a lower max_output_size in [models."{target.alias}"]'
        return (
            Cause(f"Kimi Code will ask for {asked:,} output tokens, which this server refuses", hint)
            if named
            else None
        )
    if not found.whole_context:
        return Cause(
            f"Kimi Code will ask for {asked:,} output tokens, this server allows {found.tokens:,}",
            f'max_output_size = {found.tokens} in [models."{target.alias}"]',
            _set(target, max_output_size=found.tokens),
        )
    return context.shortage(target, found.tokens, asked) or context.together(target, found.tokens, asked)


def _wrong_limit_name(target: Target, body: Mapping[str, Any], said: str) -> Cause | None:
    sent = next((name for name in ("max_tokens", "max_completion_tokens") if name in body), None)
    if sent is None or sent not in said or not _NOT_TAKEN.search(said):
        return None
    other = "max_completion_tokens" if sent == "max_tokens" else "max_tokens"
    if other not in said:
        return None
    return Cause(
        f"this server wants {other}, and Kimi Code sends {sent} for a model of this name",
        f'protocol = "openai_responses" in [models."{target.alias}"], if the server has it',
    )


def _effort(target: Target, body: Mapping[str, Any], said: str) -> Cause | None:
    sent = body.get("reasoning_effort") or mapping(body.get("reasoning")).get("effort")
    sent = (
        sent
        or mapping(body.get("output_config")).get("effort")
        or mapping(body.get("thinking")).get("effort")
    )
    if not isinstance(sent, str) or not re.search(r"effort|reasoning", said, re.IGNORECASE):
        return None
    listed = _LISTED.search(said)
    levels = list(dict.fromkeys(level.lower() for level in _LEVEL.findall(listed.group(1)))) if listed else []
    kept = [level for level in levels if level != "none"]
    where = f'[models."{target.alias}"]'
    if kept and sent not in kept:
        listing = ", ".join(f'"{level}"' for level in kept)
        return Cause(
            f"Kimi Code will ask for the effort {sent!r}, this server takes {', '.join(kept)}",
            f"support_efforts = [{listing}] in {where}",
            _set(target, support_efforts=tuple(kept)),
        )
    return Cause(
        f"Kimi Code will ask for the effort {sent!r}, which this server refuses",
        f'remove support_efforts and "thinking" from {where}',
    )


def _thinking(target: Target, body: Mapping[str, Any], said: str) -> Cause | None:
    generation = mapping(mapping(body.get("generationConfig")).get("thinkingConfig"))
    switch = mapping(body.get("thinking"))
    if not (switch or generation) or not re.search(r"thinking|thought", said, re.IGNORECASE):
        return None
    mode, where = switch.get("type"), f'[models."{target.alias}"]'
    if mode == "adaptive" and "adaptive" in said.lower():
        return Cause(
            "Kimi Code will ask for adaptive thinking, which this server refuses",
            f"adaptive_thinking = false in {where}",
            _set(target, adaptive_thinking=False),
        )
    if mode == "enabled" and target.wire.name == "anthropic" and "adaptive" in said.lower():
        return Cause(
            "Kimi Code will give a thinking budget, this server wants adaptive thinking",
            f"adaptive_thinking = true in {where}",
            _set(target, adaptive_thinking=True),
        )
    if target.wire.name == "kimi" and _UNKNOWN_PARAMETER.search(said):
        other = Correction(("providers", target.provider), "type", "openai")
        return Cause(
            "Kimi Code sends `thinking` to providers of the type kimi, and this server does not know it",
            other.line(),
            (other,),
        )
    if mode == "disabled" or generation.get("includeThoughts") is False:
        if not _MUST_THINK.search(said):
            return None
        always = with_capability(target, "always_thinking")
        return Cause(
            "Kimi Code will switch thinking off, and this model cannot be without it",
            always[0].line(),
            always,
        )
    never = without_capability(target, "thinking")
    return Cause(
        "Kimi Code will ask for thinking, which this server refuses",
        never[0].line() if never else "[thinking] with enabled = false",
        never,
    )


def _context_management(target: Target, body: Mapping[str, Any], said: str) -> Cause | None:
    del target
    if "context_management" not in body or not re.search(
        r"context[-_]management|beta|clear_thinking", said, re.IGNORECASE
    ):
        return None
    return Cause(
        "Kimi Code will ask the server to manage past thinking, which it refuses",
        'keep = "none" in [thinking]',
        (Correction(("thinking",), "keep", "none"),),
    )


def _shape(target: Target, body: Mapping[str, Any], said: str) -> Cause | None:
    """What no key of config.toml changes: how the messages follow each other, and the words of the tools' schemas."""
    del target
    if re.search(r"alternat|consecutive|roles? must", said, re.IGNORECASE):
        return Cause(
            "Kimi Code sends several user messages in a row, and this server's chat template wants roles to alternate",
            "start the server with a chat template that lets user messages follow each other, or choose another model",
        )
    if "tools" in body and re.search(
        r"schema|keyword|\$ref|propertyNames|additionalProperties", said, re.IGNORECASE
    ):
        return Cause(
            "the schemas of Kimi Code's tools use keywords that this server does not know; no setting leaves them out",
            "update the server, or choose another endpoint for the model",
        )
    return None


def _other(target: Target, body: Mapping[str, Any], said: str) -> Cause | None:
    del target
    named = next(
        (name for name in body if name not in ("model", "stream") and re.search(rf"\b{name}\b", said)), None
    )
    if named is None and re.search(r"\btools?\b|function.?call", said, re.IGNORECASE):
        named = "tools"
    if named is None:
        return None
    return Cause(f"Kimi Code will send `{named}`, which this server refuses; no setting leaves it out")
