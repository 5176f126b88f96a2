"""A request that got no answer, told apart by cause: DNS, refused, TLS, time-out, proxy, a broken reply."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from catalog.causes import causes
from provisioner.network import EXTRA_CERTS, model_proxy
from provisioner.smoke.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_S = 10.0
_HUNG_UP = "Server disconnected without sending a response"  # httpcore's words


def diagnose(error: BaseException, url: str, env: Mapping[str, str]) -> Problem:
    """The problem behind an exception that httpx raised for a request to ``url``.

    ``env`` is the environment at start-up: it says whether a proxy stood in between.
    """
    host = _host(url)
    proxy = _shown_proxy(url, env)
    match error:
        case httpx.ConnectTimeout():
            return Problem("timeout", f"no connection to {host} within {CONNECT_S:.0f} s", transient=True)
        case httpx.TimeoutException():
            return Problem("timeout", f"{host} did not answer in time", transient=True)
        case httpx.ProxyError():
            return _proxy(error, proxy or "of the environment")
        case httpx.ConnectError() if proxy:
            return _proxy(error, proxy)
        case httpx.ReadError() | httpx.WriteError() | httpx.CloseError():
            return Problem("truncated", f"{host} hung up before it answered", transient=True)
        case httpx.RemoteProtocolError() if _HUNG_UP in str(error):
            return Problem("truncated", f"{host} hung up before it answered", transient=True)
        case httpx.RemoteProtocolError():
            return Problem("protocol", f"{host} does not answer in HTTP: {error}")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | httpx.LocalProtocolError() | UnicodeError():
            return Problem("config", f"no request can be sent to {host}: {error}")
    return _not_connected(error, url)


def _proxy(error: BaseException, proxy: str) -> Problem:
    return Problem("proxy", f"the proxy {proxy} did not let the request through: {error}", transient=True)


def _not_connected(error: BaseException, url: str) -> Problem:
    host = _host(url)
    for cause in causes(error):
        if isinstance(cause, ssl.SSLError):
            return _tls(cause, url)
        if isinstance(cause, socket.gaierror):
            return Problem("dns", f"the name {urlsplit(url).hostname} has no address", transient=True)
        if isinstance(cause, ConnectionRefusedError):
            return Problem("refused", f"nothing listens on {host}", transient=True)
    return Problem(
        "refused", f"no connection to {host}: {str(error) or type(error).__name__}", transient=True
    )


def _tls(error: ssl.SSLError, url: str) -> Problem:
    host, said = _host(url), str(error)
    if "WRONG_VERSION_NUMBER" in said or "RECORD_LAYER_FAILURE" in said or "HTTP_REQUEST" in said:
        plain = url.replace("https://", "http://", 1).split("/", 3)
        return Problem(
            "tls", f"{host} speaks plain HTTP, not TLS", hint=f'base_url = "{"/".join(plain[:3])}/…"'
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message or said
        return Problem(
            "tls",
            f"the certificate of {host} is not trusted: {reason}",
            hint=f"export {EXTRA_CERTS}=/path/to/ca.pem, which Kimi Code reads too",
        )
    return Problem("tls", f"TLS with {host} failed: {said}", transient=True)


def unbuildable(error: Exception, env: Mapping[str, str]) -> Problem:
    """The problem behind a client that could not even be built: what the environment says about proxies and CAs."""
    if isinstance(error, ImportError):
        return Problem(
            "proxy",
            "the environment names a SOCKS proxy, which needs one more package",
            hint="pip install 'kimi-provider[socks]'",
        )
    if isinstance(error, ssl.SSLError | OSError):
        name = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if env.get(name)), "SSL_CERT_FILE")
        return Problem("tls", f"{name} names no usable CA file ({error})", hint=f"unset {name}")
    return Problem(
        "proxy",
        f"the proxy settings of the environment cannot be used: {error}",
        hint="check HTTPS_PROXY and NO_PROXY",
    )


def _shown_proxy(url: str, env: Mapping[str, str]) -> str | None:
    """The proxy in between, without its password; None for a direct way."""
    proxy = model_proxy(url, env)
    return proxy and (urlsplit(proxy).netloc.rpartition("@")[2] or proxy)


def _host(url: str) -> str:
    """Host and port, without the user before them."""
    return urlsplit(url).netloc.rpartition("@")[2]
