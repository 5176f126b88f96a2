"""When what arrived, and how fast: milliseconds from the moment the request was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provisioner.smoke.answer import Delta, Usage


# Below these a rate says more about the network's buffers than about the model.
_LEAST_SPAN_S = 0.2
_LEAST_BURSTS = 4


@dataclass(slots=True)
class Stopwatch:
    """Notes the moments of one request, in seconds of any steady clock."""

    started: float
    connect_started: float | None = None
    connected: float | None = None
    ended: float | None = None
    first: dict[str, float] = field(default_factory=dict)
    last: float | None = None
    bursts: int = 0

    def arrived(self, deltas: Iterable[Delta], now: float) -> None:
        """Notes the deltas of one read, which all count as of the same moment."""
        for delta in deltas:
            self.first.setdefault(delta.kind, now)
            self.bursts += self.last != now
            self.last = now

    def timing(self, usage: Usage | None, *, thoughts_apart: bool) -> Timing:
        """The figures; ``thoughts_apart`` where the wire counts reasoning beside its output."""
        first = min(self.first.values(), default=None)
        connect = None
        if self.connect_started is not None and self.connected is not None:
            connect = (self.connected - self.connect_started) * 1000
        return Timing(
            connect_ms=connect,
            first_token_ms=self._since(first),
            first_reasoning_ms=self._since(self.first.get("reasoning")),
            first_text_ms=self._since(self.first.get("text")),
            total_ms=self._since(self.ended),
            tokens_per_second=self._rate(first, usage, thoughts_apart=thoughts_apart),
        )

    def _since(self, moment: float | None) -> float | None:
        return None if moment is None else (moment - self.started) * 1000

    def _rate(self, first: float | None, usage: Usage | None, *, thoughts_apart: bool) -> float | None:
        if usage is None or usage.output is None or first is None or self.last is None:
            return None
        span = self.last - first
        if self.bursts < _LEAST_BURSTS or span < _LEAST_SPAN_S:
            return None
        tokens, thoughts = usage.output, usage.reasoning or 0
        # xAI counts reasoning beside the output too: more thoughts than output can mean nothing else.
        if thoughts_apart or thoughts > tokens:
            tokens += thoughts
        if "reasoning" not in self.first:
            tokens -= thoughts  # thought before the first token, in silence
        return tokens / span if tokens > 0 else None


@dataclass(frozen=True, slots=True)
class Timing:
    """Figures of one request; None where there is nothing to tell.

    Attributes:
        connect_ms: TCP and TLS.
        first_token_ms: the first text, reasoning or tool delta.
        first_reasoning_ms: the first reasoning.
        first_text_ms: the first visible text.
        total_ms: until the end of the body.
        tokens_per_second: output tokens, reasoning included where it was shown, over the time from first to last
            delta; None where usage is missing, or where too few pieces came or too fast to measure.
    """

    connect_ms: float | None = None
    first_token_ms: float | None = None
    first_reasoning_ms: float | None = None
    first_text_ms: float | None = None
    total_ms: float | None = None
    tokens_per_second: float | None = None
