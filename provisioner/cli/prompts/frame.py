"""What stands around every question on a screen: the trail above, the keys below, and Esc and Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import get_app
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.layout import Dimension, HSplit, Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.output.vt100 import Vt100_Output

from provisioner.cli.prompts import key_hints
from provisioner.cli.prompts.asking import Back
from provisioner.cli.prompts.width import cut, width, wrap
from provisioner.cli.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit import Application
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from provisioner.cli.prompts.asking import Question
    from provisioner.cli.prompts.look import Look

# An Esc is told from the start of an arrow key by what follows within this time. Long enough for ssh.
_ESC_S = 0.1
_INDENT = 2
_ROOMY = 16  # rows from which on empty lines are affordable
_MOST_LINES = 8  # of a pasted answer

Keys = tuple[key_hints.KeyHint, ...]
BACK: Keys = (("esc", "back"), ("ctrl-c", "leave"))


def leaving_keys() -> KeyBindings:
    """Esc raises Back, Ctrl-C and Ctrl-D raise KeyboardInterrupt, out of the Application's ``run``."""
    keys = KeyBindings()

    @keys.add("escape", eager=True)
    def _back(event: KeyPressEvent) -> None:
        event.app.exit(exception=Back())

    @keys.add("c-c", eager=True)
    @keys.add("c-d", eager=True)
    @keys.add("<sigint>")
    def _leave(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    return keys


def framed(application: Application[Any], question: Question, keys: Keys, look: Look) -> Application[Any]:
    """``application``, which asks for a line, with ``question`` above, its keys below, and Esc as Back."""
    inner = application.layout
    focused, line = inner.current_window, inner.container

    def height() -> Dimension:
        return Dimension.exact(line.preferred_height(columns(), _MOST_LINES).preferred)

    above = [*trail(question, look), one_line(title(question, look)), notes(question)]
    below = [spacer(), footer(keys, look)]
    application.layout = Layout(
        HSplit([*above, HSplit([line], height=height), *below]), focused_element=focused
    )
    own = application.key_bindings
    application.key_bindings = merge_key_bindings([*([own] if own else []), leaving_keys()])
    application.erase_when_done = True
    return settled(application)


def settled(application: Application[Any]) -> Application[Any]:
    """``application`` made fit for slow lines: it waits for the rest of an arrow key, and for nothing else."""
    application.ttimeoutlen = application.timeoutlen = _ESC_S
    output = application.output
    if isinstance(output, Vt100_Output):
        # Where the cursor stands need not be known here, and a terminal that does not answer costs two seconds
        # and a warning.
        output.enable_cpr = False
    return application


def trail(question: Question, look: Look) -> list[Window]:
    """What has been answered so far, in one line; its beginning gives way where the terminal is narrow."""
    if not question.trail:
        return []

    def line() -> StyleAndTextTuples:
        parts = [clean(part) for part in question.trail]
        between = f" {look.symbols.then} "
        room = columns() - 1
        while len(parts) > 1 and width(between.join(parts)) > room:
            parts = [look.symbols.more, *parts[2 if parts[0] == look.symbols.more else 1 :]]
        return [("class:dim", cut(between.join(parts), room, look.symbols.more))]

    return [one_line(line), spacer()]


def notes(question: Question) -> Window:
    """What to know before answering, wrapped to the terminal."""

    def text() -> StyleAndTextTuples:
        return [(f"class:{style}", f"  {line}\n") for style, line in _wrapped(question)]

    return Window(FormattedTextControl(text), height=lambda: Dimension.exact(notes_height(question)))


def notes_height(question: Question) -> int:
    """How many lines the notes take now."""
    return len(_wrapped(question))


def _wrapped(question: Question) -> list[tuple[str, str]]:
    room = columns() - _INDENT - 1
    return [(style, line) for style, note in question.notes for line in wrap(clean(note), room)]


def title(question: Question, look: Look) -> Callable[[], StyleAndTextTuples]:
    """The question itself, cut where the terminal is too narrow for it."""

    def text() -> StyleAndTextTuples:
        asked = cut(clean(question.title), columns() - _INDENT - 1, look.symbols.more)
        return [("class:qmark", "? "), ("class:question", asked)]

    return text


def footer(keys: Keys, look: Look, *, goes: tuple[str, ...] = ()) -> Window:
    """The keys that work here.

    Where the terminal is narrow those in ``goes`` give way first; the ones that go on, back and out stay longest.
    """

    def line() -> StyleAndTextTuples:
        room = columns() - 1 - _INDENT
        return [
            ("", " " * _INDENT),
            *key_hints.fragments(keys, room, look, last=len(BACK) + 1, goes=goes),
        ]

    return one_line(line)


def spacer() -> Window:
    """An empty line, where there is room for one."""
    return Window(height=lambda: Dimension.exact(int(get_app().output.get_size().rows >= _ROOMY)))


def columns() -> int:
    """How wide the terminal is now."""
    return get_app().output.get_size().columns


def one_line(text: Any) -> Window:
    """A line of formatted text, or of what a function makes of it each time it is drawn."""
    return Window(FormattedTextControl(text), height=1, wrap_lines=False)
