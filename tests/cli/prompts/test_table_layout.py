from __future__ import annotations

import pytest

from provisioner.cli.prompts.list_state import Column, ListRow
from provisioner.cli.prompts.table_layout import TableLayout
from provisioner.cli.prompts.width import cut, fit, width, wrap

COLUMNS = (
    Column("model"),
    Column("context", right=True),
    Column("price", right=True, drop=2),
    Column("id", drop=1),
)


def table(*names: str) -> tuple[TableLayout[str], list[ListRow[str]]]:
    rows = [ListRow(name, (name, "200k", "$3 / $15", "the-id")) for name in names]
    return TableLayout(COLUMNS, rows), rows


@pytest.mark.parametrize("text", ["plain", "漢字の名前", "emoji 🎉🎉", "combining e\u0301e\u0301e\u0301", ""])
@pytest.mark.parametrize("cells", [0, 1, 2, 3, 5, 9, 40])
def test_what_is_cut_or_fitted_is_as_wide_as_it_must_be(text: str, cells: int) -> None:
    assert width(cut(text, cells)) <= cells
    assert width(fit(text, cells)) == cells
    assert width(fit(text, cells, right=True)) == cells


def test_a_cut_is_marked_and_a_wide_character_is_not_halved() -> None:
    assert cut("漢字の名前", 6) == "漢字…"
    assert cut("abcdef", 4, "~") == "abc~"
    assert cut("abc", 3) == "abc"


def test_text_is_wrapped_between_words_and_long_words_are_broken() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("https://a.example/b c", 10) == ["https://a.", "example/b", "c"]
    assert wrap("漢字の名前", 4) == ["漢字", "の名", "前"]
    assert wrap("", 5) == [""]


def test_figures_stand_in_line_whatever_the_names() -> None:
    laid, rows = table("short", "漢字の名前", "a-name-that-goes-on-and-on-and-on-and-on-and-on")
    lines = [laid.line(row, 60) for row in rows]
    assert {width(line) for line in lines} == {60}
    places = {width(line[: line.index("200k")]) for line in lines}
    assert len(places) == 1
    assert lines[2].split("  ")[0].endswith("…")


def test_the_least_important_columns_go_first() -> None:
    laid, rows = table("a-name-that-goes-on-and-on")
    assert "$3" in laid.line(rows[0], 80)
    assert "$3" not in laid.line(rows[0], 45)
    assert "the-id" in laid.line(rows[0], 45)
    assert "the-id" not in laid.line(rows[0], 34)
    assert "200k" in laid.line(rows[0], 20)


def test_a_column_without_text_is_none() -> None:
    laid = TableLayout(COLUMNS, [ListRow("a", ("a", "1k", "", ""))])
    assert laid.head(40).split() == ["model", "context"]


def test_what_a_server_calls_a_model_cannot_drive_the_terminal() -> None:
    laid, rows = table("\x1b[2Jevil\u202e")
    assert "\x1b" not in laid.line(rows[0], 80)
    assert "\\x1b[2Jevil\\u202e" in laid.line(rows[0], 80)
