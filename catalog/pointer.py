"""JSON pointers (RFC 6901): how a place in a document is named."""

from __future__ import annotations


def pointer(*parts: str | int) -> str:
    """The pointer to the member that these keys and indexes lead to; to the whole document without any."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
