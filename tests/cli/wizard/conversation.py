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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prompt_toolkit.input import PipeInput

ENTER, ESC, CTRL_C, SPACE, UP, DOWN = "\r", "\x1b", "\x03", " ", "\x1b[A", "\x1b[B"
CTRL_A = "\x01"
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9])")
_WAIT_S = 10.0


class _Screen(io.StringIO):
    """Stands in for the terminal's end of standard output."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.changed = threading.Condition()

    def write(self, data: str) -> int:
        with self.changed:
            # A cursor that jumps to the right leaves cells that are blank.
            data = re.sub(r"\x1b\[(\d+)C", lambda found: " " * int(found[1]), data)
            self.text += _ESCAPES.sub("", data)
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
        self._read = 0
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._work,), daemon=True)
        self._thread.start()

    @property
    def everything(self) -> str:
        """All that was ever drawn."""
        return self._screen.text

    def sees(self, *texts: str) -> Conversation:
        """Waits until all of ``texts`` were drawn since the last key."""
        with self._screen.changed:
            seen = self._screen.changed.wait_for(
                lambda: all(text in self._screen.text[self._read :] for text in texts) or self.error, _WAIT_S
            )
            drawn = self._screen.text[self._read :]
        if self.error is not None and not isinstance(self.error, KeyboardInterrupt):
            raise self.error
        assert seen, f"expected {texts} in:\n{drawn}"
        return self

    def types(self, *keys: str) -> Conversation:
        """Types; what was drawn before no longer counts as seen."""
        with self._screen.changed:
            self._read = len(self._screen.text)
        for key in keys:
            self._keys.send_text(key)
        return self

    def ends(self) -> Any:
        """What the run returned; what it raised is raised here."""
        self._thread.join(_WAIT_S)
        assert not self._thread.is_alive(), f"still asking:\n{self._screen.text[self._read :]}"
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
    screen = _Screen()
    output = Vt100_Output(screen, lambda: Size(rows=rows, columns=columns), term="xterm", enable_cpr=False)
    with create_pipe_input() as keys, create_app_session(input=keys, output=output):
        talk = Conversation(run, keys, screen)
        try:
            yield talk
        finally:
            if talk._thread.is_alive():
                talk.types(CTRL_C)
                talk._thread.join(_WAIT_S)
