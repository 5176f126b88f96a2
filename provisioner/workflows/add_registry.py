"""Imports every provider of a custom registry (api.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.documents import load_registry
from catalog.registry import Registry, lint, read_registry
from catalog.reserved import is_login
from catalog.urls import shown
from provisioner.config import tables
from provisioner.config.read import read
from provisioner.config.tables import PICKED, WHOLE
from provisioner.errors import ConfigInvalid, ConsentNeeded, NotFound
from provisioner.kimi_code.owner import provider_name
from provisioner.workflows import registry_notes
from provisioner.workflows.consent import (
    Consent,
    agree,
    claims,
    guard_loss,
    same_endpoint,
    taken_notes,
)
from provisioner.workflows.default_alias import default_alias
from provisioner.workflows.entries import alias_tables, provider_table, registry_source, source_of
from provisioner.workflows.imports import remembered
from provisioner.workflows.near import near
from provisioner.workflows.open_catalog import sources_of
from provisioner.workflows.outcome import Outcome, cleared_notes, commit, refusal_note
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.documents import Provenance, RegistryDocument
    from catalog.models import Provider, RegistryFinding
    from provisioner.app import App
    from provisioner.note import Note
    from provisioner.workflows.entries import Table
    from provisioner.workflows.watch import Watch


class Request(NamedTuple):
    """What ``add --registry`` asks for.

    Attributes:
        url: where the api.json is.
        token: its bearer token; None takes the one that an earlier import left in config.toml, if any.
        variable: the environment variable that holds the providers' key, where that is not the token.
        only: ids of the providers to import; empty imports all.
        default_model: an alias or model id of the import that becomes default_model.
        offline: use the cached copy instead of the network.
        accept_shrink: take a document that lost more than half of its providers or models.
        consent: to take over what is not this registry's, and to a moved endpoint.
        dry_run: plan, write nothing.
    """

    url: str
    token: str | None = None
    variable: str | None = None
    only: tuple[str, ...] = ()
    default_model: str | None = None
    offline: bool = False
    accept_shrink: bool = False
    consent: Consent = Consent()
    dry_run: bool = False

    def __repr__(self) -> str:  # the token is a key
        return f"Request(url={self.url!r})"


class Result(NamedTuple):
    """What came of it; ``removed`` are providers of this registry that vanished upstream."""

    outcome: Outcome
    provenance: Provenance
    providers: tuple[Provider, ...]
    removed: tuple[str, ...]
    notes: tuple[Note, ...]


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Fetches, validates and imports.

    Raises:
        FetchFailed, CredentialRefused, DocumentInvalid, ShrinkRefused: the registry.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
        ConsentNeeded: it would take over what is not its own, or send the token to a moved endpoint.
        NotFound: ``only`` names a provider that the registry does not have, or ``default_model`` no model of it.
    """
    url = request.url.strip()
    seen = read(app.config_path)
    token = _token_for(url, request.token, seen.data)
    watch(f"fetching {shown(url)}")
    provenance, registry, findings = _read(app, request, url, token)
    chosen = _chosen(registry, request.only)
    default = default_alias(chosen, request.default_model)
    aliases = {provider.id: alias_tables(provider.id, provider) for provider in chosen}

    taken: list[str] = []
    replaced: list[str] = []
    unread: list[str] = []

    def edit(data: dict[str, Any]) -> dict[str, Any]:
        entries = _entries(data, chosen, aliases, request, url, token)
        replaced[:] = _own_keys(data, entries, url)
        taken[:] = claims(data, entries, lambda _, table: bool(_source(table, url)))
        former = _former(data, registry, url)
        unread[:] = [name for name in former if registry.may_have(name)]
        vanished = [name for name in former if name not in unread]
        after = tables.with_providers(data, entries, vanished=vanished)
        agree(taken, request.consent, shown(url))
        if not request.accept_shrink:
            _guard_models(data, entries, vanished, url)
        data = after
        return tables.with_default_model(data, default) if default else data

    outcome = commit(app, edit, dry_run=request.dry_run, watch=watch, seen=seen)
    notes = remembered(app, outcome, ((provider, len(provider.models)) for provider in chosen), aliases)
    return Result(
        outcome=outcome,
        provenance=provenance,
        providers=chosen,
        removed=tuple(i for i in outcome.plan.providers.removed if i not in {p.id for p in chosen}),
        notes=(
            *registry_notes.findings(findings),
            *registry_notes.unread(unread),
            *taken_notes(taken),
            *registry_notes.collisions(chosen),
            *registry_notes.picked(request.only, chosen, outcome.data),
            *registry_notes.env_hints(registry, chosen, outcome.data),
            *registry_notes.no_key(chosen, outcome.data),
            *registry_notes.own_keys(replaced),
            *cleared_notes(outcome),
            *notes,
            *refusal_note(app, outcome.data, chosen),
        ),
    )


