"""Times what runs for every byte or every key, as ratios within one run.

    python tests/benchmarks/inner.py

The decoder of event streams: ten times the event must cost about ten times as much, however small the reads. The
wizard's filter: ten times the catalog must cost about ten times as much for each key that is typed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from provisioner.cli.prompts.list_state import Listing, ListRow
from provisioner.smoke.sse import Decoder

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5


def seconds(work: Callable[[], None]) -> float:
    """CPU seconds of the quickest of some runs."""
    found = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def decode(size: int) -> None:
    decoder = Decoder()
    decoder.feed(b"data: ")
    for _ in range(size // 100):
        decoder.feed(b"x" * 100)
    decoder.feed(b"\n\n")


def typing(listing: Listing[str]) -> None:
    for end in range(1, 9):
        listing.narrow("model-52"[:end])


def listing(count: int) -> Listing[str]:
    return Listing(
        [ListRow(name, (name,)) for name in (f"provider-{i % 150}/model-{i}-preview" for i in range(count))]
    )


def main() -> None:
    small, large = seconds(lambda: decode(800_000)), seconds(lambda: decode(8_000_000))
    print(
        f"decoder, 0.8 and 8 MB in reads of 100 bytes  {small:.3f} s {large:.3f} s  ratio {large / small:.1f}"
    )
    few, many = listing(5_300), listing(53_000)
    small, large = seconds(lambda: typing(few)), seconds(lambda: typing(many))
    print(
        f"filter, a key in 5,300 and 53,000 rows       {small / 8:.4f} s {large / 8:.4f} s  ratio {large / small:.1f}"
    )


if __name__ == "__main__":
    main()
