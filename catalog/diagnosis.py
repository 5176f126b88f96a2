"""Says why a document could not be fetched: one line, and what helps.

httpx wraps the cause of a failed connection twice; name resolution, refusal and TLS are told apart by walking
down to it. Server text is quoted only after cleaning, and never with the token in it.
"""

from __future__ import annotations

import json
import socket
import ssl
from typing import TYPE_CHECKING

import httpx

from catalog.causes import causes
from catalog.errors import CredentialRefused, FetchFailed
from catalog.urls import HIDDEN, host_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalog.http_limits import Limits

_QUOTED = 200
_TLS_NOT_SPOKEN = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"}
)
_TOKEN_GIVEN = "check the token given with --token, --token-stdin or KIMI_REGISTRY_API_KEY"  # noqa: S105  names the flags
_TOKEN_WANTED = "give a token with --token, --token-stdin or KIMI_REGISTRY_API_KEY"  # noqa: S105  names the flags
_TOKEN_DROPPED = "the token is sent to the host it was given for only: use the address that is redirected to"  # noqa: S105  a rule


_UNAUTHORIZED, _FORBIDDEN, _SERVER_ERROR = 401, 403, 500
_STATUS_HINTS = {
    404: "check the address: nothing is there",
    407: "the proxy wants credentials: check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY",
    429: "too many requests: try again later",
}


def client_unusable(error: Exception) -> FetchFailed:
    """The environment's proxy and CA settings are such that httpx cannot even build a client."""
    if isinstance(error, ImportError):
        return FetchFailed(
            "a SOCKS proxy is set, but its support is not installed",
            hint="install `kimi-provider[socks]`, or unset ALL_PROXY, HTTPS_PROXY and HTTP_PROXY",
        )
    if isinstance(error, OSError):  # ssl.SSLError is one
        return FetchFailed(
            "the CA certificates named by SSL_CERT_FILE or SSL_CERT_DIR cannot be read",
            hint="point SSL_CERT_FILE at a PEM file, or unset it",
        )
    return FetchFailed(
        "the proxy settings of the environment cannot be used",
        hint="check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY",
    )


def address_unusable(url: str) -> FetchFailed:
    """The address passes for a URL, yet no request can be made of it."""
    return FetchFailed("not an address that a document can be fetched from", where=shown(url))


def redirect_refused(url: str, target: str) -> FetchFailed:
    """``url`` redirects where a redirect may not lead; ``target`` is empty when that is no address at all."""
    return FetchFailed(
        f"{host_of(url)} redirects to {shown(target) if target else 'an unusable address'}, which is not followed",
        hint="redirects to https are; check the address, or give the final one",
        where=shown(url),
    )


def transport_failed(error: Exception, url: str, peer: str | None, limits: Limits) -> FetchFailed:
    """The exchange with the server broke off, or never came about.

    Args:
        error: what httpx raised.
        url: what was asked for.
        peer: ``host:port`` that was really connected to: a proxy's, when there is one.
        limits: names the time-outs.
    """
    where = shown(url)
    host = peer or host_of(url)
    if isinstance(error, httpx.ConnectTimeout):
        return FetchFailed(
            f"{host} did not accept a connection within {limits.connect:g} s",
            hint="check the address, the network and the proxy settings",
            where=where,
        )
    if isinstance(error, httpx.TimeoutException):
        return FetchFailed(f"{host} sent nothing for {limits.read:g} s", hint="try again", where=where)
    if isinstance(error, httpx.ProxyError):
        return FetchFailed(
            f"the proxy {host} refused the connection",
            hint="check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY",
            where=where,
        )
    if isinstance(error, httpx.ConnectError):
        return _not_connected(error, host, where)
    if any(isinstance(cause, httpx.InvalidURL) for cause in causes(error)):
        return redirect_refused(url, "")
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return FetchFailed(
            f"{host} broke off before the document was complete, or does not speak HTTP",
            hint="try again; check the port",
            where=where,
        )
    return FetchFailed(
        f"the exchange with {host} failed ({type(error).__name__})", hint="try again", where=where
    )


def _not_connected(error: httpx.ConnectError, host: str, where: str) -> FetchFailed:
    for cause in causes(error):
        if isinstance(cause, socket.gaierror):
            return FetchFailed(
                f"the host name {host.rpartition(':')[0] or host} cannot be resolved",
                hint="check the spelling, the network and DNS",
                where=where,
            )
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchFailed(
                f"the TLS certificate of {host} is not trusted: {cause.verify_message}",
                hint="for a private CA point SSL_CERT_FILE at its PEM file",
                where=where,
            )
        if isinstance(cause, ssl.SSLError):
            return _no_tls(cause, host, where)
        if isinstance(cause, ConnectionRefusedError):
            return FetchFailed(
                f"nothing listens at {host}: connection refused",
                hint="check the address and the port, and that the server runs",
                where=where,
            )
    return FetchFailed(
        f"no connection to {host}", hint="check the address, the network and the proxy settings", where=where
    )


def _no_tls(cause: ssl.SSLError, host: str, where: str) -> FetchFailed:
    if cause.reason in _TLS_NOT_SPOKEN:
        return FetchFailed(
            f"{host} does not answer with TLS: most likely it speaks plain HTTP",
            hint="use http:// in the address, or the server's https port",
            where=where,
        )
    return FetchFailed(
        f"the TLS handshake with {host} failed ({cause.reason or 'no reason given'})",
        hint="check that the port is the https one",
        where=where,
    )


def status_refused(
    status: int, body: bytes, url: str, *, secrets: Sequence[str], sent: bool, hint: str | None = None
) -> FetchFailed:
    """The server answered with something that is not the document.

    Args:
        status: the HTTP status.
        body: the start of the answer.
        url: what answered, after redirects.
        secrets: the token, empty where there is none, and more that is to be kept out of what is quoted.
        sent: whether the credential went to this origin.
        hint: replaces the advice to give a token, where none can be given.
    """
    where = shown(url)
    token, said = secrets[0], _quoted(body, secrets)
    if status in {_UNAUTHORIZED, _FORBIDDEN}:
        verb = (
            "refused the token" if sent else "wants a token" if status == _UNAUTHORIZED else "refused access"
        )
        if token and not sent:
            hint = _TOKEN_DROPPED
        return CredentialRefused(
            f"{host_of(url)} {verb} (HTTP {status}){said}",
            hint=hint or (_TOKEN_GIVEN if token else _TOKEN_WANTED),
            where=where,
            status=status,
        )
    return FetchFailed(
        f"{host_of(url)} answered HTTP {status} instead of a document{said}",
        hint=_STATUS_HINTS.get(status, "try again later" if status >= _SERVER_ERROR else "check the address"),
        where=where,
        status=status,
    )


def _quoted(body: bytes, secrets: Iterable[str]) -> str:
    """The server's own message in the shapes that JSON errors have, cleaned, on one line; else nothing."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = document.get("error", document) if isinstance(document, dict) else None
    message = found.get("message") if isinstance(found, dict) else found
    if not isinstance(message, str) or not message.strip():
        return ""
    from catalog.echoed import Echoes  # where nothing fails this is not needed

    message = Echoes(secrets, lambda _: HIDDEN).hide(message)
    line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    return f": {line if len(line) <= _QUOTED else line[:_QUOTED] + '…'}"
