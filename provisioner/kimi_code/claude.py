"""What Kimi Code 2.1.0 knows about an Anthropic model by its name: output ceiling, thinking mode, efforts.

Source: the behaviour of Kimi Code 2.1.0, which tests/peer/compare_requests.py checks against a real one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LOW_TO_HIGH = ("low", "medium", "high")
_LOW_TO_MAX = ("low", "medium", "high", "max")
_ALL = ("low", "medium", "high", "xhigh", "max")

_GENERATION = 5  # the latest that is known
_CEILINGS = {
    "fable-5": 128_000,
    "mythos-5": 128_000,
    "opus-4-8": 128_000,
    "opus-4-7": 128_000,
    "opus-4-6": 128_000,
    "opus-4-5": 64_000,
    "opus-4-1": 32_000,
    "opus-4-0": 32_000,
    "opus-4": 32_000,
    "sonnet-5": 128_000,
    "sonnet-4-6": 128_000,
    "sonnet-4-5": 64_000,
    "sonnet-4-0": 64_000,
    "sonnet-4": 64_000,
    "haiku-4-5": 64_000,
    "haiku-4": 64_000,
    "opus-3-5": 8_192,
    "sonnet-3-5": 8_192,
    "sonnet-3-7": 8_192,
    "haiku-3-5": 8_192,
    "opus-3": 4_096,
    "sonnet-3": 4_096,
    "haiku-3": 4_096,
}
_FAMILY_FIRST = re.compile(r"(opus|sonnet|haiku|fable|mythos)[-._](\d{1,2})(?!\d)(?:[-._](\d{1,2})(?!\d))?")
_VERSION_FIRST = re.compile(r"(\d{1,2})[-._](\d{1,2})[-._](opus|sonnet|haiku)")
_MAJOR_FIRST = re.compile(r"(\d{1,2})[-._](opus|sonnet|haiku)")
_FAMILY_WORD = re.compile(r"\b(?:opus|sonnet|haiku|fable|mythos)\b")


class Profile(NamedTuple):
    """How a model thinks.

    Attributes:
        adaptive: ``thinking: adaptive`` (4.6 and later) rather than a token budget.
        efforts: the levels it takes.
        takes_effort: whether ``output_config.effort`` is sent beside the thinking mode.
        can_be_off: whether thinking can be switched off.
    """

    adaptive: bool
    efforts: tuple[str, ...]
    takes_effort: bool
    can_be_off: bool = True


_BUDGET = Profile(adaptive=False, efforts=LOW_TO_HIGH, takes_effort=False)
_BUDGET_WITH_EFFORT = Profile(adaptive=False, efforts=LOW_TO_HIGH, takes_effort=True)
_ADAPTIVE = Profile(adaptive=True, efforts=_LOW_TO_MAX, takes_effort=True)
LATEST = Profile(adaptive=True, efforts=_ALL, takes_effort=True)
_ALWAYS = Profile(adaptive=True, efforts=_ALL, takes_effort=True, can_be_off=False)
_ALWAYS_TO_MAX = Profile(adaptive=True, efforts=_LOW_TO_MAX, takes_effort=True, can_be_off=False)


class _Version(NamedTuple):
    family: str
    major: int
    minor: int | None


def _version(model: str) -> _Version | None:
    name = model.lower()
    if found := _FAMILY_FIRST.search(name):
        minor = found.group(3)
        return _Version(found.group(1), int(found.group(2)), None if minor is None else int(minor))
    if found := _VERSION_FIRST.search(name):
        return _Version(found.group(3), int(found.group(1)), int(found.group(2)))
    if found := _MAJOR_FIRST.search(name):
        return _Version(found.group(2), int(found.group(1)), None)
    return None


def max_tokens(model: str, wanted: int) -> int:
    """``wanted`` output tokens, lowered to the ceiling known for a Claude model of this name."""
    version = _version(model) if "claude" in model.lower() else None
    ceiling = None if version is None else _ceiling(version)
    return wanted if ceiling is None else min(wanted, ceiling)


def _ceiling(version: _Version) -> int | None:
    if version.minor is not None:
        for minor in range(version.minor, -1, -1):
            if (ceiling := _CEILINGS.get(f"{version.family}-{version.major}-{minor}")) is not None:
                return ceiling
    return _CEILINGS.get(f"{version.family}-{version.major}")


def known_profile(model: str) -> Profile | None:
    """The profile of a Claude model that Kimi Code 2.1.0 knows by name."""
    if re.search(r"mythos[-._]preview", model.lower()):
        return _ALWAYS_TO_MAX
    version = _version(model)
    if version is None:
        return None
    number = (version.major, version.minor or 0)
    match version.family:
        case "opus":
            named = {(4, 5): _BUDGET_WITH_EFFORT, (4, 6): _ADAPTIVE, (4, 7): LATEST, (4, 8): LATEST}
            return _BUDGET if number < (4, 5) else named.get(number)
        case "sonnet":
            if version.major == _GENERATION:
                return LATEST
            return _BUDGET if number <= (4, 5) else {(4, 6): _ADAPTIVE}.get(number)
        case "haiku":
            return _BUDGET if number <= (4, 5) else None
        case _:
            return _ALWAYS if version.major == _GENERATION else None


def claude_like_profile(model: str) -> Profile | None:
    """As :func:`known_profile`; a Claude that is not known by name counts as one of the latest."""
    looks_like_one = "claude" in model.lower() or _FAMILY_WORD.search(model.lower())
    return known_profile(model) or (LATEST if looks_like_one else None)
