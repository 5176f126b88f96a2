"""Bodies that a server compresses although it was asked not to, inflated in pieces of bounded size."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 64 * 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


class Undecodable(Exception):
    """The body is compressed in a way that is not spoken here, or its compression is broken."""


class Inflater:
    """Undoes the ``Content-Encoding`` of a body as it arrives."""

    def __init__(self, encoding: str) -> None:
        self._stream: zlib._Decompress | None = None
        match encoding.strip().lower():
            case "" | "identity":
                pass
            case "gzip" | "x-gzip" | "deflate":
                self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
            case _:
                raise Undecodable(f"the body is compressed with {encoding!r}, which nobody asked for")

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The plain bytes that ``chunk`` adds, at most 64 kB at a time, so that the reader's caps hold.

        Raises:
            Undecodable: the compression is broken.
        """
        if self._stream is None:
            yield chunk
            return
        while chunk:
            try:
                piece = self._stream.decompress(chunk, _PIECE)
            except zlib.error as error:
                raise Undecodable(f"the body's compression is broken: {error}") from error
            if not piece:
                return
            yield piece
            chunk = self._stream.unconsumed_tail
