"""A key that is sent back is masked in whatever form, whole or in pieces."""

from __future__ import annotations

import base64
import json
from html import escape
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.echoed import Echoes, Live

KEY = 'sk-proj/9aF+Zq%7\\Lm"0p=Xy'
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=60)
BETWEEN = st.sampled_from(
    ["", "\u200b", "\ufe0f", "\u3164", "\n", "\x1b[0m", "\\u200b", "%E2%80%8B", "\U000e0101", "&#8203;"]
)


def echoes(key: str = KEY) -> Echoes:
    return Echoes([key], lambda _: "[masked]")


def forms(key: str) -> list[str]:
    raw = key.encode()
    return [
        key,
        quote(key, safe=""),
        quote(quote(key, safe=""), safe=""),
        "".join(f"%{byte:02x}" for byte in raw),
        "".join(f"%25{byte:02x}" for byte in raw),
        "".join(f"%25{byte:02X}" for byte in raw),
        json.dumps(key)[1:-1],
        json.dumps(json.dumps(key)[1:-1])[1:-1],
        "".join(f"\\u{ord(c):04x}" for c in key),
        "".join(f"\\u{ord(c):04X}" for c in key),
        "".join(f"u{ord(c):04x}" for c in key),
        escape(key),
        "".join(f"&#{ord(c)};" for c in key),
        "".join(f"&#x{ord(c):x};" for c in key),
        "".join(f"&#x{ord(c):X};" for c in key),
        "\\".join(f"x{ord(c):02x}" for c in key),
        raw.hex(),
        raw.hex().upper(),
        "\u200b".join(key),
        "\ufe0f".join(key),
        "\u3164".join(key),
        "\x1b[31m".join(key),
        "\\u200d".join(key),
        f"{key[:9]}\n{key[9:]}",
    ]


@pytest.mark.parametrize("form", forms(KEY))
def test_every_form_of_a_key_is_masked(form: str) -> None:
    assert echoes().hide(f"you sent {form}, which is wrong") == "you sent [masked], which is wrong"
    assert echoes().hide(f"{form}, {form} and {form}") == "[masked], [masked] and [masked]"


