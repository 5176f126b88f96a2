"""What is asked: a prompt, perhaps a tool, an image, or the continuation of a tool call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Thinking = Literal["as_configured", "on", "off"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool offered to the model; ``parameters`` is a JSON Schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Continuation:
    """A second request: what the model sent, in its wire's own form, and the result of each call in it."""

    turn: tuple[dict[str, Any], ...]
    results: tuple[tuple[str | None, str, str], ...]  # (call id, tool name, result)


@dataclass(frozen=True, slots=True)
class Probe:
    """One request, in the words of no particular wire.

    Attributes:
        prompt: the user's message.
        minimal: only what a streamed answer needs, rather than what Kimi Code sends on a first turn.
        tool: a tool to offer.
        image: a PNG to show before the prompt.
        thinking: as the alias says, or switched on or off.
        limit: output tokens to ask for instead of those Kimi Code would; only where ``minimal``.
        continuation: the tool call that is being answered.
        without: what a server has refused by name and the request must do without: ``stream_options``, or the
            token limit's name, which is then the other of the two that chat completions know.
    """

    prompt: str
    minimal: bool = False
    tool: Tool | None = None
    image: bytes | None = field(default=None, repr=False)
    thinking: Thinking = "as_configured"
    limit: int = 1024
    continuation: Continuation | None = None
    without: frozenset[str] = frozenset()
