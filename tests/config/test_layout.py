"""The scan of a text agrees with tomllib about every statement in it."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.config import values
from provisioner.config.layout import LayoutUnknown, commented, entries, sections, split_key, statements

KEYS = st.one_of(
    st.sampled_from(
        ["a", "b", "c-d", "1", "a.b", "", "#", "[x]", "=", "'", '"', "é", "\t", "p/m:free", "\\", "\u2028"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
)
SCALARS = st.sampled_from(
    [
        "1",
        "-0.5e+3",
        "inf",
        "nan",
        "true",
        "0x_ff".replace("_", ""),
        "1979-05-27 07:32:00Z",
        "07:32:00.5",
        '""',
        "''",
        '"a # no comment"',
        "'[no.header]'",
        r'"\"] \\"',
        r"'\'",
        '"""x"""',
        '""""quoted""""',
        '"""""two"""""',
        "''''q''''",
        '"""\n[no.header]\n# no comment\nkey = 1\n"""',
        "'''\n[[no.array]]\n\"\"\"\n'''",
        '"""a \\\n   b \\" \\"""" """',
        '"\\u00e9 \U0001f600 \u0085 \u2028"',
    ]
)
SPACE = st.sampled_from(["", " ", "\t", "  "])
LINES = st.sampled_from(["", " ", "\n", "\n# ] no end, \" ' }\n", " # x\n  "])
COMMENT = st.sampled_from(["", " # [x]", "# 'a", '\t# """', " #"])


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    items = draw(st.lists(inner, max_size=3))
    text = "".join(f"{draw(LINES)}{item}{draw(LINES)}," for item in items)
    trailing_comma = draw(st.booleans())
    if not trailing_comma:
        text = text.removesuffix(",")
    return f"[{text}{draw(LINES)}]"


@st.composite
def inline_tables(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    pairs = [f"{draw(keys())} = {draw(inner)}" for _ in range(draw(st.integers(0, 3)))]
    return f"{{{draw(SPACE)}{','.join(f'{draw(SPACE)}{pair}{draw(SPACE)}' for pair in pairs)}}}"


@st.composite
def keys(draw: st.DrawFn) -> str:
    parts = [values.key(part) for part in draw(st.lists(KEYS, min_size=1, max_size=3))]
    return f"{draw(SPACE)}.{draw(SPACE)}".join(parts)


VALUES = st.recursive(SCALARS, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """TOML in all its forms; keys may clash, which the caller filters out."""
    lines = []
    for _ in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(["key", "key", "key", "table", "array", "blank", "comment"]))
        indent = draw(SPACE)
        if kind == "key":
            lines.append(f"{indent}{draw(keys())}{draw(SPACE)}={draw(SPACE)}{draw(VALUES)}{draw(COMMENT)}")
        elif kind == "blank":
            lines.append(indent)
        elif kind == "comment":
            lines.append(f"{indent}# key = [")
        else:
            left, right = ("[", "]") if kind == "table" else ("[[", "]]")
            lines.append(f"{indent}{left}{draw(SPACE)}{draw(keys())}{draw(SPACE)}{right}{draw(COMMENT)}")
    text = "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n", "\n  "]))
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def assembled(text: str) -> dict[str, Any]:
    """What the scan says the text means; only single values are left to tomllib."""
    data: dict[str, Any] = {}
    for section in sections(text):
        table = data
        for depth, part in enumerate(section.path):
            if section.array and depth == len(section.path) - 1:
                table.setdefault(part, []).append({})
            table = table.setdefault(part, {})
            if isinstance(table, list):
                table = table[-1]
        for statement in statements(text, section):
            below = table
            for part in statement.key[:-1]:
                below = below.setdefault(part, {})
            assert statement.key[-1] not in below
            below[statement.key[-1]] = value_of(text, statement.value_start, statement.value_end)
    return data


def value_of(text: str, start: int, end: int) -> Any:
    inner = entries(text, start, end)
    if inner is None:
        return tomllib.loads(f"v = {text[start:end]}")["v"]
    table: dict[str, Any] = {}
    for entry in inner:
        below = table
        for part in entry.key[:-1]:
            below = below.setdefault(part, {})
        below[entry.key[-1]] = value_of(text, entry.value_start, entry.value_end)
    return table


@given(texts())
def test_scan_agrees_with_tomllib(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert repr(sort(assembled(text))) == repr(sort(expected))


@given(texts())
def test_spans_are_whole_lines_without_their_newline(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    for section in sections(text):
        ends = [section.header_end, *(statement.end for statement in statements(text, section))]
        assert section.last == ends[-1]
        for statement in statements(text, section):
            assert statement.start == 0 or text[statement.start - 1] == "\n"
            assert statement.end == len(text) or text[statement.end] in "\r\n"
            assert text[statement.end - 1] not in "\r\n"


def sort(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: sort(data[key]) for key in sorted(data)}
    return [sort(item) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("a", ("a",)),
        ("a . b\t.c", ("a", "b", "c")),
        ('models."p/m.1"', ("models", "p/m.1")),
        ('\'a.b\' . "c\\"d"', ("a.b", 'c"d')),
        ('""', ("",)),
        (r'"\u00e9"', ("é",)),
    ],
)
def test_keys_come_in_their_parts(written: str, parts: tuple[str, ...]) -> None:
    assert split_key(written) == parts


def test_a_section_of_many_thousand_lines_is_scanned() -> None:
    text = "[a]\n" + "".join(f'key{i} = "{i}"\n' for i in range(20_000)) + "[b]\n"
    _, first, second = sections(text)
    assert text[first.last - 7 : first.last] == '"19999"'
    assert second.path == ("b",)
    assert sum(1 for _ in statements(text, first)) == 20_000


def test_what_is_not_toml_is_refused_with_its_place() -> None:
    with pytest.raises(LayoutUnknown) as caught:
        sections("a = 1\n!\n")
    assert caught.value.offset == 6


def test_comments_are_found_in_their_tables() -> None:
    text = (
        '# top\n[a."b#"]\nx = "#"\n\n# of c\n[a.c] # here\n[a.d]\nx = 1\n# in d\ny = 2\n[a.e.f]\nx = 1 # in e\n'
        '[a.g]\nx = """\n# no\n"""\n# behind g\n'
    )
    assert commented(text) == {("a", "c"), ("a", "d"), ("a", "e")}