def _read(
    app: App, request: Request, url: str, token: str
) -> tuple[Provenance, Registry, tuple[RegistryFinding, ...]]:
    """Where the registry came from, what it means, and what is amiss in it.

    The document itself, much larger than what it means, is not kept while config.toml is changed.
    """
    document, registry = fetch(app, url, token, offline=request.offline, accept_shrink=request.accept_shrink)
    return document.provenance, registry, lint(document.raw, registry)


def fetch(
    app: App,
    url: str,
    token: str,
    *,
    offline: bool = False,
    accept_shrink: bool = False,
    token_hint: str | None = None,
) -> tuple[RegistryDocument, Registry]:
    """What the registry says: the document and what it means. An empty ``token`` is none.

    ``token_hint`` is as in :func:`catalog.documents.load_registry`.

    Raises:
        FetchFailed, CredentialRefused, DocumentInvalid, ShrinkRefused: the registry.
    """
    document = load_registry(
        sources_of(app),
        url,
        token or None,
        offline=offline,
        accept_shrink=accept_shrink,
        token_hint=token_hint,
    )
    return document, read_registry(document.raw, url)


def _token_for(url: str, given: str | None, data: Mapping[str, Any]) -> str:
    """The given token, else the one that an earlier import of the same URL left; empty for a public registry."""
    if given is not None:
        return given
    for name in tables.members(data, "providers"):
        token = _source(tables.provider_in(data, name), url).get("apiKey")
        if isinstance(token, str):
            return token
    return ""


