"""Takes over providers that another tool has configured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.documents import CatalogRequest
from catalog.reserved import is_login
from provisioner.config import tables
from provisioner.config.read import read
from provisioner.errors import NotFound, UsageError
from provisioner.note import Note
from provisioner.workflows.add_catalog import is_own
from provisioner.workflows.consent import (
    Consent,
    agree,
    claims,
    refuse_new_places,
    same_endpoint,
    taken_notes,
)
from provisioner.workflows.credential import settled
from provisioner.workflows.default_alias import default_alias
from provisioner.workflows.entries import alias_tables, check_name, provider_table
from provisioner.workflows.imports import remembered
from provisioner.workflows.near import near
from provisioner.workflows.open_catalog import open_catalog
from provisioner.workflows.outcome import Outcome, cleared_notes, commit, refusal_note
from provisioner.workflows.take_over import Item, Terms, take_over
from provisioner.workflows.tool_files import read_tool
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from catalog.documents import Catalog, Provenance
    from catalog.models import Provider
    from provisioner.app import App
    from provisioner.importers.found import Found
    from provisioner.workflows.tool_files import ToolFiles
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Request:
    """What ``add --from TOOL`` asks for.

    Attributes:
        tool: its name in :data:`provisioner.importers.tools.TOOLS`.
        file: read this file alone instead of the tool's own.
        only: ids of the providers to take over; empty takes all that can be.
        name: another id for the one provider that is taken.
        with_keys: copy keys and headers out of the tool's files; otherwise a variable is named for each key.
        default_model: an alias or model id of the import that becomes default_model.
        access: which catalog, and how it may be reached; offline no endpoint is asked for its models either.
        consent: to take over what is not this import's own.
        dry_run: plan, write nothing.
    """

    tool: str
    file: Path | None = None
    only: tuple[str, ...] = ()
    name: str | None = None
    with_keys: bool = False
    default_model: str | None = None
    access: CatalogRequest = field(default_factory=CatalogRequest)
    consent: Consent = field(default_factory=Consent)
    dry_run: bool = False


@dataclass(frozen=True)
class Survey:
    """What the tool has, and what each provider of it becomes; ``provenance`` is the catalog's, where it was read."""

    tool: ToolFiles
    items: tuple[Item, ...]
    provenance: Provenance | None


@dataclass(frozen=True)
class Result:
    """What came of it."""

    outcome: Outcome
    survey: Survey
    providers: tuple[Provider, ...]
    notes: tuple[Note, ...]


def survey(app: App, request: Request, watch: Watch = silent) -> Survey:
    """Reads the tool's files, and asks the catalog and the endpoints for what they leave open. Writes nothing.

    Raises:
        NotFound: the tool has no file here, or ``only`` names a provider that it does not have.
        UsageError: no such tool, or ``name`` for several providers.
        DocumentInvalid: a file cannot be read; FetchFailed, ShrinkRefused: the catalog.
    """
    files = read_tool(app, request.tool, request.file)
    ids = [found.id for found in files.found]
    for wanted in request.only:
        if wanted not in ids:
            raise NotFound(f'{files.tool.title} has no provider "{wanted}"', hint=near(wanted, ids))
    chosen = [found for found in files.found if not request.only or found.id in request.only]
    if request.name is not None:
        check_name(request.name)
        if len(chosen) != 1:
            raise UsageError(
                "--as names one provider, and several were found", hint="pick one with --only ID"
            )
    catalog = _catalog(app, request, chosen, watch)
    terms = Terms(
        catalog,
        request.access.url,
        with_keys=request.with_keys,
        may_ask=request.file is None and not request.access.offline,
    )
    watch(f"looking at what {files.tool.title} has")
    return Survey(
        files,
        tuple(_items(app, request, files.found, terms)),
        catalog.provenance if catalog else None,
    )


def _catalog(app: App, request: Request, chosen: list[Found], watch: Watch) -> Catalog | None:
    if any(found.catalog_id and not found.refused for found in chosen):
        return open_catalog(app, request.access, watch)
    return None


