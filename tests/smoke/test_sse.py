from __future__ import annotations

import pytest

from provisioner.smoke.sse import Decoder, Event, EventTooLarge


def decoded(*reads: bytes) -> list[Event]:
    decoder = Decoder()
    found = [event for read in reads for event in decoder.feed(read)]
    last = decoder.finish()
    return [*found, last] if last else found


def events(*reads: bytes) -> list[Event]:
    """What is in the reads; but for the BOM it is the same behind another event."""
    found = decoded(*reads)
    if not b"".join(reads).startswith(b"\xef\xbb\xbf"):
        assert decoded(b"data: 0\n\n", *reads) == [("", "0"), *found]
    return found


def texts(*reads: bytes) -> list[str]:
    return [data for _, data in events(*reads)]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_a_line_ends_in_any_of_three_ways(end: bytes) -> None:
    assert texts(end.join([b"data: a", b"", b"data: b", b"", b""])) == ["a", "b"]


def test_a_crlf_cut_between_two_reads_is_one_line_end() -> None:
    assert texts(b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n") == ["a\nb"]


def test_a_cr_before_an_empty_read_still_waits_for_its_lf() -> None:
    assert texts(b"data: a\r", b"", b"\ndata: b\n\n") == ["a\nb"]


@pytest.mark.parametrize("end", [b"\n\n", b"\r\r", b"\r\n\r", b"\n\r", b"\r\n\n"])
def test_the_event_is_there_as_soon_as_its_blank_line_is(end: bytes) -> None:
    decoder = Decoder()
    assert [decoder.feed(b"data: a" + end) for _ in range(3)] == [[("", "a")]] * 3


def test_unicode_line_separators_are_no_line_ends() -> None:
    text = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg"
    assert texts(f"data: {text}\n\n".encode()) == [text]


def test_a_character_cut_between_two_reads_is_whole() -> None:
    raw = "data: ü€😀\n\n".encode()
    assert texts(*(raw[i : i + 1] for i in range(len(raw)))) == ["ü€😀"]


def test_one_byte_order_mark_is_stripped_even_when_it_is_cut() -> None:
    assert texts(b"", b"\xef", b"\xbb\xbfdata: a\n\n") == ["a"]
    assert texts(b"data: a\n\n", b"\xef\xbb\xbfdata: b\n\n") == ["a"]
    assert texts(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n") == ["b"]


@pytest.mark.parametrize(
    ("line", "value"), [(b"data:a", "a"), (b"data: a", "a"), (b"data:  a", " a"), (b"data:a: b", "a: b")]
)
def test_one_space_after_the_colon_is_stripped(line: bytes, value: str) -> None:
    assert texts(line + b"\n\n") == [value]


def test_several_data_lines_are_joined_and_a_bare_one_counts() -> None:
    assert texts(b"data: a\ndata\ndata:\ndata: b\n\n") == ["a\n\n\nb"]


def test_comments_ids_retries_and_unknown_fields_are_dropped() -> None:
    assert events(b": ping\nid: 7\nretry: 10\nfoo: bar\nevent: e\ndata: a\n\n") == [("e", "a")]


@pytest.mark.parametrize(
    ("block", "event"),
    [
        (b"event: ping\n\n", ("ping", "")),
        (b"data:\n\n", ("", "")),
        (b"data:   \n\n", ("", "  ")),
        (b"data: null\n\n", ("", "null")),
    ],
)
def test_a_block_with_a_name_or_blank_data_is_an_event_and_leaves_no_name_behind(
    block: bytes, event: Event
) -> None:
    assert events(block + b"data: a\n\n") == [event, ("", "a")]


@pytest.mark.parametrize(
    ("block", "event"),
    [
        (b"data: b\ndata: c\n\n", ("", "b\nc")),
        (b"foo\ndata: b\n\n", ("", "b")),
        (b"event: e\ndata: b\ndata: c\n\n", ("e", "b\nc")),
        (b"event:\ndata: b\n\n", ("", "b")),
        (b"event: d\nevent: e\ndata: b\n\n", ("e", "b")),
    ],
)
def test_every_line_of_an_event_counts_between_events_of_one_line(block: bytes, event: Event) -> None:
    assert events(b"data: a\n\n" + block + b"data: a\n\n") == [("", "a"), event, ("", "a")]


@pytest.mark.parametrize("block", [b"\n\n\n", b": ping\n\n", b"id: 7\nretry: 1\n\n"])
def test_a_block_without_either_is_none(block: bytes) -> None:
    assert events(block + b"data: a\n\n") == [("", "a")]


def test_the_last_event_needs_no_blank_line() -> None:
    assert texts(b"data: a\n\ndata: b") == ["a", "b"]
    assert texts(b"data: a\n\ndata: b\n") == ["a", "b"]


def test_what_stands_outside_every_field_is_kept_within_bounds() -> None:
    decoder = Decoder()
    decoder.feed(b'data: a\n\n{\n  "error": {"message": "x"}\n}\n')
    assert decoder.finish() is None
    assert decoder.stray == '{\n  "error": {"message": "x"}\n}\n'
    decoder.feed(b"x" * 1_000_000 + b"\n" + b"y" * 1_000_000 + b"\n")
    assert len(decoder.stray) <= 2 * 65536 + 64


def test_an_event_past_the_limit_is_refused_whatever_its_lines() -> None:
    with pytest.raises(EventTooLarge):
        Decoder(limit=100).feed(b"data: " + b"x" * 200)
    with pytest.raises(EventTooLarge):
        Decoder(limit=100).feed(b"data: xxxx\n" * 40)
    with pytest.raises(EventTooLarge):
        Decoder(limit=100).feed(b"data\n" * 200)
    with pytest.raises(EventTooLarge):
        Decoder(limit=100).feed(b"data: a\n\ndata: " + b"x" * 200 + b"\n\n")
    with pytest.raises(EventTooLarge):
        Decoder(limit=100).feed(b"data: a\n\ndata: " + b"x" * 200)
    assert Decoder(limit=100).feed(b": xxxxxxxx\n" * 400) == []
