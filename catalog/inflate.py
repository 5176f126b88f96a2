"""Undoes the compression of a body as it arrives, in pieces of bounded size. No I/O: bytes in, bytes out.

gzip is asked for: a registry shrinks to a tenth or less on the wire. httpx would hand out a 200 kB gzip body as one
chunk of 200 MiB, so its own decoding is not used.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 64 * 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_BARE = -zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f"
_DEFLATE_METHOD = 8  # the low half of the first byte of the zlib format


class Undecodable(Exception):
    """The body is compressed in a way that is not spoken here, or its compression is broken."""


class Inflater:
    """Undoes one ``Content-Encoding``: gzip (of several members, padded or not), deflate (bare too), or none."""

    def __init__(self, encoding: str) -> None:
        """``encoding`` is the header's value; empty without one.

        Raises:
            Undecodable: nobody asked for that encoding.
        """
        name = encoding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise Undecodable(f"the body is compressed with {encoding!r}, which nobody asked for")
        self._compressed = name not in {"", "identity"}
        self._deflate = name == "deflate"
        self._stream: zlib._Decompress | None = None
        self._padding = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The plain bytes that ``chunk`` adds; from compressed data at most :data:`PIECE` at a time.

        Raises:
            Undecodable: the compression is broken.
        """
        if not self._compressed:
            yield chunk
            return
        while chunk and not self._padding:
            if self._stream is None:
                self._stream = zlib.decompressobj(self._window(chunk))
            elif self._stream.eof:
                chunk = chunk.lstrip(b"\0")
                self._padding = bool(chunk) and not chunk.startswith(_GZIP_MAGIC)
                if not chunk or self._padding:
                    return
                self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
            yield from self._inflated(self._stream, chunk)
            chunk = self._stream.unused_data

    def finish(self) -> None:
        """Raises :class:`Undecodable` where the body has ended in the middle of its compressed data."""
        if self._compressed and (self._stream is None or not self._stream.eof):
            raise Undecodable("the body's compression stops short")

    def _inflated(self, stream: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
        while True:
            try:
                piece = stream.decompress(chunk, PIECE)
            except zlib.error as error:
                raise Undecodable(f"the body's compression is broken: {error}") from error
            if piece:
                yield piece
            chunk = stream.unconsumed_tail
            # A full piece may have left more behind, even where all input is taken in.
            if stream.eof or (not chunk and len(piece) < PIECE):
                return

    def _window(self, start: bytes) -> int:
        """`deflate` means the zlib format, but some servers send the bare stream: the first byte tells."""
        named = start.startswith(_GZIP_MAGIC) or start[0] & 0x0F == _DEFLATE_METHOD
        return _BARE if self._deflate and not named else _GZIP_OR_ZLIB
