from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from provisioner.smoke.exchange import Exchange, TooLarge
from provisioner.smoke.wires.chat_reader import ChatReader
from provisioner.smoke.wires.google_reader import GoogleReader
from provisioner.smoke.wires.responses_reader import ResponsesReader
from tests.smoke.streams import CHAT, MESSAGES, STREAMS, chunk, data

if TYPE_CHECKING:
    from provisioner.smoke.problem import Problem


def end(body: bytes, reader: ChatReader | GoogleReader | None = None) -> tuple[Problem | None, Exchange]:
    exchange = Exchange(reader or ChatReader())
    exchange.feed(body)
    return exchange.finish(), exchange


@pytest.mark.parametrize("name", STREAMS)
def test_a_whole_stream_is_no_problem(name: str) -> None:
    reader, body = STREAMS[name]
    exchange = Exchange(reader())
    exchange.feed(body)
    assert exchange.finish() is None
    assert exchange.reader.answer.text.startswith("Hel")
    assert exchange.reader.answer.reasoning.startswith("Hm")
    assert exchange.reader.answer.finish_kind == "stop"


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_cut_anywhere_is_truncated_or_complete_but_never_silent(name: str) -> None:
    reader, body = STREAMS[name]
    for cut in range(len(body)):
        exchange = Exchange(reader())
        exchange.feed(body[:cut])
        problem = exchange.finish()
        if not exchange.reader.answer.complete:
            assert problem is not None
        if problem is not None:
            assert problem.kind in ("truncated", "not_sse", "unreadable")


def test_an_end_marker_is_enough_and_a_cut_says_what_kimi_code_would_make_of_it() -> None:
    problem, _ = end(data(chunk({"content": "Hi"})) + b"data: [DONE]\n\n")
    assert problem is None
    problem, _ = end(data(chunk({"content": "Hi"})))
    assert problem is not None
    assert problem.kind == "truncated"
    assert "Kimi Code would take what came for the whole answer" in problem.message


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "truncated"),
        (b"   \n ", "truncated"),
        (b"<html><title>x</title></html>", "not_sse"),
        (b"Bad gateway", "not_sse"),
        (b'{"object": "chat.completion", "choices": [{"message": {"content": "Hi"}}]}', "not_sse"),
        (b'{"error": {"message": "no"}}', "stream_error"),
        (b'[{"error": {"code": 500, "message": "no", "status": "INTERNAL"}}]', "stream_error"),
        (b'{"object": "chat.compl', "bad_json"),
        (b"data: {not json}\n\n", "bad_json"),
        (b'data: {"choices": [{"del', "truncated"),
        (b"data: [[[[" + b"[" * 40_000 + b"\n\n", "bad_json"),
    ],
)
def test_a_body_that_is_no_stream_is_named(body: bytes, kind: str) -> None:
    problem, _ = end(body)
    assert problem is not None
    assert problem.kind == kind


def test_bare_json_in_the_middle_of_a_google_stream_is_its_error() -> None:
    first = data({"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]})
    error = json.dumps({"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}, indent=2)
    problem, exchange = end(first + error.encode() + b"\n", GoogleReader())
    assert problem is not None
    assert (problem.kind, problem.message, problem.type, problem.code) == (
        "stream_error",
        "overloaded",
        "UNAVAILABLE",
        503,
    )
    assert problem.transient
    assert exchange.reader.answer.text == "Hi"


def test_events_of_another_wire_are_recognised() -> None:
    problem, _ = end(MESSAGES)
    assert problem is not None
    assert (problem.kind, problem.message) == ("protocol", "the stream speaks anthropic, not openai")
    exchange = Exchange(ResponsesReader())
    exchange.feed(CHAT)
    found = exchange.finish()
    assert found is not None
    assert found.message == "the stream speaks openai, not openai_responses"


def test_what_arrived_before_a_failure_is_kept() -> None:
    problem, exchange = end(
        data(chunk({"content": "Hel"}), {"error": {"message": "boom", "type": "server_error"}})
    )
    assert problem is not None
    assert (problem.kind, problem.message, problem.type) == ("stream_error", "boom", "server_error")
    assert exchange.reader.answer.text == "Hel"
    assert exchange.decided


def test_the_caps_hold() -> None:
    exchange = Exchange(ChatReader(), limit=1000)
    exchange.feed(b": ping\n\n" * 100)
    with pytest.raises(TooLarge, match="1,000 bytes"):
        exchange.feed(b": ping\n\n" * 100)
    with pytest.raises(TooLarge, match="one event"):
        Exchange(ChatReader()).feed(b"data: " + b"x" * 17_000_000)


def test_blank_bytes_without_end_are_not_kept() -> None:
    exchange = Exchange(ChatReader())
    for _ in range(1000):
        exchange.feed(b" " * 1000)
    assert exchange._head == b""


def test_a_web_page_is_not_read_to_its_end() -> None:
    exchange = Exchange(ChatReader())
    exchange.feed(b"<html>" + b"x" * 10_000)
    assert exchange.decided
