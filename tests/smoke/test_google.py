from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from provisioner.smoke.answer import Usage
from provisioner.smoke.exchange import Exchange
from provisioner.smoke.wires.google_reader import GoogleReader
from tests.smoke.streams import data

if TYPE_CHECKING:
    from provisioner.smoke.problem import Problem


def read(*values: Any) -> tuple[GoogleReader, Problem | None]:
    reader = GoogleReader()
    exchange = Exchange(reader)
    exchange.feed(data(*values, end="\r\n"))
    return reader, exchange.finish()


def parts(*members: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(members)}}
    return {"candidates": [candidate | ({"finishReason": finish} if finish else {})]}


def call(name: str | None = None, **more: Any) -> dict[str, Any]:
    return {"functionCall": ({"name": name} if name else {}) | more}


def test_a_call_comes_whole_and_turns_stop_into_tool() -> None:
    reader, problem = read(parts(call("f", args={"x": 1})), parts({"text": ""}, finish="STOP"))
    assert problem is None
    assert (reader.answer.finish_raw, reader.answer.finish_kind) == ("STOP", "tool")
    assert [(found.id, found.name, found.arguments) for found in reader.answer.tool_calls] == [
        (None, "f", {"x": 1})
    ]


def test_arguments_may_be_streamed_member_by_member() -> None:
    reader, _ = read(
        parts(call("f", willContinue=True)),
        parts(call(partialArgs=[{"jsonPath": "$.city", "stringValue": "Pa", "willContinue": True}])),
        parts(call(partialArgs=[{"jsonPath": "$.city", "stringValue": "ris", "willContinue": True}])),
        parts(call(partialArgs=[{"jsonPath": "$.city", "stringValue": ""}])),
        parts(call(partialArgs=[{"jsonPath": "$.items[1].price", "numberValue": 0.5}])),
        parts(
            call(
                partialArgs=[
                    {"jsonPath": "$['a b']", "boolValue": True},
                    {"jsonPath": "$.n", "nullValue": "NULL_VALUE"},
                ]
            )
        ),
        parts(
            call(
                partialArgs=[
                    {"jsonPath": "$[broken", "stringValue": "x"},
                    {"jsonPath": "$.items.x", "stringValue": "y"},
                ]
            )
        ),
        parts(call()),
        parts(call("g")),
        parts(finish="STOP"),
    )
    assert [(found.name, found.arguments) for found in reader.answer.tool_calls] == [
        ("f", {"city": "Paris", "items": [None, {"price": 0.5}], "a b": True, "n": None}),
        ("g", {}),
    ]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "filter"),
        ("RECITATION", "filter"),
        ("SPII", "filter"),
        ("MALFORMED_FUNCTION_CALL", "error"),
        ("OTHER", "error"),
    ],
)
def test_finish_reasons(raw: str, kind: str) -> None:
    answer = read(parts({"text": "a"}, finish=raw))[0].answer
    assert (answer.finish_raw, answer.finish_kind) == (raw, kind)


def test_unspecified_is_not_finished() -> None:
    reader, problem = read(parts({"text": "a"}, finish="FINISH_REASON_UNSPECIFIED"))
    assert not reader.answer.complete
    assert problem is not None
    assert problem.kind == "truncated"


def test_a_blocked_prompt_is_finished_and_filtered() -> None:
    answer = read({"promptFeedback": {"blockReason": "SAFETY"}})[0].answer
    assert (answer.finish_raw, answer.finish_kind) == ("SAFETY", "filter")


def test_usage_grows_and_thoughts_stand_apart() -> None:
    usage = [
        {"promptTokenCount": 9},
        {"candidatesTokenCount": 3, "trafficType": "x"},
        {"thoughtsTokenCount": 4},
        {},
    ]
    answer = read(*({"usageMetadata": counts} for counts in usage))[0].answer
    assert answer.usage == Usage(9, 3, 4)


def test_thoughts_are_reasoning_and_parts_go_back_unchanged() -> None:
    thought, spoken = {"text": "Hm.", "thought": True}, call("f", args={}) | {"thoughtSignature": "x"}
    reader, _ = read(parts(thought), parts(spoken, finish="STOP"))
    assert (reader.answer.text, reader.answer.reasoning) == ("", "Hm.")
    assert reader.turn() == [{"role": "model", "parts": [thought, spoken]}]
