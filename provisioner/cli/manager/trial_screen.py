"""A test on screen: the answer as it streams in, then the verdict, the figures and what mends a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.manager.lines import line, verdict_mark, wrapped
from provisioner.cli.manager.words import VERDICTS, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.cli.manager.lines import Line
    from provisioner.cli.manager.state import Finding, Trial
    from provisioner.cli.prompts.look import Look

_INDENT = "  "
# A patient look at a silent server: from here on the seconds are counted aloud.
_SILENT_S = 1


def answer(trial: Trial, columns: int, lines: int, look: Look) -> list[Line]:
    """The end of what has arrived, in at most ``lines`` lines; reasoning only until there is text."""
    style, text = ("", trial.text) if trial.text.strip() else ("class:dim", trial.reasoning)
    cells = columns - 1 - len(_INDENT) - 1
    # Only so much can be on screen: an answer without end costs no more than a short one.
    tail = "\n".join(printable(part) for part in text.strip()[-cells * lines :].splitlines())
    shown = list(wrapped(tail, cells))[-lines:] if lines > 0 else []
    return [line(columns, (style, f"{_INDENT}{part}"), more=look.symbols.more) for part in shown]


def verdict(trial: Trial, columns: int, look: Look, now: float) -> list[Line]:
    """What is being waited for, or what was found."""
    if trial.finding:
        return list(_found(trial.finding, columns, look))
    waited = 0 if trial.since is None else int(now - trial.since)
    what = "answering" if trial.text else "thinking" if trial.reasoning else "waiting for the first token"
    seconds = f"  {waited} s" if waited >= _SILENT_S else ""
    return [line(columns, ("class:dim", f"{look.symbols.dot} {what}{look.symbols.more}{seconds}"))]


def _found(finding: Finding, columns: int, look: Look) -> Iterator[Line]:
    style, mark = verdict_mark(finding.verdict, look)
    yield line(columns, (style, f"{mark} {VERDICTS[finding.verdict]}"))
    cells = columns - 1 - len(_INDENT)
    for detail in finding.details:
        for part in wrapped(detail, cells):
            yield line(columns, ("", _INDENT + part))
    if finding.figures:
        yield line(columns, ("class:dim", _INDENT + ", ".join(finding.figures)), more=look.symbols.more)
    for part in wrapped(f"try: {finding.hint}" if finding.hint else "", cells):
        yield line(columns, ("class:key", _INDENT + part))
