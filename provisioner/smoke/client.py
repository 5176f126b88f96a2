"""The driver: the only code of the smoke test that owns a socket. It keeps time and reports; it judges nothing."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from catalog.inflate import Inflater, Undecodable
from catalog.wire import WIRES
from provisioner.secrets import echoes
from provisioner.smoke import connection, refusal
from provisioner.smoke.exchange import Exchange, TooLarge
from provisioner.smoke.live import LiveDeltas
from provisioner.smoke.problem import Problem
from provisioner.smoke.timing import Stopwatch, Timing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from provisioner.smoke.answer import Answer, Delta
    from provisioner.smoke.strict.message import Message
    from provisioner.smoke.wires.base import HttpRequest
    from provisioner.smoke.wires.reader import Reader

# After the finish reason only usage and the end of the body can be missing, after the end marker only the latter: a
# server that keeps the line open is not waited for any longer.
_GRACE_S = 3.0
_END_GRACE_S = 1.0
_OK = range(200, 300)
# Kimi Code's fetch follows these, and repeats the first three as a GET without a body.
_REDIRECTS = (301, 302, 303, 307, 308)
_KEPT_AS_POST = (307, 308)
_LONGEST_CHAIN = 20


class OpenClient(Protocol):
    """Opens an asynchronous client for one URL, as ``App.http.model_client`` does."""

    def __call__(self, url: str, timeout: httpx.Timeout, /) -> httpx.AsyncClient:
        """The client."""
        ...


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a request needs from outside: a client factory, the environment, the wall clock."""

    open_client: OpenClient
    env: Mapping[str, str]
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """What one request brought: the answer as far as it came, the figures, and the problem if there was one.

    Attributes:
        answer: what came.
        timing: the figures.
        problem: why it is no answer.
        error_style: the wire whose error format a refusal was written in, where that is plain to see.
        message: what Kimi Code makes of the stream; None where there was none.
        filtered: Kimi Code takes the finish reason for a block by the provider's safety policy.
        cut: HTTP says that more of the body should have come.
        left_open: the server kept the connection open after its answer.
        page: the answer was a web page.
    """

    answer: Answer
    timing: Timing
    problem: Problem | None = None
    error_style: str | None = None
    message: Message | None = None
    filtered: bool = False
    cut: bool = False
    left_open: bool = False
    page: bool = False


@dataclass(slots=True)
class _Heard:
    """What the conversation found out beside the answer."""

    problem: Problem | None = None
    style: str | None = None
    exchange: Exchange | None = None
    cut: bool = False
    left_open: bool = False


async def ask(
    runtime: Runtime,
    request: HttpRequest,
    reader: Reader,
    *,
    total_s: float,
    secrets: Iterable[str],
    watch: Callable[[Delta], None] = lambda _: None,
) -> RequestOutcome:
    """Sends ``request`` and reads the answer to its end, at most for ``total_s`` seconds.

    ``watch`` is told each piece of answer as it arrives. What it sees, and what is quoted of the answer in a problem,
    holds none of ``secrets``; the answer itself is as it came, for :meth:`Session.ask` to mask as a whole. A redirect to the same origin is followed as Kimi Code's
    fetch does; one to another origin never. Nothing is raised for anything a server or the network can do;
    cancellation passes through.
    """
    stopwatch = Stopwatch(time.monotonic())
    heard = _Heard()
    reader.echoes = echoes(secrets)
    live = LiveDeltas(reader.echoes, watch)
    try:
        async with asyncio.timeout(total_s):
            await _converse(runtime, request, reader, stopwatch, live.arrived, heard)
    except TimeoutError:
        if heard.exchange is not None and reader.answer.complete:
            heard.left_open, heard.problem = True, heard.exchange.finish()
        else:
            heard.problem = Problem("timeout", f"no complete answer within {total_s:.0f} s", transient=True)
    stopwatch.ended = time.monotonic()
    live.finish()
    thoughts_apart = WIRES[reader.wire].thoughts_apart
    strict = heard.exchange.strict if heard.exchange is not None else None
    return RequestOutcome(
        reader.answer,
        stopwatch.timing(reader.answer.usage, thoughts_apart=thoughts_apart),
        heard.problem,
        heard.style,
        message=strict.message if strict is not None else None,
        filtered=strict is not None and strict.filtered,
        cut=heard.cut,
        left_open=heard.left_open,
        page=heard.exchange is not None and heard.exchange.kind == "html",
    )


