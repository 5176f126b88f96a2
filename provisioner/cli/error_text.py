"""Errors, hints and notes as lines for a person, the program named as it was called: the one place that words them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from provisioner.cli.terminal import clean, prose, spoken, styled

if TYPE_CHECKING:
    from catalog.errors import KimiProviderError


class ErrorText(NamedTuple):
    """What happened, the one thing that ends it, and where; commands in it are spelled as the user calls them."""

    message: str
    hint: str | None = None
    where: str | None = None

    @classmethod
    def of(cls, error: KimiProviderError, program: str) -> ErrorText:
        """The text of an error, for the program called ``program``."""
        return cls(spoken(error.message, program), error.hint and spoken(error.hint, program), error.where)

    @property
    def place(self) -> str:
        """Where it happened; empty where the message names it already."""
        return clean(self.where) if self.where and self.where not in self.message else ""

    @property
    def line(self) -> str:
        """What happened, and where, in one line."""
        return clean(self.message) + (f" ({self.place})" if self.place else "")

    @property
    def lines(self) -> tuple[str, ...]:
        """The error as a command prints it: what happened, and below it the one thing that ends it."""
        hint = (f"  {advice(self.hint)}",) if self.hint else ()
        return (prose(f"{styled('error:', fg='red', bold=True)} {self.line}"), *hint)

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return f"{self.line}." + (f" Try: {clean(self.hint)}" if self.hint else "")

    @property
    def advice(self) -> str:
        """``try: …``; empty where there is no hint."""
        return f"try: {clean(self.hint)}" if self.hint else ""


def advice(hint: str, program: str = "kimi provider") -> str:
    """A hint on a line of its own: ``try: …``."""
    return f"{styled('try:', bold=True)} {clean(spoken(hint, program))}"


def note(text: str, program: str, *, indent: str = "", is_result: bool = False) -> str:
    """Something to know beside a result, or as part of one."""
    said = f"{styled('note:', fg='yellow')} {clean(spoken(text, program))}"
    return prose(said, indent=indent, is_result=is_result)


def program_name() -> str:
    """What the user calls this program: ``kimi provider`` or ``kimi-provider``."""
    context = click.get_current_context(silent=True)
    return (context.find_root().info_name if context else None) or "kimi provider"
