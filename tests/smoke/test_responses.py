from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from provisioner.smoke.answer import Usage
from provisioner.smoke.exchange import Exchange
from provisioner.smoke.wires.responses_reader import ResponsesReader
from tests.smoke.streams import RESPONSES, data, named

if TYPE_CHECKING:
    from provisioner.smoke.problem import Problem

COMPLETED = {
    "type": "response.completed",
    "response": {"status": "completed", "usage": {"input_tokens": 1, "output_tokens": 2}},
}


def read(body: bytes) -> tuple[ResponsesReader, Problem | None]:
    reader = ResponsesReader()
    exchange = Exchange(reader)
    exchange.feed(body)
    return reader, exchange.finish()


def item(kind: str, index: int | None, **content: Any) -> dict[str, Any]:
    place = {} if index is None else {"output_index": index}
    return {"type": f"response.output_item.{kind}", **place, "item": {"type": "function_call", **content}}


def arguments(kind: str, index: int, **more: Any) -> dict[str, Any]:
    return {"type": f"response.function_call_arguments.{kind}", "output_index": index, **more}


def calls(*events: dict[str, Any]) -> list[tuple[str | None, str, Any]]:
    reader, problem = read(named(*events, COMPLETED))
    assert problem is None or problem.kind == "unreadable"  # a matter of tests/smoke/test_strict.py
    assert reader.answer.finish_kind == "tool"
    return [(call.id, call.name, call.arguments) for call in reader.answer.tool_calls]


def test_types_suffice_and_repetitions_add_nothing() -> None:
    reader, problem = read(RESPONSES.replace(b"event: ", b": "))
    assert problem is None
    assert (reader.answer.text, reader.answer.reasoning, reader.answer.usage) == (
        "Hello",
        "Hm.",
        Usage(7, 5, 2),
    )


def test_arguments_by_deltas_then_done_are_not_doubled() -> None:
    added = item("added", 0, call_id="a", name="f", arguments="")
    pieces = [
        arguments("delta", 0, delta='{"x":', item_id="1"),
        arguments("delta", 0, delta="1}", item_id="2"),
    ]
    done = [
        arguments("done", 0, arguments='{"x":1}'),
        item("done", 0, call_id="a", name="f", arguments='{"x":1}'),
    ]
    assert calls(added, *pieces, *done) == [("a", "f", '{"x":1}')]


def test_arguments_may_come_only_when_done() -> None:
    assert calls(item("added", 0, call_id="a", name="f"), arguments("done", 0, arguments="{}")) == [
        ("a", "f", "{}")
    ]
    assert calls(item("done", 0, call_id="a", name="f", arguments="{}")) == [("a", "f", "{}")]


def test_without_an_output_index_the_item_id_tells_calls_apart() -> None:
    first, second = (
        item("added", None, id="i1", call_id="a", name="f"),
        item("added", None, id="i2", call_id="b", name="g"),
    )
    piece = {"type": "response.function_call_arguments.delta", "item_id": "i2", "delta": "{}"}
    assert calls(first, second, piece) == [("a", "f", ""), ("b", "g", "{}")]


@pytest.mark.parametrize(
    ("response", "raw", "kind"),
    [
        (
            {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
            "max_output_tokens",
            "length",
        ),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
            "content_filter",
            "filter",
        ),
        ({"status": "incomplete", "incomplete_details": None}, "incomplete", None),
        ({}, "incomplete", None),
    ],
)
def test_incomplete_says_why(response: dict[str, Any], raw: str, kind: str | None) -> None:
    answer = read(named({"type": "response.incomplete", "response": response}))[0].answer
    assert (answer.finish_raw, answer.finish_kind) == (raw, kind)


@pytest.mark.parametrize(
    ("frames", "message", "code"),
    [
        ([{"type": "error", "code": "c", "message": "m", "param": None}], "m", "c"),
        ([{"type": "error", "error": {"type": "t", "code": "c", "message": "m"}}], "m", "c"),
        ([{"type": "response.failed", "response": {"error": {"code": "c", "message": "m"}}}], "m", "c"),
        ([{"type": "response.failed", "response": {"error": None}}], "the response has failed", None),
        ([{"message": "plain"}], "plain", None),
        ([{"message": 'received error while streaming: {"code": "c", "message": "m"}'}], "m", "c"),
        (
            [{"message": "received error while streaming: {broken"}],
            "received error while streaming: {broken",
            None,
        ),
        (
            [
                {"type": "error", "error": {"code": "c", "message": "m"}},
                {"type": "response.failed", "response": {"error": {"code": "d", "message": "again"}}},
            ],
            "m",
            "c",
        ),
    ],
)
def test_errors_are_reported_once(frames: list[dict[str, Any]], message: str, code: str | None) -> None:
    _, problem = read(data(*frames))
    assert problem is not None
    assert (problem.kind, problem.message, problem.code) == ("stream_error", message, code)


def test_the_turn_keeps_reasoning_and_drops_what_only_answers_have() -> None:
    reasoning: dict[str, Any] = {
        "type": "reasoning",
        "id": "rs",
        "encrypted_content": "x",
        "summary": [],
        "status": None,
    }
    call = {
        "type": "function_call",
        "id": "fc",
        "call_id": "a",
        "name": "f",
        "arguments": "{}",
        "status": "completed",
    }
    events = [
        {"type": "response.output_item.done", "output_index": 0, "item": reasoning},
        {"type": "response.output_item.done", "output_index": 1, "item": call},
    ]
    reader, _ = read(named(*events, COMPLETED))
    assert reader.turn() == [
        {"type": "reasoning", "encrypted_content": "x", "summary": []},
        {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
    ]


def test_the_turn_is_made_from_pieces_where_no_item_came() -> None:
    reader, _ = read(
        named(item("added", 0, call_id="a", name="f"), arguments("delta", 0, delta="{}"), COMPLETED)
    )
    assert reader.turn() == [{"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"}]
