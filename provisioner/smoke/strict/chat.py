"""Chat completions, as Kimi Code reads them."""

from __future__ import annotations

import json
from typing import Any

from provisioner.smoke.strict.base import field, rows
from provisioner.smoke.strict.sdk import StrictSdk

REASONING_KEYS = ("reasoning_content", "reasoning_details", "reasoning")


class StrictChat(StrictSdk):
    """Shows ``content`` where it is a string; parts, refusals and function calls of the old kind are dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, list[str]] = {}  # arguments that came before their call had a name
        self._begun: set[str] = set()

    def _chunk(self, chunk: Any) -> None:
        choices = field(chunk, "choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return
        self.filtered = self.filtered_by(choice.get("finish_reason"))
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return
        self._think(delta)
        content = delta.get("content")
        if isinstance(content, str) and content:
            self.message.text(content)
        for call in rows(delta.get("tool_calls"), "tool_calls"):
            self._call(call)

    def filtered_by(self, finish: Any) -> bool:
        """Whether the answer counts as filtered; a finish reason of null leaves that as it was."""
        return self.filtered if finish is None else finish == "content_filter"

    def _think(self, delta: dict[str, Any]) -> None:
        for key in REASONING_KEYS:
            if isinstance(piece := delta.get(key), str):
                self.message.think(piece)
        details = delta.get("reasoning_details")
        for detail in details if isinstance(details, list) else []:
            if not isinstance(detail, dict) or detail.get("type") not in (None, "summary", "encrypted"):
                continue
            for member in ("summary", "encrypted"):
                other = "encrypted" if member == "summary" else "summary"
                if isinstance(piece := detail.get(member), str) and piece and detail.get("type") != other:
                    self.message.think(piece, hidden=member == "encrypted")

    def _call(self, call: Any) -> None:
        function = field(call, "function")
        if function is None:
            return
        name, arguments = field(function, "name"), field(function, "arguments")
        named = isinstance(name, str) and name
        piece = arguments if isinstance(arguments, str) else ""
        if "index" not in call:
            if named:
                self.message.call(name, arguments)
            elif piece:
                self.message.arguments(piece)
            return
        index = json.dumps(call["index"])
        if index in self._begun:
            # A second name under the same index begins no second call: its arguments are added to the first.
            if piece:
                self.message.arguments(piece, index)
        elif named:
            self._begun.add(index)
            early = "".join(self._waiting.pop(index, ()))
            self.message.call(name, early + piece if early else arguments, index)
        else:
            self._waiting.setdefault(index, []).append(piece)
