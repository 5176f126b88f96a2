from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.smoke import client, exchange
from provisioner.smoke.answer import Delta, Usage
from provisioner.smoke.client import RequestOutcome, Runtime, ask
from provisioner.smoke.timing import Stopwatch
from provisioner.smoke.wires.base import HttpRequest
from provisioner.smoke.wires.chat_reader import ChatReader
from tests.smoke.server import Chunks, Request, Server, reply, serving, stream
from tests.smoke.streams import CHAT, chunk, data

if TYPE_CHECKING:
    from collections.abc import Callable

SECRETS = ("sk-0123456789abcdef",)
HEADERS = {"Authorization": "Bearer sk-0123456789abcdef", "X-Mine": "ä"}


def asked(
    server: Server, *, total_s: float = 10, watch: Callable[[Delta], None] = lambda _: None
) -> RequestOutcome:
    runtime = Runtime(
        lambda _url, timeout: httpx.AsyncClient(timeout=timeout, follow_redirects=False), {}, lambda: 0.0
    )
    request = HttpRequest(
        f"{server.url}/v1/chat/completions", HEADERS, {"model": "m", "stream": True, "text": "ünïcödé"}
    )
    return asyncio.run(ask(runtime, request, ChatReader(), total_s=total_s, secrets=SECRETS, watch=watch))


def kind(outcome: RequestOutcome) -> str | None:
    return None if outcome.problem is None else outcome.problem.kind


def test_the_request_arrives_as_it_was_meant_and_asks_for_no_compression() -> None:
    with serving(stream(CHAT)) as server:
        asked(server)
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.body == {"model": "m", "stream": True, "text": "ünïcödé"}
    assert request.headers["authorization"] == HEADERS["Authorization"]
    assert request.headers["x-mine"].encode("latin-1") == b"\xe4"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["content-type"] == "application/json"


def test_an_answer_with_its_times() -> None:
    seen: list[Delta] = []
    slow: list[bytes | float] = [
        data(chunk({"role": "assistant", "content": ""})),
        0.08,
        data(chunk({"reasoning_content": "Hm."})),
        0.05,
        data(chunk({"content": "Hel"})),
        0.05,
        data(chunk({"content": "lo"}), chunk(finish="stop")),
        data({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 20}}),
        b"data: [DONE]\n\n",
    ]
    with serving(stream(*slow)) as server:
        outcome = asked(server, watch=seen.append)
    timing = outcome.timing
    assert outcome.problem is None
    assert [(delta.kind, delta.text) for delta in seen] == [
        ("reasoning", "Hm."),
        ("text", "Hel"),
        ("text", "lo"),
    ]
    assert timing.connect_ms is not None
    assert timing.first_token_ms == timing.first_reasoning_ms
    assert timing.first_token_ms is not None
    assert timing.first_text_ms is not None
    assert timing.total_ms is not None
    assert 70 < timing.first_token_ms < timing.first_text_ms < timing.total_ms < 2000
    assert timing.tokens_per_second is None


def test_no_rate_without_usage_and_from_one_burst() -> None:
    stopwatch = Stopwatch(0)
    stopwatch.arrived([Delta("text", "a"), Delta("text", "b")], 1.0)
    assert stopwatch.timing(Usage(1, 10), thoughts_apart=False).tokens_per_second is None
    for number in range(1, 5):
        stopwatch.arrived([Delta("text", "c")], 1.0 + number / 4)
    assert stopwatch.timing(None, thoughts_apart=False).tokens_per_second is None
    # Thoughts that were not shown were not streamed in that time.
    assert stopwatch.timing(Usage(1, 10, 5), thoughts_apart=False).tokens_per_second == 5
    stopwatch.first["reasoning"] = 1.0
    assert stopwatch.timing(Usage(1, 10, 5), thoughts_apart=False).tokens_per_second == 10
    assert stopwatch.timing(Usage(1, 10, 5), thoughts_apart=True).tokens_per_second == 15
    assert stopwatch.timing(Usage(1, 10, 50), thoughts_apart=False).tokens_per_second == 60


@pytest.mark.parametrize(("pieces", "span", "measured"), [(3, 1.0, False), (4, 1.0, True), (9, 0.1, False)])
def test_no_rate_from_few_pieces_or_a_short_time(pieces: int, span: float, measured: bool) -> None:
    stopwatch = Stopwatch(0)
    for number in range(pieces):
        stopwatch.arrived([Delta("text", "a")], 1.0 + span * number / (pieces - 1))
    rate = stopwatch.timing(Usage(1, 10), thoughts_apart=False).tokens_per_second
    assert (rate is not None) == measured


@pytest.mark.parametrize("length", [True, False])
def test_a_stream_that_is_cut_keeps_what_came(length: bool) -> None:
    body = data(chunk({"content": "Hel"}))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    head += b"Content-Length: 9999\r\n\r\n" if length else b"Transfer-Encoding: chunked\r\n\r\n"
    sent = body if length else f"{len(body):x}\r\n".encode() + body + b"\r\n"
    with serving([head, sent]) as server:
        outcome = asked(server)
    assert (kind(outcome), outcome.answer.text) == ("truncated", "Hel")


