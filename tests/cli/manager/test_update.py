from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.cli.manager.confirming import Confirmation
from provisioner.cli.manager.contents import Contents, ModelEntry, ProviderEntry
from provisioner.cli.manager.effects import (
    AskRefresh,
    AskUndo,
    Effect,
    Leave,
    OpenWizard,
    Remove,
    RotateKey,
    RunTest,
    SetDefault,
    StopTest,
)
from provisioner.cli.manager.results import concluded, confirming
from provisioner.cli.manager.state import LastTest, State, Status, opening
from provisioner.cli.manager.update import press, typed
from tests.cli.manager.conftest import many

if TYPE_CHECKING:
    from tests.cli.manager.conftest import Opens

PASSED = LastTest("pass", 0.0, ("streamed",))


def after(state: State, *keys: str) -> State:
    """The state after keys that ask for nothing."""
    for key in keys:
        state, effect = press(state, key)
        assert effect is None, (key, effect)
    return state


def effect_of(state: State, key: str) -> Effect | None:
    return press(state, key)[1]


def selected(state: State) -> str:
    if state.opened:
        return state.model.alias if state.model else ""
    return state.provider.id if state.provider else "[add]"


def test_it_comes_up_on_the_provider_of_the_default_model(opened: Opens) -> None:
    assert selected(opened()) == "beta"
    assert selected(opened(many(3))) == "provider-000"
    assert selected(opened("")) == "[add]"


def test_up_and_down_move_and_stop_at_the_ends(opened: Opens) -> None:
    state = opened()
    assert selected(after(state, "up")) == "alpha"
    assert selected(after(state, *["up"] * 20)) == "anthropic"
    assert selected(after(state, *["down"] * 20)) == "[add]"
    assert selected(after(state, "end")) == "[add]"
    assert selected(after(state, "end", "up")) == "ollama"
    assert selected(after(state, "home")) == "anthropic"


def test_left_and_right_turn_pages_down_to_the_row_that_adds(opened: Opens) -> None:
    state = opened(many(300), lines=24)
    per_page = len(state.pages[0])
    assert per_page * len(state.pages) >= 300
    first = after(state, "down", "right")
    assert (first.page, selected(first)) == (1, f"provider-{per_page + 1:03}")
    assert after(first, "left").page == 0
    assert selected(after(state, *["right"] * len(state.pages))) == "provider-299"
    assert selected(after(state, *["right"] * (len(state.pages) + 1))) == "[add]"
    assert selected(after(state, "end", "right")) == "[add]"
    assert selected(after(state, "end", "left")).startswith("provider-2")
    assert selected(after(state, "left")) == "provider-000"


def test_enter_opens_the_models_on_the_main_one_and_escape_leads_back(opened: Opens) -> None:
    state = after(opened(), "enter")
    assert [model.alias for model in state.shown_models] == ["beta/b1", "beta/b2"]
    assert selected(state) == "beta/b2"
    assert selected(after(state, "escape")) == "beta"
    assert isinstance(effect_of(after(state, "escape"), "escape"), Leave)


@pytest.mark.parametrize("where", [(), ("enter",), ("/", "b", "enter"), ("t",), ("end",)])
def test_q_leaves(opened: Opens, where: tuple[str, ...]) -> None:
    state = opened()
    for key in where:
        state, _ = press(state, key)
    assert isinstance(effect_of(state, "q"), Leave)


def test_the_row_that_adds_and_a_open_the_wizard(opened: Opens) -> None:
    assert isinstance(effect_of(after(opened(), "end"), "enter"), OpenWizard)
    assert isinstance(effect_of(opened(), "a"), OpenWizard)
    assert isinstance(effect_of(after(opened(), "enter"), "a"), OpenWizard)


def test_d_asks_and_only_y_deletes(opened: Opens) -> None:
    asked = after(opened(), "d")
    assert asked.confirmation
    assert asked.confirmation.question == 'Delete "beta" and its 2 models? The default model goes too.'
    for key in ("y", "Y"):
        assert effect_of(asked, key) == Remove(("beta",))
    for key in ("n", "N", "enter", "escape", "q"):
        state = after(asked, key)
        assert (state.confirmation, state.status.text) == (None, "Nothing was deleted.")
    for key in ("d", "x", "up", "backspace", "/"):
        assert after(asked, key) == asked


def test_capital_d_is_about_the_whole_registry_and_elsewhere_like_d(opened: Opens) -> None:
    asked = after(opened(), "D")
    assert asked.confirmation
    assert asked.confirmation.question == (
        "Delete all 3 providers of this registry, 4 models? The default model goes too."
    )
    assert effect_of(asked, "y") == Remove(("alpha", "beta", "gamma"))
    assert effect_of(after(opened(), "home", "D"), "y") == Remove(("anthropic",))


