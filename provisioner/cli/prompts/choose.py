"""Which prompts this terminal gets: on a screen, or line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.cli.prompts.asking import Prompts
    from provisioner.cli.prompts.look import Look


def prompts(look: Look, drawn: Callable[[], None] = lambda: None) -> Prompts:
    """What asks on this terminal: with a moving cursor, or line by line where there is none.

    ``drawn`` is called whenever the person has a list of one answer before them, and therefore time.
    """
    if look.plain:
        from provisioner.cli.prompts.plain import Plain

        return Plain(look, drawn)
    from provisioner.cli.prompts.screen import Screen

    return Screen(look, drawn)
