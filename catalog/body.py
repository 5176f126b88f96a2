"""Reads a response body with a bound that holds as the bytes arrive and again after decompression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.errors import DocumentInvalid, FetchFailed
from catalog.inflate import Inflater, Undecodable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MIB = 1024 * 1024


def read_whole(chunks: Iterable[bytes], encoding: str, *, limit: int, where: str) -> bytes:
    """The body, decompressed when ``encoding`` (a ``Content-Encoding`` value) says gzip or deflate.

    Raises:
        DocumentInvalid: more than ``limit`` bytes before or after decompression, or an encoding nobody asked for.
        FetchFailed: the compressed data is broken or stops short.
    """
    try:
        inflater = Inflater(encoding)
    except Undecodable:
        raise DocumentInvalid(
            "the server compressed the document in a way that was not asked for",
            hint="have it honour `Accept-Encoding: gzip`",
            where=where,
        ) from None
    arriving = _capped(chunks, limit, where)
    try:
        return b"".join(_capped(_plain(inflater, arriving), limit, where))
    except Undecodable:
        message = "the compressed document is broken or stops short"
        raise FetchFailed(message, hint="try again", where=where) from None


def read_start(chunks: Iterable[bytes], limit: int) -> bytes:
    """At most the first ``limit`` bytes: enough of an error answer to quote its message."""
    start = bytearray()
    for chunk in chunks:
        start += chunk
        if len(start) >= limit:
            break
    return bytes(start[:limit])


def refuse_size(limit: int, where: str) -> DocumentInvalid:
    """The error for a document above ``limit`` bytes."""
    return DocumentInvalid(f"the document is larger than {limit / _MIB:g} MiB", where=where)


def _plain(inflater: Inflater, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield from inflater.feed(chunk)
    inflater.finish()


def _capped(chunks: Iterable[bytes], limit: int, where: str) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limit:
            raise refuse_size(limit, where)
        yield chunk
