"""Reads a catalog or a registry, whichever it is, as providers that could be imported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from catalog.documents import CatalogRequest
from catalog.errors import NotImportable
from catalog.interpret import interpret
from catalog.models import DocumentProblem
from catalog.parse import parse_object
from catalog.pointer import pointer
from catalog.recognise import is_catalog
from catalog.registry import read_registry, survey
from catalog.untrusted import mapping
from provisioner.workflows.open_catalog import open_catalog
from provisioner.workflows.read_source import read_source
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.models import Provider
    from provisioner.app import App
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Request:
    """Which document.

    Attributes:
        source: an http or https URL, or a path; None is the catalog of models.dev, kept copies and the built-in
            snapshot included.
        token: for a URL that wants one.
        offline: the catalog is not asked for over the network.
    """

    source: str | None = None
    token: str | None = field(default=None, repr=False)
    offline: bool = False


@dataclass(frozen=True)
class Document:
    """What a catalog or registry offers.

    Attributes:
        kind: which of the two it is.
        where: its address as it may be shown, or its path.
        providers: those that can be imported, in the document's order.
        problems: what was left out or looks wrong, each with its JSON pointer.
    """

    kind: Literal["catalog", "registry"]
    where: str
    providers: tuple[Provider, ...]
    problems: tuple[DocumentProblem, ...]

    def provider(self, provider_id: str) -> Provider | None:
        """The provider of this id; None where there is none that can be imported."""
        return next((one for one in self.providers if one.id == provider_id), None)


def run(app: App, request: Request, watch: Watch = silent) -> Document:
    """Reads the document and says what could be imported of it.

    Raises:
        FetchFailed, CredentialRefused: the address.
        NotFound: the file.
        DocumentInvalid: it is neither, or nothing in a registry can be used.
    """
    if request.source is None:
        catalog = open_catalog(app, CatalogRequest(offline=request.offline), watch)
        return _catalog(catalog.document(), catalog.provenance.url)
    given = read_source(app, request.source, token=request.token, stdin=b"", watch=watch)
    document = parse_object(given.body, given.where)
    if is_catalog(document) and not survey(document).providers:
        return _catalog(document, given.where)
    registry = read_registry(document, given.where)
    problems = tuple(DocumentProblem(found.pointer, found.message) for found in registry.warnings)
    return Document("registry", given.where, registry.providers, problems)


def _catalog(document: Mapping[str, Any], where: str) -> Document:
    providers, problems = [], []
    for key, entry in document.items():
        try:
            providers.append(interpret(mapping(entry), key=key))
        except NotImportable as error:
            problems.append(DocumentProblem(pointer(key), error.message))
    return Document("catalog", where, tuple(providers), tuple(problems))
