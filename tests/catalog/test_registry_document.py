"""Where a registry comes from: its server, always, unless offline."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from catalog.documents import load_registry
from catalog.errors import DocumentInvalid, FetchFailed, ShrinkRefused
from catalog.limits import KIB, Limits
from tests.catalog.loopback import open_client, reply, serving
from tests.catalog.world import CAPTIVE, TEN, UNREACHABLE, World, new_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def test_a_registry_is_always_asked_for(world: World) -> None:
    assert world.registry().provenance.kind == "live"
    got = world.registry()
    assert got.provenance.kind == "not_modified"
    assert got.raw == json.loads(TEN)
    assert [request.headers.get("If-None-Match") for request in world.requests] == [None, '"v1"']
    assert {request.headers["Authorization"] for request in world.requests} == {"Bearer tok-1"}


def test_a_registry_is_kept_apart_per_token(world: World) -> None:
    for token in ("tok-1", "tok-2", None):
        assert world.registry(token).provenance.kind == "live"
    world.broken = UNREACHABLE
    with pytest.raises(FetchFailed, match="no copy of this registry"):
        world.registry("tok-3", offline=True)


@pytest.mark.parametrize("broken", [UNREACHABLE, 500, 401, CAPTIVE])
def test_a_registry_that_fails_is_an_error_and_not_an_old_copy(world: World, broken: Any) -> None:
    world.registry()
    world.now += 7200
    if isinstance(broken, bytes):
        world.body, world.etag = broken, None
    else:
        world.broken = broken
    with pytest.raises(FetchFailed if not isinstance(broken, bytes) else DocumentInvalid) as caught:
        world.registry()
    assert "cache, 2 h old; --offline uses it" in (caught.value.hint or "")
    got = world.registry(offline=True)
    assert got.raw == json.loads(TEN)
    assert got.provenance.describe() == "cache, 2 h old"


def test_a_registry_is_any_json_object(world: World) -> None:
    world.body = b'{"x": 3, "y": {"id": "y"}}'
    assert world.registry().raw == {"x": 3, "y": {"id": "y"}}


def test_a_registry_that_shrank_is_refused_unless_asked_for(world: World) -> None:
    world.registry()
    world.shrink()
    with pytest.raises(ShrinkRefused):
        world.registry()
    assert len(world.registry(offline=True).raw) == 10
    assert len(world.registry(accept_shrink=True).raw) == 4
    assert len(world.registry().raw) == 4


def test_a_304_for_a_damaged_registry_is_followed_by_a_full_fetch(world: World) -> None:
    world.registry()
    world.sql("UPDATE Cache SET value = x'7b' WHERE key LIKE '%/document'")
    with pytest.raises(FetchFailed, match="no copy"):
        world.registry(offline=True)
    assert world.registry().provenance.kind == "live"
    assert ["If-None-Match" in request.headers for request in world.requests] == [False, True, False]
    assert world.registry(offline=True).raw == json.loads(TEN)


def test_an_unusable_token_is_refused_before_any_io(world: World) -> None:
    with pytest.raises(FetchFailed, match="the token"):
        world.registry("clé")
    assert world.requests == []
    assert not world.places.cache_dir.exists()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "nonsense", "https://"])
def test_what_is_no_url_is_refused_before_any_io(world: World, url: str) -> None:
    with pytest.raises(FetchFailed):
        load_registry(world.places, url, None)
    with pytest.raises(FetchFailed):
        world.catalog(url, offline=True)
    assert world.requests == []


def test_limits_hold_over_a_real_socket(world: World) -> None:
    def endless(_: object) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n{"
        while True:
            yield b" " * 4096

    places = replace(world.places, open_client=open_client, limits=Limits(body=64 * KIB))
    with serving(endless) as server, pytest.raises(DocumentInvalid, match="larger than"):
        load_registry(places, server.url(), "tok-1")
    with serving(reply(TEN, ETag='"v1"')) as server:
        assert load_registry(places, server.url(), "tok-1").raw == json.loads(TEN)
