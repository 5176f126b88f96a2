"""The result of a test in the few lines that the manager shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.manager.state import Finding
from provisioner.cli.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.smoke.report import AliasResult


def finding(result: AliasResult, now: float) -> Finding:
    """What ``result`` says; ``now`` is in seconds since the epoch."""
    details = [check.detail for check in result.checks if check.verdict != "skipped"]
    return Finding(
        verdict=result.verdict,
        when=now,
        details=tuple(clean(text) for text in (*details, *result.notes)),
        figures=tuple(_figures(result)),
        hint=clean(result.error.hint) if result.error and result.error.hint else "",
    )


def _figures(result: AliasResult) -> Iterator[str]:
    timing, usage = result.timing, result.answer.usage
    if timing.first_token_ms is None:
        return
    yield f"first token {timing.first_token_ms / 1000:.2f} s"
    if timing.tokens_per_second is not None:
        yield f"{timing.tokens_per_second:.0f} tokens/s"
    if timing.total_ms is not None:
        yield f"{timing.total_ms / 1000:.2f} s in all"
    if usage is not None and usage.input is not None and usage.output is not None:
        yield f"{usage.input:,} tokens in, {usage.output:,} out"
