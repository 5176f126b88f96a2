"""Colours by what they mean. All come from the terminal's own sixteen, so that every theme stays legible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

if TYPE_CHECKING:
    from provisioner.cli.prompts.look import Look

_MEANINGS = {
    "question": "bold",
    "qmark": "ansicyan bold",
    "pointer": "ansicyan bold",
    "current": "bold",
    "marked": "ansigreen",
    "heading": "bold",
    "answer": "",
    "good": "ansigreen",
    "bad": "ansired",
    "warn": "ansiyellow",
    "add": "ansigreen",
    "remove": "ansired",
    "hunk": "ansicyan",
    "key": "bold",
    # prompt_toolkit's own, which would be white on dark red
    "validation-toolbar": "noreverse bg:default ansired",
    "instruction": "",
    # Said, but not insisted on.
    "dim": "dim",
}


def style(look: Look) -> Style:
    """The style sheet: ``class:pointer``, ``class:current``, ``class:dim``, ``class:good``, ``class:bad`` and so on."""
    if look.colour:
        return Style.from_dict(_MEANINGS)
    plain = {name: _without_colour(value) for name, value in _MEANINGS.items()}
    return Style.from_dict(plain)


def colour_depth(look: Look) -> ColorDepth | None:
    """For an Application's ``color_depth``: None lets prompt_toolkit find out."""
    return None if look.colour else ColorDepth.DEPTH_1_BIT


def _without_colour(value: str) -> str:
    return " ".join(word for word in value.split() if not word.startswith(("ansi", "bg:")))
