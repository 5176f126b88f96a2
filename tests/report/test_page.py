from __future__ import annotations

import copy
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import provisioner.report
from provisioner.report.page import page
from provisioner.report.text import printable
from tests.history.runs import anything, run
from tests.report.documents import AT, FAILED, KINDS, PASSED, SLOW, UNKNOWN, Twins, document, twins

_VOID = {"meta"}


class Parsed(HTMLParser):
    """A page as a browser meets it: its elements in order, its text, and whether every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.declarations: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(sorted(name for name, _ in attrs))))
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_decl(self, decl: str) -> None:
        self.declarations.append(decl)

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        pytest.fail(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        pytest.fail(f"a processing instruction: {data}")

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def count(self, tag: str) -> int:
        return Counter(name for name, _ in self.elements)[tag]


PAST = {
    "p/m": [run(at=AT - 86400 * day, first_token_ms=300.0 + 10 * day) for day in range(30, 0, -1)],
    "p/broke": [
        run(at=AT - 100, verdict="pass"),
        run(at=AT - 50, verdict="unknown", error="timeout", first_token_ms=None, tokens_per_second=None),
        run(at=AT, verdict="fail", error="quota", first_token_ms=None, tokens_per_second=None),
    ],
    "q/busy": [run(at=AT)],
}


def shown(*results: dict[str, Any], **settings: Any) -> Parsed:
    return Parsed(page(document(*results, **settings), PAST, AT))


def test_the_page_says_what_was_found_and_what_fixes_it() -> None:
    text = shown(*KINDS).text
    assert "Model test: 3 failed, 1 could not be told, 1 passed" in text
    assert "2025-10-09 08:53 UTC" in text
    for said in ("p/m", "298 ms", "1.47 s", "61.3", "40 / 30", "$0.000345"):
        assert said in text
    for said in ("HTTP 429: You exceeded your quota", "top up the account of provider p", "quota · HTTP 429"):
        assert said in text
    assert 'capabilities = [] in [models."p/slow"]' in text


def test_the_worst_comes_first_and_the_table_keeps_its_order() -> None:
    found = shown(PASSED, UNKNOWN, FAILED)
    names = [text for text in found.texts if text in ("p/m", "q/busy", "p/broke")]
    assert names == ["p/m", "q/busy", "p/broke", "p/broke", "q/busy", "p/m"]


def test_what_the_error_says_is_not_said_again() -> None:
    assert shown(FAILED).text.count("HTTP 429: You exceeded your quota") == 1
    assert shown(SLOW).text.count("first token after 0.30 s") == 1


def test_history_is_drawn_from_the_second_run_on() -> None:
    assert shown(UNKNOWN).count("svg") == 0
    found = shown(PASSED)
    assert found.count("figure") == 2
    assert found.count("circle") == 60
    assert "30 of the last 30 runs passed" in found.text
    assert "last 310 ms, median 455 ms, 310 ms to 600 ms" in found.text
    labels = [value for tag, name, value in found.attributes if (tag, name) == ("svg", "aria-label")]
    assert "First token over the last 30 runs: last 310 ms, median 455 ms, 310 ms to 600 ms" in labels


def test_a_run_without_a_figure_is_marked_by_its_verdict() -> None:
    found = shown(FAILED)
    assert "2025-10-09 08:53 UTC, fail, quota" in found.texts
    assert "2025-10-09 08:52 UTC, unknown, timeout" in found.texts
    assert "The last 3 runs: 1 passed, 1 failed, 1 could not be told" in found.texts


@pytest.mark.parametrize("figure", [0.0, 5e-324, 0.3, 1.0, 1e12])
def test_any_figure_can_be_drawn(figure: float) -> None:
    runs = [run(first_token_ms=figure, tokens_per_second=figure)] * 2
    assert Parsed(page(document(PASSED), {"p/m": runs}, AT)).count("figure") == 2


def test_columns_without_anything_are_left_out() -> None:
    heads = [text for text in shown(UNKNOWN).texts if text in ("Cost", "Last runs", "Tokens/s", "Verdict")]
    assert heads == ["Verdict"]


def test_an_interrupted_test_says_so() -> None:
    assert "Interrupted" in shown(PASSED, interrupted=True).text
    assert "Interrupted" not in shown(PASSED).text


def test_nothing_tested_is_a_page_too() -> None:
    assert "nothing was tested" in shown().text


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    html = page(document(*KINDS), PAST, AT)
    found = Parsed(html)
    assert found.declarations == ["DOCTYPE html"]
    assert not {tag for tag, _ in found.elements} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "base",
        "form",
    }
    assert not [name for _, name, _ in found.attributes if name in ("src", "style") or name.startswith("on")]
    assert all(value.startswith("#") for _, name, value in found.attributes if name == "href")
    assert (
        "meta",
        "content",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    ) in (found.attributes)
    assert "url(" not in html
    assert "@import" not in html


def test_links_lead_somewhere() -> None:
    found = shown(*KINDS)
    targets = {value for _, name, value in found.attributes if name == "id"}
    links = {value[1:] for _, name, value in found.attributes if name == "href"}
    assert links == targets
    assert len(links) == len(KINDS)


def test_answers_and_credentials_stay_out() -> None:
    url = "https://me:hunter2@h.example/v1?key=hunter2"
    html = page(document({**PASSED, "url": url}, FAILED), PAST, AT)
    for secret in ("THE ANSWER", "THE REASONING", "THE CITY", "hunter2"):
        assert secret not in html


def test_a_long_message_is_cut() -> None:
    long = copy.deepcopy(FAILED)
    long["error"]["message"] = long["checks"][0]["detail"] = "x" * 100_000
    assert len(page(document(long), {}, AT)) < 30_000


def test_tables_and_drawings_are_named_for_those_who_hear_them() -> None:
    found = shown(*KINDS)
    assert {"lang"} == {name for tag, name, _ in found.attributes if tag == "html"}
    for tag, names in found.elements:
        if tag == "th":
            assert "scope" in names
        if tag == "svg":
            assert "role" in names


@given(twins(), st.lists(anything, max_size=5))
def test_no_text_becomes_markup_or_is_lost(both: Twins, runs: list[Any]) -> None:
    wild, plain = (
        Parsed(page(twin, {result["alias"]: runs for result in twin["results"]}, AT))
        for twin in (both.wild, both.plain)
    )
    assert wild.elements == plain.elements
    for result in both.wild["results"]:
        assert printable(result["alias"]) in wild.texts
        if result["error"]:
            assert printable(result["error"]["message"]) in wild.texts


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *(("text", ground) for ground in ("page", "sheet", "faint", "fail-tint", "unknown-tint")),
        *(("muted", ground) for ground in ("page", "sheet", "faint")),
        *((tone, ground) for tone in ("pass", "fail", "unknown") for ground in ("sheet", f"{tone}-tint")),
    ],
)
def test_contrast_is_that_of_wcag_aa(scheme: str, text: str, ground: str) -> None:
    css = Path(provisioner.report.__file__).with_name("page.css").read_text()
    roots = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", roots[scheme == "dark"]))
    lighter, darker = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
