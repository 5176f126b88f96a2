"""Imports every provider of a custom registry (api.json)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from catalog.documents import load_registry
from catalog.registry import Registry, lint, read_registry
from catalog.reserved import is_login
from catalog.urls import shown
from provisioner.config import tables
from provisioner.config.read import read
from provisioner.errors import ConfigInvalid, NotFound
from provisioner.note import Note
from provisioner.workflows.default_alias import default_alias
from provisioner.workflows.entries import alias_tables, provider_table, registry_source
from provisioner.workflows.near import near
from provisioner.workflows.open_catalog import sources_of
from provisioner.workflows.outcome import Outcome, commit, default_model_note
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.documents import Provenance
    from catalog.models import Provider
    from provisioner.app import App
    from provisioner.workflows.watch import Watch

_KIND = "apiJson"


@dataclass(frozen=True)
class Request:
    """What ``add --registry`` asks for.

    Attributes:
        url: where the api.json is.
        token: its bearer token; None takes the one that an earlier import left in config.toml, if any.
        only: ids of the providers to import; empty imports all.
        default_model: an alias or model id of the import that becomes default_model.
        offline: use the cached copy instead of the network.
        accept_shrink: take a document that lost more than half of its providers.
        dry_run: plan, write nothing.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    only: tuple[str, ...] = ()
    default_model: str | None = None
    offline: bool = False
    accept_shrink: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Result:
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
        NotFound: ``only`` names a provider that the registry does not have, or ``default_model`` no model of it.
    """
    url = request.url.strip()
    seen = read(app.config_path)
    token = _token_for(url, request.token, seen.data)
    watch(f"fetching {shown(url)}")
    document = load_registry(
        sources_of(app), url, token or None, offline=request.offline, accept_shrink=request.accept_shrink
    )
    registry = read_registry(document.raw, url)
    chosen = _chosen(registry, request.only)
    source = registry_source(url, token)
    aliases = [f"{provider.id}/{model.key}" for provider in chosen for model in provider.models]
    default = default_alias(chosen, request.default_model)

    def edit(data: dict[str, Any]) -> dict[str, Any]:
        data = _import(data, chosen, {p.id for p in registry.providers}, source)
        return tables.with_default_model(data, default) if default else data

    outcome = commit(app, edit, dry_run=request.dry_run, watch=watch, seen=seen)
    return Result(
        outcome=outcome,
        provenance=document.provenance,
        providers=chosen,
        removed=tuple(i for i in outcome.plan.providers.removed if i not in {p.id for p in chosen}),
        notes=(
            *(Note("registry", f"{p.pointer}: {p.message}") for p in lint(document.raw, registry)),
            *_env_notes(registry, chosen, outcome.data),
            *_key_notes(chosen, outcome.data),
            *default_model_note(outcome.data, aliases),
        ),
    )


def _token_for(url: str, given: str | None, data: Mapping[str, Any]) -> str:
    """The given token, else the one that an earlier import of the same URL left; empty for a public registry."""
    if given is not None:
        return given
    for name in tables.members(data, "providers"):
        source = tables.provider_in(data, name).get("source")
        if _same_registry(source, url) and isinstance(source.get("apiKey"), str):
            return str(source["apiKey"])
    return ""


def _same_registry(source: Any, url: str) -> TypeGuard[dict[str, Any]]:
    return isinstance(source, dict) and source.get("kind") == _KIND and source.get("url") == url


def _chosen(registry: Registry, only: tuple[str, ...]) -> tuple[Provider, ...]:
    if not only:
        return registry.providers
    known = {provider.id: provider for provider in registry.providers}
    for wanted in only:
        if wanted not in known:
            raise NotFound(f'the registry has no provider "{wanted}"', hint=near(wanted, known))
    return tuple(known[wanted] for wanted in dict.fromkeys(only))


def _import(
    data: dict[str, Any], chosen: Iterable[Provider], upstream: set[str], source: dict[str, str]
) -> dict[str, Any]:
    """``data`` with the chosen providers rebuilt, and those of the same registry that vanished upstream gone."""
    before = {name: tables.provider_in(data, name) for name in tables.members(data, "providers")}
    vanished = [
        name
        for name, table in before.items()
        if name not in upstream and not is_login(table) and _same_registry(table.get("source"), source["url"])
    ]
    entries = {
        provider.id: tables.Entry(
            provider_table(
                provider,
                credential=_credential(provider, before.get(provider.id, {}), source),
                source=source,
            ),
            alias_tables(provider.id, provider),
        )
        for provider in chosen
    }
    return tables.with_providers(data, entries, vanished=vanished)


def _credential(provider: Provider, existing: Mapping[str, Any], source: dict[str, str]) -> dict[str, str]:
    """The token, or the user's own ``api_key_env`` on a provider of this registry.

    The variable's value goes to the endpoint that the registry names, so a registry that moves the endpoint
    must not get it.

    Raises:
        ConfigInvalid: the endpoint changed under an ``api_key_env``.
    """
    variable = existing.get("api_key_env")
    if not variable or not _same_registry(existing.get("source"), source["url"]):
        return {"api_key": source["apiKey"]}
    was, now = str(existing.get("base_url", "")).rstrip("/"), (provider.base_url or "").rstrip("/")
    if was != now:
        raise ConfigInvalid(
            f'the registry moved provider "{provider.id}" from {shown(was)} to {shown(now)} while api_key_env = "{variable}" '
            "is set: its value would go to the new host",
            hint=f"remove api_key_env from [providers.{provider.id}], or kimi provider remove {provider.id}, "
            "then import again",
            where=shown(source["url"]),
        )
    return {"api_key_env": str(variable)}


def _key_notes(chosen: Iterable[Provider], data: Mapping[str, Any]) -> list[Note]:
    """A registry without a token leaves ``api_key`` empty, as Kimi Code writes it and then refuses to run it."""
    if not any(tables.provider_in(data, provider.id).get("api_key") == "" for provider in chosen):
        return []
    return [
        Note(
            "no_key",
            "no token was given, so api_key is empty, and Kimi Code runs no provider without a key: "
            "import again with --token-stdin, or set api_key or api_key_env by hand",
        )
    ]


def _env_notes(registry: Registry, chosen: Iterable[Provider], data: Mapping[str, Any]) -> list[Note]:
    """One note for each variable that the registry names: a hint, never a binding."""
    named: dict[str, list[str]] = {}
    for provider in chosen:
        variable = registry.env_hints.get(provider.id)
        if variable and "api_key_env" not in tables.provider_in(data, provider.id):
            named.setdefault(variable, []).append(provider.id)
    return [
        Note(
            "env_hint",
            f"the registry names {variable} as the variable for the key of {', '.join(ids)}; "
            "to use it set api_key_env in place of api_key",
        )
        for variable, ids in named.items()
    ]
