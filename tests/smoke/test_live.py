from __future__ import annotations

from provisioner.secrets import echoes, mask
from provisioner.smoke import live
from provisioner.smoke.answer import Delta
from provisioner.smoke.live import LiveDeltas

KEY = "sk-0123456789abcdefWXYZ"


def watched(*deltas: Delta) -> list[Delta]:
    seen: list[Delta] = []
    deltas_shown = LiveDeltas(echoes([KEY]), seen.append)
    for delta in deltas:
        deltas_shown.arrived(delta)
    deltas_shown.finish()
    return seen


def test_pieces_are_passed_on_each_with_what_can_be_shown_of_it() -> None:
    seen = watched(Delta("text", "Hi "), Delta("text", f"at {KEY[:9]}"), Delta("text", f"{KEY[9:]}!"))
    assert seen == [Delta("text", "Hi "), Delta("text", "at "), Delta("text", f"{mask(KEY)}!")]


def test_a_key_whose_pieces_come_between_those_of_another_kind_is_found_in_its_own() -> None:
    seen = watched(Delta("text", KEY[:9]), Delta("reasoning", "Hm."), Delta("text", KEY[9:]))
    assert seen == [Delta("text", ""), Delta("reasoning", "Hm."), Delta("text", mask(KEY))]


def test_what_looked_like_the_beginning_of_a_key_follows_at_the_end() -> None:
    seen = watched(Delta("text", "sk-01 or"), Delta("reasoning", "sk"))
    assert seen == [Delta("text", "sk-01 or"), Delta("reasoning", ""), Delta("reasoning", "sk")]


def test_after_a_million_characters_pieces_are_empty() -> None:
    seen = watched(Delta("text", "a" * (live._MOST - 2)), Delta("text", "zyx"), Delta("reasoning", "z"))
    assert [len(delta.text) for delta in seen] == [live._MOST - 2, 2, 0]
    assert live._MOST == 1024 * 1024
