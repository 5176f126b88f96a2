from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.json_places import Lines, scan
from catalog.pointer import pointer

KEYS = st.text(max_size=4) | st.sampled_from(["", "/", "~", "~1", 'a"b', "\\", "{", "0"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | KEYS
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


def members(node: Any, *path: str | int) -> list[tuple[tuple[str | int, ...], Any]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [(path, node), *(found for key, value in inner for found in members(value, *path, key))]


@given(DOCUMENTS, st.sampled_from([None, 0, 2, "\t"]), st.booleans())
def test_every_member_is_found_where_it_stands(document: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    known = dict(members(document))
    places = scan(text, [pointer(*path) for path in known])
    assert places.repeated == ()
    decoder = json.JSONDecoder()
    for path, value in known.items():
        offset = places.offsets[pointer(*path)]
        if path and isinstance(path[-1], str):
            key, offset = decoder.raw_decode(text, offset)
            assert key == path[-1]
            offset = text.index(":", offset) + 1
            offset += len(text[offset:]) - len(text[offset:].lstrip())
        assert decoder.raw_decode(text, offset)[0] == value


def test_only_what_is_asked_for_is_kept() -> None:
    assert scan('{"a": {"b": 1}, "c": 2}', ["/a/b", "/nowhere"]).offsets == {"/a/b": 7}


def test_a_repeated_key_counts_where_it_stands_last() -> None:
    text = '{"a": {"x": 1, "\\u0078": 2}, "b": [{"y": 1}, {"y": 1}], "a": {"x": 3}}'
    places = scan(text, ["/a/x"])
    assert places.offsets == {"/a/x": text.rindex('"x"')}
    assert [(again.pointer, again.earlier, again.later) for again in places.repeated] == [
        ("/a/x", text.index('"x"'), text.index('"\\u0078"')),
        ("/a", 1, text.rindex('"a"')),
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_and_columns_count_from_one_in_characters(ending: str) -> None:
    text = f"é{ending}{ending}🙂x"
    lines = Lines(text)
    assert lines.at(0) == (1, 1)
    assert lines.at(text.index("x")) == (3, 2)
