"""Figures and abilities of a model, as briefly as a column wants them and as fully as a sentence does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.models import Cost, Model

_K, _M = 1000, 1_000_000
_WORDS = {
    "thinking": ("think", "thinks"),
    "always_thinking": ("think", "always thinks"),
    "image_in": ("image", "reads images"),
    "video_in": ("video", "watches video"),
    "audio_in": ("audio", "hears audio"),
}


def tokens(figure: int | None) -> str:
    """``200k``, ``1M``, ``1.05M``; empty when unknown."""
    if figure is None:
        return ""
    if figure < _K:
        return str(figure)
    if figure < _M - _K // 2:
        return f"{figure / _K:.0f}k"
    return f"{figure / _M:.2f}".rstrip("0").rstrip(".") + "M"


def price(cost: Cost | None) -> str:
    """Dollars per million tokens in and out: ``$3 / $15``, ``free``; empty when unknown."""
    if cost is None or cost.input is None or cost.output is None:
        return ""
    if cost.input == cost.output == 0:
        return "free"
    return f"{_dollars(cost.input)} / {_dollars(cost.output)}"


def abilities(model: Model) -> str:
    """What a model can beside text and tools, in a few short words; a coding agent wants to know of missing tools."""
    known = model.capabilities or ()
    words = [] if "tool_use" in known else ["no-tools"]
    words += [short for name, (short, _) in _WORDS.items() if name in known]
    return " ".join(words)


def sentence(model: Model) -> str:
    """Everything about a model that one line holds."""
    known = model.capabilities or ()
    can = ["calls tools" if "tool_use" in known else "calls no tools"]
    can += [long for name, (_, long) in _WORDS.items() if name in known]
    name = [model.display_name] if model.display_name and model.display_name != model.id else []
    return "; ".join([*name, ", ".join(can), *([f"released {model.released}"] if model.released else [])])


def _dollars(amount: float) -> str:
    return f"${amount:.4f}".rstrip("0").rstrip(".")
