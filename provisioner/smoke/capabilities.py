"""What an alias claims to be able to do, and the change of config.toml that makes the claim true."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provisioner.smoke.report import Correction

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target

# What Kimi Code 2.1.0 believes of models by their names, whatever the file says, on each family of wires (:class:`catalog.wire.Wire`).
_BY_NAME: dict[str, dict[str, re.Pattern[str]]] = {
    "anthropic": {
        "image_in": re.compile(r"claude-(?:3-|3\.5-|3\.7-|opus-4|sonnet-4|haiku-4|fable)"),
        "thinking": re.compile(r"claude-(?:opus-4|sonnet-4|haiku-4|fable)"),
    },
    "google": {
        "image_in": (_gemini := re.compile(r"gemini-(?:1\.5|2\.0|2\.5)-(?:pro|flash)")),
        "video_in": _gemini,
        "thinking": re.compile(r"gemini-2\.5-(?:pro|flash)|gemini-(?:1\.5|2\.0)-(?:pro|flash).*thinking"),
    },
    "openai": {
        "image_in": re.compile(r"gpt-(?:4o|4-turbo|4\.1|4\.5)"),
        "thinking": re.compile(r"o\d"),
    },
}
_THINKING = ("thinking", "always_thinking")


def by_name(target: Target, capability: str) -> bool:
    """Whether Kimi Code believes in ``capability`` because of the model's name, which no line takes away."""
    known = _BY_NAME[target.wire.family].get(capability)
    return known is not None and known.match(target.model.lower()) is not None


def claims(target: Target, capability: str) -> bool:
    """Whether the file, or Kimi Code by the model's name, says that the model has ``capability``."""
    if capability == "thinking":
        return target.turn.thinks
    declared = {name.strip().lower() for name in target.capabilities}
    return capability in declared or by_name(target, capability)


def with_capability(target: Target, capability: str) -> tuple[Correction, ...]:
    """The change that adds ``capability``; of ``thinking`` and ``always_thinking`` one drives out the other."""
    gone = _THINKING if capability in _THINKING else (capability,)
    kept = [name for name in target.capabilities if name not in gone]
    remove = tuple(name for name in gone if name != capability)
    return (Correction(("models", target.alias), "capabilities", (*kept, capability), (capability,), remove),)


def without_capability(target: Target, capability: str) -> tuple[Correction, ...]:
    """The change that takes ``capability`` away; none where the model would keep it all the same."""
    gone = _THINKING if capability == "thinking" else (capability,)
    kept = tuple(name for name in target.capabilities if name not in gone)
    stays = by_name(target, capability) or (capability == "thinking" and target.turn.adaptive is True)
    if stays or len(kept) == len(target.capabilities):
        return ()
    return (Correction(("models", target.alias), "capabilities", kept, remove=gone),)


def remedy(changes: tuple[Correction, ...]) -> str:
    """The end of a sentence that names ``changes`` and what writes them; empty without any."""
    if not changes:
        return ""
    return f": {' and '.join(change.line() for change in changes)} (--fix writes it)"
