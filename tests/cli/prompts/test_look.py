from __future__ import annotations

from types import SimpleNamespace

import pytest

from provisioner.cli.prompts.look import Look
from provisioner.cli.prompts.style import colour_depth, style


def look(encoding: str | None = "utf-8", **env: str) -> Look:
    return Look.of({"TERM": "xterm", **env}, SimpleNamespace(encoding=encoding))


def test_a_usual_terminal() -> None:
    seen = look()
    assert (seen.colour, seen.plain, seen.symbols.pointer) == (True, False, "\u276f")


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252", None, "no such thing"])
def test_symbols_are_ascii_where_the_encoding_has_no_others(encoding: str | None) -> None:
    symbols = look(encoding).symbols
    assert "".join(getattr(symbols, name) for name in symbols.__slots__).isascii()


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_without_a_cursor_is_asked_line_by_line(term: str) -> None:
    assert look(TERM=term).plain


def test_without_colour_no_style_names_one() -> None:
    seen = look(NO_COLOR="1")
    assert not seen.colour
    assert not any("ansi" in rule or "bg:" in rule for _, rule in style(seen).style_rules)
    assert any("ansi" in rule for _, rule in style(look()).style_rules)
    assert colour_depth(seen) is not None
    assert colour_depth(look()) is None
