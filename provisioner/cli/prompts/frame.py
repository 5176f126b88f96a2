"""What stands around every question on a screen: the trail above, the keys below, and Esc and Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import get_app
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.layout import HSplit, Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl

from provisioner.cli.prompts.asking import Back
from provisioner.cli.prompts.width import cut, width
from provisioner.cli.terminal import clean

if TYPE_CHECKING:
    from prompt_toolkit import Application
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from provisioner.cli.prompts.asking import Question
    from provisioner.cli.prompts.look import Look

# An Esc is told from the start of an arrow key by what follows within this time. Long enough for ssh.
_ESC_S = 0.1

Keys = tuple[tuple[str, str], ...]
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
    """``application`` with the trail and notes of ``question`` above, its keys below, and Esc as Back."""
    inner = application.layout
    focused = inner.current_window
    below = [spacer(), footer(keys, look)]
    application.layout = Layout(
        HSplit([*trail(question, look), *notes(question, look), inner.container, *below]),
        focused_element=focused,
    )
    own = application.key_bindings
    application.key_bindings = merge_key_bindings([*([own] if own else []), leaving_keys()])
    application.erase_when_done = True
    return patient(application)


def patient(application: Application[Any]) -> Application[Any]:
    """``application`` with a time to tell Esc from an arrow key that suits a slow line and a quick hand."""
    application.ttimeoutlen = _ESC_S
    application.timeoutlen = _ESC_S
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

    return [_line(line), spacer()]


def notes(question: Question, look: Look) -> list[Window]:
    """What to know before answering."""

    def line(index: int) -> StyleAndTextTuples:
        style, text = question.notes[index]
        return [(f"class:{style}", cut(f"  {clean(text)}", columns(), look.symbols.more))]

    return [_line(lambda index=index: line(index)) for index in range(len(question.notes))]


def title(question: Question) -> StyleAndTextTuples:
    """The question itself."""
    return [("class:qmark", "? "), ("class:question", clean(question.title))]


def footer(keys: Keys, look: Look) -> Window:
    """The keys that work here; the last but two give way where the terminal is narrow."""

    def line() -> StyleAndTextTuples:
        shown = list(keys)
        while len(shown) > len(BACK) and width(_joined(shown, look)) > columns() - 1:
            shown.pop(-len(BACK) - 1)
        parts: StyleAndTextTuples = []
        for key, does in shown:
            parts += [("class:dim", f" {look.symbols.dot} " if parts else "  ")]
            parts += [("class:key", key), ("class:dim", f" {does}")]
        return parts

    return _line(line)


def spacer() -> Window:
    """An empty line."""
    return Window(height=1)


def columns() -> int:
    """How wide the terminal is now."""
    return get_app().output.get_size().columns


def _joined(keys: list[tuple[str, str]], look: Look) -> str:
    return "  " + f" {look.symbols.dot} ".join(f"{key} {does}" for key, does in keys)


def _line(text: Any) -> Window:
    return Window(FormattedTextControl(text), height=1, wrap_lines=False)
