"""Keeps the terminal from echoing what is typed while no question is asked: it could be a key, pasted early."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def unechoed() -> Iterator[None]:
    """Until the block ends, the terminal shows what programs write and nothing that is typed.

    Questions on a screen are unaffected: they draw what is typed themselves. What is typed in between is kept for
    the next question.
    """
    try:
        import termios
    except ImportError:  # no POSIX
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    quiet = [*before]
    # Unread keys are kept as they are typed: line editing would take some away and turn Enter into a newline.
    quiet[0] = before[0] & ~termios.ICRNL
    quiet[3] = before[3] & ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(terminal, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