async def _converse(
    runtime: Runtime,
    request: HttpRequest,
    reader: Reader,
    stopwatch: Stopwatch,
    watch: Callable[[Delta], None],
    heard: _Heard,
) -> None:
    try:
        client = runtime.open_client(request.url, httpx.Timeout(None, connect=connection.CONNECT_S))
    except Exception as error:  # noqa: BLE001  whatever the environment breaks is diagnosed, never raised
        heard.problem = connection.unbuildable(error, runtime.env)
        return
    async with client:
        try:
            stopwatch.started = time.monotonic()
            response = await _send(client, _message(client, request, stopwatch))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
            heard.problem = connection.diagnose(error, request.url, runtime.env)
            return
        try:
            if response.status_code not in _OK:
                body = await _error_body(response)
                heard.problem = refusal.classify(
                    response.status_code,
                    response.headers,
                    body,
                    url=str(response.url),
                    now=runtime.clock(),
                    echoes=reader.echoes,
                )
                heard.style = refusal.read_body(body).style
                return
            heard.exchange = Exchange(reader)
            heard.problem = await _stream(response, heard, stopwatch, watch)
        finally:
            await response.aclose()


async def _send(client: httpx.AsyncClient, message: httpx.Request) -> httpx.Response:
    """The answer to ``message``, redirects on its own origin followed; the first that leads elsewhere is returned."""
    followed = 0
    while True:
        response = await client.send(message, stream=True)
        place = response.headers.get("location")
        if response.status_code not in _REDIRECTS or not place or followed == _LONGEST_CHAIN:
            return response
        target = message.url.join(place)
        if (target.scheme, target.host, target.port) != (
            message.url.scheme,
            message.url.host,
            message.url.port,
        ):
            return response
        followed += 1
        await response.aclose()
        headers = message.headers.copy()
        content = message.content
        method = message.method
        if response.status_code not in _KEPT_AS_POST:
            method, content = "GET", b""
            for name in ("content-type", "content-length"):
                headers.pop(name, None)
        message = client.build_request(
            method, target, headers=headers, content=content or None, extensions=message.extensions
        )


def _message(client: httpx.AsyncClient, request: HttpRequest, stopwatch: Stopwatch) -> httpx.Request:
    async def trace(event: str, _: Mapping[str, Any]) -> None:
        match event:
            case "connection.connect_tcp.started":
                stopwatch.connect_started = time.monotonic()
            case "connection.connect_tcp.complete" | "connection.start_tls.complete":
                stopwatch.connected = time.monotonic()

    headers = [(name, value.encode("latin-1")) for name, value in request.headers.items()]
    defaults = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    given = {name.lower() for name in request.headers}
    headers += [(name, value.encode()) for name, value in defaults.items() if name.lower() not in given]
    return client.build_request(
        "POST",
        request.url,
        headers=[(name.encode("ascii"), value) for name, value in headers],
        content=json.dumps(request.body).encode(),
        extensions={"trace": trace},
    )


async def _stream(
    response: httpx.Response, heard: _Heard, stopwatch: Stopwatch, watch: Callable[[Delta], None]
) -> Problem | None:
    exchange = heard.exchange
    assert exchange is not None  # made right before
    try:
        async for chunk in _plain(response, heard, exchange):
            deltas = exchange.feed(chunk)
            stopwatch.arrived(deltas, time.monotonic())
            for delta in deltas:
                watch(delta)
            if exchange.decided:
                break
    except (TooLarge, Undecodable) as error:
        return Problem("too_large" if isinstance(error, TooLarge) else "protocol", str(error))
    except httpx.HTTPError:
        # The body was cut. Whether that matters is for what arrived to say.
        heard.cut = True
    return exchange.finish(cut=heard.cut)


async def _plain(response: httpx.Response, heard: _Heard, exchange: Exchange) -> AsyncIterator[bytes]:
    """The body without its compression; after the finish reason the rest is waited for only a little."""
    inflater = Inflater(response.headers.get("content-encoding", ""))
    reads = response.aiter_raw()
    answer = exchange.reader.answer
    while True:
        try:
            async with asyncio.timeout(
                _GRACE_S if answer.complete or exchange.reader.ended else None
            ) as grace:
                chunk = await anext(reads)
        except StopAsyncIteration:
            return
        except TimeoutError:
            if not grace.expired():
                raise
            heard.left_open = True
            return
        for piece in inflater.feed(chunk):
            yield piece
            await asyncio.sleep(
                0
            )  # a few bytes may inflate to a great many: the time limit must get a word in


async def _error_body(response: httpx.Response) -> bytes:
    body = bytearray()
    try:
        inflater = Inflater(response.headers.get("content-encoding", ""))
        async for chunk in response.aiter_raw():
            for piece in inflater.feed(chunk):
                body += piece
                if len(body) >= refusal.BODY_LIMIT:
                    return bytes(body[: refusal.BODY_LIMIT])
    except (httpx.HTTPError, Undecodable):
        pass  # the status alone says enough
    return bytes(body)
