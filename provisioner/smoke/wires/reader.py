"""What a reader is: it interprets the events of one answer, and touches no socket."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from catalog.echoed import Echoes
from catalog.untrusted import mapping, sequence, string
from provisioner.smoke import refusal
from provisioner.smoke.answer import Answer, Delta, Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.smoke.answer import FailureKind
    from provisioner.smoke.sse import Event

_MESSAGE_LIMIT = 2000
_EVENT_LIMIT = 120


class Reader(ABC):
    """Interprets the events of one answer into :attr:`answer`, and notes the first failure for good."""

    wire: ClassVar[str]
    # Masks what the server may have echoed, before any of it is shortened.
    echoes: Echoes = Echoes((), str)

    def __init__(self) -> None:
        self.answer = Answer()
        # Whether the wire's own last word was heard. Only a hint that waiting longer is idle.
        self.ended = False
        # The first event that is not JSON; whether that matters depends on whether Kimi Code looks at it.
        self.unparsable: str | None = None
        self._deltas: list[Delta] = []

    def read(self, event: Event) -> list[Delta]:
        """Takes one event in and returns the pieces of answer in it. After a failure events are ignored.

        Blank data and ``null`` mean nothing in the protocol.
        """
        name, data = event
        data = data.strip()
        if data == "[DONE]":
            self.ended = True
        if data in ("", "null", "[DONE]") or self.answer.failure is not None:
            return []
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            if name == "error":
                self.fail("stream_error", data)
            elif self.unparsable is None:
                self.unparsable = (
                    f"an event of the stream is not JSON: {self.echoes.hide(data)[:_EVENT_LIMIT]}"
                )
            return []
        return self.value(value, name)

    def value(self, value: Any, name: str = "") -> list[Delta]:
        """As :meth:`read`, for JSON that is parsed already."""
        self._deltas = []
        for item in value if isinstance(value, list) else [value]:
            if self.answer.failure is None and isinstance(item, dict):
                if self.answer.foreign is None:
                    spoken = dialect(item)
                    self.answer.foreign = spoken if spoken != self.wire else None
                self._take(item, name)
        return self._deltas

    def finish(self) -> None:
        """The body has ended. A tool call that never got a name can be answered by nobody."""
        if any(not call.name for call in self.answer.tool_calls):
            self.answer.tool_calls = [call for call in self.answer.tool_calls if call.name]
            self.fail("protocol", "a tool call never got a name")

    @abstractmethod
    def turn(self) -> list[dict[str, Any]]:
        """The model's turn in the wire's own form, to be sent back before the results of its tool calls."""

    @abstractmethod
    def _take(self, data: dict[str, Any], name: str) -> None:
        """Interprets one JSON object of the stream, which came under the event name ``name``."""

    def text(self, piece: Any) -> None:
        """Visible text, if ``piece`` is any."""
        if piece := string(piece):
            self.answer.texts.append(piece)
            self._deltas.append(Delta("text", piece))

    def reasoning(self, piece: Any) -> None:
        """Reasoning, if ``piece`` is any."""
        if piece := string(piece):
            self.answer.reasonings.append(piece)
            self._deltas.append(Delta("reasoning", piece))

    def tool(self, piece: str) -> None:
        """A name or a piece of the arguments of a tool call."""
        if piece:
            self._deltas.append(Delta("tool", piece))

    def fail(self, kind: FailureKind, message: str, **details: Any) -> None:
        """Notes a failure; the first one stays."""
        if self.answer.failure is None:
            self.answer.failure = Failure(kind, self.echoes.hide(message)[:_MESSAGE_LIMIT], **details)

    def fail_with(self, error: Any) -> None:
        """Notes an error in the form that a provider gave it: an object, or a bare string."""
        if isinstance(error, str):
            self.fail("stream_error", error)
            return
        body = mapping(error)
        status = body.get("status")
        self.fail(
            "stream_error",
            string(refusal.message_of(body)) or json.dumps(error, ensure_ascii=False),
            type=string(body.get("type")) or None,
            code=refusal.code_of(body),
            status=status if isinstance(status, str | int) and not isinstance(status, bool) else None,
        )


def dialect(data: Mapping[str, Any]) -> str | None:
    """The family of wires that a JSON object of a stream belongs to, if its shape says."""
    kind = string(data.get("type"))
    if kind.startswith("response."):
        return "openai_responses"
    if kind.startswith(("message_", "content_block_")):
        return "anthropic"
    if sequence(data.get("choices")):
        return "openai"
    if sequence(data.get("candidates")) or "promptFeedback" in data:
        return "google-genai"
    return None
