"""The decoder against a simple one that has the whole stream and goes by the rules line by line."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.smoke import sse
from provisioner.smoke.sse import Decoder, Event, EventTooLarge

LIMIT = 120
# What is decoded, and what stood outside of every field; or that an event was too large.
Found = tuple[list[Event], str] | str


def text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def by_the_rules(body: bytes, limit: int) -> Found:
    """As the WHATWG specification has it; an event is also what has a name or blank data, and needs no blank line at the end."""
    lines = re.split(rb"\r\n|\r|\n", body)
    lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
    events: list[Event] = []
    stray, name, data = b"", "", list[bytes]()
    for line in (*lines, b""):
        if sum(len(value) + 1 for value in data) + len(line) > limit:
            return "too large"
        field, colon, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not line:
            if name or data:
                events.append((name, text(b"\n".join(data))))
            name, data = "", []
        elif colon and not field:
            pass
        elif field == b"data":
            data.append(value)
        elif field == b"event":
            name = text(value)
        elif field not in (b"id", b"retry"):
            stray += line + b"\n"
    return events, text(stray)


def decoded(reads: list[bytes], limit: int) -> Found:
    decoder = Decoder(limit)
    found: list[Event] = []
    try:
        for read in reads:
            found += decoder.feed(read)
        last = decoder.finish()
    except EventTooLarge:
        return "too large"
    return [event for event in (*found, last) if event is not None], decoder.stray


VALUES = st.sampled_from(
    [
        b"",
        b" ",
        b"a",
        b" a",
        b"  a",
        b": b",
        b"{}",
        b"{" * 9,
        "ü€😀\u2028".encode(),
        b"\xe2\x82",
        b"\xff",
        b"x" * 70,
        b"\x00",
    ]
)
LINES = st.one_of(
    st.builds(
        lambda field, colon, value: field + colon + value,
        st.sampled_from(
            [b"data", b"event", b"id", b"retry", b"", b"foo", b"dat", b"\xef\xbb\xbfdata", b"data "]
        ),
        st.sampled_from([b":", b": ", b""]),
        VALUES,
    ),
    st.sampled_from([b"", b"", b"{", b"}", b"\xef\xbb\xbf", b": ping"]),
)
BLOCKS = st.one_of(
    st.lists(LINES, max_size=5),
    # What is cut out of a read at once, and the like of it.
    st.lists(VALUES, min_size=1, max_size=2).map(lambda values: [b"data: " + value for value in values]),
    st.tuples(VALUES, VALUES).map(lambda pair: [b"event: " + pair[0], b"data: " + pair[1]]),
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Streams, most of them with one kind of line end, as servers send them."""
    lines = [line for block in draw(st.lists(BLOCKS, max_size=8)) for line in (*block, b"")]
    ends = draw(
        st.one_of(
            ENDS.map(lambda end: [end] * len(lines)), st.lists(ENDS, min_size=len(lines), max_size=len(lines))
        )
    )
    body = b"".join(line + end for line, end in zip(lines, ends, strict=True))
    return (
        draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
        + body[: len(body) - draw(st.sampled_from([0, 0, 1, 3]))]
    )


@settings(max_examples=300)
@given(
    body=bodies(),
    places=st.lists(st.integers(0, 999), max_size=12),
    limit=st.sampled_from([LIMIT, sse.EVENT_LIMIT]),
)
def test_every_spelling_in_any_reads_is_decoded_by_the_rules(
    body: bytes, places: list[int], limit: int
) -> None:
    cuts = sorted({0, len(body), *(place % (len(body) + 1) for place in places)})
    reads = [body[start:end] for start, end in itertools.pairwise(cuts)]
    expected = by_the_rules(body, limit)
    assert decoded(reads, limit) == decoded([body], limit) == expected


@settings(max_examples=300)
@given(
    tokens=st.lists(
        st.sampled_from(
            [
                *(
                    b"data: ",
                    b"data:",
                    b"data",
                    b"event: ",
                    b"event:",
                    b": ",
                    b"id: 1",
                    b" ",
                    b"a",
                    b"{",
                    b"x" * 70,
                ),
                *(
                    b"\n",
                    b"\r",
                    b"\r\n",
                    b"\n\n",
                    b"\r\n\r\n",
                    b"\r\r",
                    b"\x0b\x0c\x1c\x85",
                    "\u2028".encode(),
                ),
                *(
                    b"data: q\n\n",
                    b"data: q\r\n\r\n",
                    b"event: e\ndata: d\n\n",
                    b"event: e\r\ndata: d\r\n\r\n",
                ),
                *(
                    b"\xf0\x9f\x98\x80",
                    b"\xf0\x9f\x98",
                    b"\xe2\x82",
                    b"\xed\xa0\x80",
                    b"\xff",
                    b"\x00",
                    b"\xef\xbb\xbf",
                ),
            ]
        )
        | st.binary(max_size=4),
        max_size=40,
    ),
    places=st.lists(st.integers(0, 999), max_size=40),
)
def test_any_bytes_in_any_reads_are_decoded_by_the_rules(tokens: list[bytes], places: list[int]) -> None:
    body = b"".join(tokens)
    cuts = sorted((0, len(body), *(place % (len(body) + 1) for place in places)))  # some reads are empty
    reads = [body[start:end] for start, end in itertools.pairwise(cuts)]
    bytewise = [body[at : at + 1] for at in range(len(body))]
    expected = by_the_rules(body, sse.EVENT_LIMIT)
    assert decoded(reads, sse.EVENT_LIMIT) == decoded(bytewise, sse.EVENT_LIMIT) == expected


@pytest.mark.parametrize("kept", [0, 8])
@given(body=bodies(), places=st.lists(st.integers(0, 999), max_size=12))
def test_a_long_event_is_decoded_as_a_short_one(kept: int, body: bytes, places: list[int]) -> None:
    cuts = sorted({0, len(body), *(place % (len(body) + 1) for place in places)})
    reads = [body[start:end] for start, end in itertools.pairwise(cuts)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sse, "_KEPT", kept)
        assert decoded(reads, LIMIT) == by_the_rules(body, LIMIT)


@pytest.mark.parametrize("shape", [b"data: %s\n\n", b"event: e\ndata: %s\n\n", b"data: %s\ndata: b\n\n"])
def test_an_event_of_too_many_objects_is_refused_in_whatever_run_it_stands(shape: bytes) -> None:
    few, many = shape % (b"[" * sse._FEW), shape % (b"[" * (sse._FEW + 1))
    assert len(Decoder().feed(few + shape % b"a" + few)) == 3
    with pytest.raises(EventTooLarge):
        Decoder().feed(shape % b"a" + many + shape % b"a")
