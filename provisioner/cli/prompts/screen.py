"""Asks on a terminal whose cursor can be moved: lists of our own, lines by questionary, one frame around both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from provisioner.cli.prompts import frame
from provisioner.cli.prompts.pick import Picker
from provisioner.cli.prompts.style import colour_depth, style
from provisioner.cli.prompts.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Sequence

    from questionary import Question as Asked

    from provisioner.cli.prompts.asking import Question, StyledText, Validator
    from provisioner.cli.prompts.list_state import Column, ListRow
    from provisioner.cli.prompts.look import Look

    V = TypeVar("V", bound=Hashable)

_TYPING: frame.Keys = (("enter", "go on"), *frame.BACK)


class Screen:
    """:class:`~provisioner.cli.prompts.asking.Prompts` on a screen."""

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
        """One of the rows."""
        picker = Picker(self.look, question, columns, rows, start=start, filters=filters, drawn=self._drawn)
        return picker.run()[0]

    def many(
        self,
        question: Question,
        columns: Sequence[Column],
        rows: Sequence[ListRow[V]],
        *,
        marked: Collection[V] = (),
    ) -> tuple[V, ...]:
        """Some of the rows."""
        return Picker(self.look, question, columns, rows, marked=marked, filters=True, many=True).run()

    def text(self, question: Question, *, default: str = "", check: Validator) -> str:
        """A line."""
        import questionary

        return self._ask(questionary.text, question, check, default=default)

    def secret(self, question: Question, *, check: Validator) -> str:
        """A line that is shown as dots."""
        import questionary

        return self._ask(questionary.password, question, check)

    def review(self, question: Question, lines: Sequence[StyledText], *, yes: str) -> None:
        """Lines to look through."""
        Viewer(self.look, question, lines, yes=yes).run()

    def _ask(self, kind: Callable[..., Asked], question: Question, check: Validator, **more: Any) -> str:
        asked = kind(
            "",
            qmark=self.look.symbols.pointer,
            validate=lambda text: check(text.strip()) or True,
            validate_while_typing=False,
            style=style(self.look),
            color_depth=colour_depth(self.look),
            **more,
        )
        frame.framed(asked.application, question, _TYPING, self.look)
        return str(asked.unsafe_ask()).strip()
