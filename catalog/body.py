"""Reads a response body with a bound that holds as the bytes arrive and again after decompression.

``identity`` is asked for, yet some servers compress all the same. httpx would hand out a 200 kB gzip body as one
chunk of 200 MiB, so its own decoding is not used.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from catalog.errors import DocumentInvalid, FetchFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MIB = 1024 * 1024
_STEP = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f"
_DEFLATE_METHOD = 8


def read_whole(chunks: Iterable[bytes], encoding: str, *, limit: int, where: str) -> bytes:
    """The body, decompressed when ``encoding`` (a ``Content-Encoding`` value) says gzip or deflate.

    Raises:
        DocumentInvalid: more than ``limit`` bytes before or after decompression, or an encoding nobody asked for.
        FetchFailed: the compressed data is broken or stops short.
    """
    encoding = encoding.strip().lower()
    arriving = _capped(chunks, limit, where)
    if encoding in {"", "identity"}:
        return b"".join(arriving)
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise DocumentInvalid(
            "the server compressed the document in a way that was not asked for",
            hint="have it honour `Accept-Encoding: identity`",
            where=where,
        )
    try:
        return b"".join(_capped(_inflated(arriving, gzip=encoding != "deflate"), limit, where))
    except (zlib.error, EOFError):
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


def _capped(chunks: Iterable[bytes], limit: int, where: str) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limit:
            raise refuse_size(limit, where)
        yield chunk


def _inflated(chunks: Iterable[bytes], *, gzip: bool) -> Iterator[bytes]:
    """Decompressed data in steps of bounded size; a gzip body may consist of several members."""
    decoder: zlib._Decompress | None = None
    for chunk in chunks:
        rest = chunk
        while rest:
            if decoder is None or (decoder.eof and gzip and rest.startswith(_GZIP_MAGIC)):
                decoder = zlib.decompressobj(_GZIP if gzip else _deflate_window(rest))
            elif decoder.eof:  # padding after the last member
                break
            yield decoder.decompress(rest, _STEP)
            rest = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    if decoder is not None and not decoder.eof:  # all is read, yet the last step may have been a full one
        yield decoder.decompress(b"", _STEP)
    if decoder is None or not decoder.eof:
        raise EOFError


def _deflate_window(start: bytes) -> int:
    """`deflate` means the zlib format, but some servers send the bare stream: the first byte tells."""
    return zlib.MAX_WBITS if start[0] & 0x0F == _DEFLATE_METHOD else -zlib.MAX_WBITS
