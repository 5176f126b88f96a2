from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from catalog.documents import CatalogRequest
from catalog.errors import FetchFailed, NotImportable
from provisioner.app import Http
from provisioner.errors import NotFound
from provisioner.workflows import browse
from provisioner.workflows.browse import Offer, Request

if TYPE_CHECKING:
    from provisioner.app import App

URL = "https://catalog.example/api.json"
CATALOG = {
    "p": {
        "id": "p",
        "name": "P",
        "npm": "@ai-sdk/xai",
        "env": ["P_KEY"],
        "doc": "https://p.example",
        "models": {"a": {"id": "a", "limit": {"context": 10}}, "b": {"id": "b", "limit": {"context": 10}}},
    },
    "q": {"id": "q", "npm": "cohere", "api": 7, "env": "Q", "models": {}},
}


@pytest.fixture
def shop(app: App) -> browse.BrowsedCatalog:
    http = Http(httpx.MockTransport(lambda _: httpx.Response(200, json=CATALOG)))
    return browse.run(app._replace(http=http), Request(CatalogRequest(url=URL)))


def test_every_provider_is_laid_out(shop: browse.BrowsedCatalog) -> None:
    assert shop.provenance.kind == "live"
    assert shop.offers() == (
        Offer("p", "P", "openai", True, None, 2, ("P_KEY",), "https://p.example"),
        Offer("q", "q", None, False, None, 0, (), None),
    )


def test_models_can_be_searched_for(shop: browse.BrowsedCatalog) -> None:
    assert shop.model_ids() == {"p": ("a", "b"), "q": ()}


def test_what_must_be_asked_before_an_import(shop: browse.BrowsedCatalog) -> None:
    with pytest.raises(NotImportable) as raised:
        shop.provider("p")
    assert raised.value.reason == "no_endpoint"
    assert [model.id for model in shop.provider("p", base_url="https://p.example/v1").models] == ["a", "b"]
    with pytest.raises(NotFound):
        shop.entry("r")


def test_a_catalog_that_cannot_be_had(app: App) -> None:
    with pytest.raises(FetchFailed):
        browse.run(app, Request(CatalogRequest(url=URL, offline=True)))


def test_an_endpoint_that_goes_without_saying_is_said(app: App) -> None:
    entries = {"own": "@ai-sdk/anthropic", "another": "@ai-sdk/google-vertex/anthropic"}
    document = {name: {"id": name, "npm": npm, "models": {}} for name, npm in entries.items()}
    http = Http(httpx.MockTransport(lambda _: httpx.Response(200, json=document)))
    offers = browse.run(app._replace(http=http), Request(CatalogRequest(url=URL))).offers()
    assert [offer.endpoint for offer in offers] == ["https://api.anthropic.com", None]
