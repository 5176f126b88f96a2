"""A person at a terminal, in this process: what is drawn is read as text, keys go in through a pipe.

The wizard runs in a thread of its own; a test waits for what it should see before it types, never for time to pass.
"""

from __future__ import annotations

import contextvars
import io
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.utils import get_cwidth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prompt_toolkit.input import PipeInput

ENTER, ESC, CTRL_A, CTRL_C, CTRL_U, SPACE = "\r", "\x1b", "\x01", "\x03", "\x15", " "
UP, DOWN, LEFT, RIGHT, END = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C", "\x1b[F"
_TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b\][^\x07]*\x07|([\r\n\b])|([^\x1b\r\n\b]+)")
_WAIT_S = 10.0


class Grid:
    """As much of a terminal as prompt_toolkit's output asks for: cells, a cursor, erasing.

    What scrolls off the top is gone, as on a screen.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self._columns, self._rows = columns, rows
        self._cells = [[" "] * columns for _ in range(rows)]
        self._x = self._y = 0

    @property
    def lines(self) -> list[str]:
        """What is on the screen now."""
        return ["".join(row).rstrip() for row in self._cells]

    def write(self, data: str) -> None:
        for token in _TOKEN.finditer(data):
            arguments, command, control, text = token.groups()
            if command:
                self._obey(command, arguments)
            elif control:
                self._control(control)
            elif text:
                self._put(text)

    def _put(self, text: str) -> None:
        for character in text:
            cells = get_cwidth(character)
            if self._x + cells > self._columns:
                self._control("\r")
                self._control("\n")
            self._cells[self._y][self._x] = character
            if cells == 2:
                self._cells[self._y][self._x + 1] = ""
            self._x += cells

    def _control(self, control: str) -> None:
        if control == "\r":
            self._x = 0
        elif control == "\b":
            self._x = max(self._x - 1, 0)
        elif self._y + 1 < self._rows:
            self._y += 1
        else:
            self._cells = [*self._cells[1:], [" "] * self._columns]

    def _obey(self, command: str, arguments: str) -> None:
        number = int(arguments) if arguments.isdigit() else 1
        match command:
            case "A":
                self._y = max(self._y - number, 0)
            case "B":
                self._y = min(self._y + number, self._rows - 1)
            case "C":
                self._x = min(self._x + number, self._columns - 1)
            case "D":
                self._x = max(self._x - number, 0)
            case "K":
                self._cells[self._y][self._x :] = [" "] * (self._columns - self._x)
            case "J":
                self._cells[self._y][self._x :] = [" "] * (self._columns - self._x)
                for row in range(self._y + 1, self._rows):
                    self._cells[row] = [" "] * self._columns
            case "m" | "h" | "l" | "q":
                pass  # colours, modes, the shape of the cursor
            case _:
                raise AssertionError(
                    f"an escape sequence that this screen does not know: {arguments}{command}"
                )


class _Screen(io.StringIO):
    """Stands in for the terminal's end of standard output."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__()
        self.grid = Grid(columns, rows)
        self.everything = ""
        self.drawings = 0
        self.changed = threading.Condition()

    def write(self, data: str) -> int:
        with self.changed:
            self.grid.write(data)
            self.everything += data
            self.drawings += 1
            self.changed.notify_all()
        return len(data)


class Conversation:
    """What goes back and forth.

    Attributes:
        result: what the run returned, once it ended.
        error: what it raised.
    """

    def __init__(self, run: Callable[[], Any], keys: PipeInput, screen: _Screen) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self._run = run
        self._keys = keys
        self._screen = screen
        self._known = 0
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._work,), daemon=True)
        self._thread.start()

    @property
    def everything(self) -> str:
        """All that was ever written, escape sequences included."""
        return self._screen.everything

    @property
    def lines(self) -> list[str]:
        """What is on the screen now."""
        return self._screen.grid.lines

    def sees(self, *texts: str) -> Conversation:
        """Waits until something was drawn since the last key and all of ``texts`` are on the screen."""
        with self._screen.changed:
            seen = self._screen.changed.wait_for(lambda: self._shows(texts) or self.error, _WAIT_S)
        if self.error is not None and not isinstance(self.error, KeyboardInterrupt):
            raise self.error
        assert seen, "\n".join([f"expected {texts} on the screen:", *self.lines])
        return self

    def _shows(self, texts: tuple[str, ...]) -> bool:
        screen = "\n".join(self._screen.grid.lines)
        return self._screen.drawings > self._known and all(text in screen for text in texts)

    def types(self, *keys: str) -> Conversation:
        """Types; what was drawn before no longer counts as seen."""
        with self._screen.changed:
            self._known = self._screen.drawings
        for key in keys:
            self._keys.send_text(key)
        return self

    def ends(self) -> Any:
        """What the run returned; what it raised is raised here."""
        self._thread.join(_WAIT_S)
        assert not self._thread.is_alive(), "\n".join(["still asking:", *self.lines])
        if self.error is not None:
            raise self.error
        return self.result

    def _work(self) -> None:
        try:
            self.result = self._run()
        except BaseException as error:  # noqa: BLE001  raised in the test's own thread
            self.error = error
            with self._screen.changed:
                self._screen.changed.notify_all()


@contextmanager
def conversation(run: Callable[[], Any], *, columns: int = 80, rows: int = 24) -> Iterator[Conversation]:
    """Runs ``run`` with a terminal of this size; it is interrupted if it still asks in the end."""
    screen = _Screen(columns, rows)
    output = Vt100_Output(screen, lambda: Size(rows=rows, columns=columns), term="xterm", enable_cpr=False)
    with create_pipe_input() as keys, create_app_session(input=keys, output=output):
        talk = Conversation(run, keys, screen)
        try:
            yield talk
        finally:
            if talk._thread.is_alive():
                talk.types(CTRL_C)
                talk._thread.join(_WAIT_S)
