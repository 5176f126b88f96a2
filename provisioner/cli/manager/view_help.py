"""What the keys do, on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.manager.findings import CHANGED, WRONG
from provisioner.cli.manager.lines import line
from provisioner.cli.manager.view_list import star

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.cli.manager.lines import Line
    from provisioner.cli.prompts.look import Look


def rows(columns: int, look: Look) -> Iterator[Line]:
    """The keys and what they do, then what the marks mean."""
    symbols = look.symbols
    entries = (
        (arrows("↑ ↓", "up, down", look), "move; Home and End: the first and last row"),
        (arrows("← →", "left, right", look), "turn the page"),
        ("Enter", "show the models of a provider, or add one"),
        ("a", "add: a known provider, registry or endpoint"),
        ("t", "test: a streamed request, as Kimi Code's"),
        ("s", "set the default model"),
        ("d", "delete a provider and its models; asks first"),
        ("D", "delete all of the same registry; asks first"),
        ("r", "refresh: show what changed upstream, then ask"),
        ("k", "another key for all that share the old one"),
        ("u", "undo the last change; shows it, asks first"),
        ("/", "filter: name, wire, source, model; Esc clears"),
        ("Esc", "one step back; on the list of providers: out"),
        ("q", "leave"),
        ("", ""),
        (star(look), "the default model"),
        (
            f"{symbols.done} {symbols.failed} {symbols.unsure}",
            "the last test: passed, failed, could not tell",
        ),
        (f"{WRONG} {CHANGED}", "found by doctor, changed upstream; see Enter"),
        ("", ""),
    )
    for key, action in entries:
        yield line(columns, ("class:key", f"  {key:<12}"), ("", action), more=symbols.more)
    for note in (
        "On a provider t and s are about its default model, else its first.",
        "Logins that Kimi Code made itself are not listed.",
    ):
        yield line(columns, ("class:dim", f"  {note}"), more=symbols.more)


def arrows(signs: str, words: str, look: Look) -> str:
    """Arrows where the terminal has them."""
    return words if look.symbols.up.isascii() else signs
