"""Choosing from a list: type to filter, one or many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.layout import Dimension, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.processors import AfterInput

from provisioner.cli.prompts import frame
from provisioner.cli.prompts.control import ListControl
from provisioner.cli.prompts.list_state import Listing
from provisioner.cli.prompts.style import colour_depth, style
from provisioner.cli.prompts.table_layout import TableLayout
from provisioner.cli.prompts.width import cut, wrap
from provisioner.cli.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Sequence

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from provisioner.cli.prompts.asking import Question
    from provisioner.cli.prompts.list_state import Column, ListRow
    from provisioner.cli.prompts.look import Look

V = TypeVar("V", bound="Hashable")


class Picker(Generic[V]):
    """One list on the screen.

    ``run`` answers the chosen values: one, or with ``many`` all that were marked. ``drawn`` is called when it is
    on the screen for the first time.
    """

    def __init__(
        self,
        look: Look,
        question: Question,
        columns: Sequence[Column],
        rows: Sequence[ListRow[V]],
        *,
        start: V | None = None,
        marked: Collection[V] = (),
        filters: bool = False,
        many: bool = False,
        drawn: Callable[[], None] | None = None,
    ) -> None:
        self._look = look
        self._question = question
        self._many = many
        self._filters = filters
        self._said = ""
        self.listing = Listing(rows, start=start, marked=marked)
        self._table = TableLayout(columns, rows, more=look.symbols.more)
        self._list = ListControl(self.listing, self._table, look, boxes=many)
        self._buffer = Buffer(multiline=False, on_text_changed=self._narrow)
        self._detailed = any(row.detail or row.closed for row in rows)
        self.application: Application[tuple[V, ...]] = Application(
            layout=self._layout(),
            key_bindings=merge_key_bindings([self._keys(), frame.leaving_keys()]),
            style=style(look),
            color_depth=colour_depth(look),
            erase_when_done=True,
        )
        if drawn is not None:
            self.application.after_render += _once(drawn)
        frame.settled(self.application)

    def run(self) -> tuple[V, ...]:
        """Asks.

        Raises:
            Back: Esc.
            KeyboardInterrupt: Ctrl-C.
        """
        return self.application.run()

    def _layout(self) -> Layout:
        listed = Window(
            self._list,
            wrap_lines=False,
            height=lambda: Dimension(min=1, preferred=self._height(), max=self._height()),
        )
        parts = [
            *frame.trail(self._question, self._look),
            self._head(),
            frame.notes(self._question),
        ]
        if self._table.has_head:
            parts.append(frame.one_line(self._titles))
        parts += [listed, frame.spacer()]
        self._around = len(parts) - 1
        parts.append(Window(FormattedTextControl(self._detail), height=self._detail_height, wrap_lines=False))
        # Everyone knows how to move and to leave; that all marks can be taken away must be said.
        goes = (self._move, "ctrl-a", "ctrl-c") if self._many else ()
        parts.append(frame.footer(self._keys_shown(), self._look, goes=goes))
        return Layout(HSplit(parts), focused_element=self._input if self._filters else listed)

    def _head(self) -> Any:
        """The question, and behind it what is typed."""
        asked = frame.title(self._question, self._look)
        said = Window(FormattedTextControl(asked), height=1, dont_extend_width=True)
        self._input = Window(
            BufferControl(self._buffer, input_processors=[AfterInput(self._invitation)]), height=1
        )
        if not self._filters:
            return said
        count = Window(FormattedTextControl(self._count), height=1, dont_extend_width=True)
        return VSplit([said, Window(width=2), self._input, count])

    def _invitation(self) -> StyleAndTextTuples:
        return [] if self._buffer.text else [("class:dim", "type to filter")]

    def _height(self) -> int:
        room = self.application.output.get_size().rows - 1
        around = self._around + frame.notes_height(self._question) + len(self._details())
        return max(min(len(self.listing.rows), room - around), 1)

    def _titles(self) -> StyleAndTextTuples:
        indent = self._list.indent
        return [("class:dim", " " * indent + self._table.head(frame.columns() - indent))]

    def _count(self) -> StyleAndTextTuples:
        listing = self.listing
        text = f"{listing.matches} of {listing.size}" if listing.needle else f"{listing.size}"
        if self._many:
            text = f"{len(listing.marked)} chosen {self._look.symbols.dot} {text}"
        return [("class:dim", f" {text} ")]

    def _details(self) -> list[str]:
        """What is said below the list, in a line or two."""
        row = self.listing.current
        text = self._said
        if row and not text:
            unseen = self._table.unseen(row, frame.columns() - self._list.indent)
            text = "; ".join(filter(None, (unseen, clean(row.details(self.listing.needle)))))
        room = frame.columns() - 3
        first, *more = wrap(text, room)
        if more:
            return [first, cut(" ".join(more), room, self._look.symbols.more)]
        return [first] if first or self._detailed or self._many else []

    def _detail_height(self) -> Dimension:
        return Dimension.exact(len(self._details()))

    def _detail(self) -> StyleAndTextTuples:
        row = self.listing.current
        warns = self._said or (row and row.closed)
        return [("class:warn" if warns else "class:dim", f"  {line}\n") for line in self._details()]

    @property
    def _move(self) -> str:
        return f"{self._look.symbols.up}{self._look.symbols.down}"

    def _keys_shown(self) -> frame.Keys:
        move = (self._move, "move")
        marking = (("space", "mark"), ("ctrl-a", "all"), ("ctrl-x", "none")) if self._many else ()
        return (move, *marking, ("enter", "go on"), *frame.BACK)

    def _keys(self) -> KeyBindings:
        keys, listing = KeyBindings(), self.listing

        def add(*names: str, does: Any) -> None:
            def handler(event: KeyPressEvent) -> None:
                del event
                self._said = ""
                does()

            for name in names:
                keys.add(name, eager=True)(handler)

        add("up", "c-p", does=lambda: listing.move(-1))
        add("down", "c-n", does=lambda: listing.move(1))
        add("pageup", "left", does=lambda: listing.move(-self._page()))
        add("pagedown", "right", does=lambda: listing.move(self._page()))
        add("home", does=lambda: listing.go_to(None))
        add("end", does=listing.go_to_end)
        if self._many:
            add("space", "tab", does=listing.toggle)
            add("c-a", does=listing.mark_shown)
            add("c-x", does=listing.unmark_shown)

        @keys.add("enter", eager=True)
        @keys.add("c-j", eager=True)  # an Enter that was typed before anything was asked
        def _accept(event: KeyPressEvent) -> None:
            del event
            self._accept()

        return keys

    def _page(self) -> int:
        return max(self._height() - 1, 2)

    def _narrow(self, buffer: Buffer) -> None:
        self._said = ""
        self.listing.narrow(buffer.text)

    def _accept(self) -> None:
        row = self.listing.current
        if self._many:
            if self.listing.marked:
                self.application.exit(result=self.listing.in_order())
            else:
                self._said = "mark at least one: space"
        elif row is None:
            self._said = "nothing matches: change what you typed"
        elif row.closed is not None:
            self._said = row.closed
        else:
            self.application.exit(result=(row.value,))


def _once(does: Callable[[], None]) -> Callable[[object], None]:
    waiting = [does]

    def handler(_: object) -> None:
        while waiting:
            waiting.pop()()

    return handler