def test_registries_that_only_look_alike_are_not_deleted_together(opened: Opens) -> None:
    def provider(name: str, token: str) -> str:
        url = f"https://registry.example/api.json?token={token}"
        return f'[providers.{name}]\ntype = "openai"\nsource = {{ kind = "apiJson", url = "{url}" }}\n'

    state = opened(provider("mine", "1") + provider("yours", "2"))
    assert len({p.group for p in state.contents.providers}) == 1
    assert effect_of(after(state, "D"), "y") == Remove(("mine",))


def test_d_on_a_model_or_on_the_row_that_adds_deletes_nothing(opened: Opens) -> None:
    for where in ("enter", "end"):
        state = after(opened(), where, "d")
        assert (state.confirmation, state.status.tone) == (None, "warning")


def test_t_and_s_are_about_the_main_model_of_a_provider_or_the_selected_model(opened: Opens) -> None:
    state = opened()
    assert effect_of(state, "t") == RunTest("beta/b2")
    assert effect_of(state, "s") == SetDefault("beta/b2")
    model = after(state, "enter", "up")
    assert effect_of(model, "t") == RunTest("beta/b1")
    assert effect_of(model, "s") == SetDefault("beta/b1")
    for nothing in ("home", "end"):  # a provider without models, and the row that adds
        for key in ("t", "s"):
            there = after(state, nothing, key)
            assert there.status.tone == "warning"
            assert there.test is None


def test_a_running_test_can_be_given_up_and_a_finished_one_repeated_or_made_the_default(
    opened: Opens,
) -> None:
    running, _ = press(opened(), "t")
    assert running.test
    for key in ("s", "t", "down", "x", "d", "enter"):
        assert press(running, key) == (running, None)
    state, effect = press(running, "escape")
    assert isinstance(effect, StopTest)
    assert (state.test, state.status.text) == (None, "The test of beta/b2 was given up.")

    finished = concluded(running, "beta/b2", PASSED, "Hi")
    assert after(finished, "escape").test is None
    assert effect_of(finished, "t") == RunTest("beta/b2")
    assert effect_of(finished, "s") == SetDefault("beta/b2")


def test_the_filter_narrows_while_it_is_typed(opened: Opens) -> None:
    state = after(opened(), "/", "o", "p", "e", "n")
    assert [p.id for p in state.shown_providers] == ["openai", "alpha", "gamma", "delta", "ollama"]
    state = after(state, "a", "i", " ", "h", "a", "n", "d")
    assert [p.id for p in state.shown_providers] == ["ollama"]
    assert selected(after(state, "down")) == "[add]"  # arrows move while one types
    kept = after(state, "enter", "down", "up")
    assert (kept.typing, selected(kept)) == (False, "ollama")
    assert len(after(kept, "escape").shown_providers) == 7
    assert len(after(state, "escape").shown_providers) == 7
    assert after(state, "backspace").position.query == "openai han"
    assert after(state, "c-w").position.query == "openai"
    assert after(state, "c-u").position.query == ""
    assert after(state, "c-u", "backspace").typing is False


def test_letters_that_are_keys_elsewhere_are_letters_in_the_filter(opened: Opens) -> None:
    state = after(opened(), "/", *"dqts?/aD")
    assert (state.position.query, state.confirmation, state.help) == ("dqts?/aD", None, False)


def test_the_selection_stays_on_its_row_as_long_as_the_filter_leaves_it(opened: Opens) -> None:
    state = after(opened(), "/", "b", "e")
    assert selected(state) == "beta"
    assert selected(after(state, "escape")) == "beta"
    assert selected(after(state, "c-u", "k", "2")) == "gamma"


def test_a_provider_is_found_by_its_models_and_opened_on_them(opened: Opens) -> None:
    state = after(opened(), "/", "K", "2", "enter")
    assert [p.id for p in state.shown_providers] == ["gamma"]
    assert after(state, "enter").position.query == "K2"
    by_name = after(opened(), "/", *"beta", "enter", "enter")
    assert (by_name.position.query, len(by_name.shown_models)) == ("", 2)
    assert after(opened(), "enter", "/", *"two").shown_models[0].alias == "beta/b2"


def test_a_paste_goes_into_the_filter_on_one_line_and_nowhere_else(opened: Opens) -> None:
    state = opened()
    assert typed(state, "d\ny\n") is state
    assert typed(after(state, "/"), " be\nta\x1b ").position.query == r"be ta\x1b"


def test_keys_that_do_something_or_leave_wait_for_what_is_being_done(opened: Opens) -> None:
    busy = replace(opened(), waiting="removing")
    for key in ("d", "s", "t", "a", "r", "k", "u", "q", "escape"):
        state, effect = press(busy, key)
        assert (effect, state.confirmation, state.test, state.key_entry) == (None, None, None, None)
        assert state.status == Status("Still removing: one moment.", "warning")
    assert selected(after(busy, "up")) == "alpha"


