"""Opens the catalog, for every command that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.documents import CatalogRequest, Sources, load_catalog
from catalog.urls import shown
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from catalog.documents import Catalog
    from provisioner.app import App
    from provisioner.workflows.watch import Watch


def open_catalog(app: App, access: CatalogRequest, watch: Watch = silent) -> Catalog:
    """The catalog that ``access`` asks for; ``watch`` is told its address without what may be secret in it.

    Raises:
        FetchFailed, CredentialRefused, DocumentInvalid, ShrinkRefused: see :func:`catalog.documents.load_catalog`.
    """
    watch(what_is_read(access))
    catalog = load_catalog(sources_of(app), access)
    origin = catalog.provenance
    app.http.trace(f"catalog: {origin.kind}, {origin.url}" + (f" ({origin.note})" if origin.note else ""))
    return catalog


def what_is_read(access: CatalogRequest) -> str:
    """What a watcher is told while the catalog is on its way."""
    return f"reading the catalog at {shown(access.url)}"


def sources_of(app: App) -> Sources:
    """Where catalogs and registries come from and are kept."""
    return Sources(app.cache_dir, app.http.client, app.clock)
