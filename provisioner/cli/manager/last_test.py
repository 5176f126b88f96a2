"""The result of a test in the few lines that the manager shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.manager.formats import printable
from provisioner.cli.manager.state import LastTest
from provisioner.cli.terminal import spoken
from provisioner.formatting import duration, rate, request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from provisioner.history.run import Run
    from provisioner.smoke.report import AliasResult


def summarized(result: AliasResult, now: float, program: str, notes: Iterable[str] = ()) -> LastTest:
    """What ``result`` says, and ``notes`` beside it, for the program called ``program``; ``now`` is in seconds since the epoch."""
    details = [check.detail for check in result.checks if check.verdict != "skipped"]
    timing, usage = result.timing, result.answer.usage
    figures = [*_figures(timing.first_token_ms, timing.tokens_per_second, timing.total_ms)]
    if usage is not None and usage.input is not None and usage.output is not None:
        figures.append(f"{usage.input:,} tokens in, {usage.output:,} out")
    if result.request is not None and figures:
        figures.append(request(result.request.size, result.request.bytes))
    return LastTest(
        verdict=result.verdict,
        when=now,
        details=tuple(
            printable(spoken(text, program))
            for text in (*details, *(note.message for note in result.notes), *notes)
        ),
        figures=tuple(figures),
        hint=printable(spoken(result.error.hint, program)) if result.error and result.error.hint else "",
    )


def from_history(run: Run) -> LastTest:
    """What is left of an earlier test: its verdict, its figures and the kind of its error."""
    return LastTest(
        verdict=run.verdict,
        when=run.at,
        details=(printable(run.error).replace("_", " "),) if run.error else (),
        figures=tuple(_figures(run.first_token_ms, run.tokens_per_second, run.total_ms)),
    )


def _figures(
    first_token_ms: float | None, tokens_per_second: float | None, total_ms: float | None
) -> Iterator[str]:
    if first_token_ms is None:
        return
    yield f"first token {duration(first_token_ms)}"
    if tokens_per_second is not None:
        yield rate(tokens_per_second)
    if total_ms is not None:
        yield f"{duration(total_ms)} in all"
