"""One earlier test of an alias, and the line of JSON that keeps it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

# The alias of a line, as it is written there. Quotes inside a string are escaped, so it occurs once.
ALIAS = re.compile(rb'"alias":("[^"\\]*(?:\\.[^"\\]*)*")')

Verdict = Literal["pass", "fail", "unknown"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

# The last second that a date can be made of: the year 9999.
_LAST_MOMENT = 253_402_300_799
_MOST = 1e12


@dataclass(frozen=True, slots=True)
class Run:
    """What is remembered of one test of one alias: no prompt, no answer, no URL, no key.

    Attributes:
        at: seconds since the epoch.
        alias: as in config.toml.
        provider: the provider's id, and ``model`` the model's, where config.toml said so.
        wire: the protocol that was spoken.
        verdict: of the whole test.
        error: the kind of error, where there was one.
        first_token_ms: milliseconds until the first token; likewise ``total_ms`` until the end.
        tokens_per_second: output tokens, reasoning included, over the time in which they came.
        output_tokens: as the wire counted them.
        size: how large the request was: ``least``, ``small`` or ``full``; None where it was not kept.
    """

    at: float
    alias: str
    provider: str | None
    model: str | None
    wire: str | None
    verdict: Verdict
    error: str | None
    first_token_ms: float | None
    total_ms: float | None
    tokens_per_second: float | None
    output_tokens: int | None
    size: str | None = None


def to_line(run: Run) -> bytes:
    """``run`` as one line, line feed included."""
    return json.dumps(asdict(run), separators=(",", ":")).encode() + b"\n"


def from_line(line: bytes) -> Run | None:
    """The run of a line; None when it holds none: a torn write, a hand's edit, a disk's mistake.

    Members that a later version may add are passed over.
    """
    try:
        table = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(table, dict):
        return None
    at, alias, verdict = _figure(table.get("at")), table.get("alias"), _verdict(table.get("verdict"))
    if at is None or at > _LAST_MOMENT or not isinstance(alias, str) or verdict is None:
        return None
    tokens = _figure(table.get("output_tokens"))
    return Run(
        at=at,
        alias=alias,
        provider=_text(table.get("provider")),
        model=_text(table.get("model")),
        wire=_text(table.get("wire")),
        verdict=verdict,
        error=_text(table.get("error")),
        first_token_ms=_figure(table.get("first_token_ms")),
        total_ms=_figure(table.get("total_ms")),
        tokens_per_second=_figure(table.get("tokens_per_second")),
        output_tokens=None if tokens is None else int(tokens),
        size=_text(table.get("size")),
    )


def _verdict(value: Any) -> Verdict | None:
    return next((verdict for verdict in VERDICTS if verdict == value), None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _figure(value: Any) -> float | None:
    """A number that can be drawn: not negative, and not beyond all measure."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        figure = float(value)
    except OverflowError:
        return None
    return figure if 0 <= figure <= _MOST else None
