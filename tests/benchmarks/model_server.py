"""Models that take their time, on several ports of loopback and in a process of their own; counts what is in flight.

    python -m tests.benchmarks.model_server PORTS SECONDS

Prints a line of JSON with the ports, and one with the most requests that were in flight at once when its stdin ends.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
_CHOICES: tuple[dict[str, object], ...] = (
    {"delta": {"role": "assistant", "content": "Hello"}, "finish_reason": None},
    {"delta": {}, "finish_reason": "stop"},
)
_BODY = b"".join(
    b"data: "
    + json.dumps(
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, **choice}],
            "usage": {"prompt_tokens": 900, "completion_tokens": 2, "total_tokens": 902},
        }
    ).encode()
    + b"\n\n"
    for choice in _CHOICES
)


@dataclass
class Models:
    """A running server: where it listens, and, behind the block, what it counted."""

    ports: list[int]
    most_in_flight: int = field(default=0)


@contextmanager
def serving(ports: int, seconds: float) -> Iterator[Models]:
    """Runs the server in a process of its own; each answer begins after so many ``seconds``."""
    command = [sys.executable, "-m", "tests.benchmarks.model_server", str(ports), str(seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        models = Models(json.loads(process.stdout.readline()))
        yield models
        process.stdin.close()
        models.most_in_flight = json.loads(process.stdout.readline())


class _Server:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._in_flight = 0
        self.most = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
        self._in_flight += 1
        self.most = max(self.most, self._in_flight)
        await asyncio.sleep(self._seconds)
        self._in_flight -= 1
        writer.write(_HEAD + _BODY + b"data: [DONE]\n\n")
        await writer.drain()
        writer.close()


async def main() -> None:
    server = _Server(float(sys.argv[2]))
    listening = [
        await asyncio.start_server(server.answer, "127.0.0.1", 0, backlog=256)
        for _ in range(int(sys.argv[1]))
    ]
    print(json.dumps([each.sockets[0].getsockname()[1] for each in listening]), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(server.most, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
