"""The result of a test as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.error_text import advice, note
from provisioner.cli.terminal import clean, prose, styled
from provisioner.formatting import request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.smoke.report import AliasResult, Verdict

COLOURS: dict[Verdict, str] = {"pass": "green", "fail": "red", "unknown": "yellow"}
WORDS: dict[Verdict, str] = {"pass": "passed", "fail": "failed", "unknown": "could not tell"}
_SHORT = {"pass": "pass", "fail": "fail", "unknown": WORDS["unknown"]}
_INDENT = " " * 8
_LINE = 100


def lines(result: AliasResult, program: str) -> Iterator[str]:
    """The verdict, the figures, what the model said, each check with something to say, notes, and the hint.

    ``program`` is the name that the program was called by.
    """
    where = f"  {clean(result.wire)}  {clean(result.url)}" if result.wire and result.url else ""
    yield f"{word(result.verdict)} {styled(clean(result.alias), bold=True)}{where}"
    if shown := figures(result):
        yield _below(shown)
    if said := first_line(result.answer.text):
        yield _below(f"{styled('says:', bold=True)} {clean(said)}")
    asked = [check for check in result.checks if check.verdict != "skipped"]
    for check in asked:
        if len(asked) > 1 or check.verdict != "pass":
            head = "" if len(asked) == 1 else f"{check.name}: {_SHORT[check.verdict]}, "
            yield _below(f"{head}{clean(check.detail)}")
    for told in result.notes:
        yield note(told.message, program, indent=_INDENT, is_result=True)
    if result.error is not None and result.error.hint:
        yield f"{_INDENT}{advice(result.error.hint, program)}"


def _below(text: str) -> str:
    return prose(text, indent=_INDENT, is_result=True)


def first_line(text: str) -> str:
    """The first line of an answer that is not blank, shortened: canned text shows itself here."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= _LINE else f"{line[: _LINE - 1]}…"


def word(verdict: Verdict) -> str:
    """A verdict in its colour, all of the same width."""
    return styled(f"{verdict.upper():<7}", fg=COLOURS[verdict], bold=True)


def figures(result: AliasResult) -> str:
    """Times, rate, tokens and cost, as far as they are known."""
    timing, usage = result.timing, result.answer.usage
    shown = [
        f"{name} {milliseconds / 1000:.2f} s"
        for name, milliseconds in (
            ("connect", timing.connect_ms),
            ("first token", timing.first_token_ms),
            ("first text", timing.first_text_ms),
            ("total", timing.total_ms),
        )
        if milliseconds is not None
    ]
    if timing.tokens_per_second is not None:
        shown.append(f"{timing.tokens_per_second:.0f} tokens/s")
    if usage is not None:
        reasoning = f" ({usage.reasoning:,} reasoning)" if usage.reasoning else ""
        shown.append(f"{usage.input or 0:,} tokens in, {usage.output or 0:,} out{reasoning}")
    if result.cost is not None:
        shown.append(f"${result.cost:.6f}".rstrip("0").rstrip("."))
    if result.request is not None:
        sent = result.request
        shown.append(request(sent.size, sent.bytes, otherwise="--full sends the size of a first turn"))
    return " · ".join(shown)
