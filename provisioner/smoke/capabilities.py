"""What an alias claims to be able to do, and the change of config.toml that makes the claim true."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provisioner.smoke.report import Change

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target

# Models that Kimi Code 2.1.0 shows pictures to whatever the file says, by name and wire.
_SEES = {
    "anthropic": re.compile(r"claude-(?:3[-.]|3\.5-|3\.7-|opus-4|sonnet-4|haiku-4|fable)"),
    "google-genai": re.compile(r"gemini-(?:1\.5|2\.0|2\.5)-(?:pro|flash)"),
    "openai": re.compile(r"gpt-(?:4o|4-turbo|4\.1|4\.5)"),
}

_THINKING = ("thinking", "always_thinking")


def claims(target: Target, capability: str) -> bool:
    """Whether the file, or Kimi Code by the model's name, says that the model has ``capability``."""
    if capability == "thinking":
        return target.turn.thinks
    declared = {name.strip().lower() for name in target.capabilities}
    if capability == "image_in" and capability not in declared:
        family = "openai" if target.wire.name in ("openai_responses", "kimi") else target.wire.name
        by_name = _SEES.get(family)
        return by_name is not None and by_name.match(target.model.lower()) is not None
    return capability in declared


def with_capability(target: Target, capability: str) -> Change:
    """The change that adds ``capability``; of ``thinking`` and ``always_thinking`` one drives out the other."""
    gone = _THINKING if capability in _THINKING else (capability,)
    kept = [name for name in target.capabilities if name not in gone]
    remove = tuple(name for name in gone if name != capability)
    return Change(("models", target.alias), "capabilities", (*kept, capability), (capability,), remove)


def without_capability(target: Target, capability: str) -> Change:
    """The change that takes ``capability`` away."""
    gone = _THINKING if capability == "thinking" else (capability,)
    kept = tuple(name for name in target.capabilities if name not in gone)
    return Change(("models", target.alias), "capabilities", kept, remove=gone)
