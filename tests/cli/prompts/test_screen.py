"""Questions on a screen, keys through a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.prompts.choose import prompts
from provisioner.cli.prompts.list_state import Column, ListRow
from provisioner.cli.prompts.look import Look
from provisioner.cli.prompts.table_layout import TableLayout
from provisioner.cli.prompts.width import width
from tests.cli.wizard.conversation import (
    CTRL_A,
    CTRL_C,
    DOWN,
    END,
    ENTER,
    ESC,
    LEFT,
    RIGHT,
    SPACE,
    UP,
    conversation,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.cli.prompts.asking import Prompts

COLUMNS = (Column("name"), Column("size", right=True))
ROWS = [ListRow(i, (f"row {i}", f"{i}k"), detail=f"about {i}") for i in range(100)]
QUESTION = Question("Which?", ("first", "second"), (("dim", "take care"),))


def answering(ask: Callable[[Prompts], Any], **size: int) -> Any:
    return conversation(lambda: ask(prompts(Look())), **size)


def test_one_of_many_rows() -> None:
    with answering(lambda p: p.one(QUESTION, COLUMNS, ROWS, start=5)) as talk:
        talk.sees("first", "Which?", "take care", "about 5", "esc back").types(DOWN, DOWN, ENTER)
        assert talk.ends() == 7


def test_typing_narrows() -> None:
    with answering(lambda p: p.one(QUESTION, COLUMNS, ROWS, filters=True)) as talk:
        talk.sees("type to filter").types("row 42").sees("1 of 100").types(ENTER)
        assert talk.ends() == 42


def test_what_matches_nothing_is_not_taken() -> None:
    with answering(lambda p: p.one(QUESTION, COLUMNS, ROWS, filters=True)) as talk:
        talk.sees("type to filter").types("zzz", ENTER).sees("change what you typed")
        talk.types("\x7f\x7f\x7f", ENTER)
        assert talk.ends() == 0


def test_pages_and_ends() -> None:
    with answering(lambda p: p.one(QUESTION, COLUMNS, ROWS)) as talk:
        talk.sees("Which?").types(RIGHT, RIGHT, LEFT, END, UP, ENTER)
        assert talk.ends() == 98


def test_many_rows_in_their_order() -> None:
    with answering(lambda p: p.many(QUESTION, COLUMNS, ROWS, marked={9})) as talk:
        talk.sees("1 chosen").types(SPACE, DOWN, SPACE, ENTER)
        assert talk.ends() == (0, 1, 9)


def test_the_key_that_takes_marks_away_is_shown_at_60_columns() -> None:
    with answering(lambda p: p.many(QUESTION, COLUMNS, ROWS), columns=60, rows=20) as talk:
        talk.sees("space mark", "ctrl-x none", "enter go on", "esc back").types(ESC)
        with pytest.raises(Back):
            talk.ends()


def test_what_a_narrow_terminal_leaves_out_of_a_row_stands_below_the_list() -> None:
    why = "it is written to the file, where the program reads it when it starts, and nowhere else"
    rows = [ListRow(name, (name, why)) for name in ("copy it", "leave it")]
    with answering(lambda p: p.one(QUESTION, (Column(), Column(drop=1)), rows), columns=60, rows=20) as talk:
        talk.sees("it is written to the file, where the program reads it", "when it starts, and nowhere else")
        assert sum("is written" in line for line in talk.lines) == 1
        talk.types(ENTER)
        assert talk.ends() == "copy it"
    with answering(lambda p: p.one(QUESTION, (Column(), Column(drop=1)), rows), columns=120) as talk:
        talk.sees("copy it")
        assert sum("is written" in line for line in talk.lines) == 2
        talk.types(ENTER)
        talk.ends()


def test_a_name_that_is_cut_stands_whole_below_the_list() -> None:
    name = "a-model-with-a-name-that-is-longer-than-its-column/and-goes-on:latest"
    rows = [ListRow(0, (name, "128k"), detail="calls tools"), ListRow(1, ("short", "1k"), detail="thinks")]
    with answering(lambda p: p.one(QUESTION, COLUMNS, rows), columns=60, rows=20) as talk:
        talk.sees("a-model-with-a-name", "calls tools")
        assert f"{name}; calls tools" in "".join(line.strip() for line in talk.lines)
        talk.types(DOWN).sees("thinks")
        assert not any("short;" in line for line in talk.lines)
        talk.types(ENTER)
        assert talk.ends() == 1


def test_a_long_detail_takes_two_lines_of_a_full_screen() -> None:
    rows = [ListRow(i, (f"row {i}",), detail=f"{i} " + "word " * 40) for i in range(50)]
    with answering(lambda p: p.one(QUESTION, (Column("name"),), rows), columns=60, rows=20) as talk:
        talk.sees("Which?", "0 word").types(*[DOWN] * 30).sees("row 30", "30 word", "esc back")
        assert sum(line.strip().startswith(("30 word", "word")) for line in talk.lines) == 2
        talk.types(ENTER)
        assert talk.ends() == 30


def test_everything_that_is_shown() -> None:
    with answering(lambda p: p.many(QUESTION, COLUMNS, ROWS)) as talk:
        talk.sees("0 chosen").types("9", CTRL_A, ENTER)
        assert talk.ends() == tuple(i for i in range(100) if "9" in str(i))


def test_a_line_keeps_asking_until_it_is_right() -> None:
    with answering(
        lambda p: p.text(QUESTION, default="a", check=lambda t: "too short" if len(t) < 3 else None)
    ) as talk:
        talk.sees("Which?", "take care").types(ENTER)
        talk.sees("too short").types("bc  ", ENTER)
        assert talk.ends() == "abc"


def test_a_secret_is_never_drawn() -> None:
    with answering(lambda p: p.secret(QUESTION, check=lambda _: None)) as talk:
        talk.sees("Which?").types("hunter2hunter2", ENTER)
        assert talk.ends() == "hunter2hunter2"
        assert "hunter2" not in talk.everything


def test_a_review_scrolls_and_agrees() -> None:
    lines = [("add", f"+ line {i}") for i in range(50)]
    with answering(lambda p: p.review(QUESTION, lines, yes="write it")) as talk:
        talk.sees("lines 1 to", "of 50", "enter write it").types(END).sees("line 49").types(ENTER)
        assert talk.ends() is None


def test_a_review_without_lines() -> None:
    with answering(lambda p: p.review(QUESTION, [], yes="go on")) as talk:
        talk.sees("enter go on").types(DOWN, ENTER)
        assert talk.ends() is None


KINDS: list[Callable[[Prompts], Any]] = [
    lambda p: p.one(QUESTION, COLUMNS, ROWS),
    lambda p: p.one(QUESTION, COLUMNS, ROWS, filters=True),
    lambda p: p.many(QUESTION, COLUMNS, ROWS),
    lambda p: p.text(QUESTION, check=lambda _: None),
    lambda p: p.secret(QUESTION, check=lambda _: None),
    lambda p: p.review(QUESTION, [("add", "+ x")], yes="go on"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("key", "raised"), [(ESC, Back), (CTRL_C, KeyboardInterrupt), ("\x04", KeyboardInterrupt)]
)
def test_esc_goes_back_and_ctrl_c_leaves(
    kind: Callable[[Prompts], Any], key: str, raised: type[BaseException]
) -> None:
    with answering(kind) as talk:
        talk.sees("Which?").types(key)
        with pytest.raises(raised):
            talk.ends()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(20, 8), (40, 10), (80, 24), (120, 40)])
def test_every_question_fits_its_terminal(kind: Callable[[Prompts], Any], size: tuple[int, int]) -> None:
    columns, rows = size
    with answering(kind, columns=columns, rows=rows) as talk:
        talk.sees("Which?", "enter ")  # what goes on is the last that gives way
        assert not any("too small" in line for line in talk.lines)
        talk.types(CTRL_C)


def test_nothing_stays_on_the_screen() -> None:
    with answering(lambda p: p.one(QUESTION, COLUMNS, ROWS)) as talk:
        talk.sees("Which?").types(ENTER)
        talk.ends()
        assert not any(talk.lines)


def test_rows_stand_in_their_columns() -> None:
    wide = [
        ListRow("a", ("漢字の名前", "1k")),
        ListRow("b", ("emoji 🎉🎉", "20k")),
        ListRow("c", ("x" * 90, "300k")),
    ]
    with answering(lambda p: p.one(Question("Which?"), COLUMNS, wide)) as talk:
        talk.sees("Which?")
        rows = [line for line in talk.lines if line.endswith("k")]
        assert [width(line) for line in rows] == [80, 80, 80]
        assert "…" in rows[2]
        talk.types(CTRL_C)


def test_a_key_on_a_list_of_thousands_draws_the_rows_in_view(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [ListRow(i, (f"provider-{i % 150}/model-{i}", f"{i}k")) for i in range(5_300)]
    drawn: list[int] = []
    draw = TableLayout.line

    def counted(self: TableLayout[int], row: ListRow[int], cells: int) -> str:
        drawn.append(row.value)
        return draw(self, row, cells)

    monkeypatch.setattr(TableLayout, "line", counted)
    typed = "model-4242"
    with answering(lambda p: p.many(QUESTION, COLUMNS, rows)) as talk:
        talk.sees("0 chosen")
        for end in range(1, len(typed) + 1):
            talk.types(typed[end - 1]).sees(f"Which?  {typed[:end]} ")
        talk.types(SPACE, ENTER)
        assert talk.ends() == (4242,)
    screens = len(typed) + 3  # the first, one for each key, and what is redrawn while the terminal settles
    assert 0 < len(drawn) <= screens * 2 * 24
