"""URLs of documents: which are accepted, where a redirect may lead, and how they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from catalog.errors import FetchFailed

if TYPE_CHECKING:
    from urllib.parse import SplitResult

HIDDEN = "•••"
_PORTS = {"http": 80, "https": 443}
_SHOWN_LENGTH = 300


def check(url: str) -> str:
    """``url`` itself when a document can be asked for there.

    Raises:
        FetchFailed: it is not an absolute http or https URL with a host, in printable ASCII without spaces.
    """
    if not (url.isascii() and url.isprintable() and " " not in url):
        message = "the URL holds spaces, control characters or letters outside ASCII"
        raise FetchFailed(message, hint="percent-encode them", where=shown(url))
    parts = _split(url)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        raise FetchFailed(
            f"not a URL that a document can be fetched from: {shown(url)!r}",
            hint="give the whole address, such as https://registry.example/api.json",
        )
    return url


def shown(url: str) -> str:
    """``url`` as it may appear in a message: no user name, password, query value or fragment, and not endless."""
    parts = _split(url)
    if parts is None:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(_hide(field) for field in parts.query.split("&")) if parts.query else ""
    text = (
        f"{parts.scheme}://{host}{parts.path}" if "://" in url else f"{parts.scheme}:{parts.path}".lstrip(":")
    )
    text = f"{text}?{query}" if query else text
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "…"


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


def _hide(field: str) -> str:
    """One ``name=value`` of a query without its value; a bare word may be the secret itself."""
    name, equals, _ = field.partition("=")
    return f"{name}={HIDDEN}" if equals else HIDDEN
