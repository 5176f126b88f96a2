"""What is told while the catalog is on its way never shows what its URL may hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from catalog.documents import CatalogRequest
from catalog.errors import FetchFailed
from provisioner.app import App, Http
from provisioner.workflows import add_catalog, browse, catalog_info, catalog_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.workflows.watch import Watch

ACCESS = CatalogRequest(url="https://me:s3cr3t@catalog.example/api.json?s3cr3t")

OPENED: dict[str, Callable[[App, Watch], object]] = {
    "browse": lambda app, watch: browse.run(app, browse.Request(ACCESS), watch),
    "catalog list": lambda app, watch: catalog_list.run(app, catalog_list.Request(access=ACCESS), watch),
    "catalog info": lambda app, watch: catalog_info.run(app, ACCESS, watch),
    "add": lambda app, watch: add_catalog.run(app, add_catalog.Request("p", access=ACCESS), watch),
}


@pytest.mark.parametrize("who", OPENED)
def test_the_url_is_masked_whoever_opens_it(app: App, who: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(404)

    told: list[str] = []
    with pytest.raises(FetchFailed):
        OPENED[who](app._replace(http=Http(httpx.MockTransport(answer))), told.append)
    assert told == ["reading the catalog at https://•••@catalog.example/api.json?•••"]
