"""A change of config.toml for people to look at: unified, and without a single key in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provisioner.config.splice import Splice


class DiffLine(NamedTuple):
    """One line: ``text`` without its mark and newline."""

    kind: Literal["hunk", "context", "remove", "add"]
    text: str


def diff(_old: str, _new: str, _splices: Sequence[Splice]) -> Iterator[DiffLine]:
    """The masked lines of the change that ``splices`` make of ``old``."""
    yield from ()
