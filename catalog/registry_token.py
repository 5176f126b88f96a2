"""A registry's token: what one may look like, and how a cache tells two apart without keeping either."""

from __future__ import annotations

from catalog.errors import FetchFailed


def checked(token: str) -> str:
    """The token without white space around it.

    Raises:
        FetchFailed: it is empty, or no HTTP header can carry it; said before any I/O.
    """
    token = token.strip()
    if not (token and token.isascii() and token.isprintable()):
        raise FetchFailed(
            "the token is empty, or holds control characters or letters outside ASCII",
            hint="copy it again, without quotes",
        )
    return token


def slot(kind: str, url: str, token: str | None = None) -> str:
    """The name under which a cache keeps the document at ``url`` as seen with ``token``; neither can be read off it."""
    import hashlib

    parts = [kind, url] if token is None else [kind, url, token]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}-{digest[:40]}"
