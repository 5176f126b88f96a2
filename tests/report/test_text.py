from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.report.text import place, printable, shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\r\nlines\tand\na tab", "two\nlines\tand\na tab"),
        ("\x1b[31mred\x07", "\ufffd[31mred\ufffd"),
        ("\x00\x7f\x85\x9b", "\ufffd" * 4),
        ("\ud800\udfff", "\ufffd" * 2),
        ("\ufffe\uffff", "\ufffd" * 2),
        ("abc\u202egnp.exe\u2066\u200f", "abc\ufffdgnp.exe\ufffd\ufffd"),
        ("日本語 🎉 é <b>&amp;", "日本語 🎉 é <b>&amp;"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_what_is_printable_can_stand_in_xml(text: str) -> None:
    element = ET.Element("e", name=printable(text))
    element.text = printable(text)
    read = ET.fromstring(ET.tostring(element, encoding="UTF-8"))
    assert (read.get("name"), read.text or "") == (printable(text), printable(text))


def test_long_text_is_cut_and_says_so() -> None:
    assert shortened("x" * 2_000) == "x" * 2_000
    assert shortened("x" * 5_000) == "x" * 2_000 + "… (5,000 characters in all)"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h.example/v1/chat", "https://h.example/v1/chat"),
        ("https://me:secret@h.example:8443/v1?key=secret#secret", "https://h.example:8443/v1"),
        ("http://[::1]:9/v1", "http://[::1]:9/v1"),
        ("http://[secret", ""),
    ],
)
def test_a_place_holds_no_credential(url: str, shown: str) -> None:
    assert place(url) == shown
