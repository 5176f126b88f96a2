"""What a model has answered so far, in the words of no particular wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

FinishKind = Literal["stop", "length", "tool", "filter", "pause", "error"]
FailureKind = Literal["stream_error", "protocol"]


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of answer as it arrived. Only non-empty pieces are deltas: pings and role chunks are none."""

    kind: Literal["text", "reasoning", "tool"]
    text: str


@dataclass(slots=True)
class ToolCall:
    """A call of a tool, gathered from the pieces in which it came.

    ``value`` is set on the Google wires, which send the arguments as a JSON object.
    """

    id: str | None = None
    name: str = ""
    pieces: list[str] = field(default_factory=list)
    value: dict[str, Any] | None = None

    @property
    def arguments(self) -> str | dict[str, Any]:
        """The raw string of the wires that stream one, or the object of those that send a call whole."""
        return "".join(self.pieces) if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the wire reports them: on Google ``output`` is without thoughts, on Anthropic ``input`` without cache."""

    input: int | None = None
    output: int | None = None
    reasoning: int | None = None
    cached: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """The stream itself said, or showed, that something went wrong."""

    kind: FailureKind
    message: str
    type: str | None = None
    code: str | int | None = None
    status: int | str | None = None


@dataclass(slots=True)
class Answer:
    """The running answer. It is complete once a finish reason was seen, whatever else came or did not come."""

    texts: list[str] = field(default_factory=list)
    reasonings: list[str] = field(default_factory=list)
    tool_calls: list[ToolCall] = field(default_factory=list)
    finish_raw: str | None = None
    finish_kind: FinishKind | None = None
    usage: Usage | None = None
    failure: Failure | None = None
    # The wire that the events looked like when they were not those of the wire asked for.
    foreign: str | None = None
    # The member in which reasoning came that Kimi Code does not read.
    unread: str | None = None

    @property
    def text(self) -> str:
        """The visible text."""
        return "".join(self.texts)

    @property
    def reasoning(self) -> str:
        """The reasoning that was shown."""
        return "".join(self.reasonings)

    @property
    def complete(self) -> bool:
        """Whether a finish reason was seen."""
        return self.finish_raw is not None
