from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.cli.manager.actions import Actions
from provisioner.cli.manager.results import added, concluded, newest, reloaded, streamed
from provisioner.cli.manager.state import LastTest, State, opening
from provisioner.cli.manager.update import press
from provisioner.workflows import remove

if TYPE_CHECKING:
    from provisioner.app import App
    from tests.cli.manager.conftest import Opens

PASSED = LastTest("pass", 5.0, ("streamed",))


def on(state: State, provider_id: str) -> State:
    while state.provider is None or state.provider.id != provider_id:
        state, _ = press(state, "down")
    return state


def without(app: App, state: State, *providers: str) -> State:
    remove.run(app, remove.Request(providers))
    return reloaded(state, Actions(app).load())


def test_after_a_deletion_the_next_provider_is_selected(app: App, opened: Opens) -> None:
    state = without(app, on(opened(), "beta"), "beta")
    assert state.provider
    assert state.provider.id == "gamma"


def test_after_the_deletion_of_the_last_provider_the_one_before_it_is_selected(
    app: App, opened: Opens
) -> None:
    state = without(app, on(opened(), "ollama"), "ollama")
    assert state.provider
    assert state.provider.id == "delta"


def test_the_selection_keeps_its_provider_when_another_one_goes(app: App, opened: Opens) -> None:
    state = without(app, on(opened(), "gamma"), "anthropic", "alpha")
    assert state.provider
    assert state.provider.id == "gamma"


def test_the_row_that_adds_stays_selected(app: App, opened: Opens) -> None:
    end, _ = press(opened(), "end")
    assert without(app, end, "ollama").provider is None


def test_the_list_comes_back_when_the_opened_provider_is_gone(app: App, opened: Opens) -> None:
    inside, _ = press(opened(), "enter")
    state = without(app, inside, "beta")
    assert state.opened is None
    assert "beta" not in [p.id for p in state.shown_providers]


def test_a_new_provider_is_selected_even_where_the_filter_would_hide_it(app: App, opened: Opens) -> None:
    state = opened()
    for key in ("/", *"ollama", "enter"):
        state, _ = press(state, key)
    with app.config_path.open("a") as file:
        file.write('\n[providers.new]\ntype = "openai"\n')
    contents = Actions(app).load()
    assert [p.id for p in reloaded(state, contents).shown_providers] == ["ollama"]
    state = added(state, contents)
    assert state.provider
    assert state.provider.id == "new"
    assert state.position.query == ""


def test_what_streams_in_is_shown_and_the_result_kept(opened: Opens) -> None:
    state, _ = press(opened(), "t")
    state = streamed(state, "beta/b2", "reasoning", "hm")
    state = streamed(state, "beta/b2", "text", "Hi")
    state = streamed(state, "beta/b2", "tool", '{"city"')
    assert state.test
    assert (state.test.reasoning, state.test.text) == ("hm", "Hi")
    state = concluded(state, "beta/b2", PASSED, "Hi!")
    assert state.test
    assert (state.test.text, state.test.last_test) == ("Hi!", PASSED)
    assert state.last_tests == {"beta/b2": PASSED}


def test_a_late_answer_changes_no_other_screen(opened: Opens) -> None:
    state = opened()
    assert streamed(state, "beta/b2", "text", "Hi") is state
    other, _ = press(on(state, "gamma"), "t")
    assert streamed(other, "beta/b2", "text", "Hi") is other
    late = concluded(other, "beta/b2", PASSED, "Hi")
    assert late == replace(other, last_tests={"beta/b2": PASSED})


def test_of_two_results_the_later_counts_and_of_the_same_test_the_fuller() -> None:
    full, short, later = PASSED, LastTest("pass", 4.9, ()), LastTest("fail", 6.0, ())
    assert newest({"a": full, "b": full}, {"a": short, "b": later, "c": short}) == {
        "a": full,
        "b": later,
        "c": short,
    }


def test_it_comes_up_anew_over_an_empty_file(app: App, opened: Opens) -> None:
    state = without(app, opened(), *(p.id for p in opened().contents.providers))
    assert state.provider is None
    assert opening(Actions(app).load(), {}).last_row == 0
