"""Which of several models a coding agent should start with, where nobody has chosen yet.

The newest general model that calls tools: by its release date where one is known, else by the version in its name.
What a model is for is rarely published, so names are read: the words are those of models.dev's ids of July 2026.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from catalog.patterns import compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from catalog.models import Model


# Words are whole runs of letters in a name.
_LETTERS = re.compile("[a-z]+")
_SPECIAL = frozenset(
    {
        # what makes or reads something else than text
        *[
            "asr",
            "audio",
            "banana",
            "embed",
            "embedding",
            "embeddings",
            "image",
            "imagen",
            "live",
            "livetranslate",
            "music",
            "ocr",
            "omni",
            "realtime",
        ],
        *[
            "robotics",
            "sora",
            "speech",
            "stt",
            "transcribe",
            "transcription",
            "tts",
            "veo",
            "video",
            "vision",
            "vl",
            "voice",
            "whisper",
        ],
        # what judges, ranks, searches or translates
        *[
            "bge",
            "guard",
            "guardrail",
            "gte",
            "judge",
            "minilm",
            "moderation",
            "mt",
            "multilingual",
            "prover",
            "rerank",
            "reranker",
            "research",
        ],
        *["reward", "safeguard", "safety", "search", "shield", "translate"],
        # what completes code or text without holding a conversation
        *["ada", "babbage", "base", "codegemma", "codestral", "davinci", "fim", "fill", "starcoder"],
        # what was made for one trade, or for one customer
        *["character", "chatgpt", "ft", "math", "med", "medical", "roleplay", "tars"],
    }
)
_SMALL = frozenset(
    [
        "air",
        "edge",
        "fast",
        "flashlite",
        "free",
        "haiku",
        "highspeed",
        "instant",
        "light",
        "lightning",
        "lite",
        "micro",
        "mini",
        "nano",
        "nemo",
        "small",
        "spark",
        "tiny",
        "turbo",
        "ultraspeed",
    ]
)
_UNFINISHED = frozenset(["alpha", "beta", "exp", "experimental", "nightly", "preview", "rc", "stealth"])
# What leads where a gateway has models of many makers; of one maker's own models all are alike in this.
_LEADING = r"\Ak\d|(?<![a-z])(?:claude|deepseek|gemini|glm|gpt|grok|kimi|minimax|qwen)"
# "70b", "8x22b", "235b-a22b", "e4b"
_SIZE = r"(?<![a-z0-9.])[a-z]?(?:\d+x)?(\d+(?:\.\d+)?)b(?![a-z0-9])"
_LARGE, _MIDDLE = 32, 12  # thousand million parameters
# "-20250929", "@2025-09-29", "-0905", "-08-2024": a day, not a version.
_DAY = r"[-@:_](20\d{2}-?[01]\d-?[0-3]\d|\d{4}|[01]\d-20\d{2})(?![0-9])"
_COPY = r"[-@]20\d{2}-?\d{2}-?\d{2}\Z"
# "4-8", "2.6", "5p2" (Fireworks), and "55" (Venice), each as two figures
_VERSION = r"(?<![0-9])(\d)(?:[.p_-]?(\d{1,2}))?(?![0-9])"


def best(models: Iterable[Model]) -> Model | None:
    """The model to start with, of at least one; None out of none. Of equals the first."""
    firsts: dict[tuple[Any, ...], Model] = {}
    for model in models:  # the providers of a registry often have the same ones
        firsts.setdefault((model.id, model.status, model.capabilities, model.released), model)
    left = without_copies(firsts.values())
    for trait in _TRAITS:
        if len(left) < 2:  # noqa: PLR2004  one is decided
            break
        found = [trait(model) for model in left]
        most = max(found)
        left = [model for model, value in zip(left, found, strict=True) if value == most]
    return left[0] if left else None


def without_copies(models: Iterable[Model]) -> list[Model]:
    """The models without those whose name is that of another and a day: a frozen copy of it."""
    every = list(models)
    ids = {model.id for model in every}
    return [
        model
        for model in every
        if (plain := compiled(_COPY).sub("", model.id)) == model.id or plain not in ids
    ]


def is_unfinished(model: Model) -> bool:
    """Whether its status or name says preview, beta or the like, or its version is below 1."""
    return model.status == "beta" or _has(model.id.lower(), _UNFINISHED) or _version(_name(model))[:1] == (0,)


def _has(name: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(_LETTERS.findall(name))


def _name(model: Model) -> str:
    """Its id without the maker in front, in small letters."""
    return model.id.lower().rpartition("/")[2]


@functools.lru_cache(maxsize=1024)
def _class(name: str) -> int:
    """2 for a large model, 1 for one of middle size or a fast variant, 0 for a small one."""
    size = max((float(size) for size in compiled(_SIZE).findall(name)), default=_LARGE)
    told = 2 if size >= _LARGE else 1 if size >= _MIDDLE else 0
    return min(told, 1) if _has(name, _SMALL) else told


@functools.lru_cache(maxsize=1024)  # the providers of a registry often have the same models
def _version(name: str) -> tuple[int, ...]:
    """The first number in a name that is neither a day nor a size: ``claude-opus-4-8`` and ``kimi-k2.6`` have one."""
    found = compiled(_VERSION).search(compiled(_SIZE).sub("", compiled(_DAY).sub("", name)))
    return tuple(int(part) for part in found.groups() if part) if found else ()


def _day(name: str) -> str:
    """The day in a name, for those that differ in nothing else."""
    found = compiled(_DAY).search(name)
    return found[1].replace("-", "") if found else ""


# The greater, the better: first what a model is for, then how new it is, then the plainest name. The next trait is
# looked at only where the ones before do not decide.
_TRAITS: tuple[Callable[[Model], Any], ...] = (
    lambda model: model.status != "deprecated",
    lambda model: "tool_use" in (model.capabilities or ()),
    lambda model: not _has(_name(model), _SPECIAL),
    lambda model: _class(_name(model)),
    lambda model: not is_unfinished(model),
    lambda model: compiled(_LEADING).search(_name(model)) is not None,
    lambda model: model.released or "",
    lambda model: _version(_name(model)),
    lambda model: "latest" in _name(model),
    lambda model: _day(_name(model)),
    lambda model: "flash" not in _name(model),
    lambda model: "large" in _name(model),
    lambda model: -len(_name(model)),
)
