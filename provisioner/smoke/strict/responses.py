"""Responses, as Kimi Code reads them."""

from __future__ import annotations

from typing import Any

from provisioner.smoke.strict.base import ReaderError
from provisioner.smoke.strict.sdk import StrictSdk


class StrictResponses(StrictSdk):
    """Shows ``output_text`` deltas only; what stands just in finished items, and refusals, are dropped.

    Calls are known by ``item_id`` first, so that a gateway which changes it from event to event cannot be followed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._arguments: dict[Any, str] = {}

    def _chunk(self, chunk: Any) -> None:
        if not isinstance(chunk, dict):
            return
        kind = chunk.get("type")
        if not isinstance(kind, str):
            raise ReaderError("an event without a type")
        if kind in ("error", "response.failed"):
            raise ReaderError("an event with an error in it")
        if kind in ("response.completed", "response.incomplete"):
            self._end(chunk, kind)
        elif kind.startswith("response.function_call_arguments."):
            self._call_arguments(chunk, kind)
        elif kind.startswith("response.output_item."):
            self._output_item(chunk, kind)
        else:
            self._shown(chunk, kind)

    def _shown(self, chunk: dict[str, Any], kind: str) -> None:
        match kind:
            case "response.output_text.delta":
                self.message.text(_string(chunk, "delta", kind))
            case "response.reasoning_summary_part.added":
                self.message.think()
            case "response.reasoning_summary_text.delta":
                self.message.think(_string(chunk, "delta", kind))

    def _call_arguments(self, chunk: dict[str, Any], kind: str) -> None:
        index = _index(chunk.get("item_id"), chunk)
        if kind.endswith(".delta"):
            piece = _string(chunk, "delta", kind)
            self._arguments[self._known(index, kind)] += piece
            self.message.arguments(piece, index)
        elif kind.endswith(".done"):
            self._rest(index, _string(chunk, "arguments", kind), kind)

    def _output_item(self, chunk: dict[str, Any], kind: str) -> None:
        if kind.endswith(".added"):
            self._added(chunk, kind)
        elif kind.endswith(".done"):
            self._item_done(chunk, kind)

    def _added(self, chunk: dict[str, Any], kind: str) -> None:
        item = _item(chunk, kind)
        if item["type"] != "function_call":
            return
        if not isinstance(item.get("name"), str):
            raise ReaderError("a function call without a name")
        index, arguments = _index(item.get("id"), chunk), item.get("arguments")
        given = arguments if isinstance(arguments, str) else None
        self._arguments[index] = given or ""
        self.message.call(item["name"], given, index)

    def _item_done(self, chunk: dict[str, Any], kind: str) -> None:
        item = _item(chunk, kind)
        if item["type"] == "reasoning":
            self.message.think(hidden=isinstance(item.get("encrypted_content"), str))
        if item["type"] == "function_call" and isinstance(whole := item.get("arguments"), str):
            self._rest(_index(item.get("id"), chunk), whole, kind)

    def _rest(self, index: Any, whole: str, kind: str) -> None:
        came = self._arguments[self._known(index, kind)]
        if not whole.startswith(came):
            raise ReaderError("final arguments of a function call that differ from its deltas")
        self._arguments[index] = whole
        if rest := whole[len(came) :]:
            self.message.arguments(rest, index)

    def _known(self, index: Any, kind: str) -> Any:
        if index not in self._arguments:
            raise ReaderError(f"{kind} for the unknown item {index!r}")
        return index

    def _end(self, chunk: dict[str, Any], kind: str) -> None:
        response = chunk.get("response")
        response = response if isinstance(response, dict) else {}
        details = response.get("incomplete_details")
        reason = details.get("reason") if isinstance(details, dict) else None
        status = response.get("status")
        ended = status if isinstance(status, str) else kind.removeprefix("response.")
        self.filtered = ended == "incomplete" and reason == "content_filter"


def _index(item_id: Any, chunk: dict[str, Any]) -> Any:
    if isinstance(item_id, str):
        return item_id
    number = chunk.get("output_index")
    return number if isinstance(number, int | float) and not isinstance(number, bool) else None


def _string(chunk: dict[str, Any], name: str, kind: str) -> str:
    value = chunk.get(name)
    if not isinstance(value, str):
        raise ReaderError(f"{kind} whose {name} is no string")
    return value


def _item(chunk: dict[str, Any], kind: str) -> dict[str, Any]:
    item = chunk.get("item")
    if not isinstance(item, dict) or not isinstance(item.get("type"), str):
        raise ReaderError(f"{kind} without an item that has a type")
    return item
