"""What the demo's models see: the colour that covers most of a PNG picture."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS = 8
_PALETTE = 3
_RGB = 3
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the colour type of the PNG specification
_MOST_PIXELS = 512 * 512
_COLOURS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (220, 20, 20),
    "orange": (255, 140, 0),
    "yellow": (250, 230, 20),
    "green": (20, 150, 40),
    "cyan": (20, 210, 220),
    "blue": (25, 60, 220),
    "purple": (130, 30, 160),
    "magenta": (240, 20, 220),
    "pink": (255, 170, 190),
    "brown": (120, 70, 30),
}


def dominant_colour(png: bytes) -> str:
    """The name of the colour that most pixels of a PNG come nearest to.

    Raises:
        ValueError: it is no PNG of eight bits a channel without interlacing and of at most 512 by 512 pixels.
    """
    try:
        return _named(_pixels(png))
    except (zlib.error, struct.error, IndexError) as error:
        raise ValueError("the PNG is damaged") from error


def _named(pixels: Counter[tuple[int, int, int]]) -> str:
    shares: Counter[str] = Counter()
    for pixel, count in pixels.items():
        name = min(
            _COLOURS, key=lambda name: sum((a - b) ** 2 for a, b in zip(pixel, _COLOURS[name], strict=True))
        )
        shares[name] += count
    return shares.most_common(1)[0][0]


def _pixels(png: bytes) -> Counter[tuple[int, int, int]]:
    chunks = _chunks(png)
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", chunks["IHDR"])
    if depth != _BITS or interlace or kind not in _CHANNELS:
        raise ValueError("only eight bits a channel without interlacing")
    if not 0 < width * height <= _MOST_PIXELS:
        raise ValueError("too many pixels")
    step = _CHANNELS[kind]
    size = (width * step + 1) * height
    raw = zlib.decompressobj().decompress(chunks["IDAT"], size)
    if len(raw) != size:
        raise ValueError("too few pixels")
    palette = chunks.get("PLTE", b"")
    pixels: Counter[tuple[int, int, int]] = Counter()
    for row in _rows(raw, width * step, step):
        for at in range(0, len(row), step):
            if kind == _PALETTE:
                entry = row[at] * 3
                red, green, blue = palette[entry : entry + 3] if entry + 3 <= len(palette) else (0, 0, 0)
            elif step < _RGB:
                red = green = blue = row[at]
            else:
                red, green, blue = row[at], row[at + 1], row[at + 2]
            pixels[red, green, blue] += 1
    return pixels


def _chunks(png: bytes) -> dict[str, bytes]:
    """The data of each kind of chunk, joined."""
    if not png.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    chunks: dict[str, bytes] = {}
    at = len(_SIGNATURE)
    while at + 8 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        name = kind.decode("latin-1")
        chunks[name] = chunks.get(name, b"") + png[at + 8 : at + 8 + length]
        at += 12 + length
    if "IHDR" not in chunks or "IDAT" not in chunks:
        raise ValueError("a PNG without a picture")
    return chunks


def _rows(raw: bytes, width: int, step: int) -> list[bytearray]:
    """The rows with the PNG's filters undone (specification, section 9)."""
    rows: list[bytearray] = []
    above = bytearray(width)
    for start in range(0, len(raw), width + 1):
        row = bytearray(raw[start + 1 : start + 1 + width])
        method = raw[start]
        for at in range(width):
            left = row[at - step] if at >= step else 0
            corner = above[at - step] if at >= step else 0
            guess = (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[method]
            row[at] = (row[at] + guess) & 0xFF
        rows.append(row)
        above = row
    return rows


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))
