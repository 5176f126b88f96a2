"""The event loop of the OpenAI SDK, which the chat and the responses wires share."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from provisioner.smoke.strict.base import ReaderError, StrictReader, parsed, truthy

if TYPE_CHECKING:
    from provisioner.smoke.sse import Event


class StrictSdk(StrictReader):
    """Every event but ``[DONE]`` must hold JSON, and one with a true ``error`` ends the stream."""

    def _event(self, event: Event) -> None:
        name, data = event
        if data.startswith("[DONE]"):
            self._done = True
            return
        chunk: Any = parsed(data)
        if name.startswith("thread."):
            chunk = {"event": name, "data": chunk}  # handed on in this form, for another API
        elif isinstance(chunk, dict) and truthy(chunk.get("error")):
            raise ReaderError("an event with an error in it")
        self._chunk(chunk)

    @abstractmethod
    def _chunk(self, chunk: Any) -> None:
        """Interprets the JSON of an event."""
