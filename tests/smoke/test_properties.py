from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.smoke.exchange import Exchange, TooLarge
from provisioner.smoke.sse import Decoder, Event, EventTooLarge
from tests.smoke.streams import STREAMS

LIMIT = 4096


def cut(body: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(body), *(place % (len(body) + 1) for place in cuts)})
    return [body[a:b] for a, b in itertools.pairwise(places)]


def decoded(reads: list[bytes]) -> tuple[list[Event], str]:
    decoder = Decoder()
    found = [event for read in reads for event in decoder.feed(read)]
    last = decoder.finish()
    return found + ([last] if last else []), decoder.stray


def answered(name: str, reads: list[bytes]) -> Any:
    exchange = Exchange(STREAMS[name][0]())
    for read in reads:
        exchange.feed(read)
    problem = exchange.finish()
    answer = exchange.reader.answer
    calls = [(call.id, call.name, call.arguments) for call in answer.tool_calls]
    return problem, answer.text, answer.reasoning, calls, answer.finish_raw, answer.usage, answer.failure


LINES = st.lists(
    st.sampled_from(
        [
            b"data: a",
            b"data:",
            b"data",
            b"event: e",
            b": c",
            b"",
            b"",
            b"x",
            b"\xef\xbb\xbf",
            b"data: \xe2\x82\xac",
        ]
    ),
    max_size=30,
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


@given(
    lines=LINES,
    ends=st.lists(ENDS, min_size=31, max_size=31),
    cuts=st.lists(st.integers(0, 10_000), max_size=40),
)
def test_any_split_of_any_lines_gives_the_same_events(
    lines: list[bytes], ends: list[bytes], cuts: list[int]
) -> None:
    body = b"".join(line + end for line, end in zip(lines, ends, strict=False))
    assert decoded(cut(body, cuts)) == decoded([body]) == decoded([body[i : i + 1] for i in range(len(body))])


@given(body=st.binary(max_size=400), cuts=st.lists(st.integers(0, 400), max_size=20))
def test_any_split_of_any_bytes_gives_the_same_events(body: bytes, cuts: list[int]) -> None:
    assert decoded(cut(body, cuts)) == decoded([body])


@pytest.mark.parametrize("name", STREAMS)
@given(cuts=st.lists(st.integers(0, 10_000), max_size=60))
def test_any_split_of_a_stream_gives_the_same_answer(name: str, cuts: list[int]) -> None:
    body = STREAMS[name][1]
    assert answered(name, cut(body, cuts)) == answered(name, [body])


@pytest.mark.parametrize("name", STREAMS)
@given(
    place=st.integers(0, 10_000),
    junk=st.binary(max_size=60),
    cuts=st.lists(st.integers(0, 10_000), max_size=10),
)
def test_a_damaged_stream_never_crashes_and_splits_alike(
    name: str, place: int, junk: bytes, cuts: list[int]
) -> None:
    body = STREAMS[name][1]
    place %= len(body)
    damaged = body[:place] + junk + body[place + len(junk) // 2 :]
    assert answered(name, cut(damaged, cuts)) == answered(name, [damaged])


@given(reads=st.lists(st.binary(max_size=2000), max_size=20))
def test_no_bytes_pass_the_cap(reads: list[bytes]) -> None:
    decoder = Decoder(limit=LIMIT)
    try:
        for read in reads:
            for _, data in decoder.feed(b"data: " + read):
                assert len(data) <= LIMIT
            assert len(decoder._partial) + decoder._size <= LIMIT
    except EventTooLarge:
        pass


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "delta",
                    "content",
                    "tool_calls",
                    "function",
                    "index",
                    "id",
                    "name",
                    "arguments",
                    "error",
                    "message",
                    "usage",
                    "prompt_tokens",
                    "finish_reason",
                    "type",
                    "code",
                    "reasoning_details",
                    "function_call",
                    "x_groq",
                    "response",
                    "item",
                    "output_index",
                    "status",
                    "incomplete_details",
                    "output_tokens_details",
                    "detail",
                    "content_block",
                    "partial_json",
                    "text",
                    "thinking",
                    "stop_reason",
                    "input_tokens",
                    "input",
                    "signature",
                    "candidates",
                    "parts",
                    "functionCall",
                    "args",
                    "partialArgs",
                    "jsonPath",
                    "usageMetadata",
                    "finishReason",
                    "promptFeedback",
                    "blockReason",
                    "thought",
                    "stringValue",
                    "willContinue",
                    "promptTokenCount",
                    "object",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)
KINDS = st.sampled_from(
    [
        None,
        "error",
        "message_start",
        "content_block_start",
        "content_block_delta",
        "message_delta",
        "message_stop",
        "response.output_item.added",
        "response.output_item.done",
        "response.completed",
        "response.incomplete",
        "response.failed",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_text.delta",
        "response.reasoning_summary_text.delta",
        "text_delta",
        "tool_use",
        "thinking",
    ]
)


@pytest.mark.parametrize("name", STREAMS)
@given(values=st.lists(st.tuples(KINDS, JSON), max_size=8))
def test_no_json_crashes_a_reader(name: str, values: list[tuple[str | None, Any]]) -> None:
    exchange = Exchange(STREAMS[name][0]())
    for kind, value in values:
        body = {**value, "type": kind} if isinstance(value, dict) and kind else value
        head = f"event: {kind}\n" if kind else ""
        exchange.feed(f"{head}data: {json.dumps(body)}\n\n".encode())
    exchange.finish()
    answer = exchange.reader.answer
    assert isinstance(answer.text, str)
    assert all(call.name and isinstance(call.arguments, str | dict) for call in answer.tool_calls)
    json.dumps([call.arguments for call in answer.tool_calls])


@given(reads=st.lists(st.binary(max_size=300), max_size=10))
def test_random_bytes_end_in_a_problem_or_an_answer(reads: list[bytes]) -> None:
    for name in STREAMS:
        exchange = Exchange(STREAMS[name][0](), limit=2000)
        try:
            for read in reads:
                exchange.feed(read)
        except TooLarge:
            continue
        problem = exchange.finish()
        assert (problem is None) == (
            exchange.reader.answer.complete and exchange.reader.answer.failure is None
        )
