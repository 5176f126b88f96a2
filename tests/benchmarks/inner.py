"""What runs for every byte or every key: ten times the input must cost about ten times as much."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from provisioner.cli.prompts.list_state import Listing, ListRow
from provisioner.smoke.sse import Decoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RUNS = 5


def lines() -> Iterator[str]:
    """A line for the decoder, and one for the filter of the wizard's lists."""
    small, large = (_seconds(partial(_decode, size)) for size in (800_000, 8_000_000))
    yield f"an event of 0.8 and 8 MB in reads of 100 bytes: {small:.3f} s, {large:.3f} s, ratio {large / small:.1f}"
    few, many = (_seconds(partial(_type, _listing(count))) for count in (5_300, 53_000))
    yield f"eight keys typed in 5,300 and 53,000 rows: {few:.3f} s, {many:.3f} s, ratio {many / few:.1f}"


def _seconds(work: Callable[[], None]) -> float:
    """CPU seconds of the quickest of some runs."""
    found = []
    for _ in range(_RUNS):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def _decode(size: int) -> None:
    decoder = Decoder()
    decoder.feed(b"data: ")
    for _ in range(size // 100):
        decoder.feed(b"x" * 100)
    decoder.feed(b"\n\n")


def _type(listing: Listing[str]) -> None:
    for end in range(1, 9):
        listing.narrow("model-52"[:end])


def _listing(count: int) -> Listing[str]:
    return Listing(
        [ListRow(name, (name,)) for name in (f"provider-{i % 150}/model-{i}-preview" for i in range(count))]
    )
