"""What a fetch costs at most, in bytes and in seconds; over real sockets."""

from __future__ import annotations

import gzip
import itertools
import socket
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from catalog.body import read_whole
from catalog.errors import DocumentInvalid, FetchFailed
from catalog.http import fetch
from catalog.http_limits import KIB, Limits
from tests.catalog.fetching import SMALL, failure
from tests.catalog.loopback import Request, open_client, reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

# Only one of the two is short: on a busy machine either may be over first.
SOON_SILENT = Limits(connect=60, read=0.15, total=60, body=64 * KIB)
SOON_OVER = Limits(connect=60, read=60, total=0.4, body=64 * KIB)


def test_a_body_above_the_limit_is_refused_by_its_declared_length() -> None:
    with serving(reply(b"", length=SMALL.body + 1)) as server:
        error = failure(server.url())
    assert isinstance(error, DocumentInvalid)
    assert error.message == "the document is larger than 0.0625 MiB"


def test_an_endless_body_is_cut_off_at_the_limit() -> None:
    sent = 0

    def endless(_: Request) -> Iterator[bytes]:
        nonlocal sent
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            sent += 8192
            yield b"x" * 8192

    with serving(endless) as server:
        assert isinstance(failure(server.url()), DocumentInvalid)
    assert sent < 16 * 1024 * KIB  # what sockets hold in flight, not what the server would send


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "GZIP"])
def test_a_body_that_is_compressed_all_the_same_is_inflated(encoding: str) -> None:
    document = b'{"a": %s}' % (b"1" * 30_000)
    packed = zlib.compress(document) if encoding == "deflate" else gzip.compress(document)
    with serving(reply(packed, Content_Encoding=encoding)) as server:
        assert fetch(open_client, server.url()).body == document


def test_a_bare_deflate_stream_and_several_gzip_members_are_inflated() -> None:
    packer = zlib.compressobj(wbits=-15)
    bare = packer.compress(b"{}" * 500) + packer.flush()
    with serving(reply(bare, Content_Encoding="deflate")) as server:
        assert fetch(open_client, server.url()).body == b"{}" * 500
    two = gzip.compress(b'{"a":') + gzip.compress(b"1}") + b"\0" * 20
    with serving(reply(two, Content_Encoding="gzip")) as server:
        assert fetch(open_client, server.url()).body == b'{"a":1}'


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_refused_before_it_unpacks(encoding: str) -> None:
    zeros = b"\0" * (32 * 1024 * KIB)
    bomb = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)
    assert len(bomb) < SMALL.body
    with serving(reply(bomb, Content_Encoding=encoding)) as server:
        error = failure(server.url())
    assert isinstance(error, DocumentInvalid)
    assert "larger than" in error.message


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_takes_no_memory(encoding: str) -> None:
    zeros = b"\0" * (32 * 1024 * KIB)
    bomb = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)
    tracemalloc.start()
    try:
        with pytest.raises(DocumentInvalid):
            read_whole([bomb], encoding, limit=64 * KIB, where="x")
        assert tracemalloc.get_traced_memory()[1] < 1024 * KIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "packed", [gzip.compress(b"{}" * 9999)[:-4], b"not gzip", b"", b"\x1f\x8b\x08\x00broken"]
)
def test_broken_compression_is_a_failure(packed: bytes) -> None:
    with serving(reply(packed, Content_Encoding="gzip")) as server:
        error = failure(server.url())
    assert isinstance(error, FetchFailed)
    assert "broken or stops short" in error.message


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_an_encoding_nobody_asked_for_is_refused(encoding: str) -> None:
    with serving(reply(b"{}", Content_Encoding=encoding)) as server:
        assert isinstance(failure(server.url()), DocumentInvalid)


def test_a_body_that_breaks_off_is_a_failure() -> None:
    with serving(reply(b'{"a"', length=100)) as server:
        error = failure(server.url())
    assert isinstance(error, FetchFailed)
    assert "broke off" in error.message


def test_of_an_endless_error_only_the_start_is_read() -> None:
    def endless(_: Request) -> Iterator[bytes]:
        yield b"HTTP/1.1 500 Internal Server Error\r\n\r\n"
        yield from itertools.repeat(b"x" * 8192)

    with serving(endless) as server:
        error = failure(server.url())
    assert isinstance(error, FetchFailed)
    assert error.status == 500
    assert error.message == "127.0.0.1 answered HTTP 500 instead of a document"


@pytest.mark.parametrize(
    ("status", "hint"),
    [("404 Not Found", "nothing is there"), ("429 Too Many Requests", "later"), ("503 Unavailable", "later")],
)
def test_other_statuses_are_failures(status: str, hint: str) -> None:
    with serving(reply(b'{"message": "what happened"}', status)) as server:
        error = failure(server.url("/x?token=s3cret"))
    assert type(error) is FetchFailed
    assert error.status == int(status[:3])
    assert error.message.endswith(": what happened")
    assert hint in (error.hint or "")
    assert error.where == server.url("/x?token=•••")


def test_204_is_not_a_document() -> None:
    with serving([b"HTTP/1.1 204 No Content\r\n\r\n"]) as server:
        assert isinstance(failure(server.url()), FetchFailed)


# Time


def test_silence_ends_after_the_read_timeout() -> None:
    def silent(_: Request) -> Iterator[bytes]:
        time.sleep(1)
        yield b""

    with serving(silent) as server:
        error = failure(server.url(), limits=SOON_SILENT)
    assert "sent nothing for 0.15 s" in error.message


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Drip: "])
def test_the_total_time_holds_against_a_server_that_drips(head: bytes) -> None:
    def drip(_: Request) -> Iterator[bytes]:
        yield head
        while True:
            time.sleep(0.05)
            yield b"x"

    with serving(drip) as server:
        began = time.monotonic()
        error = failure(server.url(), limits=SOON_OVER)
    assert error.message == "no complete answer within 0.4 s"
    assert time.monotonic() - began < 60


def test_the_total_time_covers_name_resolution(monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(*_: object, **__: object) -> list[object]:
        time.sleep(0.8)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    error = failure("http://slow.example/", limits=SOON_OVER)
    assert "no complete answer" in error.message