@pytest.mark.parametrize("key", [KEY, "kf=?~>?o~>?~>>??7", "sk-0123456789"])
@pytest.mark.parametrize("before", ["", "u", "ue", "user:", "a name:"])
def test_base64_is_masked_wherever_in_a_word_the_key_stands(before: str, key: str) -> None:
    whole = base64.b64encode(f"{before}{key}tail".encode()).decode()
    url_safe = whole.replace("+", "-").replace("/", "_")
    for form in (
        whole,
        url_safe,
        quote(whole, safe=""),
        whole.replace("/", "\\/"),
        whole.replace("/", "%2f"),
        whole.replace("+", "%2b"),
    ):
        start, _, end = echoes(key).hide(f"Basic {form}.").partition("[masked]")
        # What is left holds nothing but what stands around the key, and two bits of it on each side.
        assert form.startswith(start.removeprefix("Basic "))
        assert len(start) <= len("Basic ") + -(-4 * len(before) // 3)
        assert len(end.replace("=", "").replace("%3D", "")) <= len(".") + -(-4 * len("tail") // 3) + 1


@given(KEYS, st.data())
def test_a_key_is_found_with_any_mixture_of_forms_and_of_what_cannot_be_seen(
    key: str, data: st.DataObject
) -> None:
    parts = []
    for char in key:
        form = data.draw(
            st.sampled_from([char, quote(char, safe=""), f"\\u{ord(char):04x}", f"&#{ord(char)};"])
        )
        parts += [form, data.draw(BETWEEN)]
    assert echoes(key).hide("x " + "".join(parts[:-1]) + " y") == "x [masked] y"


@given(KEYS, st.text(max_size=30), st.text(max_size=30), st.lists(st.integers(0, 90), max_size=12))
def test_a_key_in_pieces_is_never_shown_while_it_arrives(
    key: str, before: str, after: str, cuts: list[int]
) -> None:
    text = f"{before}{key}{after}"
    live, shown = Live(echoes(key)), ""
    ends = [*sorted(cuts), len(text)]
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        shown += live.feed(text[start:end])
        assert key[:8] not in shown
    assert (shown + live.finish()).count("[masked]") >= 1


@pytest.mark.parametrize(
    "between",
    [
        *(
            "\u200b",
            "\ufe0f",
            "\u3164",
            "\n",
            " ",
            "\\",
            "\\\\",
            "\\n",
            "\\r",
            "\\t",
            "\x1b[31m",
            "\x1b[0;1m",
        ),
        *("%0a", "%0D", "%20", "%E2%80%8B", "%ef%bb%bf", "&#8203;", "&shy;", "&zwj;", "&zwnj;"),
        *(
            f"\\u{code}"
            for code in [
                "0000",
                "001f",
                "0020",
                "00a0",
                "00ad",
                "034f",
                "061c",
                "180b",
                "180F",
                "200b",
                "2066",
                "3164",
                "fe00",
                "FE0f",
                "feff",
            ]
        ),
        "\\\\u200b",
    ],
)
def test_whatever_stands_between_its_characters_no_key_is_shown_whole_or_cut_anywhere(between: str) -> None:
    key = KEY[:12]
    text = between.join(key)
    assert echoes(key).hide(f"a {text} b") == "a [masked] b"
    for cut in range(len(text) + 1):
        live = Live(echoes(key))
        assert live.feed(f"a {text[:cut]}") + live.feed(f"{text[cut:]} b") + live.finish() == "a [masked] b"


@pytest.mark.parametrize("form", forms(KEY))
def test_no_form_of_a_key_is_shown_whichever_of_its_characters_come_one_by_one(form: str) -> None:
    live = Live(echoes())
    assert "".join(map(live.feed, f"a {form} b")) + live.finish() == "a [masked] b"
    for cut in range(len(form)):
        live = Live(echoes())
        assert live.feed(f"a {form[:cut]}") + live.feed(f"{form[cut:]} b") + live.finish() == "a [masked] b"


def test_a_key_with_letters_beyond_ascii_is_masked_in_each_form() -> None:
    key = "sk-0123é\U0001f600456789"
    for form in (key, quote(key, safe=""), json.dumps(key)[1:-1], key.encode().hex()):
        assert echoes(key).hide(f"a {form} b") == "a [masked] b"


def test_a_key_of_bytes_that_are_no_text_is_masked() -> None:
    """Python reads such bytes of a variable or an argument as halves of surrogate pairs."""
    key = "sk-0123\udcff\udc80456789"
    for form in (key, "\u200b".join(key), key.encode("utf-8", "surrogatepass").hex()):
        assert echoes(key).hide(f"a {form} b") == "a [masked] b"


def test_a_key_that_begins_with_another_is_masked_whole() -> None:
    for keys in ([KEY, f"{KEY}-more"], [f"{KEY}-more", KEY], ["", KEY, f"{KEY}-more"]):
        both = Echoes(keys, lambda key: f"[{len(key)}]")
        assert (
            both.hide(f"{KEY}-more, {KEY}; {KEY.encode().hex()}")
            == f"[{len(KEY) + 5}], [{len(KEY)}]; [{len(KEY)}]"
        )


def test_a_key_that_holds_another_is_masked_whole() -> None:
    for keys in ([KEY, f"a-{KEY}-b"], [f"a-{KEY}-b", KEY]):
        assert Echoes(keys, lambda key: f"[{len(key)}]").hide(f"a-{KEY}-b") == f"[{len(KEY) + 4}]"


def test_no_key_at_all_masks_nothing() -> None:
    assert Echoes([""], lambda _: "*").hide("a b") == "a b"


@pytest.mark.parametrize("length", [8, 9])
def test_keys_of_eight_characters_are_found_in_other_forms_too(length: int) -> None:
    key = "p=X:7zQ-w"[:length]
    assert echoes(key).hide(f"a {quote(key, safe='')} b") == "a [masked] b"


def test_what_only_looks_like_the_beginning_of_a_key_comes_later() -> None:
    live = Live(echoes())
    assert live.feed("a risk: sk-") == "a risk: "
    assert live.feed("pad") == "sk-pad"
    assert live.feed(" s") == " "
    assert live.finish() == "s"


def test_a_separator_that_is_cut_lets_no_key_through() -> None:
    live = Live(echoes())
    pieces = [part for char in KEY for part in (char, "%E2%8", "0%8B")]
    shown = "".join(map(live.feed, pieces)) + live.finish()
    assert "[masked]" in shown
    assert "proj" not in shown.replace("%E2%80%8B", "")


def test_a_key_that_the_end_cuts_off_is_masked() -> None:
    for length in range(8, len(KEY)):
        assert echoes().hide(f"bad key {KEY[:length]}") == "bad key •••"
    assert echoes().hide(f"bad key {KEY[:7]}") == f"bad key {KEY[:7]}"


def test_texts_without_a_key_stay_as_they_are() -> None:
    text = "Please set sk-proj keys; %20 \\u200b \x1b[0m c2stcHJvag== " * 20
    assert echoes().hide(text) == text


def test_short_keys_are_looked_for_as_they_are() -> None:
    assert Echoes(["ab"], lambda _: "*").hide("ab a b YWI=") == "* a b YWI="


def test_a_text_of_nothing_but_beginnings_of_the_key_is_not_gone_through_to_its_end() -> None:
    assert echoes().hide(KEY[:-1] * 100_000) == "•••"


@pytest.mark.parametrize("between", ["\\u201c", " ", "\\\\", "%e2%80%8b", "&zwnj;", "\u200b"])
def test_long_rows_of_what_stands_between_are_shortened_and_hide_no_key(between: str) -> None:
    key = "2uc01-abcdef-e2808b"
    assert len(echoes(key).hide("x" + between * 100_000 + "y")) < 100 * len(between)
    assert echoes(key).hide((between * 300).join(key)) == "[masked]"


def test_what_is_held_back_is_not_looked_at_again_with_each_character() -> None:
    looked_at: list[int] = []

    class Counting(Echoes):
        def split(self, text: str) -> tuple[str, str]:
            looked_at.append(len(text))
            return super().split(text)

    live = Live(Counting([KEY], lambda _: "[masked]"))
    text = KEY[0] + "\u200b" * 5_000
    assert "".join(map(live.feed, text)) == ""
    assert live.feed(KEY[1:]) + live.finish() == "[masked]"
    assert sum(looked_at) < 40 * len(text)
