"""Where the catalog at hand came from, how old it is, and whether it is sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog import schema
from catalog.interpret import usable_models
from catalog.models import DocumentProblem
from catalog.wire import wire_of
from provisioner.workflows.open_catalog import open_catalog
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from catalog.documents import CatalogRequest, Provenance
    from provisioner.app import App
    from provisioner.workflows.watch import Watch

_MOST_PROBLEMS = 50


@dataclass(frozen=True)
class Counts:
    """``usable_models`` are those of the ``importable`` providers that a coding agent can use."""

    providers: int
    models: int
    importable: int
    usable_models: int


@dataclass(frozen=True)
class Result:
    """The catalog's provenance, counts, and problems (the first fifty): values left out, departures from the schema."""

    provenance: Provenance
    counts: Counts
    problems: tuple[DocumentProblem, ...]


def run(app: App, access: CatalogRequest, watch: Watch = silent) -> Result:
    """Reads and validates the whole catalog.

    Raises:
        FetchFailed, DocumentInvalid, ShrinkRefused: the catalog.
    """
    catalog = open_catalog(app, access, watch)
    watch("validating")
    document = catalog.document()
    left_out = [DocumentProblem("", warning) for warning in catalog.warnings]
    problems = [*left_out, *schema.problems(document, "catalog", limit=_MOST_PROBLEMS)]
    return Result(catalog.provenance, count(document), tuple(problems[:_MOST_PROBLEMS]))


def count(document: dict[str, Any]) -> Counts:
    """How much of a catalog document there is, and how much of it Kimi Code could use."""
    entries = [{**entry, "id": key} for key, entry in document.items() if isinstance(entry, dict)]
    importable = [entry for entry in entries if wire_of(entry)[0] is not None]
    return Counts(
        providers=len(entries),
        models=sum(len(entry["models"]) for entry in entries if isinstance(entry.get("models"), dict | list)),
        importable=len(importable),
        usable_models=sum(len(usable_models(entry)[0]) for entry in importable),
    )
