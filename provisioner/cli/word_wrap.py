"""Text that arrives in pieces, in lines that end between words."""

from __future__ import annotations

import re
import unicodedata

# A line's end, spaces, a character that a line may end after (Chinese, Japanese, Korean, emoji), a word of others.
_PARTS = re.compile(r"\n|[^\S\n]+|[\u2e80-\U0003ffff]|[^\s\u2e80-\U0003ffff]+")


class WordWrap:
    """Breaks lines of ``columns`` cells; a word is held back until it has ended, or is as long as a line."""

    def __init__(self, columns: int) -> None:
        self._columns = max(columns, 1)
        self._held = ""
        self._taken = 0
        self._open = False  # a word longer than a line was given out and may go on

    @property
    def within_line(self) -> bool:
        """Whether what was given out last did not end its line."""
        return bool(self._taken)

    def feed(self, text: str) -> str:
        """What can be written now that ``text`` has arrived."""
        parts = _PARTS.findall(self._held + text)
        self._held = ""
        if parts and parts[-1] != "\n" and not _is_wide(parts[-1]) and len(parts[-1]) < self._columns:
            self._held = parts.pop()
            if parts and parts[-1].isspace() and parts[-1] != "\n" and not self._held.isspace():
                self._held = parts.pop() + self._held
        return "".join(self._lines(parts))

    def rest(self) -> str:
        """What was held back."""
        parts, self._held = _PARTS.findall(self._held), ""
        return "".join(self._lines(parts))

    def _lines(self, parts: list[str]) -> list[str]:
        made, space = [], ""
        for part in parts:
            if part == "\n":
                made.append(part)
                self._taken, space = 0, ""
            elif part.isspace():
                space = part
            else:
                goes_on, self._open = self._open and not space, len(part) >= self._columns
                if not goes_on and self._taken and self._taken + len(space) + _width(part) > self._columns:
                    made.append("\n")
                    self._taken, space = 0, ""
                made += [space, part]
                self._taken += len(space) + _width(part)
                space = ""
        return made


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(1 + _is_wide(character) for character in text)


def _is_wide(text: str) -> bool:
    return len(text) == 1 and unicodedata.east_asian_width(text) in ("W", "F")
