"""Questions line by line, as they stand on a terminal without a cursor."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.prompts.choose import prompts
from provisioner.cli.prompts.list_state import Column, ListRow
from provisioner.cli.prompts.look import Look

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.cli.prompts.asking import Prompts

COLUMNS = (Column("model"), Column("context", said="{} context"))
ROWS = [
    ListRow(f"m{i}", (f"model {i}", f"{i}k"), closed="sold out" if i == 3 else None) for i in range(1, 31)
]
QUESTION = Question("Which?", ("here",), (("dim", "take care"),))


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Prompts]:
    def typing(*lines: str) -> Prompts:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return prompts(Look(plain=True))

    return typing


def test_a_row_by_its_number(ask: Callable[..., Prompts], capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("2").one(QUESTION, COLUMNS, ROWS) == "m2"
    printed = capsys.readouterr().out
    assert "   2  model 2, 2k context" in printed
    assert "take care" in printed
    assert "\x1b" not in printed


def test_enter_takes_what_is_under_the_cursor(ask: Callable[..., Prompts]) -> None:
    assert ask("").one(QUESTION, COLUMNS, ROWS, start="m5") == "m5"


def test_words_search_and_a_star_shows_all(
    ask: Callable[..., Prompts], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask("nothing", "*", "model 17", "1").one(QUESTION, COLUMNS, ROWS, filters=True) == "m17"
    assert "nothing matches nothing" in capsys.readouterr().out


def test_a_number_that_is_none_is_asked_for_again(ask: Callable[..., Prompts]) -> None:
    assert ask("99", "x", "4").one(QUESTION, COLUMNS, ROWS) == "m4"


def test_a_closed_row_says_why(ask: Callable[..., Prompts], capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("3", "4").one(QUESTION, COLUMNS, ROWS) == "m4"
    assert "sold out" in capsys.readouterr().out


def test_many_by_numbers_and_ranges(ask: Callable[..., Prompts], capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("1 3-5, 2", "").many(QUESTION, COLUMNS, ROWS, marked={"m2"}) == ("m1", "m4", "m5")
    printed = capsys.readouterr().out
    assert "model 2: not chosen" in printed
    assert "model 3: sold out" in printed


def test_many_at_once(ask: Callable[..., Prompts]) -> None:
    typed = ("none", "", "model 17", "all", "*", "")
    assert ask(*typed).many(QUESTION, COLUMNS, ROWS, marked={"m2"}) == ("m17",)


def test_a_line_is_asked_for_until_it_is_right(ask: Callable[..., Prompts]) -> None:
    answer = ask("wrong", " right ").text(QUESTION, check=lambda text: None if text == "right" else "no")
    assert answer == "right"
    assert ask("").text(QUESTION, default="as it was", check=lambda _: None) == "as it was"


def test_a_secret_is_not_echoed(ask: Callable[..., Prompts], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: " sk-1 ")
    assert ask().secret(QUESTION, check=lambda _: None) == "sk-1"
    monkeypatch.setattr("getpass.getpass", lambda _: "<")
    with pytest.raises(Back):
        ask().secret(QUESTION, check=lambda _: None)


def test_a_review_takes_a_plain_yes(ask: Callable[..., Prompts], capsys: pytest.CaptureFixture[str]) -> None:
    ask("", "maybe", "y").review(QUESTION, [("add", "+ a = 1")], yes="write it")
    assert "+ a = 1\n" in capsys.readouterr().out
    with pytest.raises(KeyboardInterrupt):
        ask("n").review(QUESTION, [], yes="write it")


def test_less_than_goes_back_and_the_end_of_input_leaves(ask: Callable[..., Prompts]) -> None:
    with pytest.raises(Back):
        ask("<").one(QUESTION, COLUMNS, ROWS)
    with pytest.raises(Back):
        ask("<").many(QUESTION, COLUMNS, ROWS)
    with pytest.raises(Back):
        ask("<").text(QUESTION, check=lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        ask().one(QUESTION, COLUMNS, ROWS)


def test_the_end_of_input_leaves_a_secret_too(
    ask: Callable[..., Prompts], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", ended)
    with pytest.raises(KeyboardInterrupt):
        ask().secret(QUESTION, check=lambda _: None)


def test_lines_end_between_words_and_the_file_s_own_stay(
    ask: Callable[..., Prompts], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.cli.terminal.columns_of", lambda _: 40)
    row = ListRow("m", ("a model of a name that takes all of a line", "7k"))
    assert ask("1").one(QUESTION, COLUMNS, [row]) == "m"
    assert "   1  a model of a name that takes all\n     of a line, 7k context\n" in capsys.readouterr().out
    line = '+ base_url = "https://a-host.example/with/a/path/as long as it is"'
    ask("y").review(QUESTION, [("add", line)], yes="write it")
    assert f"\n{line}\n" in capsys.readouterr().out
