from __future__ import annotations

from typing import Any

import pytest

from provisioner.smoke.answer import Usage
from provisioner.smoke.exchange import Exchange
from provisioner.smoke.wires.chat_reader import ChatReader
from tests.smoke.streams import DONE, chunk, data


def read(*values: Any, key: str | None = None) -> ChatReader:
    reader = ChatReader(key)
    exchange = Exchange(reader)
    exchange.feed(data(*values) + DONE)
    exchange.finish()
    return reader


def calls(*values: Any) -> list[tuple[str | None, str, Any]]:
    return [(call.id, call.name, call.arguments) for call in read(*values).answer.tool_calls]


def piece(
    index: int | None = None, call_id: str | None = None, name: str | None = None, args: Any = None
) -> dict[str, Any]:
    tool: dict[str, Any] = {"function": {"name": name, "arguments": args}}
    if index is not None:
        tool["index"] = index
    if call_id is not None:
        tool["id"] = call_id
    return chunk({"tool_calls": [tool]})


@pytest.mark.parametrize(
    "odd",
    [
        {"choices": None},
        {"choices": []},
        {},
        {"choices": [{"delta": None}]},
        {"choices": [{}]},
        {"choices": [{"delta": {"role": "", "content": None, "tool_calls": None}}]},
        {"choices": "x"},
        {"error": None, "choices": []},
        {"error": {}, "choices": []},
    ],
)
def test_odd_chunks_are_tolerated(odd: dict[str, Any]) -> None:
    answer = read(odd, chunk({"content": "Hi"}), odd, chunk(finish="stop"), odd).answer
    assert (answer.text, answer.finish_raw, answer.failure) == ("Hi", "stop", None)


def test_the_first_choice_of_the_array_counts_whatever_its_index() -> None:
    second = {"choices": [{"index": 1, "delta": {"content": "a"}}, {"index": 0, "delta": {"content": "b"}}]}
    assert read(second).answer.text == "a"


@pytest.mark.parametrize(
    ("delta", "key", "reasoning"),
    [
        ({"reasoning_content": "a", "reasoning": "b"}, None, "a"),
        ({"reasoning_content": None, "reasoning": "b"}, None, "b"),
        ({"reasoning_content": "", "reasoning": "b"}, None, "b"),
        ({"thoughts": "c", "reasoning": "b"}, "thoughts", "c"),
        ({"reasoning": "b"}, "thoughts", "b"),
        ({"reasoning_details": "d"}, None, "d"),
        ({"reasoning_details": [{"type": "reasoning.text", "text": "e"}, {"summary": "f"}]}, None, "ef"),
        ({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "g"}]}]}, None, "g"),
    ],
)
def test_reasoning_is_found_under_any_of_its_names_and_once(
    delta: dict[str, Any], key: str | None, reasoning: str
) -> None:
    assert read(chunk(delta), key=key).answer.reasoning == reasoning


def test_content_may_come_in_parts_and_refusals_are_text() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert read(chunk({"content": parts}), chunk({"refusal": "c"})).answer.text == "abc"


def test_tool_calls_are_joined_by_index() -> None:
    pieces = [
        piece(1, "a", "f", ""),
        piece(2, "b", "g", '{"x"'),
        piece(1, args='{"y":'),
        piece(2, args=":1}"),
        piece(1, args="2}"),
    ]
    assert calls(*pieces) == [("a", "f", '{"y":2}'), ("b", "g", '{"x":1}')]


def test_a_name_may_come_late_and_empty_ones_do_not_count() -> None:
    assert calls(piece(0, "a", "", '{"x'), piece(0, name="f", args='":'), piece(0, name="", args="1}")) == [
        ("a", "f", '{"x":1}')
    ]


def test_without_an_index_a_name_begins_a_call() -> None:
    assert calls(piece(None, "a", "f", "{"), piece(None, args="}"), piece(None, "b", "g", "{}")) == [
        ("a", "f", "{}"),
        ("b", "g", "{}"),
    ]


def test_arguments_may_be_an_object_and_the_old_form_counts() -> None:
    assert calls(piece(0, "a", "f", {"x": 1})) == [("a", "f", '{"x": 1}')]
    assert calls(chunk({"function_call": {"name": "f", "arguments": "{}"}})) == [(None, "f", "{}")]


def test_a_call_that_is_never_named_is_a_failure() -> None:
    answer = read(piece(0, "a", "", "{}"), chunk(finish="tool_calls")).answer
    assert (answer.tool_calls, answer.failure and answer.failure.kind) == ([], "protocol")


@pytest.mark.parametrize(
    ("more", "usage"),
    [
        ({"usage": {"prompt_tokens": 1, "completion_tokens": 2}}, Usage(1, 2)),
        (
            {"choices": [{"usage": {"prompt_tokens": 1, "completion_tokens": 2, "cached_tokens": 3}}]},
            Usage(1, 2, cached=3),
        ),
        ({"x_groq": {"usage": {"prompt_tokens": 1, "completion_tokens": 2}}}, Usage(1, 2)),
        ({"usage": {"prompt_tokens": 1.0, "completion_tokens": True}}, Usage(1)),
        (
            {"usage": {"prompt_tokens": 1, "completion_tokens": 2, "prompt_cache_hit_tokens": 4}},
            Usage(1, 2, cached=4),
        ),
        (
            {
                "usage": {
                    "prompt_tokens": 9,
                    "completion_tokens": 8,
                    "prompt_tokens_details": {"cached_tokens": 7},
                    "completion_tokens_details": {"reasoning_tokens": 6},
                }
            },
            Usage(9, 8, 6, 7),
        ),
    ],
)
def test_usage_is_found_where_servers_put_it(more: dict[str, Any], usage: Usage) -> None:
    assert read(chunk(finish="stop"), more, {"choices": [], "usage": None}).answer.usage == usage


def test_the_last_usage_wins() -> None:
    running = [{"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": n}} for n in (1, 2, 3)]
    assert read(*running).answer.usage == Usage(1, 3)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "tool"),
        ("function_call", "tool"),
        ("content_filter", "filter"),
        ("MAX_TOKENS", "length"),
        ("insufficient_system_resource", "error"),
        ("new", None),
    ],
)
def test_finish_reasons(raw: str, kind: str | None) -> None:
    answer = read(
        chunk(finish=raw), chunk({"content": ""}), {"choices": [{"delta": {}, "finish_reason": ""}]}
    ).answer
    assert (answer.finish_raw, answer.finish_kind) == (raw, kind)


@pytest.mark.parametrize(
    ("frame", "message", "code"),
    [
        ({"error": {"message": "m", "code": "c"}}, "m", "c"),
        ({"error": {"message": "m", "code": 400}}, "m", 400),
        ({"error": {"message": "m", "code": None}}, "m", None),
        ({"error": "bare"}, "bare", None),
        ({"object": "error", "message": "m", "code": 404}, "m", 404),
        ({"message": "m"}, "m", None),
        ({"detail": "m"}, "m", None),
    ],
)
def test_error_frames_of_all_forms(frame: dict[str, Any], message: str, code: str | int | None) -> None:
    failure = read(chunk({"content": "a"}), frame, chunk({"content": "b"})).answer.failure
    assert failure is not None
    assert (failure.kind, failure.message, failure.code) == ("stream_error", message, code)


def test_the_turn_goes_back_as_it_came() -> None:
    reader = read(chunk({"reasoning": "Hm."}), piece(0, "a", "f", ""), chunk(finish="tool_calls"))
    assert reader.turn() == [
        {
            "role": "assistant",
            "content": None,
            "reasoning": "Hm.",
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        }
    ]
