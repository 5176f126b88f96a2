"""The catalog laid out to choose from: what each provider is, what it needs, and which models it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.documents import CatalogRequest
from catalog.interpret import interpret
from catalog.untrusted import strings, text
from catalog.wire import WIRES, wire_of
from provisioner.errors import NotFound
from provisioner.workflows.open_catalog import open_catalog
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.documents import Catalog, IndexEntry, Provenance
    from catalog.models import Provider
    from catalog.wire import WireName
    from provisioner.app import App
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Request:
    """Which catalog, and how it may be reached."""

    access: CatalogRequest = field(default_factory=CatalogRequest)


@dataclass(frozen=True, slots=True)
class Offer:
    """One provider of the catalog.

    Attributes:
        id: its key in the catalog.
        name: for people.
        wire: None where Kimi Code cannot speak to it.
        guessed: whether the wire is a guess.
        endpoint: as published, perhaps with ``${VAR}`` in it, else the wire's own; None where neither is its.
        models: how many it lists, usable or not.
        env: variables that usually hold its key and coordinates; a hint, never bound.
        doc: its page.
    """

    id: str
    name: str
    wire: WireName | None
    guessed: bool
    endpoint: str | None
    models: int
    env: tuple[str, ...]
    doc: str | None


class BrowsedCatalog:
    """A catalog to look around in. Nothing of a provider's models is read before it is asked for."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._model_ids: Mapping[str, tuple[str, ...]] | None = None

    @property
    def provenance(self) -> Provenance:
        """Where the catalog came from."""
        return self._catalog.provenance

    def offers(self) -> tuple[Offer, ...]:
        """Every provider, in the catalog's order."""
        return tuple(_offer(key, entry) for key, entry in self._catalog.index().items())

    def model_ids(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of every provider's models, to search in; the whole catalog is read for it, once."""
        if self._model_ids is None:
            self._model_ids = {key: _ids(entry) for key, entry in self._catalog.document().items()}
        return self._model_ids

    def entry(self, provider_id: str) -> dict[str, Any]:
        """The published provider object.

        Raises:
            NotFound: the catalog has no such provider.
        """
        entry = self._catalog.provider(provider_id)
        if entry is None:
            raise NotFound(f'the catalog has no provider "{provider_id}"')
        return entry

    def provider(
        self, provider_id: str, *, base_url: str | None = None, variables: Mapping[str, str] | None = None
    ) -> Provider:
        """The provider as it would be imported.

        Raises:
            NotImportable: it cannot be, or something must be asked first: see its ``reason``.
            NotFound: the catalog has no such provider.
        """
        return interpret(
            self.entry(provider_id), key=provider_id, base_url=base_url, variables=variables or {}
        )


def run(app: App, request: Request, watch: Watch = silent) -> BrowsedCatalog:
    """Opens the catalog.

    Raises:
        FetchFailed, CredentialRefused, DocumentInvalid, ShrinkRefused: the catalog.
    """
    return BrowsedCatalog(open_catalog(app, request.access, watch))


def _offer(key: str, kept: IndexEntry) -> Offer:
    entry = kept.entry
    wire, guessed = wire_of({**entry, "id": key})
    return Offer(
        id=key,
        name=text(entry.get("name")) or key,
        wire=wire,
        guessed=guessed,
        endpoint=text(entry.get("api")) or _own_endpoint(wire, entry),
        models=kept.model_count,
        env=strings(entry.get("env")) or (),
        doc=text(entry.get("doc")),
    )


def _own_endpoint(wire: WireName | None, entry: Mapping[str, Any]) -> str | None:
    return WIRES[wire].default_base_url if wire and WIRES[wire].has_host_of(entry.get("npm")) else None


def _ids(entry: Mapping[str, Any]) -> tuple[str, ...]:
    models = entry.get("models")
    return tuple(models) if isinstance(models, dict) else ()
