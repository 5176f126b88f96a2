"""The driver: the only code of the smoke test that owns a socket. It keeps time and reports; it judges nothing."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from catalog.inflate import Inflater, Undecodable
from provisioner.smoke import connection, refusal
from provisioner.smoke.exchange import Exchange, TooLarge
from provisioner.smoke.problem import Problem
from provisioner.smoke.timing import Stopwatch, Timing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from provisioner.smoke.answer import Answer, Delta
    from provisioner.smoke.wires.base import HttpRequest
    from provisioner.smoke.wires.reader import Reader

# Once the finish reason is there only usage can be missing: a server that keeps the line open is not waited for.
_GRACE_S = 3.0
_OK = range(200, 300)


class OpenClient(Protocol):
    """Opens an asynchronous client, as ``App.http.async_client`` does."""

    def __call__(self, timeout: httpx.Timeout) -> httpx.AsyncClient:
        """The client."""
        ...


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a request needs from outside: a client factory, the environment, the wall clock."""

    open_client: OpenClient
    env: Mapping[str, str]
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request brought: the answer as far as it came, the figures, and the problem if there was one.

    ``error_style`` is the wire whose error format a refusal was written in, where that is plain to see.
    """

    answer: Answer
    timing: Timing
    problem: Problem | None = None
    error_style: str | None = None


async def ask(
    runtime: Runtime,
    request: HttpRequest,
    reader: Reader,
    *,
    total_s: float,
    watch: Callable[[Delta], None] = lambda _: None,
) -> Outcome:
    """Sends ``request`` and reads the answer to its end, at most for ``total_s`` seconds.

    ``watch`` is told each piece of answer as it arrives. Nothing is raised for anything a server or the network
    can do; cancellation passes through.
    """
    stopwatch = Stopwatch(time.monotonic())
    problem, style = None, None
    try:
        async with asyncio.timeout(total_s):
            problem, style = await _converse(runtime, request, reader, stopwatch, watch)
    except TimeoutError:
        if not reader.answer.complete:
            problem = Problem("timeout", f"no complete answer within {total_s:.0f} s", transient=True)
    stopwatch.ended = time.monotonic()
    thoughts_apart = reader.wire == "google-genai"
    timing = stopwatch.timing(reader.answer.usage, thoughts_apart=thoughts_apart)
    return Outcome(reader.answer, timing, problem, style)


async def _converse(
    runtime: Runtime,
    request: HttpRequest,
    reader: Reader,
    stopwatch: Stopwatch,
    watch: Callable[[Delta], None],
) -> tuple[Problem | None, str | None]:
    try:
        client = runtime.open_client(httpx.Timeout(connection.IDLE_S, connect=connection.CONNECT_S))
    except Exception as error:  # noqa: BLE001  whatever the environment breaks is diagnosed, never raised
        return connection.unbuildable(error, runtime.env), None
    async with client:
        try:
            message = _message(client, request, stopwatch)
            stopwatch.started = time.monotonic()
            response = await client.send(message, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
            return connection.diagnose(error, request.url, runtime.env), None
        try:
            if response.status_code not in _OK:
                body = await _error_body(response)
                problem = refusal.classify(
                    response.status_code, response.headers, body, url=request.url, now=runtime.clock()
                )
                return problem, refusal.read_body(body).style
            return await _stream(response, Exchange(reader), stopwatch, watch, request.url, runtime.env), None
        finally:
            await response.aclose()


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
    response: httpx.Response,
    exchange: Exchange,
    stopwatch: Stopwatch,
    watch: Callable[[Delta], None],
    url: str,
    env: Mapping[str, str],
) -> Problem | None:
    answer = exchange.reader.answer
    try:
        async for chunk in _plain(response, exchange):
            deltas = exchange.feed(chunk)
            stopwatch.arrived(deltas, time.monotonic())
            for delta in deltas:
                watch(delta)
            if exchange.decided or (answer.complete and exchange.reader.ended):
                break
    except (TooLarge, Undecodable) as error:
        return Problem("too_large" if isinstance(error, TooLarge) else "protocol", str(error))
    except (httpx.RemoteProtocolError, httpx.NetworkError):
        # The body was cut. Whether that matters is for what arrived to say.
        return exchange.finish()
    except httpx.HTTPError as error:
        found = exchange.finish()
        if found is None or found.kind != "truncated":
            return found
        return connection.diagnose(error, url, env)
    return exchange.finish()


async def _plain(response: httpx.Response, exchange: Exchange) -> AsyncIterator[bytes]:
    """The body without its compression; after the finish reason the rest is waited for only a little."""
    inflater = Inflater(response.headers.get("content-encoding", ""))
    reads = response.aiter_raw()
    while True:
        try:
            async with asyncio.timeout(_GRACE_S if exchange.reader.answer.complete else None):
                chunk = await anext(reads)
        except (StopAsyncIteration, TimeoutError):
            return
        for piece in inflater.feed(chunk):
            yield piece


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
