"""The parts of a first prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FunctionTool:
    """A tool offered to the model; ``parameters`` is a JSON Schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a request carries beside the prompt; empty where it carries nothing.

    Attributes:
        system: the system prompt.
        reminders: what follows the user's message in the user's role.
        tools: what is offered.
    """

    system: str = ""
    reminders: tuple[str, ...] = ()
    tools: tuple[FunctionTool, ...] = ()
