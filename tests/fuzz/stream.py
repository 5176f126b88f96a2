"""Streams of model servers: however the bytes are cut the answer is the same, and a key in them is never quoted.

An input is the number of a wire, one byte that seeds the cutting, and the body.
"""

from __future__ import annotations

import itertools
import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from provisioner.secrets import echoes
from provisioner.smoke.client import RequestOutcome
from provisioner.smoke.exchange import Exchange, TooLarge
from provisioner.smoke.live import LiveDeltas
from provisioner.smoke.session import _clean_answer, _clean_problem
from provisioner.smoke.timing import Timing
from provisioner.smoke.verdict import judge, notes
from tests.fuzz.mutate import json_mutated, lines_mutated
from tests.smoke.streams import STREAMS

if TYPE_CHECKING:
    from provisioner.smoke.answer import Delta

KEY = "sk-Fuzz0123456789abcdef"
_LIMIT = 8192
_READERS = [reader for reader, _ in STREAMS.values()]
_WORDS = (
    *("choices", "delta", "content", "tool_calls", "function", "index", "id", "name", "arguments", "error"),
    *("message", "usage", "prompt_tokens", "finish_reason", "type", "code", "reasoning_details", "x_groq"),
    *("function_call", "response", "item", "output_index", "status", "incomplete_details", "detail", "text"),
    *("content_block", "partial_json", "thinking", "stop_reason", "input_tokens", "input", "signature"),
    *("candidates", "parts", "functionCall", "args", "partialArgs", "jsonPath", "usageMetadata", "object"),
    *("finishReason", "promptFeedback", "blockReason", "thought", "stringValue", "willContinue", "delta"),
    *("message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop", "stop"),
    *("response.output_item.added", "response.output_item.done", "response.completed", "response.failed"),
    *("response.function_call_arguments.delta", "response.function_call_arguments.done", "function_call"),
    *("response.output_text.delta", "response.reasoning_summary_text.delta", "text_delta", "tool_use"),
    *("$.a", "$.a[0].b", "$['a']", "input_json_delta", "STOP", "SAFETY", "overloaded_error", "429", KEY),
)
_LINES = (
    *("data: [DONE]", "data:", "data", "event: error", ": ping", "", "\r", "\ufeff", "id: 1", "retry: 1"),
    *(
        "data: null",
        "data: {",
        '{"error": {"message": "x"}}',
        "<html>",
        "event: message_stop",
        f"data: {KEY}",
    ),
)


def seeds() -> list[bytes]:
    """What servers send, and how they fail."""
    failures = [
        b'data: {"error": {"message": "no %s", "type": "server_error", "code": 500}}\n\n' % KEY.encode(),
        b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "x"}}\n\n',
        b'{"error": {"message": "no such model", "code": 404}}',
        b'{"choices": [{"message": {"content": "whole"}}]}',
        b"<!doctype html><title>gateway</title>",
        b"",
        _calls(),
    ]
    bodies = [body for _, body in STREAMS.values()]
    return [bytes((wire, wire)) + body for wire in range(len(_READERS)) for body in bodies + failures]


def _calls() -> bytes:
    """Tool calls in pieces, in the form of each wire."""
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": '{"a":'}}
    rest = {"index": 0, "function": {"arguments": "1}"}}
    part = {"functionCall": {"name": "f", "partialArgs": [{"jsonPath": "$.a", "stringValue": "x"}]}}
    block = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    item = {"type": "function_call", "call_id": "c", "name": "f", "arguments": ""}
    values: list[dict[str, Any]] = [
        {"choices": [{"delta": {"tool_calls": [call]}}]},
        {"choices": [{"delta": {"tool_calls": [rest]}, "finish_reason": "tool_calls"}]},
        {"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "input_json_delta", "partial_json": "{}"},
        },
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.function_call_arguments.delta", "output_index": 0, "delta": "{}"},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
    ]
    return "".join(f"data: {json.dumps(value)}\n\n" for value in values).encode()


def check(data: bytes) -> None:
    """Reads the body whole and in pieces, some byte by byte: the same answer each time, and no key in what is told."""
    if len(data) < 2:
        return
    wire, body = data[0] % len(_READERS), data[2:]
    bytewise = len(body) < 100 or data[1] % 32 == 0
    reads = [body[i : i + 1] for i in range(len(body))] if bytewise else _cut(body, random.Random(data[1]))
    assert _answer(wire, reads) == _answer(wire, [body])


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Changes a line, or the JSON of an event."""
    head, text = data[:2].ljust(2, b"\0"), data[2:].decode("utf-8", "surrogateescape")
    if chance.random() < 1 / 8:
        head = bytes((chance.randrange(len(_READERS)), chance.randrange(256)))
    lines = text.split("\n")
    events = [number for number, line in enumerate(lines) if line.startswith("data: {")]
    if events and chance.random() < 3 / 4:
        at = chance.choice(events)
        try:
            value = json_mutated(json.loads(lines[at][6:]), chance, _WORDS)
            lines[at] = f"data: {json.dumps(value, ensure_ascii=chance.random() < 1 / 2)}"
        except (ValueError, RecursionError):
            lines[at] += "}"
        text = "\n".join(lines)
    else:
        text = lines_mutated(text, chance, _LINES)
    return head + text.encode("utf-8", "surrogatepass")


def _answer(wire: int, reads: list[bytes]) -> Any:
    """All that is made of the body; asserts that nobody who is told of it sees the key."""
    reader = _READERS[wire]()
    reader.echoes = echoes([KEY])
    exchange = Exchange(reader, _LIMIT)
    seen: list[Delta] = []
    live = LiveDeltas(reader.echoes, seen.append)
    deltas: list[Delta] = []
    try:
        for read in reads:
            for delta in exchange.feed(read):
                deltas.append(delta)
                live.arrived(delta)
        problem = exchange.finish()
    except TooLarge as error:
        return str(error)
    live.finish()
    shown = _clean_answer(reader.answer, (KEY,))
    cleaned = problem and _clean_problem(problem, (KEY,))
    outcome = RequestOutcome(shown, Timing(), cleaned, message=exchange.strict.message)
    told = [
        *(repr(cleaned), repr(reader.answer.failure and reader.answer.failure.message)),
        *(repr(reader.unparsable), repr(judge("text", outcome, cleaned)), repr(list(notes(outcome)))),
        *(
            "".join(delta.text for delta in seen if delta.kind == kind)
            for kind in ("text", "reasoning", "tool")
        ),
        *(shown.text, shown.reasoning, repr(shown.tool_calls), repr(shown.finish_raw)),
    ]
    assert not any(KEY in text for text in told), told
    if problem is None and all(_is_object(call.arguments) for call in reader.answer.tool_calls):
        json.dumps(reader.turn())
    return told, reader.answer, exchange.strict.message, exchange.strict.error, deltas


def _is_object(arguments: Any) -> bool:
    with suppress(ValueError, RecursionError):
        return isinstance(json.loads(arguments) if isinstance(arguments, str) else arguments, dict)
    return False


def _cut(body: bytes, chance: random.Random) -> list[bytes]:
    places = sorted({0, len(body), *(chance.randint(0, len(body)) for _ in range(chance.randint(1, 9)))})
    return [body[a:b] for a, b in itertools.pairwise(places)]
