"""Asks line by line, without moving the cursor: for ``TERM=dumb`` and for screen readers.

Lists are numbered. ``<`` goes back wherever a question is asked; Ctrl-C leaves.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, TypeVar

from provisioner.cli.prompts.asking import Back
from provisioner.cli.prompts.list_state import Listing
from provisioner.cli.terminal import clean, prose

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator, Sequence

    from provisioner.cli.prompts.asking import Question, StyledText, Validator
    from provisioner.cli.prompts.list_state import Column, ListRow
    from provisioner.cli.prompts.look import Look

    V = TypeVar("V", bound=Hashable)

_BACK = "<"
_SHOWN = 20  # rows of a long list at a time
_NUMBERS = re.compile(r"\d+(-\d+)?([ ,]+\d+(-\d+)?)*")


class Plain:
    """:class:`~provisioner.cli.prompts.asking.Prompts` as lines of text."""

    def __init__(self, look: Look, drawn: Callable[[], None]) -> None:
        self.look = look
        self._drawn = drawn

    def one(
        self,
        question: Question,
        columns: Sequence[Column],
        rows: Sequence[ListRow[V]],
        *,
        start: V | None = None,
        filters: bool = False,
    ) -> V:
        """One of the rows, by its number."""
        listing = Listing(rows, start=start)
        self._head(question)
        while True:
            entries = self._list(listing, columns)
            here = listing.current
            default = entries.index(here) + 1 if here in entries[:_SHOWN] else None
            self._drawn()
            hint = "number, or words to search for" if filters else "number"
            typed = _read(f"{hint}{f' [{default}]' if default else ''}, < to go back: ")
            row = _at(entries, typed) if typed else here
            if row is None and filters and typed:
                listing.narrow("" if typed == "*" else typed)
                if not listing.shown:
                    _say(f"nothing matches {typed}")
                    listing.narrow("")
            elif row is None:
                _say("type one of the numbers")
            elif row.closed is not None:
                _say(row.closed)
            else:
                return row.value

    def many(
        self,
        question: Question,
        columns: Sequence[Column],
        rows: Sequence[ListRow[V]],
        *,
        marked: Collection[V] = (),
    ) -> tuple[V, ...]:
        """Some of the rows, by their numbers."""
        listing = Listing(rows, marked=marked)
        self._head(question)
        entries = self._list(listing, columns, boxes=True)
        while True:
            _say(f"{len(listing.marked)} chosen")
            typed = _read(
                "numbers to switch (1 3 5-8), all, none, words to search for, Enter when done, < to go back: "
            )
            if not typed and listing.marked:
                return listing.in_order()
            if not typed:
                _say("choose at least one")
            elif typed in {"all", "none"}:
                values = {row.value for row in entries if row.closed is None}
                listing.marked = listing.marked | values if typed == "all" else listing.marked - values
            elif _NUMBERS.fullmatch(typed):
                self._switch(listing, entries, typed)
            else:
                entries = self._search(listing, typed, columns)

    def _switch(self, listing: Listing[V], entries: list[ListRow[V]], typed: str) -> None:
        for row in [entries[index] for index in _indices(typed) if index < len(entries)]:
            if row.closed is not None:
                _say(f"{row.cells[0]}: {row.closed}")
                continue
            listing.marked ^= {row.value}
            _say(f"{row.cells[0]}: {'chosen' if row.value in listing.marked else 'not chosen'}")

    def _search(self, listing: Listing[V], typed: str, columns: Sequence[Column]) -> list[ListRow[V]]:
        listing.narrow("" if typed == "*" else typed)
        if not listing.shown:
            _say(f"nothing matches {typed}")
            listing.narrow("")
        return self._list(listing, columns, boxes=True)

    def text(self, question: Question, *, default: str = "", check: Validator) -> str:
        """A line."""
        self._head(question)
        return _checked(lambda: _read(f"{f'[{default}] ' if default else ''}> ") or default, check)

    def secret(self, question: Question, *, check: Validator) -> str:
        """A line that is not echoed."""
        import getpass

        self._head(question)

        def read() -> str:
            try:
                return _back(getpass.getpass("(not shown) > "))
            except EOFError:
                raise KeyboardInterrupt from None

        return _checked(read, check)

    def review(self, question: Question, lines: Sequence[StyledText], *, yes: str) -> None:
        """The lines, then a yes or no."""
        self._head(question)
        for _, text in lines:
            sys.stdout.write(f"{clean(text)}\n")  # as it stands in the file
        while True:
            typed = _read(f"{yes}? y or n, < to go back: ").lower()
            if typed in {"y", "yes"}:
                return
            if typed in {"n", "no"}:
                raise KeyboardInterrupt

    def _head(self, question: Question) -> None:
        _say()
        if question.trail:
            _say(f" {self.look.symbols.then} ".join(question.trail))
        _say(question.title)
        for _, text in question.notes:
            _say(f"  {text}")

    def _list(
        self, listing: Listing[V], columns: Sequence[Column], *, boxes: bool = False
    ) -> list[ListRow[V]]:
        entries = [row for row in listing.shown if not row.heading]
        for number, row in enumerate(entries[:_SHOWN], 1):
            mark = ("[x] " if row.value in listing.marked else "[ ] ") if boxes else ""
            _say(f"{number:>4}  {mark}{_spoken(row, columns)}")
        if len(entries) > _SHOWN:
            _say(f"      and {len(entries) - _SHOWN} more: search for what you want, * shows all again")
        return entries


def _spoken(row: ListRow[V], columns: Sequence[Column]) -> str:
    """A row as a listener can follow it."""
    cells = zip(columns, row.cells, strict=False)
    return ", ".join(column.said.format(cell.strip()) for column, cell in cells if cell.strip())


def _checked(ask: Callable[[], str], check: Validator) -> str:
    while True:
        typed = ask().strip()
        flaw = check(typed)
        if flaw is None:
            return typed
        _say(flaw)


def _at(entries: list[ListRow[V]], typed: str) -> ListRow[V] | None:
    number = int(typed) if typed.isascii() and typed.isdigit() else 0
    return entries[number - 1] if 0 < number <= len(entries) else None


def _indices(typed: str) -> Iterator[int]:
    for part in re.split(r"[ ,]+", typed):
        first, _, last = part.partition("-")
        yield from range(int(first) - 1, int(last or first))


def _read(prompt: str) -> str:
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt  # the terminal was closed, or Ctrl-D
    return _back(line.strip())


def _back(typed: str) -> str:
    if typed == _BACK:
        raise Back
    return typed


def _say(text: str = "") -> None:
    said = clean(text)
    body = said.lstrip()
    sys.stdout.write(f"{prose(body, indent=said.removesuffix(body), is_result=True)}\n")
