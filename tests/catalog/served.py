"""A catalog's server, clock and cache in the hands of a test."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from catalog.documents import (
    DEFAULT_CATALOG_URL,
    Catalog,
    CatalogRequest,
    RegistryDocument,
    Sources,
    load_catalog,
    load_registry,
)
from catalog.snapshot import Snapshot
from catalog.snapshot_build import build

if TYPE_CHECKING:
    from pathlib import Path

CUSTOM = "https://catalog.example/api.json?key=s3cret"
REGISTRY = "https://registry.example/api.json"


def document(*ids: str, **extra: Any) -> bytes:
    providers = {id_: {"id": id_, "name": id_.upper(), "models": {"m": {"id": "m", **extra}}} for id_ in ids}
    return json.dumps(providers).encode()


TEN = document(*(f"p{n}" for n in range(10)))


@dataclass
class Served:
    """A server, a clock and a cache that a test moves by hand."""

    folder: Path
    body: bytes = TEN
    etag: str | None = '"v1"'
    broken: Exception | int | None = None
    now: float = 1_800_000_000.0
    requests: list[httpx.Request] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if isinstance(self.broken, Exception):
            raise self.broken
        if self.broken is not None:
            return httpx.Response(self.broken, json={"error": "down for a while"})
        if self.etag and request.headers.get("If-None-Match") == self.etag:
            return httpx.Response(304, headers={"ETag": self.etag})
        return httpx.Response(200, content=self.body, headers={"ETag": self.etag} if self.etag else {})

    def shrink(self) -> None:
        self.body, self.etag = document("p0", "p1", "p2", "p3"), '"v2"'

    @property
    def sources(self) -> Sources:
        transport = httpx.MockTransport(self.answer)
        return Sources(
            self.folder / "cache",
            lambda timeout: httpx.Client(timeout=timeout, transport=transport),
            lambda: self.now,
            snapshot=Snapshot(self.folder / "snapshot.zip"),
        )

    def catalog(self, url: str = DEFAULT_CATALOG_URL, **access: bool) -> Catalog:
        return load_catalog(self.sources, CatalogRequest(url, **access))

    def registry(self, token: str | None = "tok-1", **arguments: Any) -> RegistryDocument:
        return load_registry(self.sources, REGISTRY, token, **arguments)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "cache" / "cache.db")) as connection, connection:
            return connection.execute(statement, values).fetchall()


def new_served(folder: Path) -> Served:
    """With a snapshot of three providers, two of which the server has too."""
    build(document("built-in", "p0", "p1"), "test", folder / "snapshot.zip", date="2026-05-21")
    return Served(folder)


UNREACHABLE = httpx.ConnectError("no route")
CAPTIVE = b"<html>log in to the hotel</html>"
