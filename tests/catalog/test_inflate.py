"""A body's compression undone as it arrives, however the bytes are cut into chunks."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.inflate import PIECE, Inflater, Undecodable

if TYPE_CHECKING:
    from collections.abc import Callable


def _inflate(packed: bytes, encoding: str, size: int = 1) -> bytes:
    inflater = Inflater(encoding)
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
    plain = [piece for chunk in chunks for piece in inflater.feed(chunk)]
    inflater.finish()
    return b"".join(plain)


def _bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


FORMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "none": ("", lambda data: data),
    "identity": ("identity", lambda data: data),
    "gzip": ("gzip", gzip.compress),
    "two members": ("x-gzip", lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:])),
    "padded": ("GZIP ", lambda data: gzip.compress(data) + b"\0" * 9),
    "padded between": ("gzip", lambda data: gzip.compress(data[:7]) + b"\0" * 9 + gzip.compress(data[7:])),
    "something behind": ("gzip", lambda data: gzip.compress(data) + b"\0\0junk\x1f\x8b"),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", _bare),
    "gzip called deflate": ("deflate", gzip.compress),
}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None)
@given(data=st.binary(min_size=1, max_size=400), size=st.integers(1, 50))
def test_every_form_is_read_in_chunks_of_any_size(form: str, data: bytes, size: int) -> None:
    encoding, pack = FORMS[form]
    assert _inflate(pack(data), encoding, size) == data


@pytest.mark.parametrize("length", [PIECE - 1, PIECE, PIECE + 1, 5 * PIECE + 3])
def test_pieces_are_bounded_and_nothing_is_left_behind(length: int) -> None:
    inflater = Inflater("gzip")
    pieces = list(inflater.feed(gzip.compress(b"\0" * length)))
    inflater.finish()
    assert sum(map(len, pieces)) == length
    assert max(map(len, pieces)) <= PIECE


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("packed", [b"", gzip.compress(b"{}" * 99)[:-4], zlib.compress(b"{}" * 99)[:-4]])
def test_cut_data_gives_what_came_and_is_told_at_the_end(packed: bytes, encoding: str) -> None:
    inflater = Inflater(encoding)
    assert b"".join(inflater.feed(packed)) in (b"", b"{}" * 99)
    with pytest.raises(Undecodable, match="stops short"):
        inflater.finish()


def test_broken_data_and_other_encodings_are_refused() -> None:
    with pytest.raises(Undecodable, match="broken"):
        list(Inflater("gzip").feed(b"not gzip"))
    for encoding in ("br", "zstd", "gzip, gzip"):
        with pytest.raises(Undecodable, match="nobody asked for"):
            Inflater(encoding)
