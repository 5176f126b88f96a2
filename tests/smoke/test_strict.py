"""What Kimi Code makes of a stream: each expectation was seen on Kimi Code 2.1.0 itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.smoke.exchange import Exchange
from tests.smoke.streams import CHAT, DONE, GOOGLE, MESSAGES, RESPONSES, STREAMS, chunk, data, named

ENDS = {"chat": b"\n\n", "messages": b"\n\n", "responses": b"\n\n", "google": b"\r\n\r\n"}
# Put after the first event of a good stream: whether Kimi Code still answers, by wire.
ODD = {
    b"data: \n\n": "messages",
    b"data: null\n\n": "messages responses google",
    b"data: [1]\n\n": "chat messages responses google",
    b"data: {}\n\n": "chat messages google",
    b"data: 5\n\n": "chat messages responses google",
    b'data: {"error": {}}\n\n': "messages google",
    b'data: {"error": ""}\n\n': "chat messages google",
    b'data: {"error": null}\n\n': "chat messages google",
    b"event: ping\n\n": "messages google",
    b"event: ping\ndata: {}\n\n": "chat messages google",
    b": comment\n\n": "chat messages responses google",
    b": comment\nevent: foo\n\n": "messages google",
    b"data: oops\n\n": "messages",
    b"event: odd\ndata: oops\n\n": "messages google",
    b"event: content_block_delta\ndata: oops\n\n": "google",
    b"<html>\n\n": "chat messages responses google",
    b"id: 7\n\n": "chat messages responses google",
    b'data: {"type": null}\n\n': "chat messages google",
}


def read(wire: str, body: bytes, *, cut: bool = False) -> tuple[bool, Exchange, str | None]:
    """Whether Kimi Code answers, what was read, and the kind of problem."""
    exchange = Exchange(STREAMS[wire][0]())
    exchange.feed(body)
    problem = exchange.finish(cut=cut)
    strict = exchange.strict
    answers = strict.error is None and strict.message.trouble is None and not strict.filtered
    return answers, exchange, problem.kind if problem else None


@pytest.mark.parametrize("wire", STREAMS)
@pytest.mark.parametrize("odd", ODD)
def test_odd_events_in_the_middle(odd: bytes, wire: str) -> None:
    head, end, rest = STREAMS[wire][1].partition(ENDS[wire])
    answers, exchange, kind = read(wire, head + end + odd + rest)
    assert answers == (wire in ODD[odd].split())
    assert exchange.reader.answer.text.startswith("Hel")
    assert (kind is None) == answers


@pytest.mark.parametrize("wire", STREAMS)
def test_a_good_stream_in_any_form(wire: str) -> None:
    body = STREAMS[wire][1].replace(b"\r\n", b"\n")
    for form in (body, body.replace(b"\n", b"\r\n"), body.replace(b"\n", b"\r"), b"\xef\xbb\xbf" + body):
        assert read(wire, form)[0]


@pytest.mark.parametrize("wire", STREAMS)
def test_a_body_that_is_not_ended(wire: str) -> None:
    answers, _, kind = read(wire, STREAMS[wire][1], cut=True)
    assert (answers, kind) == (False, "unreadable")


def test_a_last_event_without_its_blank_line() -> None:
    assert read("google", GOOGLE.rstrip())[2] == "unreadable"
    assert read("chat", CHAT.rstrip())[2] is None
    assert read("messages", MESSAGES.rstrip())[2] is None


def test_messages_need_their_event_lines_and_google_data_at_the_start_of_a_block() -> None:
    bare = b"\n".join(line for line in MESSAGES.split(b"\n") if not line.startswith(b"event:"))
    assert read("messages", bare)[2] == "unreadable"
    bare = b"\n".join(line for line in RESPONSES.split(b"\n") if not line.startswith(b"event:"))
    assert read("responses", bare)[0]
    assert read("google", GOOGLE.replace(b"data:", b": x\r\ndata:"))[2] == "unreadable"
    assert read("google", GOOGLE + DONE)[2] == "unreadable"


USAGE = {"prompt_tokens": "9", "completion_tokens": "5"}


@pytest.mark.parametrize(
    ("delta", "answers"),
    [
        ({"content": "Hi"}, True),
        ({"content": [{"type": "text", "text": "Hi"}]}, False),
        ({"refusal": "no"}, False),
        ({"function_call": {"name": "f", "arguments": "{}"}}, False),
        ({"reasoning_content": "hm"}, False),
        ({"content": " "}, True),
        ({"reasoning_content": "", "content": " "}, False),
        ({"content": "Hi", "tool_calls": {}}, False),
        ({"content": "Hi", "tool_calls": [None]}, False),
        ({"content": "Hi", "tool_calls": []}, True),
        ({"tool_calls": [{"function": {"name": "f", "arguments": {}}}]}, True),
        ({"tool_calls": [{"index": None, "function": {"name": "f", "arguments": "{}"}}]}, True),
        ({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}, False),
        ({"content": {"text": "Hi"}}, False),
    ],
)
def test_deltas_of_chat(delta: dict[str, Any], answers: bool) -> None:
    body = data(chunk(delta), chunk(finish="stop"), {"choices": [], "usage": USAGE}) + DONE
    assert read("chat", body)[0] == answers


def test_blank_reasoning_between_pieces_of_blank_text_leaves_no_trace() -> None:
    parts = [chunk({"content": " "}), chunk({"reasoning_content": ""})]
    assert not read("chat", data(*parts, chunk(finish="stop")))[0]
    assert read("chat", data(*parts, chunk({"content": " "}), chunk(finish="stop")))[0]


@pytest.mark.parametrize(
    ("finish", "answers"), [("length", True), ("sensitive", True), ("error", True), ("content_filter", False)]
)
def test_finish_reasons_of_chat(finish: str, answers: bool) -> None:
    assert read("chat", data(chunk({"content": "Hi"}), chunk(finish=finish)))[0] == answers


def call(index: Any, **function: Any) -> dict[str, Any]:
    return chunk({"tool_calls": [{"index": index, "id": "a", "function": function}]})


def test_calls_as_kimi_code_puts_them_together() -> None:
    parts = [
        call(0, name="f", arguments='{"a":'),
        call(1, name="g", arguments=""),
        call(0, arguments="1}"),
        call(1, arguments="{}"),
    ]
    calls = read("chat", data(*parts, chunk(finish="tool_calls")))[1].strict.message.calls
    assert [(made.name, made.arguments) for made in calls] == [("f", '{"a":1}'), ("g", "{}")]
    late = [call(0, name="", arguments='{"a":'), call(0, name="f", arguments="1}")]
    calls = read("chat", data(*late, chunk(finish="tool_calls")))[1].strict.message.calls
    assert [(made.name, made.arguments) for made in calls] == [("f", '{"a":1}')]
    glued = [call(0, name="f", arguments="{}"), call(0, name="g", arguments="{}")]
    calls = read("chat", data(*glued, chunk(finish="tool_calls")))[1].strict.message.calls
    assert [(made.name, made.arguments) for made in calls] == [("f", "{}{}")]


def responses_call(**more: Any) -> list[dict[str, Any]]:
    item = {"type": "function_call", "call_id": "c", "name": "f", "arguments": ""} | more.pop("item", {})
    added = {"type": "response.output_item.added", "item": item} | more.get("added", {})
    piece = {"type": "response.function_call_arguments.delta", "delta": "{}"} | more.get("delta", {})
    done = {"type": "response.output_item.done", "item": item | {"arguments": more.get("whole", "{}")}}
    end = {"type": "response.completed", "response": {"status": "completed"}}
    return [added, piece, done | more.get("added", {}), end]


@pytest.mark.parametrize(
    ("more", "answers"),
    [
        ({"item": {"id": "i"}, "delta": {"item_id": "i"}}, True),
        ({"item": {"id": "i"}, "delta": {"item_id": "j"}}, False),
        ({"added": {"output_index": 0}, "delta": {"output_index": 0}}, True),
        ({"item": {"id": "i"}, "added": {"output_index": 0}, "delta": {"output_index": 0}}, False),
        ({}, True),
        ({"whole": "{ }"}, False),
        ({"item": {"name": None}}, False),
    ],
)
def test_calls_of_responses(more: dict[str, Any], answers: bool) -> None:
    assert read("responses", named(*responses_call(**more)))[0] == answers


@pytest.mark.parametrize(
    ("old", "new", "answers"),
    [
        (b"response.output_text.delta", b"response.refusal.delta", False),
        (b'"delta": "Hel"', b'"delta": null', False),
        (b"response.completed", b"response.done", True),
        (b"response.completed", b"response.cancelled", True),
        (b'{"input_tokens"', b'{"input_tokenz"', True),
    ],
)
def test_events_of_responses(old: bytes, new: bytes, answers: bool) -> None:
    assert old in RESPONSES
    assert read("responses", RESPONSES.replace(old, new))[0] == answers


@pytest.mark.parametrize(
    ("old", "new", "answers"),
    [
        (b'"usage": {"output_tokens": 5}', b'"usage": null', False),
        (b'"usage": {"output_tokens": 5}', b'"usage": "many"', True),
        (b'"stop_reason": "end_turn"', b'"stop_reason": "refusal"', False),
        (b'"stop_reason": "end_turn"', b'"stop_reason": "pause_turn"', True),
        (b'{"type": "text_delta", "text": "Hel"}', b"null", False),
        (b'{"type": "text", "text": ""}', b"null", False),
    ],
)
def test_events_of_messages(old: bytes, new: bytes, answers: bool) -> None:
    assert old in MESSAGES
    assert read("messages", MESSAGES.replace(old, new))[0] == answers


@pytest.mark.parametrize(
    ("candidates", "answers"),
    [
        ([None], True),
        ({}, False),
        ([{"content": {"parts": {}}}], False),
        ([{"content": {"parts": [None]}}], False),
        ([{"finishReason": "SAFETY"}], True),
    ],
)
def test_candidates_of_google(candidates: Any, answers: bool) -> None:
    assert read("google", data({"candidates": candidates}) + GOOGLE)[0] == answers


def test_google_reads_every_candidate_and_drops_an_error_frame() -> None:
    both = [{}, {"content": {"parts": [{"text": "two"}]}, "finishReason": "STOP"}]
    assert read("google", data({"candidates": both}))[1].strict.message.texts == ["two"]
    error = {"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}}
    head, end, _ = GOOGLE.partition(b"\r\n\r\n")
    answers, _, kind = read("google", head.replace(b', "thought": true', b"") + end + data(error))
    assert (answers, kind) == (True, "stream_error")
    assert read("google", head + end + json.dumps(error).encode())[0] is False


def test_a_stream_behind_lines_of_another_kind_is_read() -> None:
    assert read("chat", b"foo: bar\n\n" + CHAT)[2] is None
