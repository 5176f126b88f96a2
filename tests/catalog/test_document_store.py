"""What is kept of a document, who may read it, and what a damaged copy leads to."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from catalog.errors import FetchFailed
from catalog.policy import TTL_S
from tests.catalog.served import CUSTOM, TEN, Served, document, new_served

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return new_served(tmp_path)


# A damaged cache


DAMAGE = [
    "DELETE FROM rows WHERE key LIKE '%/index'",
    "UPDATE rows SET value = x'7b' WHERE key LIKE '%/index'",
    "UPDATE rows SET value = CAST('{\"a\": 3}' AS BLOB) WHERE key LIKE '%/index'",
    "UPDATE rows SET value = x'ff00' WHERE key NOT LIKE '%/%'",
    "UPDATE rows SET value = CAST('{\"format\": 1}' AS BLOB) WHERE key NOT LIKE '%/%'",
    "UPDATE rows SET value = CAST('[]' AS BLOB) WHERE key NOT LIKE '%/%'",
    "UPDATE rows SET value = 'text' WHERE key NOT LIKE '%/%'",
    "DELETE FROM rows WHERE key LIKE '%/provider/p3'",
    "UPDATE rows SET value = x'7b22' WHERE key LIKE '%/provider/p3'",
    "UPDATE rows SET value = CAST('[]' AS BLOB) WHERE key LIKE '%/provider/p3'",
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_copy_is_fetched_anew_without_its_validator(served: Served, damage: str) -> None:
    served.catalog()
    served.sql(damage)
    catalog = served.catalog()
    assert catalog.provider("p3") == json.loads(TEN)["p3"]
    assert catalog.provenance.kind == "live"
    assert list(catalog.index()) == list(json.loads(TEN))
    assert "If-None-Match" not in served.requests[-1].headers
    assert served.catalog().provider("p3")
    assert len(served.requests) == 2


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_copy_offline_gives_way_to_the_snapshot(served: Served, damage: str) -> None:
    served.catalog()
    served.catalog(CUSTOM)
    served.sql(damage)
    catalog = served.catalog(offline=True)
    catalog.provider("p3")
    assert catalog.provenance.kind == "snapshot"
    with pytest.raises(FetchFailed, match="no copy of this catalog"):
        served.catalog(CUSTOM, offline=True).provider("p3")


def test_a_304_for_a_copy_that_lost_a_row_is_followed_by_a_full_fetch(served: Served) -> None:
    served.catalog()
    served.sql("DELETE FROM rows WHERE key LIKE '%/provider/p3'")
    served.now += TTL_S
    catalog = served.catalog()
    assert catalog.provenance.kind == "not_modified"
    assert catalog.provider("p3")
    assert ["If-None-Match" in request.headers for request in served.requests] == [False, True, False]


def test_without_a_usable_cache_everything_is_live(served: Served) -> None:
    served.sources.cache_dir.write_text("a file where the folder should be")
    for _ in range(2):
        assert served.catalog().provider("p3")
    assert len(served.requests) == 2


# What is kept


def test_a_reader_that_began_before_a_refresh_still_reads_its_own_document(served: Served) -> None:
    served.catalog()
    reader = served.catalog()
    served.body, served.etag = document(*(f"p{n}" for n in range(10)), generation=2), '"v2"'
    served.catalog(refresh=True)
    assert reader.document() == json.loads(TEN)
    assert served.catalog().document() == json.loads(served.body)


def test_a_reader_that_is_overtaken_twice_gets_the_new_document_whole(served: Served) -> None:
    served.catalog()
    reader = served.catalog()
    for generation in (2, 3):
        served.body, served.etag = document(*(f"p{n}" for n in range(10)), generation=generation), None
        served.catalog(refresh=True)
    asked = len(served.requests)
    assert reader.document() == json.loads(served.body)
    assert reader.provenance.kind == "cache"
    assert len(served.requests) == asked  # the newer copy was not taken for a damaged one


def test_only_the_last_two_documents_are_kept(served: Served) -> None:
    for generation in range(5):
        served.body, served.etag = document(*(f"p{n}" for n in range(10)), generation=generation % 4), None
        served.catalog(refresh=True)
    assert served.sql("SELECT count(*) FROM rows") == [(1 + 2 * 11,)]
    served.catalog(refresh=True)
    assert served.sql("SELECT count(*) FROM rows") == [(1 + 2 * 11,)]


def test_warnings_are_kept_with_the_copy(served: Served) -> None:
    served.body = TEN[:-1] + b', "odd": 3}'
    assert served.catalog().warnings == ("'odd' was left out: it is not an object",)
    assert served.catalog().warnings == ("'odd' was left out: it is not an object",)
    assert "odd" not in served.catalog().index()


def test_ids_that_are_strange_names_are_kept(served: Served) -> None:
    ids = ["../../x", "a/b", "%2e", "\u202e", "\ud800", "", "ü" * 300, "index"]
    served.body, served.etag = document(*ids), None
    assert served.catalog(accept_shrink=True).document() == json.loads(served.body)
    catalog = served.catalog()
    assert catalog.provenance.kind == "cache"
    assert [catalog.provider(id_) for id_ in ids] == list(json.loads(served.body).values())


def test_neither_token_nor_url_can_be_read_in_the_cache(served: Served) -> None:
    served.catalog(CUSTOM)
    served.registry(token="tok-very-secret")
    data = b"".join(path.read_bytes() for path in served.sources.cache_dir.iterdir())
    assert b"p3" in data
    for secret in (
        b"tok-very-secret",
        b"s3cret",
        b"registry.example",
        hashlib.sha256(b"tok-very-secret").hexdigest().encode(),
    ):
        assert secret not in data
