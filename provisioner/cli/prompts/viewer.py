"""Looking through lines before agreeing to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.layout import Dimension, HSplit, Layout, Window
from prompt_toolkit.layout.controls import UIContent, UIControl

from provisioner.cli.prompts import frame
from provisioner.cli.prompts.style import colour_depth, style
from provisioner.cli.prompts.width import cut, wrap
from provisioner.cli.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from provisioner.cli.prompts.asking import Question, StyledText
    from provisioner.cli.prompts.look import Look

# Styles of lines that may be wrapped.
_PROSE = frozenset({"", "dim", "good", "bad", "warn"})


class Viewer:
    """Lines on the screen that scroll; Enter agrees."""

    def __init__(self, look: Look, question: Question, lines: Sequence[StyledText], *, yes: str) -> None:
        self._look = look
        self._question = question
        self._lines = lines
        self._yes = yes
        self._top = 0
        self._wrapped: dict[int, list[StyledText]] = {}
        self.application: Application[None] = Application(
            layout=self._layout(),
            key_bindings=merge_key_bindings([self._keys(), frame.leaving_keys()]),
            style=style(look),
            color_depth=colour_depth(look),
            erase_when_done=True,
        )
        frame.settled(self.application)

    def run(self) -> None:
        """Shows the lines until the person agrees.

        Raises:
            Back: Esc.
            KeyboardInterrupt: Ctrl-C.
        """
        self.application.run()

    def _layout(self) -> Layout:
        text = Window(
            _Lines(self),
            wrap_lines=False,
            height=lambda: Dimension(min=1, preferred=self.height(), max=self.height()),
        )
        keys: frame.Keys = (("enter", self._yes), *frame.BACK)
        parts = [
            *frame.trail(self._question, self._look),
            frame.one_line(frame.title(self._question, self._look)),
            frame.notes(self._question),
            frame.spacer(),
            text,
            frame.one_line(self._position),
            frame.footer(keys, self._look),
        ]
        self._around = len(parts) - 2
        return Layout(HSplit(parts), focused_element=text)

    def height(self) -> int:
        """How many lines are in view."""
        room = self.application.output.get_size().rows - 1
        around = self._around + frame.notes_height(self._question)
        return max(min(len(self._shown()), room - around), 1)

    def _shown(self) -> list[StyledText]:
        """The lines for the terminal's width: prose is wrapped, what must stay a line is cut when it is drawn."""
        cells = frame.columns()
        if cells not in self._wrapped:
            self._wrapped = {
                cells: [
                    (kind, part)
                    for kind, text in self._lines
                    for part in (wrap(clean(text), cells - 3) if kind in _PROSE else [clean(text)])
                ]
            }
        return self._wrapped[cells]

    def content(self, width: int) -> UIContent:
        """The lines from where the view begins."""
        lines = len(self._shown())
        self._top = max(min(self._top, lines - self.height()), 0)
        if not lines:
            return UIContent(lambda _: [], 1, show_cursor=False)
        return UIContent(
            lambda i: self._line(self._top + i, width), lines - self._top, Point(0, 0), show_cursor=False
        )

    def _line(self, index: int, width: int) -> StyleAndTextTuples:
        kind, text = self._shown()[index]
        return [(f"class:{kind}", cut(f"  {text}", width, self._look.symbols.more))]

    def _position(self) -> StyleAndTextTuples:
        hidden = len(self._shown()) - self.height()
        if hidden <= 0:
            return []
        arrows = f"{self._look.symbols.up}{self._look.symbols.down}"
        last = self._top + self.height()
        return [("class:dim", f"  {arrows} lines {self._top + 1} to {last} of {len(self._shown())}")]

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        def add(*names: str, by: Any) -> None:
            def handler(event: KeyPressEvent) -> None:
                del event
                self._top = min(max(self._top + by(), 0), max(len(self._shown()) - self.height(), 0))

            for name in names:
                keys.add(name, eager=True)(handler)

        add("up", "c-p", "k", by=lambda: -1)
        add("down", "c-n", "j", by=lambda: 1)
        add("pageup", "left", by=lambda: 1 - self.height())
        add("pagedown", "right", "space", by=lambda: self.height() - 1)
        add("home", by=lambda: -len(self._shown()))
        add("end", by=lambda: len(self._shown()))

        @keys.add("enter", eager=True)
        @keys.add("c-j", eager=True)  # an Enter that was typed before anything was asked
        @keys.add("y", eager=True)
        def _agree(event: KeyPressEvent) -> None:
            event.app.exit()

        @keys.add("n", eager=True)
        def _refuse(event: KeyPressEvent) -> None:
            event.app.exit(exception=KeyboardInterrupt())

        return keys


class _Lines(UIControl):
    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer

    def create_content(self, width: int, height: int) -> UIContent:
        del height
        return self._viewer.content(width)

    def is_focusable(self) -> bool:
        return True
