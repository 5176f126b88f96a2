"""What the models say, and the arguments and colours they find, as pure functions."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.demo.arguments import arguments_for
from provisioner.demo.conversation import Said, latest, tokens, weigh
from provisioner.demo.picture import dominant_colour
from tests.demo.speak import png

SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "properties": {}},
    {
        "type": "object",
        "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 9}},
        "required": ["a"],
    },
    {"type": "object", "properties": {"a": {"exclusiveMinimum": 1, "type": "number"}}, "required": ["a"]},
    {"type": "object", "properties": {"a": {"enum": ["x", "y"]}, "b": {"const": 4}}, "required": ["a", "b"]},
    {"type": "object", "properties": {"a": {"type": ["string", "null"], "minLength": 9}}, "required": ["a"]},
    {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "boolean"}, "minItems": 3}}},
    {
        "type": "object",
        "properties": {"a": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {}}]}},
    },
    {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/b"}},
        "required": ["a"],
        "$defs": {
            "b": {
                "allOf": [
                    {
                        "type": "object",
                        "properties": {"c": {"type": "string", "maxLength": 2}},
                        "required": ["c"],
                    }
                ]
            }
        },
    },
    {
        "type": "object",
        "properties": {"tree": {"$ref": "#/$defs/node"}},
        "$defs": {
            "node": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/node"}},
                "required": ["name"],
            }
        },
    },
]


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("prompt", ["", 'Do it for Paris with "a name", 3 and -7.5 times y.'])
def test_arguments_fit_their_schema(schema: dict[str, Any], prompt: str) -> None:
    jsonschema.validate(arguments_for(schema, prompt), schema)


def test_the_prompt_fills_the_arguments() -> None:
    properties = {name: {"type": "string"} for name in ("path", "city")} | {"count": {"type": "integer"}}
    found = arguments_for({"type": "object", "properties": properties}, 'Read "a b.txt" in New York 12 times')
    assert found == {"path": "a b.txt", "city": "New York", "count": 12}


def test_google_writes_its_types_in_upper_case() -> None:
    schema = {"type": "OBJECT", "properties": {"n": {"type": "INTEGER"}}, "required": ["n"]}
    assert arguments_for(schema, "7 times") == {"n": 7}


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "items",
                    "$ref",
                    "anyOf",
                    "allOf",
                    "enum",
                    "required",
                    "minimum",
                    "minItems",
                    "maxLength",
                ]
            ),
            inner | st.lists(inner, max_size=2),
        ),
        max_leaves=8,
    )
)
def test_no_schema_is_too_odd(schema: Any) -> None:
    assert isinstance(arguments_for(schema if isinstance(schema, dict) else {}, "1 and 2"), dict)


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


def test_usage_is_the_stated_rule() -> None:
    assert tokens("Hello, internationally") == ("Hello", ",", " internat", "ionally")
    assert weigh([{"role": "user", "content": "Hello there"}]) == 3
    assert weigh({"image_url": {"url": "data:image/png;base64,AAAA"}}) == 258


def test_the_prompt_is_what_was_typed_last() -> None:
    said = [Said("user", "one"), Said("model"), Said("user", "two"), Said("user", "<note>\nthree\n</note>")]
    assert latest(said) == ("two", ())
    assert latest([*said, Said("model"), Said("tool", "4")]) == ("two", ("4",))
    assert latest([*said, Said("model"), Said("tool", "4"), Said("user", "five")]) == ("five", ())


def chunked(head: bytes, rows: bytes, *more: tuple[bytes, bytes]) -> bytes:
    found = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", head), *more, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        found += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return found


def test_colours_are_seen_through_filters_palettes_and_grey() -> None:
    blue = bytes((20, 40, 230))
    # Row one: Sub; row two: Up; row three: Average; row four: Paeth (PNG specification, section 9).
    average = bytes(value - value // 2 for value in blue) + b"\0\0\0"
    rows = b"\1" + blue + b"\0\0\0" + b"\2" + b"\0" * 6 + b"\3" + average + b"\4" + b"\0" * 6
    assert dominant_colour(chunked(struct.pack(">IIBBBBB", 2, 4, 8, 2, 0, 0, 0), rows)) == "blue"
    palette = (b"PLTE", bytes((0, 0, 0, 255, 250, 10)))
    head = struct.pack(">IIBBBBB", 3, 1, 8, 3, 0, 0, 0)
    assert dominant_colour(chunked(head, b"\0\1\1\0", palette)) == "yellow"
    assert (
        dominant_colour(chunked(struct.pack(">IIBBBBB", 2, 1, 8, 4, 0, 0, 0), b"\0\xff\xff\xff\xff"))
        == "white"
    )


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        png((1, 2, 3))[:40],
        chunked(struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0), b"\0" * 13),
        chunked(struct.pack(">IIBBBBB", 1 << 20, 1 << 20, 8, 2, 0, 0, 0), b"\0" * 1000),
        chunked(struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0), b"\x09\0\0"),
        chunked(b"\0\0", b"\0"),
    ],
)
def test_what_is_no_picture_is_a_value_error(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"PNG|bits|pixels"):
        dominant_colour(broken)


@given(st.binary(max_size=80))
def test_random_bytes_are_no_picture(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"PNG|bits|pixels"):
        dominant_colour(b"\x89PNG\r\n\x1a\n" + data)
