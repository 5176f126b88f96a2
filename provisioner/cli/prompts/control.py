"""A list inside a prompt_toolkit layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from prompt_toolkit.data_structures import Point
from prompt_toolkit.layout.controls import UIContent, UIControl

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from provisioner.cli.prompts.list_state import Listing
    from provisioner.cli.prompts.look import Look
    from provisioner.cli.prompts.table_layout import TableLayout

V = TypeVar("V", bound="Hashable")


class ListControl(UIControl, Generic[V]):
    """Draws the rows that are in view, whatever the list's length; the Window around it scrolls.

    Use it as ``Window(ListControl(listing, table, look), wrap_lines=False)``. Keys are the layout's affair: they
    call the listing's methods.
    """

    def __init__(
        self,
        listing: Listing[V],
        table: TableLayout[V],
        look: Look,
        *,
        boxes: bool = False,
    ) -> None:
        self.listing = listing
        self.table = table
        self._look = look
        self._boxes = boxes

    @property
    def indent(self) -> int:
        """Cells before a row's own text."""
        return 2 + (len(self._look.symbols.marked) + 1 if self._boxes else 0)

    def create_content(self, width: int, height: int) -> UIContent:
        """The list as lines that are made when they come into view."""
        del height
        listing = self.listing
        if not listing.shown:
            return UIContent(lambda _: [("class:dim", "  nothing matches")], 1, show_cursor=False)
        # The first row of all brings the heading above it into view.
        first = all(row.heading for row in listing.shown[: listing.cursor])
        return UIContent(
            lambda index: self._line(index, width),
            len(listing.shown),
            cursor_position=Point(0, 0 if first else listing.cursor),
            show_cursor=False,
        )

    def preferred_height(
        self,
        width: int,
        max_available_height: int,
        wrap_lines: bool,
        get_line_prefix: Callable[..., object] | None,
    ) -> int | None:
        """As many lines as there are rows without a filter, so that typing does not make the screen jump."""
        del width, max_available_height, wrap_lines, get_line_prefix
        return max(len(self.listing.rows), 1)

    def is_focusable(self) -> bool:
        """The list has no cursor of its own, but a layout without a filter line has to focus something."""
        return True

    def _line(self, index: int, width: int) -> StyleAndTextTuples:
        row, symbols = self.listing.shown[index], self._look.symbols
        if row.heading:
            return [("class:heading", self.table.line(row, width))]
        here = index == self.listing.cursor
        line: StyleAndTextTuples = [("class:pointer", f"{symbols.pointer} ") if here else ("", "  ")]
        if self._boxes:
            on = row.value in self.listing.marked
            line.append(
                ("class:marked" if on else "class:dim", f"{symbols.marked if on else symbols.unmarked} ")
            )
        style = "class:current" if here else "class:dim" if row.closed else ""
        line.append((style, self.table.line(row, width - self.indent)))
        return line