def _items(app: App, request: Request, found: tuple[Found, ...], terms: Terms) -> Iterator[Item]:
    logins = tables.members(read(app.config_path).data, "providers")
    taken = set()
    for one in found:
        name = request.name or one.id
        if request.only and one.id not in request.only:
            yield Item(one, refused="not asked for (--only)")
        elif is_login(logins.get(name)):
            yield Item(
                one, refused="its id is a login of Kimi Code: --only ID with --as NAME gives it another"
            )
        elif name in taken:
            yield Item(one, refused="another one of the same id was found before it")
        else:
            item = take_over(app, one, name, terms)
            if item.provider:
                taken.add(name)
            yield item


def run(app: App, request: Request, seen: Survey | None = None, watch: Watch = silent) -> Result:
    """Writes what can be taken over, in one change; ``seen`` spares looking again.

    Raises:
        NotFound: nothing can be taken over, or ``default_model`` is none of the models.
        ConsentNeeded: it would take over a provider or alias of somebody else.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
        And what :func:`survey` raises.
    """
    seen = seen or survey(app, request, watch)
    items = [(item, item.provider) for item in seen.items if item.provider]
    if not items:
        raise NotFound(
            f"nothing that can be taken over was found in {seen.tool.tool.title}"
            + "".join(f"; {item.found.id}: {item.refused}" for item in seen.items),
            hint="kimi provider add --from list",
        )
    providers = tuple(provider for _, provider in items)
    default = default_alias(providers, request.default_model)
    taken: list[str] = []

    def edit(data: dict[str, Any]) -> dict[str, Any]:
        entries = {provider.id: _entry(data, item, provider) for item, provider in items}
        by_id = {provider.id: item for item, provider in items}
        taken[:] = claims(data, entries, lambda name, old: _is_own(old, by_id[name], entries[name]))
        data = tables.with_providers(data, entries)
        agree(taken, request.consent, str(app.config_path))
        return tables.with_default_model(data, default) if default else data

    outcome = commit(app, edit, dry_run=request.dry_run, watch=watch)
    imported = [(provider, item.offered) for item, provider in items if item.source]
    return Result(
        outcome=outcome,
        survey=seen,
        providers=providers,
        notes=(
            *(Note("left_out", f"{provider.id}: {text}") for item, provider in items for text in item.notes),
            *_key_notes(app, outcome.data, items),
            *taken_notes(taken),
            *cleared_notes(outcome),
            *remembered(app, outcome, imported),
            *refusal_note(app, outcome.data, providers),
        ),
    )


def _entry(data: Mapping[str, Any], item: Item, provider: Provider) -> tables.Entry:
    credential = settled(
        item.credential,
        tables.provider_in(data, provider.id),
        provider_id=provider.id,
        wire=provider.wire,
        base_url=provider.base_url,
        otherwise=item.otherwise,
    )
    table = provider_table(provider, credential=credential, source=item.source)
    if item.headers:
        table["custom_headers"] = dict(item.headers)
    entry = tables.Entry(table, alias_tables(provider.id, provider))
    if not item.credential.fields and credential and provider.id in tables.members(data, "providers"):
        refuse_new_places(data, provider.id, entry.aliases, "leave that provider out with --only")
    return entry


def _is_own(old: Mapping[str, Any], item: Item, entry: tables.Entry) -> bool:
    if item.source:
        return is_own(old, item.source["id"], entry)
    return "source" not in old and same_endpoint(old, entry.provider)


def _key_notes(app: App, data: Mapping[str, Any], items: list[tuple[Item, Provider]]) -> Iterator[Note]:
    """Of each key that is referred to and not there, or is another than the tool's: what to export, or how to copy it."""
    for item, provider in items:
        variable, key = tables.provider_in(data, provider.id).get("api_key_env"), item.found.key
        if not isinstance(variable, str):
            continue
        copy = "or copy the key that the tool has (--with-keys)"
        there = app.env.get(variable, "").strip()
        if not there:
            said = f"which is not set: export it{f', {copy}' if key else ''}"
            yield Note("key_unset", f"{provider.id}: its key is read from {variable}, {said}")
        elif key and there != key.strip():
            said = f"which holds another key than the tool has: mean it, {copy}"
            yield Note("key_differs", f"{provider.id}: its key is read from {variable}, {said}")