def _source(provider: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The ``source`` of a provider of this registry, empty for every other."""
    source = source_of(provider, WHOLE, PICKED)
    return source if source.get("url") == url else {}


def _chosen(registry: Registry, only: tuple[str, ...]) -> tuple[Provider, ...]:
    if not only:
        return registry.providers
    known = {provider.id: provider for provider in registry.providers}
    for wanted in only:
        if wanted not in known:
            raise NotFound(f'the registry has no provider "{wanted}"', hint=near(wanted, known))
    return tuple(known[wanted] for wanted in dict.fromkeys(only))


def _entries(
    data: Mapping[str, Any],
    chosen: Iterable[Provider],
    aliases: Mapping[str, Mapping[str, Table]],
    request: Request,
    url: str,
    token: str,
) -> dict[str, tables.Entry]:
    """The chosen providers as they should stand. Where the registry is imported whole, a pick stays part of it."""
    before = {name: tables.provider_in(data, name) for name in tables.members(data, "providers")}
    whole = not request.only or any(_source(table, url).get("kind") == WHOLE for table in before.values())
    found = {}
    for provider in chosen:
        source = registry_source(url, token, only=None if whole else provider.id)
        existing = before.get(provider.id, {})
        _check_move(provider, existing, source, request.consent)
        found[provider.id] = tables.Entry(
            provider_table(
                provider, credential=_credential(existing, source, request.variable), source=source
            ),
            {**_unread_aliases(data, provider), **aliases[provider.id]},
        )
    return found


def _former(data: Mapping[str, Any], registry: Registry, url: str) -> list[str]:
    """Providers of this registry in config.toml that cannot be read in it now."""
    upstream = {provider.id for provider in registry.providers}
    return [
        name
        for name in tables.members(data, "providers")
        if name not in upstream
        and not is_login(table := tables.provider_in(data, name))
        and _source(table, url)
    ]


def _unread_aliases(data: Mapping[str, Any], provider: Provider) -> dict[str, Any]:
    """Aliases whose models the registry has in a form that cannot be read: they stay as they are."""
    models = tables.members(data, "models")
    aliases = (f"{provider.id}/{model.id}" for model in provider.skipped if model.flawed)
    return {alias: models[alias] for alias in aliases if provider_name(models.get(alias)) == provider.id}


def _guard_models(
    data: Mapping[str, Any], entries: Mapping[str, tables.Entry], vanished: Iterable[str], url: str
) -> None:
    """Refuses a registry that lost more than half of the models that config.toml has of it."""
    own = {name for name in entries if _source(tables.provider_in(data, name), url)} | set(vanished)
    had = [alias for alias, table in tables.members(data, "models").items() if provider_name(table) in own]
    kept = {alias for entry in entries.values() for alias in entry.aliases}
    guard_loss(
        len(had),
        sum(alias not in kept for alias in had),
        what="models of this registry",
        where=shown(url),
        hint="if that is right, repeat the command with --yes",
    )


def _check_move(
    provider: Provider, existing: Mapping[str, Any], source: Mapping[str, str], consent: Consent
) -> None:
    """Lets a provider of this registry move to another endpoint only where its key may follow.

    The value of an ``api_key_env`` never may. The token may where the user says so.

    Raises:
        ConfigInvalid: the endpoint changed under an ``api_key_env``, or a header or ``env`` value would follow.
        ConsentNeeded: the endpoint changed and the token would follow.
    """
    new = {"type": provider.wire, "base_url": provider.base_url or ""}
    if not _source(existing, source["url"]) or same_endpoint(existing, new):
        return
    tables.refuse_carried(existing, provider.id, new)
    moved = f"{shown(str(existing.get('base_url', '')))} ({existing.get('type')}) to {shown(new['base_url'])} ({provider.wire})"
    if variable := existing.get("api_key_env"):
        raise ConfigInvalid(
            f'the registry moved provider "{provider.id}" from {moved} while api_key_env = "{variable}" '
            "is set: its value would go to the new host",
            hint=f"remove api_key_env from [providers.{provider.id}], or kimi provider remove {provider.id}, "
            "then import again",
            where=shown(source["url"]),
        )
    if source["apiKey"] and not consent.endpoint_change:
        raise ConsentNeeded(
            f'the registry moved provider "{provider.id}" from {moved}, and its token would follow',
            hint="if that is right, repeat the command with --accept-endpoint-change",
            where=shown(source["url"]),
        )


def _credential(existing: Mapping[str, Any], source: Mapping[str, str], named: str | None) -> dict[str, str]:
    """The named variable, the user's own ``api_key_env`` on a provider of this registry, else the token."""
    kept = existing.get("api_key_env") if _source(existing, source["url"]) else None
    if variable := named or kept:
        return {"api_key_env": str(variable)}
    return {"api_key": source["apiKey"]}


def _own_keys(data: Mapping[str, Any], entries: Mapping[str, tables.Entry], url: str) -> list[str]:
    """Providers of this registry whose ``api_key`` is no token and is about to be replaced, as Kimi Code does too."""
    found = []
    for name, entry in entries.items():
        table = tables.provider_in(data, name)
        source = _source(table, url)
        if source and table.get("api_key") not in (
            None,
            "",
            source.get("apiKey"),
            entry.provider.get("api_key"),
        ):
            found.append(name)
    return found
