from __future__ import annotations

from provisioner.cli.prompts.list_state import Listing, ListRow


def listing(*names: str, **more: object) -> Listing[str]:
    rows = [ListRow(name, (name,), heading=name.startswith("#")) for name in names]
    return Listing(rows, **more)  # type: ignore[arg-type]  # options of any kind


def values(state: Listing[str]) -> list[str]:
    return [row.value for row in state.shown]


def test_every_word_must_be_found() -> None:
    state = listing("kimi k2", "kimi latest", "k2 mini")
    state.narrow("K2  kimi")
    assert values(state) == ["kimi k2"]


def test_the_best_match_comes_first() -> None:
    rows = [
        ListRow("late", ("x",), search=("other", "claude")),
        ListRow("inside", ("x",), search=("my claude", "")),
        ListRow("first", ("x",), search=("claude", "")),
    ]
    state = Listing(rows)
    state.narrow("claude")
    assert values(state) == ["first", "inside", "late"]


def test_the_cursor_passes_over_headings() -> None:
    state = listing("#one", "a", "#two", "b", "#three")
    seen = []
    for by in (0, 1, 1, -1, -1):
        state.move(by) if by else None
        assert state.current is not None
        seen.append(state.current.value)
    assert seen == ["a", "b", "b", "a", "a"]


def test_one_step_goes_round_and_a_page_stops_at_the_end() -> None:
    state = listing("a", "b", "c")
    state.move(-1)
    assert state.cursor == 2
    state.move(10)
    assert state.cursor == 2
    state.move(-10)
    assert state.cursor == 0


def test_clearing_the_filter_stays_on_the_row() -> None:
    state = listing("a", "b", "c")
    state.narrow("c")
    state.narrow("")
    assert state.current is not None
    assert state.current.value == "c"


def test_nothing_matches() -> None:
    state = listing("a")
    state.narrow("z")
    state.move(1)
    state.toggle()
    assert (state.current, state.marked) == (None, set())


def test_marks_survive_a_filter_and_stand_in_order() -> None:
    state = listing("a", "b", "c", marked={"c"})
    state.narrow("a")
    state.toggle()
    state.narrow("")
    assert state.in_order() == ("a", "c")


def test_all_that_is_shown_and_none_of_it() -> None:
    state = listing("ab", "b", "c", marked={"c"})
    state.narrow("b")
    state.mark_shown()
    assert state.marked == {"ab", "b", "c"}
    state.unmark_shown()
    assert state.marked == {"c"}


def test_a_closed_row_cannot_be_marked() -> None:
    state = Listing([ListRow("a", ("a",), closed="no"), ListRow("b", ("b",))])
    state.toggle()
    state.mark_shown()
    assert state.marked == {"b"}
