"""The result of testing an alias, as plain data: what `kimi provider test --json` prints."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provisioner.note import Note
    from provisioner.smoke.answer import Answer, Usage
    from provisioner.smoke.probe import Size
    from provisioner.smoke.problem import Problem
    from provisioner.smoke.timing import Timing

Verdict = Literal["pass", "fail", "unknown"]
CheckVerdict = Literal["pass", "fail", "unknown", "skipped"]


@dataclass(frozen=True, slots=True)
class Correction:
    """What would make config.toml true: a key of a table, and its new value.

    Attributes:
        table: the path of the table.
        key: the key in it.
        value: what it should be; a tuple is an array.
        add: members to add to the array that stands there, rather than to replace it: several checks may each
            have something to say about the same array.
        remove: members to take away from it.
    """

    table: tuple[str, ...]
    key: str
    value: str | int | bool | tuple[str, ...]
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def applied(self, current: Any) -> Any:
        """The value that ``current`` becomes."""
        if not self.add and not self.remove:
            return list(self.value) if isinstance(self.value, tuple) else self.value
        kept = (
            [member for member in current if member not in (*self.remove, *self.add)]
            if isinstance(current, list)
            else []
        )
        return [*kept, *self.add]

    def line(self) -> str:
        """The change as the line of config.toml and the table it belongs to."""
        head, *rest = self.table
        bare = re.compile(r"[\w-]+")
        table = ".".join([head, *(name if bare.fullmatch(name) else f'"{name}"' for name in rest)])
        return f"{self.key} = {_toml(self.value)} in [{table}]"


def _toml(value: str | int | bool | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(member) for member in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found.

    Attributes:
        name: ``text``, ``tools``, ``thinking``, ``vision``, ``video``, or the name of a threshold.
        verdict: ``skipped`` where the question does not arise.
        detail: one line.
        changes: what would make config.toml true, where something would.
    """

    name: str
    verdict: CheckVerdict
    detail: str
    changes: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """The first request: ``size`` as it was chosen, and the ``bytes`` of its body."""

    size: Size
    bytes: int


@dataclass(frozen=True, slots=True)
class AliasResult:
    """What is known about one alias after its test. No key is in it.

    Attributes:
        alias: its key in config.toml.
        provider: None where config.toml does not say; so are ``model``, ``wire`` and ``url``.
        model: the model's name on the wire.
        wire: the wire that was spoken.
        url: where the first request went.
        verdict: that of the worst check.
        checks: ``text`` first.
        answer: what came for the first check.
        timing: the figures of the first check.
        error: what went wrong with the first check.
        request: the request of the first check; None where none was sent.
        notes: what is worth knowing beside the verdict.
        spent: the usage of every request that reported one.
        cost: what they cost in US dollars, where the catalog knows the price.
        source: where the price is found: the provider's ``source`` table if it is a catalog import's.
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
    request: Sent | None = None
    notes: tuple[Note, ...] = ()
    spent: tuple[Usage, ...] = ()
    cost: float | None = None
    source: Mapping[str, Any] = field(default_factory=dict, repr=False)


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
            {
                "name": check.name,
                "verdict": check.verdict,
                "detail": check.detail,
                "lines": [change.line() for change in check.changes],
            }
            for check in result.checks
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
        "request": result.request and {"size": result.request.size, "bytes": result.request.bytes},
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
        "notes": [{"code": note.code, "message": note.message} for note in result.notes],
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
