"""The result of a test as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.terminal import clean, styled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.smoke.report import AliasResult

_WORDS = {
    "pass": ("PASS", "green"),
    "fail": ("FAIL", "red"),
    "unknown": ("UNKNOWN", "yellow"),
}
_SHORT = {"pass": "pass", "fail": "fail", "unknown": "could not tell"}
_INDENT = " " * 8


def lines(result: AliasResult) -> Iterator[str]:
    """The verdict, the figures, each check with something to say, notes, and what mends it."""
    where = f"  {clean(result.wire)}  {clean(result.url)}" if result.wire and result.url else ""
    yield f"{word(result.verdict)} {styled(clean(result.alias), bold=True)}{where}"
    if shown := figures(result):
        yield f"{_INDENT}{shown}"
    asked = [check for check in result.checks if check.verdict != "skipped"]
    for check in asked:
        if len(asked) > 1 or check.verdict != "pass":
            head = "" if len(asked) == 1 else f"{check.name}: {_SHORT[check.verdict]}, "
            yield f"{_INDENT}{head}{clean(check.detail)}"
    for note in result.notes:
        yield f"{_INDENT}{styled('note:', fg='yellow')} {clean(note)}"
    if result.error is not None and result.error.hint:
        yield f"{_INDENT}{styled('try:', bold=True)} {clean(result.error.hint)}"


def word(verdict: str) -> str:
    """A verdict in its colour, all of the same width."""
    text, colour = _WORDS[verdict]
    return styled(f"{text:<7}", fg=colour, bold=True)


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
    return " · ".join(shown)
