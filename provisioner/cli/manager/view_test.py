"""A test on screen: the answer as it streams in, then the verdict, the figures and the hint where it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.manager.formats import printable
from provisioner.cli.manager.lines import line, verdict_mark, wrapped
from provisioner.cli.verdict_lines import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.cli.manager.lines import Line
    from provisioner.cli.manager.state import LastTest, ShownTest
    from provisioner.cli.prompts.look import Look

_INDENT = "  "
# A patient look at a silent server: from here on the seconds are counted aloud.
_SILENT_S = 1


def answer(test: ShownTest, columns: int, lines: int, look: Look) -> list[Line]:
    """The end of what has arrived, in at most ``lines`` lines; reasoning only until there is text."""
    style, text = ("", test.text) if test.text.strip() else ("class:dim", test.reasoning)
    cells = columns - 1 - len(_INDENT) - 1
    # Only so much can be on screen: an answer without end costs no more than a short one.
    tail = "\n".join(printable(part) for part in text.strip()[-cells * lines :].splitlines())
    shown = list(wrapped(tail, cells))[-lines:] if lines > 0 else []
    return [line(columns, (style, f"{_INDENT}{part}"), more=look.symbols.more) for part in shown]


def verdict(test: ShownTest, columns: int, look: Look, now: float) -> list[Line]:
    """What is being waited for, or what was found."""
    if test.last_test:
        return list(_found(test.last_test, columns, look))
    waited = 0 if test.since is None else int(now - test.since)
    what = "answering" if test.text else "thinking" if test.reasoning else "waiting for the first token"
    seconds = f"  {waited} s" if waited >= _SILENT_S else ""
    return [line(columns, ("class:dim", f"{look.symbols.dot} {what}{look.symbols.more}{seconds}"))]


def _found(last_test: LastTest, columns: int, look: Look) -> Iterator[Line]:
    style, mark = verdict_mark(last_test.verdict, look)
    yield line(columns, (style, f"{mark} {WORDS[last_test.verdict]}"))
    cells = columns - 1 - len(_INDENT)
    for detail in last_test.details:
        for part in wrapped(detail, cells):
            yield line(columns, ("", _INDENT + part))
    if last_test.figures:
        yield line(columns, ("class:dim", _INDENT + ", ".join(last_test.figures)), more=look.symbols.more)
    for part in wrapped(f"try: {last_test.hint}" if last_test.hint else "", cells):
        yield line(columns, ("class:key", _INDENT + part))
