"""A list that is filtered, moved through and marked: its state, without a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Sequence

V = TypeVar("V", bound="Hashable")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Attributes:
        title: shown above it; a list without any title has no head line.
        right: whether figures stand at its right edge.
        drop: 0 is always shown; of the others the highest goes first where the terminal is narrow.
        said: how a cell is read out where there are no columns, ``{}`` being the cell.
    """

    title: str = ""
    right: bool = False
    drop: int = 0
    said: str = "{}"


@dataclass(frozen=True, slots=True)
class ListRow(Generic[V]):
    """One line of a list.

    Attributes:
        value: what choosing it answers; unique in its list.
        cells: one text for each column. The first takes whatever width is left.
        search: what a filter looks in, case-folded. A match in an earlier one ranks higher; empty takes the first cell.
        detail: shown below the list while the cursor is on this row; a function is given what is typed.
        closed: why it cannot be chosen; it can still be looked at.
        heading: a title over the rows that follow; the cursor passes over it.
    """

    value: V
    cells: tuple[str, ...]
    search: tuple[str, ...] = ()
    detail: str | Callable[[str], str] = ""
    closed: str | None = None
    heading: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """What a filter looks in."""
        return self.search or (self.cells[0].casefold(),)

    def details(self, needle: str) -> str:
        """What is shown below the list, given what is typed."""
        if self.closed:
            return self.closed
        return self.detail if isinstance(self.detail, str) else self.detail(needle)


def filter_words(typed: str) -> list[str]:
    """The words of a filter: each must be found, in whatever case and order."""
    return typed.casefold().split()


class Listing(Generic[V]):
    """The state of a list.

    Attributes:
        shown: all rows; or those that the filter leaves, the best matches first and without headings.
        cursor: index in ``shown`` of the row that the keys act on.
        marked: values of marked rows.
    """

    def __init__(
        self,
        rows: Sequence[ListRow[V]],
        *,
        start: V | None = None,
        marked: Collection[V] = (),
    ) -> None:
        self.rows = rows
        self._entries = _searchable(rows)
        self.shown: Sequence[ListRow[V]] = rows
        self.marked = set(marked)
        self.needle = ""
        self.cursor = 0
        self.go_to(start)

    @property
    def size(self) -> int:
        """How many rows there are to choose from, whatever the filter."""
        return len(self._entries)

    @property
    def matches(self) -> int:
        """How many of them the filter leaves."""
        return len(self.shown) if self.needle else self.size

    @property
    def current(self) -> ListRow[V] | None:
        """The row under the cursor; None when the filter leaves none."""
        row = self.shown[self.cursor] if self.cursor < len(self.shown) else None
        return None if row is None or row.heading else row

    def narrow(self, text: str) -> None:
        """Leaves the rows that have every word of ``text`` in one of their fields; the cursor goes to the first."""
        needle = " ".join(filter_words(text))
        if needle == self.needle:
            return
        here = self.current
        self.needle = needle
        self._narrow()
        self.go_to(None)
        if not needle and here is not None:
            self.go_to(here.value)

    def go_to(self, value: V | None) -> None:
        """Puts the cursor on the row with this value, else on the first row."""
        found = (i for i, row in enumerate(self.shown) if row.value == value and not row.heading)
        self.cursor = next(found, 0) if value is not None else 0
        self._settle(1)

    def move(self, by: int) -> None:
        """Moves the cursor and stops at either end; a step of one goes round."""
        last = len(self.shown) - 1
        if last < 0:
            return
        wanted = self.cursor + by
        if abs(by) == 1:
            self.cursor = wanted % (last + 1)
        else:
            self.cursor = min(max(wanted, 0), last)
        self._settle(1 if by > 0 else -1)

    def go_to_end(self) -> None:
        """Puts the cursor on the last row."""
        self.cursor = max(len(self.shown) - 1, 0)
        self._settle(-1)

    def toggle(self) -> None:
        """Marks the current row, or takes its mark away."""
        row = self.current
        if row is not None and row.closed is None:
            self.marked ^= {row.value}

    def mark_shown(self) -> None:
        """Marks every row that is shown."""
        self.marked |= self._open()

    def unmark_shown(self) -> None:
        """Takes the mark of every row that is shown away."""
        self.marked -= self._open()

    def _open(self) -> set[V]:
        return {row.value for row in self.shown if not row.heading and row.closed is None}

    def in_order(self) -> tuple[V, ...]:
        """The marked values, in the order of the rows."""
        return tuple(row.value for row in self.rows if row.value in self.marked and not row.heading)

    def _narrow(self) -> None:
        words = self.needle.split()
        if not words:
            self.shown = self.rows
        else:
            found: dict[int, list[ListRow[V]]] = {}
            for row, fields in self._entries:
                rank = _rank(fields, words)
                if rank is not None:
                    found.setdefault(rank, []).append(row)
            self.shown = [row for rank in sorted(found) for row in found[rank]]

    def _settle(self, way: int) -> None:
        """Moves off a heading, ``way`` first."""
        for step in (way, -way):
            at = self.cursor
            while 0 <= at < len(self.shown) and self.shown[at].heading:
                at += step
            if 0 <= at < len(self.shown):
                self.cursor = at
                return


def _searchable(rows: Sequence[ListRow[V]]) -> list[tuple[ListRow[V], tuple[str, ...]]]:
    """The rows that can be found, with what a filter looks in."""
    return [(row, row.fields) for row in rows if not row.heading]


def _rank(fields: tuple[str, ...], words: list[str]) -> int | None:
    """How well fields match, less is better: 0 begins with the words, then by the last field that is needed."""
    worst = 0
    for word in words:
        rank = 0
        for field in fields:
            if word in field:
                break
            rank += 2
        else:
            return None
        if not field.startswith(word):
            rank += 1
        worst = max(worst, rank)
    return worst
