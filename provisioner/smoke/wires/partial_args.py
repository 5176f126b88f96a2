"""Arguments that Gemini streams member by member, each piece at a JSON path such as ``$.items[0].name``."""

from __future__ import annotations

import re
from typing import Any

from catalog.untrusted import string

_STEP = re.compile(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]|\[(\d{1,6})\]")
_LONGEST_LIST = 10_000


class PartialArguments:
    """An object that grows by pieces; :attr:`value` is what has come so far."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value
        self._continued: str | None = None

    def add(self, piece: dict[str, Any]) -> None:
        """Takes one entry of ``partialArgs`` in; a path that cannot be followed is ignored."""
        path = string(piece.get("jsonPath"))
        steps: list[str | int] = [
            int(index) if index else name or quoted
            for name, quoted, index in _STEP.findall(path.removeprefix("$"))
        ]
        values = [piece[key] for key in ("stringValue", "numberValue", "boolValue") if key in piece]
        if not steps or (not values and "nullValue" not in piece):
            return
        self._put(steps, values[0] if values else None, append=self._continued == path)
        self._continued = path if piece.get("willContinue") is True else None

    def _put(self, steps: list[str | int], value: Any, *, append: bool) -> None:
        place: Any = self.value
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if isinstance(place, list) and isinstance(step, int) and step < _LONGEST_LIST:
                place.extend([None] * (step + 1 - len(place)))
            elif not (isinstance(place, dict) and isinstance(step, str)):
                return
            current = place.get(step) if isinstance(place, dict) else place[step]
            if following is None:
                joins = append and isinstance(current, str) and isinstance(value, str)
                place[step] = current + value if joins else value
            else:
                if not isinstance(current, dict | list):
                    place[step] = [] if isinstance(following, int) else {}
                place = place[step]
