"""What Kimi Code 2.1.0 would ask of a model on its first turn, worked out from config.toml alone.

The output limit, the thinking effort and what is kept of past thinking decide whether a server accepts the first
request. Source: the behaviour of Kimi Code 2.1.0, which tests/peer/compare_requests.py checks against a real one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.untrusted import mapping, sequence, string
from catalog.wire import WIRES
from provisioner.kimi_code import claude

if TYPE_CHECKING:
    from collections.abc import Mapping

OFF, ON = "off", "on"
_KEEP_NOTHING = frozenset({"0", "false", "no", "off", "none", "null"})
_THINKING_GEMINI = re.compile(r"gemini-(?:2\.5-(?:pro|flash)|(?:1\.5|2\.0)-(?:pro|flash).*thinking)")
_THINKING_CLAUDE = ("claude-opus-4", "claude-sonnet-4", "claude-haiku-4", "claude-fable")


class FirstTurn(NamedTuple):
    """The parameters of a first turn that follow from an alias.

    Attributes:
        limit: output tokens asked for, before a wire lowers them to a ceiling of its own.
        context: the alias' context size.
        limit_key: the key of the alias that ``limit`` comes from.
        effort: ``off``, ``on``, or the name of a level.
        on_effort: what ``effort`` is, or would be with thinking switched on.
        keep: what is kept of past thinking while thinking is on; None where nothing is said.
        efforts: the levels the model takes; None where neither config.toml nor its name says.
        off_effort: the level that means no thinking.
        adaptive: config.toml's ``adaptive_thinking``.
        thinks: whether Kimi Code takes the model for one that can think.
        always_thinks: whether it takes thinking for something that cannot be switched off.
        refusal: why Kimi Code would not even send the request; None where it would.
    """

    limit: int
    context: int
    limit_key: str
    effort: str
    on_effort: str
    keep: str | None
    efforts: tuple[str, ...] | None
    off_effort: str | None
    adaptive: bool | None
    thinks: bool
    always_thinks: bool
    refusal: str | None


def effective(model: Mapping[str, Any], provider_type: str) -> dict[str, Any]:
    """The table of an alias as Kimi Code reads it: ``overrides`` win, and a Claude's name fills what is missing."""
    overrides = mapping(model.get("overrides"))
    fixed = {"provider", "model", "protocol", "beta_api", "base_url", "api_key"}
    merged = {**model, **{key: value for key, value in overrides.items() if key not in fixed}}
    merged.pop("overrides", None)
    own_efforts = sequence(overrides.get("support_efforts"))
    if own_efforts and "default_effort" not in overrides and merged.get("default_effort") not in own_efforts:
        merged.pop("default_effort", None)
    name, protocol = string(merged.get("model")), merged.get("protocol") or provider_type
    speaks_messages = provider_type != "kimi" and protocol == "anthropic"
    profile = claude.claude_like_profile(name) if speaks_messages else claude.known_profile(name)
    if profile is not None:
        capability = "thinking" if profile.can_be_off else "always_thinking"
        declared = [string(entry) for entry in sequence(merged.get("capabilities"))]
        if capability not in _lowered(declared):
            merged["capabilities"] = [*declared, capability]
        if "support_efforts" not in merged:
            budget = merged.get("adaptive_thinking") is False
            merged["support_efforts"] = list(claude.LOW_TO_HIGH if budget else profile.efforts)
        if "default_effort" not in merged and "high" in merged["support_efforts"]:
            merged["default_effort"] = "high"
    return merged


def first_turn(
    model: Mapping[str, Any], provider_type: str, wire: str, thinking: Mapping[str, Any]
) -> FirstTurn:
    """The first turn of an alias.

    Args:
        model: its table, made :func:`effective`.
        provider_type: the ``type`` of its provider.
        wire: the wire it speaks.
        thinking: config.toml's ``[thinking]``.
    """
    declared = _lowered(sequence(model.get("capabilities")))
    always = "always_thinking" in declared
    thinks = (
        always
        or "thinking" in declared
        or model.get("adaptive_thinking") is True
        or _thinks_by_name(string(model.get("model")), wire)
    )
    efforts = None
    if "support_efforts" in model:
        efforts = tuple(
            level.strip() for level in sequence(model["support_efforts"]) if string(level).strip()
        )
    default = _default_effort(efforts, string(model.get("default_effort")).strip(), thinks=thinks)
    strict = provider_type == "kimi" and wire == "kimi"
    effort = _effort(thinking, default, efforts, strict=strict, thinks=thinks, always=always)
    off_effort = string(model.get("off_effort")) or None
    limit_key = "max_output_size" if model.get("max_output_size") else "max_context_size"
    return FirstTurn(
        limit=min(model[limit_key], model["max_context_size"]),
        context=model["max_context_size"],
        limit_key=limit_key,
        effort=effort,
        on_effort=effort
        if effort != OFF
        else _default_effort(efforts, string(model.get("default_effort")), thinks=True),
        keep=_keep(thinking),
        efforts=efforts,
        off_effort=off_effort,
        adaptive=model.get("adaptive_thinking"),
        thinks=thinks,
        always_thinks=always,
        refusal=_refusal(wire, effort, efforts, off_effort, always=always),
    )


def _lowered(capabilities: list[Any]) -> set[str]:
    return {string(entry).strip().lower() for entry in capabilities}


def _thinks_by_name(model: str, wire: str) -> bool:
    name = model.lower()
    match WIRES[wire].family:
        case "openai":
            return re.match(r"o\d", name) is not None
        case "anthropic":
            return name.startswith(_THINKING_CLAUDE)
        case _:
            return _THINKING_GEMINI.match(name) is not None


def _default_effort(efforts: tuple[str, ...] | None, declared: str, *, thinks: bool) -> str:
    if not thinks:
        return OFF
    if not efforts:
        return ON
    return declared if declared in efforts else efforts[len(efforts) // 2]


def _effort(
    thinking: Mapping[str, Any],
    default: str,
    efforts: tuple[str, ...] | None,
    *,
    strict: bool,
    thinks: bool,
    always: bool,
) -> str:
    configured = string(thinking.get("effort")).strip().lower()
    effort = OFF if thinking.get("enabled") is False else configured or default
    if effort == OFF and always:
        effort = configured if configured not in ("", OFF) else default
    if effort == OFF and not always:
        return OFF
    if not strict:
        return default if effort == ON and efforts else effort
    if not thinks:
        return OFF
    if not efforts:
        return ON
    return effort if effort in efforts else default


def _keep(thinking: Mapping[str, Any]) -> str | None:
    configured = string(thinking.get("keep")).strip()
    if not configured:
        return "all"
    return None if configured.lower() in _KEEP_NOTHING else configured


def _refusal(
    wire: str, effort: str, efforts: tuple[str, ...] | None, off_effort: str | None, *, always: bool
) -> str | None:
    """The wires that name the effort have no word for "off" unless config.toml gives one."""
    if effort != OFF or not WIRES[wire].wants_off_effort or off_effort is not None:
        return None
    if always:
        return "the model always thinks, and config.toml switches thinking off"
    if efforts is not None:
        return "the alias declares support_efforts, thinking is off for it, and it declares no off_effort"
    return None
