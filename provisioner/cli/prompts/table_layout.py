"""Rows cut into columns for the width of a terminal."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from provisioner.cli.prompts.width import fit, width
from provisioner.cli.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from provisioner.cli.prompts.list_state import Column, ListRow

V = TypeVar("V", bound="Hashable")

_GAP = 2
_LEAST_FIRST = 24  # cells that the first column keeps before another one is dropped


class TableLayout(Generic[V]):
    """Where the columns of a list stand.

    The first column takes the width that is left, so that the figures after it line up in all rows.
    """

    def __init__(self, columns: Sequence[Column], rows: Sequence[ListRow[V]], *, more: str = "…") -> None:
        self._columns = columns
        self._more = more
        self._widths = [self._widest(i, rows) for i in range(len(columns))]
        self._places = lru_cache(maxsize=4)(self._place)

    def _widest(self, index: int, rows: Sequence[ListRow[V]]) -> int:
        """How wide a column wants to be; one without any text is none, whatever its title."""
        cells = (row.cells[index] for row in rows if index < len(row.cells) and not row.heading)
        widest = max((width(clean(cell)) for cell in cells), default=0)
        return max(widest, width(self._columns[index].title)) if widest else 0

    @property
    def has_head(self) -> bool:
        """Whether any column has a title."""
        return any(column.title for column in self._columns)

    def head(self, cells: int) -> str:
        """The titles, in ``cells`` cells."""
        return self._join(tuple(column.title for column in self._columns), cells)

    def line(self, row: ListRow[V], cells: int) -> str:
        """A row in exactly ``cells`` cells, without a character that a terminal would obey."""
        if row.heading:
            return fit(clean(row.cells[0]), cells, more=self._more)
        return self._join(tuple(clean(cell) for cell in row.cells), cells)

    def unseen(self, row: ListRow[V], cells: int) -> str:
        """What there is no room for in ``cells`` cells: the first cell where it is cut; without a detail the others."""
        places = dict(self._places(cells))
        left_out = [
            column.said.format(clean(cell))
            for index, (column, cell) in enumerate(zip(self._columns, row.cells, strict=False))
            if cell and index not in places and not row.detail
        ]
        first = clean(row.cells[0])
        return ", ".join([first, *left_out] if width(first) > places[0] else left_out)

    def _join(self, texts: tuple[str, ...], cells: int) -> str:
        places = self._places(cells)
        shown = [
            fit(texts[i] if i < len(texts) else "", room, right=self._columns[i].right, more=self._more)
            for i, room in places
        ]
        return fit((" " * _GAP).join(shown), cells, more=self._more)

    def _place(self, cells: int) -> tuple[tuple[int, int], ...]:
        """Which columns are shown, and how wide each is."""
        kept = [i for i, needed in enumerate(self._widths) if i == 0 or needed]
        while (first := cells - sum(self._widths[i] + _GAP for i in kept[1:])) < min(
            self._widths[0], _LEAST_FIRST
        ):
            droppable = [i for i in kept[1:] if self._columns[i].drop]
            if not droppable:
                break
            kept.remove(max(droppable, key=lambda i: self._columns[i].drop))
        first = min(max(first, 1), self._widths[0])
        return tuple((i, first if i == 0 else self._widths[i]) for i in kept)
