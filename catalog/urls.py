"""URLs of documents: which are accepted, where a redirect may lead, and how they are shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from catalog.errors import AddressInvalid

if TYPE_CHECKING:
    from urllib.parse import SplitResult

HIDDEN = "•••"
_PORTS = {"http": 80, "https": 443}
_SHOWN_LENGTH = 300
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]{0,30}://"
_STARTS_WITH_URL = re.compile(_SCHEME)
_URL_IN_TEXT = rf"""
    (?P<quote>["']) {_SCHEME} [^\n]* (?=(?P=quote))   # to the last such quote of the line
  | {_SCHEME} (?:[^\n/?\#]*@)? [^\s"'<>]*               # a user with spaces or quotes included
"""


def check(url: str) -> str:
    """``url`` itself when a document can be asked for there.

    Raises:
        AddressInvalid: it is not an absolute http or https URL with a host, in printable ASCII without spaces.
    """
    if not (url.isascii() and url.isprintable() and " " not in url):
        message = "the URL holds spaces, control characters or letters outside ASCII"
        raise AddressInvalid(message, hint="percent-encode them", where=shown(url))
    parts = _split(url)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        raise AddressInvalid(
            f"not a URL that a document can be fetched from: {shown(url)!r}",
            hint="give the whole address, such as https://registry.example/api.json",
        )
    return url


def shown(url: str) -> str:
    """``url`` as it may appear in a message: nothing in it that may be secret, all of it printable, and not endless."""
    text = "".join(c if c.isprintable() else "�" for c in _masked(url))
    return text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "…"


def masked_urls(text: str) -> str:
    """``text`` with each URL in it masked as :func:`shown` does; the rest as it is.

    A text that begins with a URL is taken for one to its end, a quoted one to the last such quote of its line: rather
    a harmless word too many than a password with a space in it.
    """
    if _STARTS_WITH_URL.match(text):
        return _masked(text)
    return _each_masked(text)


def _each_masked(text: str) -> str:
    return re.sub(_URL_IN_TEXT, _found, text, flags=re.VERBOSE) if "://" in text else text


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: a credential given for one origin is never sent to another."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def host_of(url: str) -> str:
    """The host of a URL that :func:`check` accepted."""
    return origin(url)[1]


def may_redirect(source: str, target: str) -> bool:
    """Whether a redirect may be followed: to https from anywhere, over http only between loopback addresses."""
    if origin(target)[0] == "https":
        return True
    return all(scheme == "http" and is_loopback(host) for scheme, host, _ in (origin(source), origin(target)))


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine: 127.0.0.0/8, ::1 or localhost."""
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed on access only
    except ValueError:
        return None
    return parts


def _found(match: re.Match[str]) -> str:
    quote = match["quote"] or ""
    return quote + _masked(match[0].removeprefix(quote))


def _masked(url: str) -> str:
    """``url`` with its user, the values and bare words of its query, and its fragment hidden; all, if it is none."""
    parts = _split(url)
    if parts is None or _is_ambiguous(parts):
        return HIDDEN
    user, _, host = parts.netloc.rpartition("@")
    user = f"{HIDDEN}@" if user else ""
    text = f"{parts.scheme}:" if parts.scheme else ""
    text += f"//{user}{host}" if parts.netloc or url.startswith("://", len(parts.scheme)) else ""
    text += _masked_path(parts)
    if parts.query:
        text += "?" + "&".join(map(_hide, parts.query.split("&")))
    return f"{text}#{HIDDEN}" if parts.fragment else text


def _masked_path(parts: SplitResult) -> str:
    if not parts.netloc and "@" in parts.path:  # a URL without its slashes, perhaps
        return f"{HIDDEN}@{parts.path.rpartition('@')[2]}"
    # Mirrors and proxies take another address as a part of their path; one in another still is nobody's.
    return HIDDEN if parts.path.count("://") > 1 else _each_masked(parts.path)


def _is_ambiguous(parts: SplitResult) -> bool:
    """Whether what looks like a host may be the start of a user name or password that was not percent-encoded."""
    behind = f"{parts.path}{parts.query}{parts.fragment}"
    plain = "." in parts.netloc or parts.netloc.startswith(("localhost", "["))
    return bool(parts.netloc) and "@" not in parts.netloc and "@" in behind and not plain


def _hide(field: str) -> str:
    """One ``name=value`` of a query without its value; a bare word may be the secret itself."""
    name, _, value = field.partition("=")
    return f"{name}={HIDDEN}" if value.strip("=") else HIDDEN  # base64 ends in "="
