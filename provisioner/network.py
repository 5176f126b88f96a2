"""How requests leave this machine: which proxy they take, and whose certificates they trust.

A request to a model must meet what Kimi Code meets, so its rules are those of Kimi Code 2.1.0 on Node: never a proxy
for the machine itself; else ``http_proxy``, ``https_proxy`` and ``all_proxy``, in small letters before capitals; the
public roots and ``NODE_EXTRA_CA_CERTS``, but not ``SSL_CERT_FILE``. Documents (catalogs, registries) are fetched as
httpx does by itself, with the two things that nobody wants otherwise: the machine itself is asked directly, and a
private authority that Kimi Code trusts is trusted.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
EXTRA_CERTS = "NODE_EXTRA_CA_CERTS"
_SOCKS = frozenset({"socks", "socks4", "socks4a", "socks5", "socks5h"})
_PORTS = {"http": 80, "https": 443}


def model_proxy(url: str, env: Mapping[str, str]) -> str | None:
    """The proxy through which Kimi Code asks ``url``; None where it asks directly.

    A proxy that is set for plain HTTP alone serves HTTPS too, a SOCKS proxy only where no other is set, and one
    that is no URL is ignored.
    """
    parts = urlsplit(url)
    every = _http(_first(env, "all_proxy"))
    plain, safe = _http(_first(env, "http_proxy")) or every, _http(_first(env, "https_proxy")) or every
    if plain or safe:
        if any(value and not _usable(value) for value in (plain, safe)):
            return None
        proxy = (safe or plain) if parts.scheme == "https" else plain
    else:
        found = (_first(env, name) for name in ("all_proxy", "https_proxy", "http_proxy"))
        proxy = next((value for value in found if _scheme(value) in _SOCKS), None)
    return (
        proxy
        if proxy and not _exempt(parts.hostname or "", parts.port or _PORTS.get(parts.scheme), env)
        else None
    )


def model_trust(env: Mapping[str, str]) -> ssl.SSLContext:
    """The authorities that Kimi Code trusts: the public ones, and those of ``NODE_EXTRA_CA_CERTS``."""
    import ssl

    context = _public_trust()
    _add_extra(context, env)
    if env.get("NODE_TLS_REJECT_UNAUTHORIZED") == "0":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def no_trust() -> ssl.SSLContext:
    """No authority at all, for a client that speaks plain HTTP: none is read."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def document_trust(env: Mapping[str, str]) -> ssl.SSLContext:
    """The authorities that ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` names, as httpx has it, else the public ones; and
    those of ``NODE_EXTRA_CA_CERTS``.

    None is read before the first connection that needs them: that takes as long as a small fetch. Where what
    ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` names cannot be read, that connection ends in the ``OSError``.
    """
    return cast("ssl.SSLContext", _Trust(env))


class _Trust:
    """The authorities for documents, read when something is first asked of them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    @functools.cached_property
    def _context(self) -> ssl.SSLContext:
        import ssl

        named, folder = self._env.get("SSL_CERT_FILE") or None, self._env.get("SSL_CERT_DIR")
        if named is None and not folder:
            context = _public_trust()
        else:
            context = ssl.create_default_context(cafile=named, capath=None if named else folder)
        if self._env.get(EXTRA_CERTS) != named:
            _add_extra(context, self._env)
        return context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)


def _public_trust() -> ssl.SSLContext:
    import ssl

    import certifi

    return ssl.create_default_context(cafile=certifi.where())


def _add_extra(context: ssl.SSLContext, env: Mapping[str, str]) -> None:
    """Adds the certificates of ``NODE_EXTRA_CA_CERTS``; like Node, goes on without those that cannot be read."""
    if path := env.get(EXTRA_CERTS):
        try:
            context.load_verify_locations(cafile=path)
        except (OSError, ValueError):
            return


def _first(env: Mapping[str, str], name: str) -> str | None:
    return next((value for key in (name, name.upper()) if (value := env.get(key, "").strip())), None)


def _scheme(value: str | None) -> str:
    found = re.match(r"([a-z][a-z0-9+.-]*):", value or "", re.IGNORECASE)
    return found.group(1).lower() if found else ""


def _http(value: str | None) -> str | None:
    return None if _scheme(value) in _SOCKS else value


def _usable(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy)
        return parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _exempt(host: str, port: int | None, env: Mapping[str, str]) -> bool:
    host = f"[{host}]" if ":" in host else host
    listed = re.split(r"[,\s]+", _first(env, "no_proxy") or "")
    if "*" in listed:
        return True
    for entry in (*listed, *LOOPBACK):
        name, port_given = entry.lower(), None
        if found := re.fullmatch(r"(.+[^:]):(\d+)", name):
            name, port_given = found.group(1), int(found.group(2))
        name = re.sub(r"\A\*?\.", "", name)
        name = f"[{name}]" if name.count(":") > 1 and not name.startswith("[") else name
        if name and port_given in (None, port) and (host == name or host.endswith(f".{name}")):
            return True
    return False
