"""Which rows of a list share a screen: pages filled from the top, a group's title above its rows on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A title that follows rows is set off from them by an empty line.
_TITLE, _GAP = 1, 1


def paginate(groups: Sequence[str], height: int) -> list[range]:
    """The pages of a list whose rows belong to ``groups``, as ranges of row numbers.

    Args:
        groups: the title that each row stands under; an empty one takes no line.
        height: lines a page may take; at least one row is on a page however low it is.
    """
    pages: list[range] = []
    start, used, above = 0, 0, None
    for number, group in enumerate(groups):
        needed = _lines(group, above)
        if number > start and used + needed > height:
            pages.append(range(start, number))
            start, used, above = number, 0, None
            needed = _lines(group, above)
        used += needed
        above = group
    pages.append(range(start, len(groups)))
    return pages


def page_of(pages: Sequence[range], row: int) -> int:
    """The number of the page that shows ``row``; rows behind the last are on the last page."""
    return next((number for number, page in enumerate(pages) if row < page.stop), len(pages) - 1)


def turned(pages: Sequence[range], row: int, by: int) -> int:
    """The row to go to from ``row`` when ``by`` pages are turned: the same distance from the top of its page.

    Beyond the first and the last page lie the first and the last row.
    """
    here = page_of(pages, row)
    there = here + by
    if there < 0:
        return 0
    if there >= len(pages):
        return max(pages[-1].stop - 1, 0)
    page = pages[there]
    return min(page.start + row - pages[here].start, page.stop - 1)


def _lines(group: str, above: str | None) -> int:
    if not group or group == above:
        return 1
    return 1 + _TITLE + (_GAP if above is not None else 0)
