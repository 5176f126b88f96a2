"""The decoder of event streams beside the openai SDK's: megabytes a second, for what three kinds of servers send.

Both make the same of the same reads: for each event its name and its data as text. They take turns, and the quickest
turn of each counts.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from provisioner.smoke.sse import Decoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_EVENTS = 2000
_TURNS = 40
_PIECES_KIB = (1, 4, 16, 64)
_WORDS = "The quick brown fox jumps over the lazy dog, again and again, and says „Grüße“ as it lands."
# A goal is met by either.
GOAL_MB = 200
GOAL_RATIO = 10


def lines() -> Iterator[str]:
    """A line for each stream and size of piece."""
    yield f"{'decoder, CPU':<42} {'openai SDK':>12} {'ours':>12} {'ratio':>8}   goal {GOAL_RATIO} x, or {GOAL_MB} MB/s"
    for name, event in (("chat chunks", _chat), ("Anthropic events", _anthropic), ("Gemini data", _gemini)):
        body = b"".join(event(number) for number in range(_EVENTS))
        assert _same(body)
        for kib in _PIECES_KIB:
            size = kib * 1024
            pieces = [body[at : at + size] for at in range(0, len(body), size)]
            turns = [(_seconds(_theirs, pieces), _seconds(_ours, pieces)) for _ in range(_TURNS)]
            theirs, ours = (len(body) / 1e6 / min(seconds) for seconds in zip(*turns, strict=True))
            missed = "" if ours >= GOAL_MB or ours >= GOAL_RATIO * theirs else "  MISSED"
            title = f"{name}, in pieces of {kib} KiB"
            yield f"{title:<42} {theirs:>7.0f} MB/s {ours:>7.0f} MB/s {ours / theirs:>8.1f}{missed}"


def _ours(pieces: list[bytes]) -> None:
    decoder = Decoder()
    for piece in pieces:
        for _name, _data in decoder.feed(piece):
            pass


def _theirs(pieces: list[bytes]) -> None:
    from openai._streaming import SSEDecoder

    for _ in SSEDecoder().iter_bytes(iter(pieces)):
        pass


def _same(body: bytes) -> bool:
    """Whether both find the same events."""
    from openai._streaming import SSEDecoder

    theirs = [(event.event or "", event.data) for event in SSEDecoder().iter_bytes(iter([body]))]
    return Decoder().feed(body) == theirs


def _seconds(decode: Callable[[list[bytes]], None], pieces: list[bytes]) -> float:
    """CPU time of decoding ``pieces``."""
    started = time.process_time()
    decode(pieces)
    return time.process_time() - started


def _word(number: int) -> str:
    return f" {_WORDS.split()[number % 18]}"


def _data(value: object) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"


def _chat(number: int) -> bytes:
    choice = {"index": 0, "delta": {"content": _word(number)}, "logprobs": None, "finish_reason": None}
    chunk = {
        "id": "chatcmpl-Bk0uJrXvNfTq3kPz7m2aWcYd",
        "object": "chat.completion.chunk",
        "created": 1_751_000_000,
        "model": "model-2025-06-01",
        "system_fingerprint": "fp_07871e2ad8",
        "choices": [choice],
    }
    return f"{_data(chunk)}\n\n".encode()


def _anthropic(number: int) -> bytes:
    delta = {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": _word(number)},
    }
    return f"event: content_block_delta\n{_data(delta)}\n\n".encode()


def _gemini(number: int) -> bytes:
    text = "".join(_word(number * 7 + i) for i in range(7))
    chunk = {
        "candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": 11,
            "candidatesTokenCount": number,
            "totalTokenCount": number + 11,
        },
        "modelVersion": "gemini-model",
        "responseId": "Xk5taJ7oCdKfz7IPhqO-yQ4",
    }
    return f"{_data(chunk)}\r\n\r\n".encode()
