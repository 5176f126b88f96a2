from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provisioner.cli.manager.paging import page_of, paginate, turned

groups = st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=60)


def test_titles_and_the_gaps_before_them_take_lines() -> None:
    # A 0 1, a gap, B 2 | B 3 4
    assert paginate(["a", "a", "b", "b", "b"], 6) == [range(3), range(3, 5)]
    assert paginate(["a", "a", "b", "b", "b"], 5) == [range(2), range(2, 5)]
    assert paginate([""] * 5, 2) == [range(2), range(2, 4), range(4, 5)]
    assert paginate([], 5) == [range(0)]


@given(groups, st.integers(1, 20))
def test_every_row_is_on_exactly_one_page_and_no_page_is_too_long(names: list[str], height: int) -> None:
    pages = paginate(names, height)
    assert [row for page in pages for row in page] == list(range(len(names)))
    for page in pages:
        lines, above = 0, None
        for row in page:
            if names[row] and names[row] != above:
                lines += 1 if above is None else 2
            above = names[row]
            lines += 1
        assert lines <= height or len(page) == 1


@given(groups.filter(bool), st.integers(1, 20), st.data())
def test_turning_a_page_goes_to_the_page_beside_or_to_the_end(
    names: list[str], height: int, data: st.DataObject
) -> None:
    pages = paginate(names, height)
    row = data.draw(st.integers(0, len(names) - 1))
    here = page_of(pages, row)
    forward, back = turned(pages, row, 1), turned(pages, row, -1)
    assert row in pages[here]
    assert forward in pages[min(here + 1, len(pages) - 1)]
    assert back in pages[max(here - 1, 0)]
    assert back <= row <= forward