def test_a_body_cut_after_the_finish_reason_is_complete_but_not_for_kimi_code() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n"
    with serving([head, data(chunk({"content": "Hi"}, finish="stop"))]) as server:
        outcome = asked(server)
    assert (kind(outcome), outcome.answer.finish_raw, outcome.cut) == ("unreadable", "stop", True)


def test_a_server_that_keeps_the_line_open_is_not_waited_for() -> None:
    with serving(stream(CHAT, 30.0)) as server:
        started = time.monotonic()
        outcome = asked(server)
    assert kind(outcome) is None
    assert outcome.answer.usage is not None
    assert outcome.left_open
    assert time.monotonic() - started < 60


def test_usage_that_is_late_is_waited_for_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_GRACE_S", 3)
    late = data({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}})
    with serving(stream(data(chunk({"content": "a"}, finish="stop")), 0.1, late, 30.0)) as server:
        outcome = asked(server)
    assert (kind(outcome), outcome.answer.usage) == (None, Usage(1, 2))


def test_a_stream_that_stalls_runs_into_the_cap() -> None:
    with serving(stream(data(chunk({"content": "Hel"})), 30.0)) as server:
        outcome = asked(server, total_s=2)
    assert (kind(outcome), outcome.answer.text) == ("timeout", "Hel")


def test_a_redirect_to_another_origin_is_not_followed() -> None:
    with (
        serving(stream(CHAT)) as other,
        serving(reply("307 Temporary Redirect", location=other.url)) as server,
    ):
        outcome = asked(server)
    assert kind(outcome) == "redirect"
    assert other.requests == []


@pytest.mark.parametrize(("status", "method"), [(307, "POST"), (308, "POST")])
def test_a_redirect_on_the_same_origin_is_followed_as_fetch_does(status: int, method: str) -> None:
    def answer(request: Request) -> Chunks:
        return stream(CHAT) if request.path == "/moved" else reply(f"{status} Moved", location="/moved")

    with serving(answer) as server:
        outcome = asked(server)
    assert method == "GET" or kind(outcome) is None  # the server streams to a POST only
    first, second = server.requests
    assert (first.method, second.method, second.path) == ("POST", method, "/moved")
    assert second.headers["authorization"] == first.headers["authorization"]
    assert (second.body == first.body) == (method == "POST")


def test_redirects_in_a_circle_end() -> None:
    with serving(lambda request: reply("307 Again", location=request.path)) as server:
        assert kind(asked(server)) == "redirect"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_stream_is_read_all_the_same(encoding: str) -> None:
    body = gzip.compress(CHAT) if encoding == "gzip" else zlib.compress(CHAT)
    with serving(stream(body, content_encoding=encoding)) as server:
        outcome = asked(server)
    assert (kind(outcome), outcome.answer.finish_raw) == (None, "stop")


@pytest.mark.parametrize(("body", "encoding"), [(b"junk", "gzip"), (b"junk", "br")])
def test_compression_that_cannot_be_undone(body: bytes, encoding: str) -> None:
    with serving(stream(body, content_encoding=encoding)) as server:
        assert kind(asked(server)) == "protocol"


def test_a_bomb_is_defused(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    feed = exchange.Exchange.feed

    def measured(self: exchange.Exchange, piece: bytes) -> Any:
        sizes.append(len(piece))
        return feed(self, piece)

    monkeypatch.setattr(exchange.Exchange, "feed", measured)
    with serving(stream(gzip.compress(b"data: " + b"x" * 100_000_000), content_encoding="gzip")) as server:
        outcome = asked(server)
    assert kind(outcome) == "too_large"
    assert max(sizes) <= 65536
    assert sum(sizes) < 18 * 1024 * 1024


def test_a_body_without_end_stops_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "BODY_LIMIT", 100_000)
    monkeypatch.setattr(exchange.Exchange.__init__, "__defaults__", (100_000,))
    with serving(stream(*[b": ping\n\n" * 1000] * 1000)) as server:
        assert kind(asked(server)) == "too_large"


def test_an_error_body_without_end_is_read_to_its_cap_only() -> None:
    endless = [b"HTTP/1.1 500 Oops\r\n\r\n", *[b"x" * 65536] * 2000]
    with serving(endless) as server:
        started = time.monotonic()
        outcome = asked(server)
    assert kind(outcome) == "server"
    assert time.monotonic() - started < 60


def test_an_html_page_is_not_read_to_its_end() -> None:
    with serving(stream(b"<html>" + b"x" * 5000, 30.0, content_type="text/html")) as server:
        assert kind(asked(server)) == "not_sse"


def test_the_content_type_is_not_believed() -> None:
    with serving(stream(CHAT, content_type="application/json")) as server:
        assert kind(asked(server)) is None


def test_a_refusal_says_in_whose_format_it_is() -> None:
    body = {"type": "error", "error": {"type": "not_found_error", "message": "Not Found"}}
    with serving(reply("404 Not Found", body)) as server:
        assert asked(server).error_style == "anthropic"
