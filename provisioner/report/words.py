"""The verdicts in words, for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.report.markup import tag

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element


@dataclass(frozen=True)
class Words:
    """How a verdict is shown: never by colour alone."""

    icon: str
    label: str
    counted: str
    meaning: str


WORDS = {
    "pass": Words("✓", "Pass", "Passed", "The model streamed, finished and counted its tokens."),
    "fail": Words("✗", "Fail", "Failed", "As config.toml stands, Kimi Code's first turn goes wrong."),
    "unknown": Words(
        "?",
        "Could not tell",
        "Could not tell",
        "The server was busy, broken or out of reach: this says nothing about the alias.",
    ),
    "skipped": Words("—", "Skipped", "Skipped", "The question did not arise."),
}


def badge(verdict: str) -> Element:
    """A verdict as a mark and a word."""
    words = WORDS[verdict]
    return tag(
        "span", tag("span", words.icon, aria_hidden="true"), f" {words.label}", class_=f"badge {verdict}"
    )


def known(figure: float | None, worded: Callable[[float], str]) -> str:
    """A figure in words, or a dash."""
    return "—" if figure is None else worded(figure)


def count(number: int, one: str, many: str) -> str:
    """``1 run``, ``2 runs``."""
    return f"{number:,} {one if number == 1 else many}"
