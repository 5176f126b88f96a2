"""A small picture made on the spot: one plain colour, as a PNG of the standard library's making."""

from __future__ import annotations

import struct
import zlib

SIDE = 64
COLOURS = {
    "red": (214, 24, 24),
    "green": (24, 150, 44),
    "blue": (24, 60, 214),
    "yellow": (250, 226, 24),
    "black": (0, 0, 0),
    "white": (255, 255, 255),
}


def png_of(colour: str) -> bytes:
    """A PNG of 64 by 64 pixels, all of the colour that ``colour`` names in :data:`COLOURS`."""
    row = b"\0" + bytes(COLOURS[colour]) * SIDE
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(row * SIDE, 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
