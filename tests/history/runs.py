"""Runs to keep, and any run at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from provisioner.history.run import VERDICTS, Run

PLAIN = Run(
    at=1_760_000_000.0,
    alias="p/m",
    provider="p",
    model="m",
    wire="openai",
    verdict="pass",
    error=None,
    first_token_ms=412.0,
    total_ms=2100.5,
    tokens_per_second=61.3,
    output_tokens=128,
)


def run(**changes: Any) -> Run:
    return replace(PLAIN, **changes)


# A JSON document may escape half of a surrogate pair, and then so may a name taken from it.
texts = st.text(st.characters())
figures = st.none() | st.floats(0, 999_000)
anything = st.builds(
    Run,
    at=st.floats(0, 253_402_300_799),
    alias=texts,
    provider=st.none() | texts,
    model=st.none() | texts,
    wire=st.none() | texts,
    verdict=st.sampled_from(VERDICTS),
    error=st.none() | texts,
    first_token_ms=figures,
    total_ms=figures,
    tokens_per_second=st.none() | st.floats(0, 99_999),
    output_tokens=st.none() | st.integers(0, 10**9),
    size=st.none() | st.sampled_from(["least", "small", "full"]),
)
