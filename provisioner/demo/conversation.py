"""A request as every wire's reader leaves it, and the answer as every wire's writer finds it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provisioner.demo.models import DemoModel

IMAGE_TOKENS = 258
ANY_TOOL = "*"

_WRAPPED = re.compile(r"\s*<([\w-]+)>.*</\1>\s*", re.DOTALL)
_TOKEN = re.compile(r"\s*(?:\w{1,8}|[^\w\s])|\s+")


@dataclass(frozen=True)
class Said:
    """One thing said so far; ``who`` is ``user``, ``model`` or ``tool``."""

    who: str
    text: str = ""


@dataclass(frozen=True)
class OfferedTool:
    """A function on offer; ``schema`` is its parameters' JSON Schema."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Conversation:
    """What decides the answer.

    Attributes:
        model: who is asked.
        prompt: the last text that the user wrote.
        images: PNG files beside it.
        results: what tools returned since, empty before any was called.
        tools: the functions on offer.
        must_call: a tool's name, ``ANY_TOOL``, or None when the model may choose.
        input_tokens: by :func:`weigh`, of everything sent.
        limit: most output tokens, reasoning included; None is the model's own limit.
        thinks: reason first.
        shows_thoughts: send the reasoning; it is counted either way.
        stream: send the answer in pieces.
        usage_in_stream: chat completions only: ``stream_options.include_usage``.
    """

    model: DemoModel
    prompt: str
    images: tuple[bytes, ...]
    results: tuple[str, ...]
    tools: tuple[OfferedTool, ...]
    must_call: str | None
    input_tokens: int
    limit: int | None
    thinks: bool
    shows_thoughts: bool
    stream: bool
    usage_in_stream: bool = True


@dataclass(frozen=True)
class Call:
    """A tool call; ``pieces`` joined are the arguments as JSON text."""

    name: str
    arguments: Mapping[str, Any]
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """What the model says, in the pieces in which it is sent: one token each.

    ``finish`` is ``stop``, ``length`` or ``tool``.
    """

    reasoning: tuple[str, ...]
    text: tuple[str, ...]
    call: Call | None
    finish: str

    @property
    def reasoning_tokens(self) -> int:
        """Tokens spent on reasoning."""
        return len(self.reasoning)

    @property
    def output_tokens(self) -> int:
        """Tokens of reasoning, text and tool call together."""
        return len(self.reasoning) + len(self.text) + (len(self.call.pieces) if self.call else 0)


@dataclass(frozen=True)
class Stamp:
    """What makes an answer one of a kind: hexadecimal digits for its ids, and seconds since the epoch."""

    id: str
    now: int


def latest(said: Iterable[Said]) -> tuple[str, tuple[str, ...]]:
    """What the user typed last, and what tools have returned since the model spoke after it.

    A text that is wholly inside a tag is none that was typed: clients add their reminders so.
    """
    prompt = ""
    results: list[str] = []
    for one in said:
        if one.who == "tool":
            results.append(one.text)
        elif one.who == "model":
            results = []
        elif one.text and not _WRAPPED.fullmatch(one.text):
            prompt, results = one.text, []
    return prompt, tuple(results)


def tokens(text: str) -> tuple[str, ...]:
    """``text`` cut into the demo's tokens: up to eight letters or digits, or one sign, with the space before."""
    return tuple(_TOKEN.findall(text))


def weigh(value: Any) -> int:
    """Tokens of a request's part: those of every string in it, and a flat 258 for an image."""
    if isinstance(value, str):
        return IMAGE_TOKENS if value.startswith("data:") else len(tokens(value))
    if isinstance(value, dict):
        return sum(
            IMAGE_TOKENS if key == "data" and isinstance(member, str) else weigh(member)
            for key, member in value.items()
        )
    if isinstance(value, list):
        return sum(weigh(member) for member in value)
    return 0
