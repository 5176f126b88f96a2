"""Fetches one document over HTTP from a host that is not trusted.

Nothing here follows a redirect by itself, reads without a bound, or waits without an end, and a token reaches the
origin it was given for and no other.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import httpx

from catalog import diagnosis
from catalog.body import read_start, read_whole, refuse_size
from catalog.errors import FetchFailed
from catalog.http_limits import LIMITS, Limits
from catalog.registry_token import checked
from catalog.urls import check, may_redirect, origin, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OpenClient = Callable[[httpx.Timeout], httpx.Client]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK, _NOT_MODIFIED = 200, 304
_SHORTEST_SECRET = 8


class Fetched(NamedTuple):
    """A document, or word that the copy at hand still holds.

    Attributes:
        status: 200, or 304 with an empty body.
        body: the document's bytes, decompressed.
        etag: validator for the next conditional request.
        last_modified: likewise.
        url: what answered, after redirects; not masked.
    """

    status: int
    body: bytes
    etag: str | None
    last_modified: str | None
    url: str


def fetch(
    open_client: OpenClient,
    url: str,
    *,
    token: str | None = None,
    carrier: str = "Authorization",
    etag: str | None = None,
    last_modified: str | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    question: bytes | None = None,
    token_hint: str | None = None,
    limits: Limits = LIMITS,
) -> Fetched:
    """Ask for the JSON document at ``url``, conditionally when a validator is given.

    Args:
        open_client: makes a client that follows no redirects; it is closed here.
        url: http or https. A user name and password in it are sent as Basic credentials unless there is a token.
        token: sent as ``Authorization: Bearer`` to the origin of ``url`` only.
        carrier: another header that takes the token instead, as it is, such as ``x-api-key``.
        etag: of the copy at hand.
        last_modified: of the copy at hand.
        headers: sent to the origin of ``url`` only; they win over all others, whatever their case.
        question: a JSON document to POST; without one the request is a GET.
        token_hint: what to advise on a 401 or 403 where no token can be given.
        limits: time-outs and sizes.

    Raises:
        CredentialRefused: 401 or 403.
        FetchFailed: not reached, too slow, redirected where it may not lead, or any other status; also a token
            that no header can carry, before any I/O.
        DocumentInvalid: larger than allowed.
    """
    check(url)
    token = checked(token) if token is not None else None
    request = _Request(
        url, token, carrier, _sendable(etag), _sendable(last_modified), headers, question, token_hint
    )
    return _Exchange(open_client, request, limits).outcome()


def _sendable(validator: str | None) -> str | None:
    """A validator that a header can carry: servers may send other bytes, and would refuse them back."""
    return validator if validator and validator.isascii() and validator.isprintable() else None


class _Request(NamedTuple):
    url: str
    token: str | None
    carrier: str
    etag: str | None
    last_modified: str | None
    headers: Mapping[str, str]
    question: bytes | None
    token_hint: str | None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may quote: the token first, and the values of headers that are long enough to be one."""
        values = [value for value in self.headers.values() if len(value) >= _SHORTEST_SECRET]
        return (self.token or "", *values, *(value.rpartition(" ")[2] for value in values))


