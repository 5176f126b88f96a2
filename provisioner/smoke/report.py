"""The result of testing an alias, as plain data: what `kimi provider test --json` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provisioner.smoke.answer import Answer
    from provisioner.smoke.problem import Problem
    from provisioner.smoke.timing import Timing

Verdict = Literal["pass", "fail", "unknown"]
CheckVerdict = Literal["pass", "fail", "unknown", "skipped"]


@dataclass(frozen=True, slots=True)
class Change:
    """A line of config.toml that would make the file true: a key of a table, and its new value."""

    table: tuple[str, ...]
    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found.

    Attributes:
        name: ``text``, ``tools``, ``thinking``, ``vision``, or the name of a threshold.
        verdict: ``skipped`` where the question does not arise.
        detail: one line.
        changes: what would mend config.toml, where something would.
    """

    name: str
    verdict: CheckVerdict
    detail: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class AliasResult:
    """What is known about one alias after its test.

    ``provider``, ``model``, ``wire`` and ``url`` are None where config.toml does not even say. ``answer`` and
    ``timing`` belong to the first check that was run; ``cost`` is what all of them cost, in US dollars, where the
    catalog knows the price. ``notes`` are for people: what is worth knowing beside the verdict.
    """

    alias: str
    provider: str | None
    model: str | None
    wire: str | None
    url: str | None
    verdict: Verdict
    checks: tuple[Check, ...]
    answer: Answer
    timing: Timing
    error: Problem | None = None
    notes: tuple[str, ...] = ()
    cost: float | None = None


def verdict_of(checks: Iterable[Check]) -> Verdict:
    """The verdict on an alias: that of its worst check. Nothing but skipped checks says nothing."""
    found = {check.verdict for check in checks}
    if "fail" in found:
        return "fail"
    return "pass" if found - {"skipped"} == {"pass"} else "unknown"


def document(result: AliasResult) -> dict[str, Any]:
    """The result as the JSON object of the command line's contract."""
    answer, error, usage, timing = result.answer, result.error, result.answer.usage, result.timing
    return {
        "alias": result.alias,
        "provider": result.provider,
        "model": result.model,
        "wire": result.wire,
        "url": result.url,
        "verdict": result.verdict,
        "checks": [
            {"name": check.name, "verdict": check.verdict, "detail": check.detail} for check in result.checks
        ],
        "text": answer.text,
        "reasoning": answer.reasoning,
        "tool_calls": [
            {"id": call.id, "name": call.name, "arguments": call.arguments} for call in answer.tool_calls
        ],
        "finish": {"raw": answer.finish_raw, "kind": answer.finish_kind},
        "usage": usage
        and {
            "input": usage.input,
            "output": usage.output,
            "reasoning": usage.reasoning,
            "cached": usage.cached,
        },
        "timing": {
            "connect_ms": _rounded(timing.connect_ms),
            "first_token_ms": _rounded(timing.first_token_ms),
            "first_reasoning_ms": _rounded(timing.first_reasoning_ms),
            "first_text_ms": _rounded(timing.first_text_ms),
            "total_ms": _rounded(timing.total_ms),
            "tokens_per_second": _rounded(timing.tokens_per_second),
        },
        "cost_usd": result.cost,
        "error": error
        and {
            "kind": error.kind,
            "status": error.status,
            "message": error.message,
            "type": error.type,
            "code": error.code,
            "hint": error.hint,
            "retry_after_s": error.retry_after_s,
        },
        "notes": list(result.notes),
    }


def summary(results: Iterable[AliasResult]) -> dict[str, int]:
    """How many passed, failed, and could not be told."""
    verdicts = [result.verdict for result in results]
    return {
        "passed": verdicts.count("pass"),
        "failed": verdicts.count("fail"),
        "unknown": verdicts.count("unknown"),
    }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 1)