def test_r_and_u_ask_first_and_k_takes_a_key(opened: Opens) -> None:
    state = opened()
    assert effect_of(state, "r") == AskRefresh("beta")
    assert effect_of(after(state, "enter"), "r") == AskRefresh("beta")
    assert effect_of(state, "u") == AskUndo()
    for key in ("r", "k"):
        there = after(state, "end", key)
        assert (there.status.tone, there.key_entry) == ("warning", None)
    entered = after(state, "k", *" sk-?q1", "x", "backspace")
    assert entered.key_entry
    assert "sk-" not in repr(entered)
    assert effect_of(entered, "enter") == RotateKey("beta", "sk-?q1")
    assert "sk-" not in repr(effect_of(entered, "enter"))
    assert effect_of(typed(after(state, "k"), "sk-\n12 \n"), "enter") == RotateKey("beta", "sk-12")
    left = after(entered, "escape")
    assert (left.key_entry, left.status.text) == (None, "The key stays as it is.")


def test_what_cannot_be_a_key_is_said_and_typed_again(opened: Opens) -> None:
    for text in ("", "é", "a\x00b"):
        state = after(typed(after(opened(), "k"), text), "enter")
        assert state.key_entry
        assert (bool(state.key_entry.flaw), state.key_entry.text) == (True, "")
        assert effect_of(after(state, *"sk-1"), "enter") == RotateKey("beta", "sk-1")


def test_a_provider_that_takes_its_key_from_a_variable_is_not_asked_for_one(opened: Opens) -> None:
    state = after(opened(), "home", "k")
    assert state.key_entry is None
    assert state.status.text == "anthropic takes its key from $ANTHROPIC_KEY: give the new key to that."


def test_what_would_change_is_looked_through_before_it_is_answered(opened: Opens) -> None:
    shown = tuple(("class:add", f"+ {n}") for n in range(100))
    effect = SetDefault("beta/b2")
    question = Confirmation("Do it?", effect, yes="do it", no="leave it", refused="Not done.", shown=shown)
    state = confirming(opened(lines=24), question)

    def top(*keys: str) -> int:
        there = after(state, *keys).confirmation
        assert there
        return there.top

    assert [top("down"), top("down", "up", "up"), top("right"), top("end"), top("end", "down")] == [
        *(1, 0, 18, 81, 81),
    ]
    assert [top("end", "home"), top("right", "left"), top("x")] == [0, 0, 0]
    assert effect_of(after(state, "end"), "y") == effect
    assert after(state, "n").status.text == "Not done."


def test_a_question_never_comes_under_keys_that_are_meant_for_something_else(opened: Opens) -> None:
    question = Confirmation("Do it?", SetDefault("beta/b2"), yes="do it", no="leave it", refused="Not done.")
    for keys in (("/",), ("?",), ("k",)):
        state = confirming(after(opened(), *keys), question)
        assert (state.confirmation, state.status.tone) == (None, "warning")
    running, _ = press(opened(), "t")
    assert confirming(running, question).confirmation is None


def test_help_is_one_key_away_and_any_key_leads_back(opened: Opens) -> None:
    state = after(opened(), "?")
    assert state.help
    for key in ("q", "escape", "d", "enter"):
        assert not after(state, key).help


def test_a_warning_is_gone_with_the_next_key_and_what_was_done_stays(opened: Opens) -> None:
    state = opened()
    assert after(state.saying("no", "warning"), "up").status.text == ""
    assert after(state.saying("done", "good"), "up").status.text == "done"


KEYS = [
    *("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "enter", "escape", "backspace"),
    *("c-u", "c-w", *"adDtsrkuqyYnN/? 1b", "語", "x"),
]


def imagined(sizes: list[int]) -> Contents:
    """Contents with so many models for each provider."""
    tables = {
        f"p{n}/m{m}": {"provider": f"p{n}", "model": f"m{m}"}
        for n, size in enumerate(sizes)
        for m in range(size)
    }
    providers = tuple(
        ProviderEntry(
            id=f"p{n}",
            name=f"p{n}",
            wire="openai",
            source="hand",
            group="By hand" if n % 2 else "Elsewhere",
            endpoint="",
            credential="no key",
            variable="",
            aliases=tuple(f"p{n}/m{m}" for m in range(size)),
            main=f"p{n}/m0" if size else None,
            search=f"p{n}",
        )
        for n, size in enumerate(sizes)
    )
    data = {"providers": {p.id: {"type": "openai"} for p in providers}, "models": tables}
    return Contents("config.toml", providers, None, data)


@given(
    st.lists(st.integers(0, 4), max_size=30), st.integers(1, 60), st.lists(st.sampled_from(KEYS), max_size=40)
)
def test_every_sequence_of_keys_keeps_the_state_valid(sizes: list[int], lines: int, keys: list[str]) -> None:
    state = opening(imagined(sizes), {}, lines)
    for key in keys:
        state, effect = press(state, key)
        assert 0 <= state.position.cursor <= max(state.last_row, 0)
        assert state.position.cursor in state.pages[state.page] or state.position.cursor == max(
            state.last_row, 0
        )
        if isinstance(effect, Remove):
            assert effect.providers
            assert key in "yY"
        if isinstance(effect, RunTest | SetDefault):
            assert effect.alias in state.contents.data["models"]
        assert isinstance(state.model, ModelEntry | None)
