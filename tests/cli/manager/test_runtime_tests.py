"""Tests of models from within the manager, driven through a pipe, against a host that streams on demand."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import httpx

from provisioner.app import Http
from tests.cli.manager.playing import DOWN, ESC, at_once, play, runtime_of, says

if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.input import PipeInput

    from provisioner.app import App
    from provisioner.cli.manager.state import State


class Stream(httpx.AsyncByteStream):
    """A chat completion, a frame at a time, each when it is asked for."""

    def __init__(self, frames: list[str], go_on: threading.Event) -> None:
        self._frames = frames
        self._go_on = go_on

    async def __aiter__(self) -> Any:
        for number, frame in enumerate(self._frames):
            if number:
                await asyncio.to_thread(self._go_on.wait, 10)
            yield f"data: {frame}\n\n".encode()


def chat(app: App, go_on: threading.Event, *texts: str) -> App:
    """The same machine with a host that streams these texts, all but the first when ``go_on`` is set."""
    frames = [
        *(f'{{"choices": [{{"index": 0, "delta": {{"content": "{text}"}}}}]}}' for text in texts),
        '{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], '
        '"usage": {"prompt_tokens": 9, "completion_tokens": 5}}',
        "[DONE]",
    ]

    def host(request: httpx.Request) -> httpx.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, stream=Stream(frames, go_on))

    return app._replace(http=Http(async_transport=httpx.MockTransport(host)))


def streams(text: str) -> Callable[[State], bool]:
    return lambda state: state.test is not None and state.test.text == text


def test_t_streams_the_answer_and_keeps_the_verdict(mixed: App, pipe: PipeInput) -> None:
    go_on = threading.Event()
    runtime = runtime_of(chat(mixed, go_on, "Hi ", "there"))

    def more(state: State) -> bool:
        if streams("Hi ")(state):
            go_on.set()
        return go_on.is_set()

    play(
        runtime,
        pipe,
        (at_once, DOWN + "t"),
        (more, ""),
        (lambda state: bool(state.last_tests), ESC),
        (lambda state: state.test is None, "q"),
    )
    last_test = runtime.state.last_tests["gamma/kimi-k2"]
    assert last_test.verdict == "pass"
    assert last_test.figures[-2] == "9 tokens in, 5 out"


def test_a_key_that_a_server_sends_back_is_not_shown(mixed: App, pipe: PipeInput) -> None:
    go_on = threading.Event()
    go_on.set()
    runtime = runtime_of(chat(mixed, go_on, "you sent tok-", "secret"))
    play(runtime, pipe, (at_once, DOWN + "t"), (lambda state: bool(state.last_tests), "q"))
    assert runtime.state.test
    assert "tok-secret" not in runtime.state.test.text


def test_a_test_that_was_given_up_says_nothing_any_more(mixed: App, pipe: PipeInput) -> None:
    go_on = threading.Event()
    runtime = runtime_of(chat(mixed, go_on, "Hi ", "there"))
    play(
        runtime,
        pipe,
        (at_once, DOWN + "t"),
        (streams("Hi "), ESC),
        (says("was given up"), "q"),
    )
    go_on.set()
    for thread in threading.enumerate():
        if thread.daemon and thread.name.startswith("Thread-"):
            thread.join(5)
    assert runtime.state.last_tests == {}
