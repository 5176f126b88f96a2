"""What is kept of a document, who may read it, and what a damaged copy leads to."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from catalog.errors import FetchFailed
from catalog.policy import TTL_S
from tests.catalog.world import CUSTOM, TEN, World, document, new_world

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


# A damaged cache


DAMAGE = [
    "DELETE FROM Cache WHERE key LIKE '%/index'",
    "UPDATE Cache SET value = x'7b' WHERE key LIKE '%/index'",
    "UPDATE Cache SET value = CAST('{\"a\": 3}' AS BLOB) WHERE key LIKE '%/index'",
    "UPDATE Cache SET value = x'ff00' WHERE key NOT LIKE '%/%'",
    "UPDATE Cache SET value = CAST('{\"format\": 1}' AS BLOB) WHERE key NOT LIKE '%/%'",
    "UPDATE Cache SET value = CAST('[]' AS BLOB) WHERE key NOT LIKE '%/%'",
    "UPDATE Cache SET mode = 4 WHERE key NOT LIKE '%/%'",
    "DELETE FROM Cache WHERE key LIKE '%/provider/p3'",
    "UPDATE Cache SET value = x'7b22' WHERE key LIKE '%/provider/p3'",
    "UPDATE Cache SET value = CAST('[]' AS BLOB) WHERE key LIKE '%/provider/p3'",
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_copy_is_fetched_anew_without_its_validator(world: World, damage: str) -> None:
    world.catalog()
    world.sql(damage)
    catalog = world.catalog()
    assert catalog.provider("p3") == json.loads(TEN)["p3"]
    assert catalog.provenance.kind == "live"
    assert list(catalog.index()) == list(json.loads(TEN))
    assert "If-None-Match" not in world.requests[-1].headers
    assert world.catalog().provider("p3")
    assert len(world.requests) == 2


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_copy_offline_gives_way_to_the_snapshot(world: World, damage: str) -> None:
    world.catalog()
    world.catalog(CUSTOM)
    world.sql(damage)
    catalog = world.catalog(offline=True)
    catalog.provider("p3")
    assert catalog.provenance.kind == "snapshot"
    with pytest.raises(FetchFailed, match="no copy of this catalog"):
        world.catalog(CUSTOM, offline=True).provider("p3")


def test_a_304_for_a_copy_that_lost_a_row_is_followed_by_a_full_fetch(world: World) -> None:
    world.catalog()
    world.sql("DELETE FROM Cache WHERE key LIKE '%/provider/p3'")
    world.now += TTL_S
    catalog = world.catalog()
    assert catalog.provenance.kind == "not_modified"
    assert catalog.provider("p3")
    assert ["If-None-Match" in request.headers for request in world.requests] == [False, True, False]


def test_without_a_usable_cache_everything_is_live(world: World) -> None:
    world.places.cache_dir.write_text("a file where the folder should be")
    for _ in range(2):
        assert world.catalog().provider("p3")
    assert len(world.requests) == 2


# What is kept


def test_a_reader_that_began_before_a_refresh_still_reads_its_own_document(world: World) -> None:
    world.catalog()
    reader = world.catalog()
    world.body, world.etag = document(*(f"p{n}" for n in range(10)), generation=2), '"v2"'
    world.catalog(refresh=True)
    assert reader.document() == json.loads(TEN)
    assert world.catalog().document() == json.loads(world.body)


def test_a_reader_that_is_overtaken_twice_gets_the_new_document_whole(world: World) -> None:
    world.catalog()
    reader = world.catalog()
    for generation in (2, 3):
        world.body, world.etag = document(*(f"p{n}" for n in range(10)), generation=generation), None
        world.catalog(refresh=True)
    asked = len(world.requests)
    assert reader.document() == json.loads(world.body)
    assert reader.provenance.kind == "cache"
    assert len(world.requests) == asked  # the newer copy was not taken for a damaged one


def test_only_the_last_two_documents_are_kept(world: World) -> None:
    for generation in range(5):
        world.body, world.etag = document(*(f"p{n}" for n in range(10)), generation=generation % 4), None
        world.catalog(refresh=True)
    assert world.sql("SELECT count(*) FROM Cache") == [(1 + 2 * 11,)]
    world.catalog(refresh=True)
    assert world.sql("SELECT count(*) FROM Cache") == [(1 + 2 * 11,)]


def test_warnings_are_kept_with_the_copy(world: World) -> None:
    world.body = TEN[:-1] + b', "odd": 3}'
    assert world.catalog().warnings == ("'odd' was left out: it is not an object",)
    assert world.catalog().warnings == ("'odd' was left out: it is not an object",)
    assert "odd" not in world.catalog().index()


def test_ids_that_are_strange_names_are_kept(world: World) -> None:
    ids = ["../../x", "a/b", "%2e", "\u202e", "\ud800", "", "ü" * 300, "index"]
    world.body, world.etag = document(*ids), None
    assert world.catalog(accept_shrink=True).document() == json.loads(world.body)
    catalog = world.catalog()
    assert catalog.provenance.kind == "cache"
    assert [catalog.provider(id_) for id_ in ids] == list(json.loads(world.body).values())


def test_neither_token_nor_url_can_be_read_in_the_cache(world: World) -> None:
    world.catalog(CUSTOM)
    world.registry(token="tok-very-secret")
    data = b"".join(path.read_bytes() for path in world.places.cache_dir.iterdir())
    assert b"p3" in data
    for secret in (
        b"tok-very-secret",
        b"s3cret",
        b"registry.example",
        hashlib.sha256(b"tok-very-secret").hexdigest().encode(),
    ):
        assert secret not in data
