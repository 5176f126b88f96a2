"""What the models.dev catalog offers: its providers, or the models of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.documents import CatalogRequest
from catalog.urls import shown
from catalog.wire import wire_of
from provisioner.workflows.open_catalog import open_catalog
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.documents import Catalog, Provenance
    from catalog.models import Model, Skipped
    from catalog.wire import WireName
    from provisioner.app import App
    from provisioner.workflows.watch import Watch


class Request(NamedTuple):
    """Which part of the catalog.

    Attributes:
        provider_id: the models of this provider; None lists providers.
        filter: a part of an id or name, in any case.
        access: which catalog, and how it may be reached.
        published: also return the matching slice as the catalog publishes it.
    """

    provider_id: str | None = None
    filter: str | None = None
    access: CatalogRequest = CatalogRequest()
    published: bool = False


class ProviderRow(NamedTuple):
    """One provider: ``wire`` is None where Kimi Code cannot speak to it."""

    id: str
    name: str
    wire: WireName | None
    guessed: bool
    models: int


class ProviderModels(NamedTuple):
    """The models of one provider that a coding agent can use, and those left out."""

    id: str
    name: str
    doc: str | None
    models: tuple[Model, ...]
    skipped: tuple[Skipped, ...]


class Result(NamedTuple):
    """Either ``providers`` or ``one``; ``published`` is keyed by provider id."""

    provenance: Provenance
    providers: tuple[ProviderRow, ...]
    one: ProviderModels | None
    published: Mapping[str, Any] | None


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Reads the catalog, from a fresh cache without parsing more of it than is shown.

    Raises:
        FetchFailed, DocumentInvalid, ShrinkRefused: the catalog.
        NotFound: no such provider.
    """
    catalog = open_catalog(app, request.access, watch)
    needle = (request.filter or "").lower()
    if request.provider_id is not None:
        return _one(catalog, request, request.provider_id, needle)
    rows = tuple(
        ProviderRow(key, name, *wire_of({**entry.entry, "id": key}), models=entry.model_count)
        for key, entry in sorted(catalog.index().items())
        if needle in f"{key} {(name := str(entry.entry.get('name') or key))}".lower()
    )
    published = catalog.providers([row.id for row in rows]) if request.published else None
    return Result(catalog.provenance, rows, None, published)


def _one(catalog: Catalog, request: Request, provider_id: str, needle: str) -> Result:
    from catalog.interpret import usable_models

    entry = catalog.provider(provider_id)
    if entry is None:
        from provisioner.errors import NotFound
        from provisioner.workflows.near import near

        raise NotFound(
            f'the catalog has no provider "{provider_id}"',
            hint=near(provider_id, catalog.index(), otherwise="kimi provider catalog list"),
            where=shown(request.access.url),
        )
    models, skipped = usable_models(entry)
    one = ProviderModels(
        id=provider_id,
        name=str(entry.get("name") or provider_id),
        doc=str(entry["doc"]) if entry.get("doc") else None,
        models=tuple(m for m in models if needle in f"{m.id} {m.display_name or ''}".lower()),
        skipped=skipped,
    )
    published = {provider_id: _narrowed(entry, needle)} if request.published else None
    return Result(catalog.provenance, (), one, published)


def _narrowed(entry: dict[str, Any], needle: str) -> dict[str, Any]:
    """The published provider with only the models whose id or name matches."""
    models = entry.get("models")
    if not needle or not isinstance(models, dict):
        return entry
    return {
        **entry,
        "models": {
            key: model
            for key, model in models.items()
            if isinstance(model, dict) and needle in f"{model.get('id')} {model.get('name')}".lower()
        },
    }
