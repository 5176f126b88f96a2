"""Imports one provider of the models.dev catalog."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog import schema
from catalog.documents import Catalog, CatalogRequest
from catalog.interpret import interpret, variables_of
from catalog.urls import shown
from catalog.wire import WIRES
from provisioner.config import tables
from provisioner.config.tables import CATALOG
from provisioner.errors import NotFound, UsageError
from provisioner.note import Note
from provisioner.workflows.consent import (
    Consent,
    agree,
    claims,
    refuse_new_places,
    same_endpoint,
    taken_notes,
)
from provisioner.workflows.credential import Credential, settled
from provisioner.workflows.default_alias import default_alias
from provisioner.workflows.entries import alias_tables, catalog_source, check_name, provider_table, source_of
from provisioner.workflows.imports import remembered
from provisioner.workflows.near import near
from provisioner.workflows.open_catalog import open_catalog
from provisioner.workflows.outcome import Outcome, cleared_notes, commit, refusal_note
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.documents import Provenance
    from catalog.models import DocumentProblem, Provider
    from provisioner.app import App
    from provisioner.workflows.watch import Watch


class Request(NamedTuple):
    """What ``add ID`` and ``catalog add ID`` ask for.

    Attributes:
        provider_id: the provider's id in the catalog.
        credential: a key or the variable that holds it; empty keeps the one in config.toml.
        base_url: an endpoint in place of the catalog's.
        variables: values for the ``${NAME}`` parts of the catalog's endpoint.
        models: shell patterns of model ids; empty imports all that can be used.
        default_model: a model id of this provider that becomes default_model.
        name: the provider's id in config.toml; None takes the catalog's.
        access: which catalog, and how it may be reached.
        consent: to take over what is not this import's own.
        dry_run: plan, write nothing.
    """

    provider_id: str
    credential: Credential = Credential()
    base_url: str | None = None
    variables: Mapping[str, str] = {}
    models: tuple[str, ...] = ()
    default_model: str | None = None
    name: str | None = None
    access: CatalogRequest = CatalogRequest()
    consent: Consent = Consent()
    dry_run: bool = False


class Result(NamedTuple):
    """What came of it; ``provider`` carries the imported models, and the skipped ones with reasons."""

    outcome: Outcome
    provenance: Provenance
    provider: Provider
    notes: tuple[Note, ...]


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Looks the provider up, interprets and imports it.

    Raises:
        FetchFailed, DocumentInvalid, ShrinkRefused: the catalog.
        NotImportable: the provider speaks no known wire, has no endpoint or no usable model.
        NotFound: the catalog has no such provider, or the provider no such model.
        ConsentNeeded: it would take over a provider or alias of somebody else.
        UsageError: it needs a key, or ``variables`` names one that it does not have.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
    """
    if request.name is not None:
        check_name(request.name)
    catalog = open_catalog(app, request.access, watch)
    provider, problems = interpreted(catalog, request)
    chosen = _chosen(provider, request.models)
    default = default_alias((chosen,), request.default_model)
    source = catalog_source(
        request.access.url,
        request.provider_id,
        models=request.models,
        variables=request.variables,
        base_url=chosen.base_url if request.base_url is not None else None,
    )
    taken: list[str] = []

    def edit(data: dict[str, Any]) -> dict[str, Any]:
        existing = tables.provider_in(data, chosen.id)
        credential = settled(
            request.credential, existing, provider_id=chosen.id, wire=chosen.wire, base_url=chosen.base_url
        )
        entry = tables.Entry(
            provider_table(chosen, credential=credential, source=source), alias_tables(chosen.id, chosen)
        )
        if not request.credential.fields and credential:
            refuse_new_places(data, chosen.id, entry.aliases, "leave that model out with --model GLOB")
        entries = {chosen.id: entry}
        taken[:] = claims(data, entries, lambda _, table: is_own(table, request.provider_id, entry))
        data = tables.with_providers(data, entries)
        agree(taken, request.consent, str(app.config_path))
        return tables.with_default_model(data, default) if default else data

    outcome = commit(app, edit, dry_run=request.dry_run, watch=watch)
    notes = remembered(app, outcome, [(chosen, len(provider.models))])
    return Result(
        outcome=outcome,
        provenance=catalog.provenance,
        provider=chosen,
        notes=(
            *_wire_notes(chosen),
            *_skipped_notes(chosen),
            *(Note("catalog_flaw", f"{p.pointer}: {p.message}") for p in problems),
            *taken_notes(taken),
            *cleared_notes(outcome),
            *notes,
            *refusal_note(app, outcome.data, (chosen,)),
        ),
    )


