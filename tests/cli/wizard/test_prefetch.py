"""What is found while the person reads, and what nobody waits for."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from catalog.documents import DEFAULT_CATALOG_URL, CatalogRequest
from catalog.errors import FetchFailed
from provisioner.app import Http
from provisioner.cli.wizard.prefetch import Prefetch
from provisioner.workflows import local_servers
from provisioner.workflows.local_servers import LocalServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provisioner.app import App

CATALOG = {
    f"p{i}": {"id": f"p{i}", "npm": "@ai-sdk/openai", "models": {"m": {"id": "m", "limit": {"context": 10}}}}
    for i in range(300)
}
OTHER = "https://me:s3cr3t@catalog.example/api.json?s3cr3t"


class Host:
    """Answers with a catalog, once it is let."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        assert self.open.wait(10)
        return httpx.Response(200, json=CATALOG)


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.open.set()


@pytest.fixture
def prefetch(app: App, host: Host, nothing_local: None) -> Callable[..., Prefetch]:
    served = app._replace(http=Http(httpx.MockTransport(host)))
    return lambda **access: Prefetch(served, lambda: CatalogRequest(**access))


def quiet(_: str) -> None:
    pass


def test_the_default_catalog_is_not_waited_for(prefetch: Callable[..., Prefetch], host: Host) -> None:
    begun = prefetch()
    begun.start_fetching()
    catalog = begun.catalog(quiet)
    assert not host.open.is_set()
    assert catalog.provenance.kind == "snapshot"
    assert begun.access_to(catalog) == CatalogRequest(offline=True)


def test_what_came_meanwhile_is_shown(prefetch: Callable[..., Prefetch], host: Host) -> None:
    host.open.set()
    begun = prefetch()
    begun.start_fetching()
    begun._fetching.join()  # type: ignore[union-attr]  # it has begun
    catalog = begun.catalog(quiet)
    assert catalog.provenance.kind == "live"
    assert catalog.provenance.url == DEFAULT_CATALOG_URL
    assert len(catalog.offers()) == 300
    assert begun.access_to(catalog) == CatalogRequest()


def test_another_catalog_is_waited_for(prefetch: Callable[..., Prefetch], host: Host) -> None:
    said: list[str] = []

    def watch(message: str) -> None:
        said.append(message)
        host.open.set()

    assert prefetch(url=OTHER).catalog(watch).provenance.kind == "live"
    assert said == ["reading the catalog at https://•••@catalog.example/api.json?•••"]


def test_a_refresh_is_waited_for_once(prefetch: Callable[..., Prefetch], host: Host) -> None:
    host.open.set()
    begun = prefetch(refresh=True)
    catalog = begun.catalog(quiet)
    assert catalog.provenance.kind == "live"
    assert begun.access_to(catalog) == CatalogRequest()
    begun.catalog(quiet)
    assert host.asked == 1


def test_a_failure_is_raised_and_may_be_tried_again(prefetch: Callable[..., Prefetch]) -> None:
    begun = prefetch(url=OTHER, offline=True)
    for _ in range(2):
        with pytest.raises(FetchFailed):
            begun.catalog(quiet)


def test_servers_are_looked_for_at_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    server = LocalServer("Ollama", "ollama", "http://127.0.0.1:11434/v1", 1)

    def run(wait_s: float) -> tuple[LocalServer, ...]:
        time.sleep(0.05)
        return (server,)

    monkeypatch.setattr(local_servers, "run", run)
    assert Prefetch(app, CatalogRequest).servers() == (server,)
