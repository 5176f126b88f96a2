"""What is asked: a prompt in surroundings of some size, perhaps an image, or the continuation of a tool call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Thinking = Literal["as_configured", "on", "off"]
Size = Literal["least", "small", "full"]


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
        size: ``small`` has the shape of Kimi Code's first turn in few words, ``full`` its size too; ``least`` is only
            what a streamed answer needs.
        image: a PNG to show before the prompt.
        video: the id of an uploaded video to show before it; only on the ``kimi`` wire.
        thinking: as the alias says, or switched on or off.
        limit: output tokens to ask for instead of those Kimi Code would; only in the least request.
        continuation: the tool call that is being answered.
        without: what a server has refused by name and the request must do without: ``stream_options``, or the
            token limit's name, which is then the other of the two that chat completions know.
    """

    prompt: str
    size: Size = "small"
    image: bytes | None = field(default=None, repr=False)
    video: str | None = None
    thinking: Thinking = "as_configured"
    limit: int = 1024
    continuation: Continuation | None = None
    without: frozenset[str] = frozenset()

    @property
    def least(self) -> bool:
        """Whether the request is to hold nothing that it can do without."""
        return self.size == "least"
