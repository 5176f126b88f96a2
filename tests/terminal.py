"""A program in a real pseudo-terminal, with an emulator that knows what is on its screen."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any, Self

import pexpect
import pyte

if TYPE_CHECKING:
    from collections.abc import Mapping

# How long something may take to appear. Reached only by a test that fails.
PATIENCE_S = 60.0

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "enter": "\r",
    "escape": "\x1b",
    "backspace": "\x7f",
    "ctrl-c": "\x03",
    "ctrl-z": "\x1a",
}


class _Emulator(pyte.Screen):
    """pyte knows no faint text. It is kept as italic, which this program never writes."""

    def select_graphic_rendition(self, *attributes: int, **options: Any) -> None:
        faint, italic = 2, 3
        super().select_graphic_rendition(*(italic if a == faint else a for a in attributes), **options)


class Terminal:
    """``kimi provider`` with these arguments, in a terminal of so many columns and lines.

    Attributes:
        raw: every byte that the program has written.
    """

    def __init__(
        self, *arguments: str, env: Mapping[str, str] | None = None, columns: int = 80, lines: int = 24
    ) -> None:
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1", **(env or {})}
        self.raw = b""
        self._emulator = _Emulator(columns, lines)
        self._stream = pyte.ByteStream(self._emulator)
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "provisioner", *arguments],
            env=environment,
            dimensions=(lines, columns),
            timeout=PATIENCE_S,
        )
        self._child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close(force=True)

    @property
    def screen(self) -> list[str]:
        """The lines on screen, without the spaces at their ends."""
        return [line.rstrip() for line in self._emulator.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.screen)

    @property
    def emulator(self) -> pyte.Screen:
        """The cells on screen, with their colours."""
        return self._emulator

    def press(self, *keys: str) -> Self:
        """Types keys by their names, anything else as it is."""
        for key in keys:
            self._child.send(KEYS.get(key, key))
        return self

    def resize(self, columns: int, lines: int) -> Self:
        """Makes the terminal another size, as a window manager would."""
        self._emulator.resize(lines, columns)
        self._child.setwinsize(lines, columns)
        return self

    def signal(self, number: int) -> Self:
        """Sends the program a signal."""
        self._child.kill(number)
        return self

    def wait(self, *shown: str, gone: str | None = None) -> Self:
        """Reads until all of ``shown`` are on screen at once, and ``gone`` is not."""
        deadline = time.monotonic() + PATIENCE_S
        while not (all(text in self.text for text in shown) and (gone is None or gone not in self.text)):
            assert time.monotonic() < deadline, f"waited for {shown}, without {gone}, in vain:\n{self.text}"
            assert self._read(), f"it ended before {shown} came:\n{self.text}"
        return self

    def end(self) -> int:
        """Waits for the program's end and returns its exit code, minus the signal's number if one ended it."""
        deadline = time.monotonic() + PATIENCE_S
        while self._read():
            assert time.monotonic() < deadline, f"it did not end:\n{self.text}"
        self._child.close()
        if self._child.signalstatus is not None:
            return -int(self._child.signalstatus)
        return int(self._child.exitstatus)

    def _read(self) -> bool:
        """Takes in what the program has written; false at its end."""
        try:
            data = self._child.read_nonblocking(65536, 0.2)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(data)
        return True
