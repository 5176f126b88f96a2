"""Where a registry comes from: its server, always, unless offline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from catalog.documents import load_registry
from catalog.errors import DocumentInvalid, FetchFailed, ShrinkRefused
from catalog.http_limits import KIB, Limits
from tests.catalog.loopback import open_client, reply, serving
from tests.catalog.served import CAPTIVE, TEN, UNREACHABLE, Served, new_served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return new_served(tmp_path)


def test_a_registry_is_always_asked_for(served: Served) -> None:
    assert served.registry().provenance.kind == "live"
    got = served.registry()
    assert got.provenance.kind == "not_modified"
    assert got.raw == json.loads(TEN)
    assert [request.headers.get("If-None-Match") for request in served.requests] == [None, '"v1"']
    assert {request.headers["Authorization"] for request in served.requests} == {"Bearer tok-1"}


def test_a_registry_is_kept_apart_per_token(served: Served) -> None:
    for token in ("tok-1", "tok-2", None):
        assert served.registry(token).provenance.kind == "live"
    served.broken = UNREACHABLE
    with pytest.raises(FetchFailed, match="no copy of this registry"):
        served.registry("tok-3", offline=True)


@pytest.mark.parametrize("broken", [UNREACHABLE, 500, 401, CAPTIVE])
def test_a_registry_that_fails_is_an_error_and_not_an_old_copy(served: Served, broken: Any) -> None:
    served.registry()
    served.now += 7200
    if isinstance(broken, bytes):
        served.body, served.etag = broken, None
    else:
        served.broken = broken
    with pytest.raises(FetchFailed if not isinstance(broken, bytes) else DocumentInvalid) as caught:
        served.registry()
    assert "cache, 2 h old; --offline uses it" in (caught.value.hint or "")
    got = served.registry(offline=True)
    assert got.raw == json.loads(TEN)
    assert got.provenance.describe() == "cache, 2 h old"


def test_a_registry_is_any_json_object(served: Served) -> None:
    served.body = b'{"x": 3, "y": {"id": "y"}}'
    assert served.registry().raw == {"x": 3, "y": {"id": "y"}}


def test_a_registry_that_shrank_is_refused_unless_asked_for(served: Served) -> None:
    served.registry()
    served.shrink()
    with pytest.raises(ShrinkRefused):
        served.registry()
    assert len(served.registry(offline=True).raw) == 10
    assert len(served.registry(accept_shrink=True).raw) == 4
    assert len(served.registry().raw) == 4


def test_a_304_for_a_damaged_registry_is_followed_by_a_full_fetch(served: Served) -> None:
    served.registry()
    served.sql("UPDATE rows SET value = x'7b' WHERE key LIKE '%/document'")
    with pytest.raises(FetchFailed, match="no copy"):
        served.registry(offline=True)
    assert served.registry().provenance.kind == "live"
    assert ["If-None-Match" in request.headers for request in served.requests] == [False, True, False]
    assert served.registry(offline=True).raw == json.loads(TEN)


def test_an_unusable_token_is_refused_before_any_io(served: Served) -> None:
    with pytest.raises(FetchFailed, match="the token"):
        served.registry("clé")
    assert served.requests == []
    assert not served.sources.cache_dir.exists()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "nonsense", "https://"])
def test_what_is_no_url_is_refused_before_any_io(served: Served, url: str) -> None:
    with pytest.raises(FetchFailed):
        load_registry(served.sources, url, None)
    with pytest.raises(FetchFailed):
        served.catalog(url, offline=True)
    assert served.requests == []


def test_limits_hold_over_a_real_socket(served: Served) -> None:
    def endless(_: object) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n{"
        while True:
            yield b" " * 4096

    sources = served.sources._replace(open_client=open_client, limits=Limits(body=64 * KIB))
    with serving(endless) as server, pytest.raises(DocumentInvalid, match="larger than"):
        load_registry(sources, server.url(), "tok-1")
    with serving(reply(TEN, ETag='"v1"')) as server:
        assert load_registry(sources, server.url(), "tok-1").raw == json.loads(TEN)
