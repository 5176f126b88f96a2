"""What can be asked of a person, however the terminal shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Sequence

    from provisioner.cli.prompts.list_state import Column, ListRow
    from provisioner.cli.prompts.look import Look

    V = TypeVar("V", bound=Hashable)

    # What is wrong with a typed answer; None when nothing is.
    Validator = Callable[[str], str | None]

# A style class without "class:", and the text.
StyledText = tuple[str, str]


class Back(Exception):
    """The person goes one step back."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what stands around it.

    Attributes:
        title: the question, in one line.
        trail: what has been answered so far, shown above it.
        notes: what to know before answering, shown below it.
    """

    title: str
    trail: tuple[str, ...] = ()
    notes: tuple[StyledText, ...] = field(default=())


class Prompts(Protocol):
    """Asks. Every method raises Back on Esc and KeyboardInterrupt on Ctrl-C, and leaves nothing on the screen."""

    @property
    def look(self) -> Look:
        """What the terminal can do."""
        ...

    def one(
        self,
        question: Question,
        columns: Sequence[Column],
        rows: Sequence[ListRow[V]],
        *,
        start: V | None = None,
        filters: bool = False,
    ) -> V:
        """One of the rows; ``start`` is under the cursor. With ``filters`` typing narrows the list."""
        ...

    def many(
        self,
        question: Question,
        columns: Sequence[Column],
        rows: Sequence[ListRow[V]],
        *,
        marked: Collection[V] = (),
    ) -> tuple[V, ...]:
        """At least one of the rows, in their order; ``marked`` are marked to begin with. Typing narrows the list."""
        ...

    def text(self, question: Question, *, default: str = "", check: Validator) -> str:
        """A line of text without white space around it, that ``check`` finds nothing wrong with."""
        ...

    def secret(self, question: Question, *, check: Validator) -> str:
        """A line that is not shown while it is typed or pasted."""
        ...

    def review(self, question: Question, lines: Sequence[StyledText], *, yes: str) -> None:
        """Shows lines to look through; returns when the person agrees to what ``yes`` says."""
        ...
