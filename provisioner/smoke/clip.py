"""A tiny video made on the spot: a second of one plain colour, as an AVI without compression."""

from __future__ import annotations

import struct

from provisioner.smoke.picture import COLOURS, SIDE

MIME = "video/x-msvideo"
NAME = "upload.avi"
_FRAMES = 4
_FRAME_US = 250_000
_HAS_INDEX = 0x10
_KEY_FRAME = 0x10


def avi_of(colour: str) -> bytes:
    """Four frames of 64 by 64 pixels in one second, all of the colour that ``colour`` names."""
    red, green, blue = COLOURS[colour]
    frame = bytes((blue, green, red)) * SIDE * SIDE  # rows of 192 bytes need no padding
    size = len(frame)
    header = struct.pack(
        "<14I", _FRAME_US, size * _FRAMES, 0, _HAS_INDEX, _FRAMES, 0, 1, size, SIDE, SIDE, 0, 0, 0, 0
    )
    stream = struct.pack(
        "<4s4sIHHIIIIIIIIHHHH",
        b"vids",
        b"DIB ",
        0,
        0,
        0,
        0,
        _FRAME_US,
        1_000_000,
        0,
        _FRAMES,
        size,
        0,
        size,
        0,
        0,
        SIDE,
        SIDE,
    )
    bitmap = struct.pack("<IiiHHIIiiII", 40, SIDE, SIDE, 1, 24, 0, size, 0, 0, 0, 0)
    described = _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", bitmap))
    frames = _chunk(b"00db", frame) * _FRAMES
    step = size + 8
    index = b"".join(
        struct.pack("<4sIII", b"00db", _KEY_FRAME, 4 + step * number, size) for number in range(_FRAMES)
    )
    body = (
        _list(b"hdrl", _chunk(b"avih", header) + described) + _list(b"movi", frames) + _chunk(b"idx1", index)
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"AVI " + body


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data


def _list(name: bytes, data: bytes) -> bytes:
    return _chunk(b"LIST", name + data)
