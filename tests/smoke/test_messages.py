from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from provisioner.smoke.answer import Usage
from provisioner.smoke.exchange import Exchange
from provisioner.smoke.wires.messages_reader import MessagesReader
from tests.smoke.streams import MESSAGES, data, named

if TYPE_CHECKING:
    from provisioner.smoke.problem import Problem

START = {"type": "message_start", "message": {"id": "m1", "usage": {"input_tokens": 7, "output_tokens": 1}}}
END = {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}}


def block(index: int, **content: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": content}


def delta(index: int, kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **more}}


def read(body: bytes) -> tuple[MessagesReader, Problem | None]:
    reader = MessagesReader()
    exchange = Exchange(reader)
    exchange.feed(body)
    return reader, exchange.finish()


def test_names_and_types_each_suffice() -> None:
    bare = MESSAGES.replace(b"event: ", b": ")
    typeless = b'event: message_delta\ndata: {"delta": {"stop_reason": "end_turn"}}\n\n'
    assert read(bare)[0].answer.text == "Hello"
    assert read(typeless)[0].answer.finish_raw == "end_turn"


def test_tool_calls_in_pieces_whole_and_without_arguments() -> None:
    reader, problem = read(
        named(
            START,
            block(0, type="tool_use", id="a", name="f", input={}),
            delta(0, "input_json_delta", partial_json='{"x"'),
            delta(0, "input_json_delta", partial_json=": 1}"),
            block(1, type="tool_use", id="b", name="g", input={"y": 2}),
            block(2, type="tool_use", id="c", name="h", input={}),
            delta(2, "input_json_delta", partial_json=""),
            END,
        )
    )
    assert problem is None
    assert [(call.id, call.name, call.arguments) for call in reader.answer.tool_calls] == [
        ("a", "f", '{"x": 1}'),
        ("b", "g", '{"y": 2}'),
        ("c", "h", ""),
    ]
    assert [part["input"] for part in reader.turn()[0]["content"]] == [{"x": 1}, {"y": 2}, {}]


def test_unknown_events_and_blocks_are_ignored() -> None:
    reader, problem = read(
        named(
            START,
            {"type": "novelty", "index": 0},
            block(0, type="compaction", content="x"),
            delta(0, "compaction_delta", content="y"),
            block(1, type="redacted_thinking", data="abc"),
            delta(9, "text_delta", text="orphan"),
            END,
        )
    )
    assert problem is None
    assert (reader.answer.text, reader.answer.reasoning) == ("orphan", "")


def test_usage_is_overwritten_member_by_member() -> None:
    start = {
        "type": "message_start",
        "message": {"usage": {"input_tokens": 7, "output_tokens": 1, "cache_read_input_tokens": 3}},
    }
    end = {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn"},
        "usage": {"input_tokens": None, "output_tokens": 4},
    }
    assert read(named(start, end))[0].answer.usage == Usage(7, 4, cached=3)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("tool_use", "tool"),
        ("pause_turn", "pause"),
        ("refusal", "filter"),
        ("model_context_window_exceeded", "length"),
        ("new", None),
    ],
)
def test_stop_reasons(raw: str, kind: str | None) -> None:
    answer = read(named(START, {"type": "message_delta", "delta": {"stop_reason": raw}}))[0].answer
    assert (answer.finish_raw, answer.finish_kind) == (raw, kind)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}}\n\n',
            "Busy",
        ),
        (b'data: {"type": "error", "error": {"message": "Busy"}}\n\n', "Busy"),
        (b"event: error\ndata: upstream went away\n\n", "upstream went away"),
        (b'data: {"error": "Busy"}\n\n', "Busy"),
    ],
)
def test_errors_in_the_stream(frame: bytes, message: str) -> None:
    reader, problem = read(named(START) + frame)
    assert problem is not None
    assert (problem.kind, problem.message) == ("stream_error", message)
    assert reader.answer.usage == Usage(7, 1)


def test_a_repeated_start_is_harmless_and_a_second_message_is_not() -> None:
    assert read(named(START, START, END))[1] is None
    other = {"type": "message_start", "message": {"id": "m2"}}
    reader, problem = read(named(START, block(0, type="tool_use", id="a", name="f"), other, END))
    assert problem is not None
    assert problem.kind == "protocol"
    assert reader.answer.tool_calls == []


def test_thinking_goes_back_with_its_signature() -> None:
    reader, _ = read(MESSAGES)
    assert reader.turn() == [
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "text", "text": "Hello"},
            ],
        }
    ]


def test_data_without_names_and_with_other_line_ends() -> None:
    assert read(data(START, block(0, type="text", text="Hi"), END, end="\r"))[0].answer.text == "Hi"
