"""What is found while the person reads, and what nobody waits for."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from catalog.documents import DEFAULT_CATALOG_URL, Access
from catalog.errors import FetchFailed
from provisioner.app import Http
from provisioner.cli.wizard.shelf import Shelf
from provisioner.workflows import local_servers
from provisioner.workflows.local_servers import LocalServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provisioner.app import App

CATALOG = {
    f"p{i}": {"id": f"p{i}", "npm": "@ai-sdk/openai", "models": {"m": {"id": "m", "limit": {"context": 10}}}}
    for i in range(300)
}
OTHER = "https://catalog.example/api.json"


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
def shelf(app: App, host: Host, nothing_local: None) -> Callable[..., Shelf]:
    served = replace(app, http=Http(httpx.MockTransport(host)))
    return lambda **access: Shelf(served, lambda: Access(**access))


def quiet(_: str) -> None:
    pass


def test_nobody_waits_for_the_default_catalog(shelf: Callable[..., Shelf], host: Host) -> None:
    stocked = shelf()
    stocked.stock()
    shop = stocked.shop(quiet)
    assert not host.open.is_set()
    assert shop.provenance.kind == "snapshot"
    assert stocked.access_to(shop) == Access(offline=True)


def test_what_came_meanwhile_is_shown(shelf: Callable[..., Shelf], host: Host) -> None:
    host.open.set()
    stocked = shelf()
    stocked.stock()
    stocked._stocking.join()  # type: ignore[union-attr]
    shop = stocked.shop(quiet)
    assert shop.provenance.kind == "live"
    assert shop.provenance.url == DEFAULT_CATALOG_URL
    assert len(shop.offers()) == 300
    assert stocked.access_to(shop) == Access()


def test_another_catalog_is_waited_for(shelf: Callable[..., Shelf], host: Host) -> None:
    said: list[str] = []

    def watch(message: str) -> None:
        said.append(message)
        host.open.set()

    assert shelf(url=OTHER).shop(watch).provenance.kind == "live"
    assert said == [f"fetching the catalog at {OTHER}"]


def test_a_refresh_is_waited_for_once(shelf: Callable[..., Shelf], host: Host) -> None:
    host.open.set()
    stocked = shelf(refresh=True)
    shop = stocked.shop(quiet)
    assert shop.provenance.kind == "live"
    assert stocked.access_to(shop) == Access()
    stocked.shop(quiet)
    assert host.asked == 1


def test_a_failure_is_raised_and_may_be_tried_again(shelf: Callable[..., Shelf]) -> None:
    stocked = shelf(url=OTHER, offline=True)
    for _ in range(2):
        with pytest.raises(FetchFailed):
            stocked.shop(quiet)


def test_servers_are_looked_for_at_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    server = LocalServer("Ollama", "ollama", "http://127.0.0.1:11434/v1", 1)

    def run(wait_s: float) -> tuple[LocalServer, ...]:
        time.sleep(0.05)
        return (server,)

    monkeypatch.setattr(local_servers, "run", run)
    assert Shelf(app, Access).servers() == (server,)