def is_own(existing: Mapping[str, Any], provider_id: str, entry: tables.Entry) -> bool:
    """Whether a provider is an import of the same catalog entry: ours, or Kimi Code's, which carries no source."""
    if "source" in existing:
        return source_of(existing, CATALOG).get("id") == provider_id
    return same_endpoint(existing, entry.provider)


def interpreted(catalog: Catalog, request: Request) -> tuple[Provider, list[DocumentProblem]]:
    """What the catalog says of the provider, all its models, and what is amiss in its entry.

    Raises:
        NotFound: it has no such provider.
        NotImportable: the provider speaks no known wire, has no endpoint or no usable model.
        UsageError: ``variables`` names one that its endpoint does not have.
    """
    entry = catalog.provider(request.provider_id)
    if entry is None:
        raise NotFound(
            f'the catalog has no provider "{request.provider_id}"',
            hint=near(request.provider_id, catalog.index(), otherwise="kimi provider catalog list"),
            where=shown(request.access.url),
        )
    _check_variables(request.variables, variables_of(entry))
    problems = schema.problems(entry, "catalog", definition="provider", limit=5)
    provider = interpret(
        entry, key=request.provider_id, base_url=request.base_url, variables=request.variables
    )
    return provider._replace(id=request.name or provider.id), problems


def _check_variables(given: Mapping[str, str], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise UsageError(
                f"the endpoint has no ${{{name}}} to fill in",
                hint=f"--var {' --var '.join(f'{k}=…' for k in known)}" if known else "leave --var out",
            )


def _chosen(provider: Provider, patterns: tuple[str, ...]) -> Provider:
    ids = [model.id for model in provider.models]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in ids):
            raise NotFound(
                f'no model of "{provider.id}" matches {pattern}',
                hint=near(pattern.strip("*"), ids, otherwise=f"kimi provider catalog list {provider.id}"),
            )
    return matching(provider, patterns)


def matching(provider: Provider, patterns: tuple[str, ...]) -> Provider:
    """The provider with the models that any of the patterns matches; without a pattern with all."""
    if not patterns:
        return provider
    kept = tuple(m for m in provider.models if any(fnmatchcase(m.id, pattern) for pattern in patterns))
    return provider._replace(models=kept)


def _wire_notes(provider: Provider) -> list[Note]:
    notes = []
    if provider.guessed:
        notes.append(
            Note(
                "guessed_wire",
                f'the catalog names no wire for "{provider.id}"; "{provider.wire}" is a guess: '
                f"kimi provider test {provider.id}/{provider.models[0].key}",
            )
        )
    if not WIRES[provider.wire].runs_by_type:
        notes.append(
            Note(
                "vertexai",
                'Kimi Code 2.1.0 accepts type = "vertexai" but refuses its prompts; type = "google-genai" with '
                "GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION in "
                f"[providers.{provider.id}.env] works",
            )
        )
    return notes


def _skipped_notes(provider: Provider) -> list[Note]:
    if not provider.skipped:
        return []
    reasons = Counter(skipped.reason for skipped in provider.skipped)
    counted = "; ".join(f"{reason} ({count})" for reason, count in reasons.most_common())
    plural = "s" if len(provider.skipped) > 1 else ""
    return [Note("skipped_models", f"{len(provider.skipped)} model{plural} skipped: {counted}")]
