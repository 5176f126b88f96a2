"""What reaches a terminal: cleaned of control characters, coloured only where colour is wanted."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

import click

from provisioner.seen_keys import without_keys

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# C0 and C1 controls, the bidirectional controls that can make a line read as another than it is, and halves of
# surrogate pairs, which no stream can encode.
_UNSAFE = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"


_NARROWEST = 20  # columns


class ReaderGone(Exception):
    """Who read stdout (head, less) has seen enough. click would make an exit with 1 of a BrokenPipeError."""


def clean(text: str) -> str:
    """``text`` on one line without keys, control and bidirectional characters shown as escapes.

    Ids and messages come from servers; a terminal must not obey them.
    """
    text = without_keys(text)
    if text.isprintable():
        return text
    return re.sub(_UNSAFE, lambda found: found.group().encode("unicode_escape").decode(), text)


def spoken(text: str, program: str) -> str:
    """``text`` with the commands in it spelled as the user calls this program.

    Where ``kimi`` is Kimi Code's own, only ``kimi-provider …`` gets here.
    """
    return text.replace("kimi provider ", f"{program} ")


def short_path(path: Path, home: str) -> str:
    """A path as people write it, with ``~`` for their ``home``; empty where that is not known."""
    return f"~/{path.relative_to(home)}" if home and path.is_relative_to(home) else str(path)


def colour_asked(env: Mapping[str, str]) -> bool | None:
    """What the environment says about colour; None where it leaves it to the terminal.

    ``NO_COLOR`` (no-color.org) comes first, then ``FORCE_COLOR`` and ``CLICOLOR_FORCE``, then ``CLICOLOR=0``
    (bixense.com/clicolors) and ``TERM=dumb``.
    """
    if env.get("NO_COLOR"):
        return False
    if any(env.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return False if env.get("CLICOLOR") == "0" or env.get("TERM") == "dumb" else None


def wants_colour(stream: Any) -> bool:
    """Whether colour may be written to ``stream``: as the environment asks for it, else on a terminal."""
    asked = colour_asked(os.environ)
    return bool(stream.isatty() if asked is None else asked)


def columns_of(stream: Any) -> int | None:
    """How wide the terminal is that ``stream`` writes to; None where it is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return None


def prose(text: str, *, indent: str = "", is_result: bool = False) -> str:
    """A message in lines that end between words, where stderr is a terminal, or stdout for what ``is_result``.

    Commands are not for it: they are copied.
    """
    columns = columns_of(sys.stdout if is_result else sys.stderr)
    if columns is None:
        return indent + text
    return click.wrap_text(text, max(columns, _NARROWEST), indent, f"{indent}  ")


def styled(text: str, **style: Any) -> str:
    """``text`` with click's styles; :func:`echo` and :func:`echo_error` take them off where unwanted."""
    return click.style(text, **style)


def echo(text: str = "", *, with_keys: bool = False) -> None:
    """A result, of one line or of many, on stdout; keys in it are masked unless they were asked for.

    Raises:
        ReaderGone: nobody reads it any more.
    """
    try:
        click.echo(text if with_keys else without_keys(text), color=wants_colour(sys.stdout))
    except BrokenPipeError as error:
        raise ReaderGone from error


def echo_error(text: str = "") -> None:
    """One line of everything else, on stderr; where that cannot be written it changes no exit code."""
    try:
        click.echo(without_keys(text), err=True, color=wants_colour(sys.stderr))
    except (
        OSError
    ):  # what is still buffered would be tried again at the end, and end in an exit code of Python's own
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def interactive() -> bool:
    """Whether a person can be asked: stdin and stdout are both terminals."""
    return sys.stdin.isatty() and sys.stdout.isatty()
