"""Where the catalog comes from on each occasion."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from catalog import parse
from catalog.documents import CatalogRequest, load_catalog
from catalog.errors import CatalogError, CredentialRefused, DocumentInvalid, FetchFailed, ShrinkRefused
from catalog.policy import TTL_S
from catalog.provenance import age_words
from tests.catalog.served import CAPTIVE, CUSTOM, TEN, UNREACHABLE, Served, document, new_served

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return new_served(tmp_path)


def test_the_first_answer_is_live(served: Served) -> None:
    catalog = served.catalog()
    assert catalog.provenance.kind == "live"
    assert catalog.provenance.describe() == "live from https://models.dev/api.json"
    assert catalog.provenance.age_s == 0
    assert (entry := catalog.index()["p3"]).model_count == 1
    assert entry.entry == {"id": "p3", "name": "P3"}
    assert catalog.provider("p3") == {"id": "p3", "name": "P3", "models": {"m": {"id": "m"}}}
    assert catalog.provider("p10") is None
    assert catalog.document() == json.loads(TEN)


def test_a_fresh_copy_answers_without_network(served: Served) -> None:
    live = served.catalog().document()
    served.now += TTL_S - 1
    catalog = served.catalog()
    assert len(served.requests) == 1
    assert catalog.provenance.describe() == "cache, 3 h old"
    assert catalog.provenance.age_s == TTL_S - 1
    assert catalog.document() == live
    assert list(catalog.index()) == list(live)
    assert catalog.index()["p3"].entry == {"id": "p3", "name": "P3"}


def test_a_fresh_copy_loads_no_httpx(served: Served) -> None:
    served.now = time.time()
    served.catalog()
    code = (
        "import sys, pathlib; from catalog.documents import *\n"
        "catalog = load_catalog(Sources(pathlib.Path(sys.argv[1]), None), CatalogRequest())\n"
        "assert catalog.provenance.kind == 'cache' and catalog.index() and catalog.provider('p3')\n"
        "print(sorted({'httpx', 'jsonschema', 'zipfile', 'pickle', 'ssl'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(served.sources.cache_dir)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_fresh_copy_parses_only_what_is_asked_for(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served.catalog()
    parsed: list[bytes] = []

    def counting(text: bytes) -> dict[str, Any]:
        parsed.append(text)
        return parse.parse_slice(text)

    monkeypatch.setattr("catalog.documents.parse_slice", counting)
    monkeypatch.setattr("catalog.documents.slice_catalog", lambda *_: pytest.fail("the whole was parsed"))
    catalog = served.catalog()
    assert parsed == []
    catalog.provider("p7")
    assert [json.loads(text)["id"] for text in parsed] == ["p7"]


def test_a_provider_that_cannot_be_read_is_named_and_the_others_can_be_had(served: Served) -> None:
    served.body = b'{"odd": {"models": {"m": {"id": "m", "n": %s}}}, %s' % (b"9" * 5000, TEN[1:])
    for _ in range(2):  # live, and from the cache
        catalog = served.catalog()
        assert "odd" in catalog.index()
        assert catalog.provider("p3")
        with pytest.raises(DocumentInvalid, match="provider 'odd' holds a number that cannot be read"):
            catalog.provider("odd")


def test_refresh_asks_even_if_the_copy_is_fresh(served: Served) -> None:
    served.catalog()
    served.now += 60
    catalog = served.catalog(refresh=True)
    assert catalog.provenance.kind == "not_modified"
    assert catalog.provenance.describe() == "cache, confirmed by https://models.dev/api.json"
    assert served.requests[1].headers["If-None-Match"] == '"v1"'
    served.body, served.etag = document("new", *(f"p{n}" for n in range(9))), '"v2"'
    assert served.catalog(refresh=True).provenance.kind == "live"
    assert served.catalog().provider("new")
    assert served.catalog().provider("p9") is None


def test_an_old_copy_is_confirmed_and_is_fresh_again(served: Served) -> None:
    served.catalog()
    served.now += TTL_S
    assert served.catalog().provenance.kind == "not_modified"
    served.now += TTL_S - 1
    catalog = served.catalog()
    assert catalog.provenance.describe() == "cache, 3 h old"
    assert catalog.provider("p1")
    assert len(served.requests) == 2


def test_last_modified_is_a_validator_too(served: Served) -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("If-Modified-Since"))
        return httpx.Response(200, content=TEN, headers={"Last-Modified": "Tue, 01 Sep 2026 10:00:00 GMT"})

    sources = served.sources._replace(
        open_client=lambda _: httpx.Client(transport=httpx.MockTransport(answer))
    )
    for _ in range(2):
        load_catalog(sources, CatalogRequest(refresh=True))
    assert seen == [None, "Tue, 01 Sep 2026 10:00:00 GMT"]


@pytest.mark.parametrize(
    "broken", [UNREACHABLE, httpx.ReadTimeout("slow"), 500, 403, 404, CAPTIVE, b"", b"[]"]
)
def test_when_the_network_fails_the_old_copy_answers(served: Served, broken: Any) -> None:
    served.catalog()
    served.now += 3 * 86400
    if isinstance(broken, bytes):
        served.body, served.etag = broken, None
    else:
        served.broken = broken
    catalog = served.catalog()
    assert catalog.provenance.note
    assert catalog.provenance.describe() == f"cache, 3 days old ({catalog.provenance.note})"
    assert catalog.provider("p1")
    served.body, served.etag, served.broken = TEN, '"v1"', None
    assert served.catalog().provenance.kind == "not_modified"  # the good copy was not replaced


@pytest.mark.parametrize("broken", [UNREACHABLE, 503])
def test_without_a_copy_the_snapshot_answers(served: Served, broken: Any) -> None:
    served.broken = broken
    catalog = served.catalog()
    assert catalog.provenance.kind == "snapshot"
    assert catalog.provenance.note
    assert catalog.provenance.describe() == f"built-in snapshot of 2026-05-21 ({catalog.provenance.note})"
    assert list(catalog.index()) == ["built-in", "p0", "p1"]
    assert catalog.provider("built-in") == {
        "id": "built-in",
        "name": "BUILT-IN",
        "models": {"m": {"id": "m"}},
    }
    assert catalog.document().keys() == catalog.index().keys()
    assert not served.sources.cache_dir.exists()


@pytest.mark.parametrize("broken", [UNREACHABLE, 500, CAPTIVE])
def test_a_failed_refresh_is_a_failure_and_says_what_stays(served: Served, broken: Any) -> None:
    served.catalog()
    served.now += 2 * 3600
    if isinstance(broken, bytes):
        served.body, served.etag = broken, None
    else:
        served.broken = broken
    with pytest.raises(CatalogError) as caught:
        served.catalog(refresh=True)
    assert "what is kept stays (cache, 2 h old" in (caught.value.hint or "")
    assert isinstance(caught.value, FetchFailed | DocumentInvalid)
    assert served.catalog().document() == json.loads(TEN)


def test_a_failed_refresh_does_not_end_in_the_snapshot(served: Served) -> None:
    served.broken = UNREACHABLE
    with pytest.raises(FetchFailed):
        served.catalog(refresh=True)


def test_offline_a_copy_of_any_age_answers(served: Served) -> None:
    served.catalog()
    served.now += 400 * 86400
    catalog = served.catalog(offline=True)
    assert catalog.provenance.describe() == "cache, 400 days old"
    assert catalog.provider("p1")
    assert len(served.requests) == 1


def test_offline_without_a_copy_the_snapshot_answers(served: Served) -> None:
    assert served.catalog(offline=True).provenance.kind == "snapshot"
    assert served.requests == []


def test_a_clock_that_was_set_back_leaves_the_age_unknown(served: Served) -> None:
    served.catalog()
    served.now -= 86400
    assert served.catalog(offline=True).provenance.describe() == "cache of unknown age"
    assert served.catalog(offline=True).provenance.age_s is None
    assert served.catalog().provenance.kind == "not_modified"


# A catalog of one's own


def test_a_custom_catalog_is_used_fresh_but_never_stale(served: Served) -> None:
    assert (
        served.catalog(CUSTOM).provenance.describe() == "live from https://catalog.example/api.json?key=•••"
    )
    served.broken = UNREACHABLE
    served.now += TTL_S - 1
    assert served.catalog(CUSTOM).provenance.kind == "cache"
    served.now += 1
    with pytest.raises(FetchFailed) as caught:
        served.catalog(CUSTOM)
    assert "--offline uses it" in (caught.value.hint or "")
    assert served.catalog(CUSTOM, offline=True).provider("p1")


def test_a_custom_catalog_never_ends_in_the_snapshot_or_another_copy(served: Served) -> None:
    served.catalog()
    served.broken = UNREACHABLE
    for access in (CatalogRequest(CUSTOM), CatalogRequest(CUSTOM, offline=True)):
        with pytest.raises(FetchFailed):
            load_catalog(served.sources, access)
    assert len(served.requests) == 2


def test_a_401_of_a_catalog_does_not_advise_flags_that_it_has_not(served: Served) -> None:
    served.broken = 401
    with pytest.raises(CredentialRefused) as caught:
        served.catalog(CUSTOM)
    assert "--token" not in (caught.value.hint or "")


# Shrinking


def test_a_refresh_that_lost_most_providers_is_refused(served: Served) -> None:
    served.catalog()
    served.shrink()
    with pytest.raises(ShrinkRefused, match="6 of 10 are gone") as caught:
        served.catalog(refresh=True)
    assert "catalog refresh --yes" in (caught.value.hint or "")
    assert len(served.catalog().index()) == 10
    assert len(served.catalog(refresh=True, accept_shrink=True).index()) == 4
    assert len(served.catalog().index()) == 4


def test_without_being_asked_for_a_shrunk_catalog_does_not_replace_the_copy(served: Served) -> None:
    served.catalog()
    served.shrink()
    served.now += TTL_S
    catalog = served.catalog()
    assert len(catalog.index()) == 10
    assert "6 of 10" in (catalog.provenance.note or "")


def test_a_custom_catalog_that_shrank_is_an_error(served: Served) -> None:
    served.catalog(CUSTOM)
    served.shrink()
    served.now += TTL_S
    with pytest.raises(ShrinkRefused):
        served.catalog(CUSTOM)
    assert len(served.catalog(CUSTOM, offline=True).index()) == 10


def test_the_snapshot_counts_as_the_copy_at_hand(served: Served) -> None:
    served.body = document("p0")
    with pytest.raises(ShrinkRefused, match="2 of 3"):
        served.catalog(refresh=True)
    assert served.catalog().provenance.kind == "snapshot"
    assert served.catalog(CUSTOM).provenance.kind == "live"


def test_a_damaged_snapshot_does_not_spoil_a_live_answer(served: Served) -> None:
    (served.folder / "snapshot.zip").write_bytes(b"")
    assert served.catalog().provenance.kind == "live"
    served.broken = UNREACHABLE
    assert served.catalog().provenance.kind == "cache"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (61, "1 min"),
        (3599, "59 min"),
        (7300, "2 h"),
        (47 * 3600, "47 h"),
        (49 * 3600, "2 days"),
    ],
)
def test_ages_in_words(seconds: float, words: str) -> None:
    assert age_words(seconds) == words