class _Exchange:
    """One fetch in a thread of its own, so that its total time is bounded whatever it waits for.

    httpx bounds silence, not duration: name resolution has no time-out at all, and a server that drips header
    bytes never runs into the read time-out. A thread that overstays is left behind; it stops at its next byte.
    """

    def __init__(self, open_client: OpenClient, request: _Request, limits: Limits) -> None:
        self._open_client = open_client
        self._request = request
        self._limits = limits
        self._given_up = threading.Event()
        self._peer: str | None = None
        self._result: queue.SimpleQueue[Fetched | BaseException] = queue.SimpleQueue()

    def outcome(self) -> Fetched:
        threading.Thread(target=self._work, name="fetch", daemon=True).start()
        try:
            result = self._result.get(timeout=self._limits.total)
        except queue.Empty:
            raise FetchFailed(
                f"no complete answer within {self._limits.total:g} s",
                hint="try again; a slow or stalled server or proxy is the likely cause",
                where=shown(self._request.url),
            ) from None
        finally:
            self._given_up.set()
        if isinstance(result, Fetched):
            return result
        raise result

    def _work(self) -> None:
        try:
            self._result.put(self._run())
        except BaseException as error:  # noqa: BLE001  handed to the caller's thread, which raises it
            self._result.put(error)

    def _run(self) -> Fetched:
        limits = self._limits
        timeout = httpx.Timeout(limits.read, connect=limits.connect)
        try:
            client = self._open_client(timeout)
        except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:  # what the environment leads to
            raise diagnosis.client_unusable(error) from error
        with client:
            return self._follow(client)

    def _follow(self, client: httpx.Client) -> Fetched:
        url, at_home = self._request.url, True
        for _ in range(self._limits.redirects + 1):
            try:
                answer = self._ask(client, url, at_home=at_home)
            except httpx.HTTPError as error:
                raise diagnosis.transport_failed(error, url, self._peer, self._limits) from error
            except OSError as error:  # no connection's, those are HTTPError: the authorities cannot be read
                raise diagnosis.client_unusable(error) from error
            except httpx.InvalidURL as error:  # httpx parses a Location even if it does not follow it
                raise diagnosis.redirect_refused(url, "") from error
            except UnicodeError as error:  # a label that is no host name
                raise diagnosis.address_unusable(url) from error
            if isinstance(answer, Fetched):
                return answer
            at_home = at_home and origin(answer) == origin(url)
            url = answer
        raise FetchFailed(
            f"more than {self._limits.redirects} redirects",
            hint="check the address, or use the one it leads to",
            where=shown(self._request.url),
        )

    def _ask(self, client: httpx.Client, url: str, *, at_home: bool) -> Fetched | str:
        """One request: its reply, or the URL it redirects to. Credentials are sent only ``at_home``."""
        request = self._build(client, url, at_home=at_home)
        response = client.send(request, stream=True)
        try:
            if response.status_code in _REDIRECTS and "Location" in response.headers:
                return self._target(response, url)
            return self._read(response, url, sent=at_home and self._request.token is not None)
        finally:
            response.close()

    def _build(self, client: httpx.Client, url: str, *, at_home: bool) -> httpx.Request:
        ask = self._request
        headers = httpx.Headers({"Accept": "application/json", "Accept-Encoding": "gzip"})
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise diagnosis.address_unusable(url) from error
        if at_home and ask.token is not None:
            token = ask.token
            headers[ask.carrier] = f"Bearer {token}" if ask.carrier == "Authorization" else token
            address = address.copy_with(username="", password="")  # httpx would put these in its place
        if at_home:
            own = [(name.encode(), value.encode("latin-1")) for name, value in ask.headers.items()]
            headers.update(httpx.Headers(own))
        if ask.etag:
            headers["If-None-Match"] = ask.etag
        if ask.last_modified:
            headers["If-Modified-Since"] = ask.last_modified
        method = "GET" if ask.question is None else "POST"
        if ask.question is not None:
            headers["Content-Type"] = "application/json"
        trace = {"trace": self._trace}
        return client.build_request(method, address, headers=headers, content=ask.question, extensions=trace)

    def _trace(self, event: str, info: dict[str, object]) -> None:
        """Note who is really connected to (a proxy, perhaps), and send nothing once the fetch is given up."""
        if event.endswith("send_request_headers.started") and self._given_up.is_set():
            raise httpx.WriteTimeout("the fetch was given up")
        if event == "connection.connect_tcp.started":
            self._peer = f"{info.get('host')}:{info.get('port')}"

    def _target(self, response: httpx.Response, url: str) -> str:
        try:
            target = str(httpx.URL(url).join(response.headers["Location"]))
            check(target)
        except (httpx.InvalidURL, ValueError, FetchFailed):
            target = ""
        if target and may_redirect(url, target):
            return target
        raise diagnosis.redirect_refused(url, target)

    def _read(self, response: httpx.Response, url: str, *, sent: bool) -> Fetched:
        status, limits, request = response.status_code, self._limits, self._request
        where = shown(url)
        conditional = request.etag or request.last_modified
        if status == _OK:
            declared = response.headers.get("Content-Length", "")
            if declared.isdecimal() and int(declared) > limits.body:
                raise refuse_size(limits.body, where)
            encoding = response.headers.get("Content-Encoding", "")
            body = read_whole(self._chunks(response), encoding, limit=limits.body, where=where)
        elif status == _NOT_MODIFIED and conditional:
            body = b""
        else:
            start = read_start(self._chunks(response), limits.error_body)
            raise diagnosis.status_refused(
                status, start, url, secrets=request.secrets, sent=sent, hint=request.token_hint
            )
        headers = response.headers
        return Fetched(status, body, headers.get("ETag"), headers.get("Last-Modified"), url)

    def _chunks(self, response: httpx.Response) -> Iterator[bytes]:
        stream = response.stream  # as it came: iter_raw refuses a response that a mock transport has read
        assert isinstance(stream, httpx.SyncByteStream)
        for chunk in stream:
            if self._given_up.is_set():
                return
            yield chunk
