"""The manager in a prompt_toolkit layout: draws the lines of a state, turns keys into names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit.data_structures import Point
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.controls import UIContent, UIControl

from provisioner.cli.manager.view import CURSOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from provisioner.cli.manager.lines import Line

_NAMES = {
    Keys.Up: "up",
    Keys.Down: "down",
    Keys.Left: "left",
    Keys.Right: "right",
    Keys.PageUp: "pageup",
    Keys.PageDown: "pagedown",
    Keys.Home: "home",
    Keys.End: "end",
    Keys.Enter: "enter",
    Keys.Escape: "escape",
    Keys.Backspace: "backspace",
    Keys.ControlU: "c-u",
    Keys.ControlW: "c-w",
}


class LinesControl(UIControl):
    """Draws the whole terminal; ``lines`` is asked for them with its columns and lines."""

    def __init__(self, lines: Callable[[int, int], list[Line]]) -> None:
        self._lines = lines

    def create_content(self, width: int, height: int) -> UIContent:
        """The lines of the moment; the terminal's cursor is shown where the filter is typed."""
        lines = self._lines(width, height)
        cursor = next((_before(line, y) for y, line in enumerate(lines) if (CURSOR, "") in line), None)
        return UIContent(
            lambda index: [fragment for fragment in lines[index] if fragment[0] != CURSOR],
            len(lines),
            cursor_position=cursor,
            show_cursor=cursor is not None,
        )

    def is_focusable(self) -> bool:
        """There is nothing else to focus."""
        return True


def _before(line: Line, y: int) -> Point:
    """The place of the cursor's fragment, in characters."""
    return Point(sum(len(text) for _, text in line[: line.index((CURSOR, ""))]), y)


def bindings(
    pressed: Callable[[str], None],
    pasted: Callable[[str], None],
    interrupted: Callable[[], None],
    suspended: Callable[[], None],
) -> KeyBindings:
    """All keys: those the manager knows by name, characters, pastes, Ctrl-C and Ctrl-Z."""
    keys = KeyBindings()
    for key, name in _NAMES.items():
        keys.add(key)(lambda _, name=name: pressed(name))

    @keys.add(Keys.Any)
    def _character(event: KeyPressEvent) -> None:
        if event.data.isprintable():
            pressed(event.data)

    @keys.add(Keys.BracketedPaste)
    def _paste(event: KeyPressEvent) -> None:
        pasted(event.data)

    @keys.add("c-c")
    @keys.add("<sigint>")
    def _interrupt(event: KeyPressEvent) -> None:
        del event
        interrupted()

    @keys.add("c-z")
    def _suspend(event: KeyPressEvent) -> None:
        del event
        suspended()

    return keys
