"""What counts as a document, and the one line that names what came instead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import DocumentInvalid
from catalog.parse import parse_members, parse_object, parse_slice, slice_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ALIEN = [
    (b"", "the document is empty"),
    (b" \r\n", "the document is empty"),
    (b"<!DOCTYPE html><html><body>log in", "a web page (HTML) came instead"),
    (b"\n<html>", "a web page (HTML) came instead"),
    (b"<?xml version='1.0'?><x/>", "markup (XML or HTML) came instead"),
    (b"[1, 2]", "a JSON array came instead"),
    (b"[" * 100_000, "a JSON array came instead"),
    (b"hello", "the document is not JSON"),
    (b"NaN", "the document is not JSON"),
    (b'{"a": {"models": {}}', "not valid JSON: line 1, column 21"),
    (b'{\n"a": {"models": {}},}', "not valid JSON: line 2, column"),
    (b'{"a": {"models": {}}} x', "not valid JSON: line 1, column 23"),
    (b'{"a": NaN}', "a number that cannot be read"),
    (b'{"a": %s}' % (b"9" * 5000), "a number that cannot be read"),
    (b'{"a":' * 100_000, "nested too deeply"),
    (b"\xff\xfe\xfd", "the document is not text"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "the document is not text"),
]


@pytest.mark.parametrize(("body", "said"), ALIEN)
def test_what_came_instead_is_named(body: bytes, said: str) -> None:
    for parse in (slice_catalog, parse_object, parse_members):
        with pytest.raises(DocumentInvalid) as caught:
            parse(body, "https://registry.example/")
        assert said in caught.value.message
        assert "\n" not in caught.value.message
        assert caught.value.where == "https://registry.example/"


@pytest.mark.parametrize("body", [b'"text"', b"3", b"null", b"true"])
def test_a_single_value_is_no_document(body: bytes) -> None:
    for parse in (slice_catalog, parse_object, parse_members):
        with pytest.raises(DocumentInvalid):
            parse(body, "x")


@pytest.mark.parametrize("body", [b"{}", b'{"error": "no"}', b'{"a": {"id": "a"}}', b'{"a": {"models": []}}'])
def test_an_object_without_any_models_is_no_catalog_but_may_be_a_registry(body: bytes) -> None:
    with pytest.raises(DocumentInvalid, match="no value of it has `models`"):
        slice_catalog(body, "x")
    assert parse_object(body, "x") == parse_members(body, "x") == json.loads(body)


def test_a_catalog_is_cut_into_providers_as_published() -> None:
    body = b'\xef\xbb\xbf { "b" : {"models": {"m": {"id":"m"} },"api":"u"}\n, "a":{"id": "a", "\\u00e9": 1e2}} \n'
    sliced = slice_catalog(body, "x")
    assert sliced.slices == {
        "b": b'{"models": {"m": {"id":"m"} },"api":"u"}',
        "a": b'{"id": "a", "\\u00e9": 1e2}',
    }
    assert [(id_, kept.entry, kept.model_count) for id_, kept in sliced.index.items()] == [
        ("b", {"api": "u"}, 1),
        ("a", {"id": "a", "é": 100.0}, 0),
    ]
    assert sliced.warnings == ()


def test_values_that_are_no_objects_are_left_out_with_a_warning() -> None:
    body = json.dumps({"ok": {"models": {}}} | {f"x{n}\x1b\n": n for n in range(7)}).encode()
    sliced = slice_catalog(body, "x")
    assert list(sliced.index) == ["ok"]
    assert sliced.warnings[0] == "'x0\\x1b\\n' was left out: it is not an object"
    assert sliced.warnings[-1] == "2 more values were left out: they are not objects"
    assert len(sliced.warnings) == 6


def test_a_repeated_key_counts_once_the_last_one() -> None:
    body = b'{"a": {"models": {"one": {}}}, "a": {"models": {}, "id": "second"}}'
    assert parse_slice(slice_catalog(body, "x").slices["a"]) == {"models": {}, "id": "second"}


def test_a_number_beyond_a_double_counts_as_absent() -> None:
    body = b'{"a": {"models": {}, "n": 1e999, "m": -1e999, "big": 1e300}}'
    for parse in (parse_object, parse_members):
        assert parse(body, "x")["a"] == {"models": {}, "n": None, "m": None, "big": 1e300}
    assert parse_slice(slice_catalog(body, "x").slices["a"])["n"] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_every_encoding_of_json_is_read(encoding: str) -> None:
    body = '{"é": {"models": {}, "name": "Ł\\ud800"}}'.encode(encoding)
    assert parse_slice(slice_catalog(body, "x").slices["é"])["name"] == "Ł\ud800"


@pytest.mark.parametrize("text", [b"", b"[]", b"3", b"{", b"\xff"])
def test_a_slice_that_was_not_stored_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any of them
        parse_slice(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(), st.dictionaries(st.text(), JSON, max_size=3), max_size=4),
    st.sampled_from([None, 2]),
    st.booleans(),
)
def test_cutting_loses_nothing(
    document: dict[str, dict[str, object]], indent: int | None, ascii_only: bool
) -> None:
    document["sure"] = {"models": {}}
    body = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    try:
        body.decode()
    except UnicodeDecodeError:
        return
    assert dict(parse_members(body, "x")) == document
    sliced = slice_catalog(body, "x")
    assert {id_: parse_slice(text) for id_, text in sliced.slices.items()} == document
    assert list(sliced.index) == list(document)


@given(st.binary(max_size=40) | st.text(alphabet='{}[]":,ab1 \n').map(str.encode))
def test_whatever_comes_the_answer_is_the_same_as_of_a_plain_parser(body: bytes) -> None:
    try:
        expected = json.loads(body)
    except (ValueError, RecursionError):
        expected = None
    try:
        got = parse_object(body, "x")
    except DocumentInvalid:
        got = None
    assert got == (expected if isinstance(expected, dict) else None)
    assert outcome(parse_members, body) == outcome(parse_object, body)


@given(st.text(alphabet='{}[]":,a1-.e\\ud0 \n\t', max_size=30))
def test_whatever_comes_a_catalog_is_cut_as_a_plain_parser_reads_it(text: str) -> None:
    body = f'{{"sure": {{"models": {{}}}}, "odd": {text}}}'.encode()
    try:
        expected: object = {
            id_: value for id_, value in parse_object(body, "x").items() if isinstance(value, dict)
        }
    except DocumentInvalid:
        expected = None
    try:
        got: object = {id_: parse_slice(cut) for id_, cut in slice_catalog(body, "x").slices.items()}
    except DocumentInvalid:
        got = None
    assert got == expected


def outcome(parse: Callable[[bytes, str], Mapping[str, Any]], body: bytes) -> object:
    try:
        return list(parse(body, "x").items())
    except DocumentInvalid as error:
        return error.message


def test_members_are_parsed_when_they_are_asked_for_and_objects_counted() -> None:
    members = parse_members(b'{"a": {"b": [1]}, "c": 3, "d": {}, "a": {"e": 1}}', "x")
    assert (list(members), members.objects, len(members)) == (["a", "c", "d"], 2, 3)
    assert members["a"] == {"e": 1}
    assert members["a"] is not members["a"]
