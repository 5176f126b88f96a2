"""Asks the sources of the imports in config.toml what they say now: registries and catalogs, each URL once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.documents import CatalogRequest
from catalog.errors import CatalogError, CredentialRefused, NotImportable
from catalog.reserved import is_login
from catalog.untrusted import strings
from catalog.urls import shown
from catalog.wire import WIRES
from provisioner.config import tables
from provisioner.config.rotate import current_key
from provisioner.config.tables import CATALOG, PICKED, WHOLE
from provisioner.errors import NotFound, ProvisionerError, UsageError
from provisioner.note import Note
from provisioner.workflows import add_catalog, add_registry, imports
from provisioner.workflows.consent import same_endpoint
from provisioner.workflows.entries import (
    alias_tables,
    catalog_source,
    provider_table,
    registry_source,
    source_of,
)
from provisioner.workflows.near import near
from provisioner.workflows.open_catalog import open_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from catalog.documents import Catalog, Provenance
    from catalog.models import Provider
    from catalog.registry import Registry
    from provisioner.app import App
    from provisioner.workflows.watch import Watch

    Group = dict[str, dict[str, Any]]  # sources by the id of their provider


@dataclass(frozen=True)
class SourceFailure:
    """A source that could not be asked or used; its providers stay as they are."""

    url: str
    error: CatalogError | ProvisionerError


@dataclass(frozen=True)
class UpstreamProvider:
    """What one source says: its providers under their names in config.toml, and how many models each has."""

    source: Mapping[str, Any]
    provider: Provider
    offered: int
    assumed: imports.Record | None  # of the copy that was at hand before the source was asked


@dataclass(frozen=True)
class SourceAnswer:
    """The answer of one source.

    ``new``: providers of a registry imported whole that config.toml may lack; ``gone``: those that it no longer has;
    ``unread``: those that it has in a form that cannot be read.
    """

    url: str
    said: tuple[UpstreamProvider, ...] = ()
    new: Mapping[str, tables.Entry] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class Upstream:
    """The sources of imports, and what came of asking them.

    Args:
        app: paths, clock, environment and HTTP factory.
        data: config.toml.
        wanted: ids of providers; empty for every import that names its source.
        access: how documents may be had; its URL is the catalog of a wanted provider that names no source.
        watch: told what is being asked.

    Attributes:
        provenances: where each document came from.
        failures: sources that could not be asked or used.
        notes: what the user should know beside.
    """

    def __init__(
        self, app: App, data: Mapping[str, Any], wanted: tuple[str, ...], access: CatalogRequest, watch: Watch
    ) -> None:
        self._app, self._data, self._wanted, self._access, self._watch = app, data, wanted, access, watch
        self.provenances: list[Provenance] = []
        self.failures: list[SourceFailure] = []
        self.notes: list[Note] = []

    def answers(self) -> Iterator[SourceAnswer]:
        """What each source says; one that fails stops no other.

        Raises:
            NotFound: a named provider is not in config.toml, or the catalog has none of its id.
            UsageError: a named provider has no source to refresh from.
        """
        registries, catalogs = self._targets()
        yield from self._ask(registries, self._registry)
        yield from self._ask(catalogs, self._catalog)

    def _targets(self) -> tuple[dict[str, Group], dict[str, Group]]:
        """By URL the providers of registries, and of catalogs, with their sources."""
        providers = tables.members(self._data, "providers")
        for name in self._wanted:
            if name not in providers:
                raise NotFound(
                    f'provider "{name}" not found', hint=near(name, providers, otherwise="kimi provider list")
                )
        registries: dict[str, Group] = {}
        catalogs: dict[str, Group] = {}
        for name in self._wanted or providers:
            table = tables.provider_in(self._data, name)
            if is_login(table):
                self._unrefreshable(name, "it is a login of Kimi Code")
            elif source := source_of(table, WHOLE, PICKED):
                registries.setdefault(source["url"], {})[name] = source
            elif source := source_of(table, CATALOG):
                catalogs.setdefault(source["url"], {})[name] = source
            elif "source" in table:
                self._unrefreshable(name, "its source is of no known kind")
            elif name in self._wanted:  # Kimi Code's own import from the catalog says nothing of it
                source = catalog_source(self._access.url, name)
                catalogs.setdefault(source["url"], {})[name] = source
        return registries, catalogs

    def _unrefreshable(self, name: str, why: str) -> None:
        if name in self._wanted:
            raise UsageError(f'provider "{name}" cannot be refreshed: {why}')

    def _ask(
        self, groups: Mapping[str, Group], ask: Callable[[str, Group], SourceAnswer]
    ) -> Iterator[SourceAnswer]:
        for url, group in groups.items():
            self._watch(f"asking {shown(url)}")
            try:
                yield ask(url, group)
            except CatalogError as error:
                self.failures.append(SourceFailure(shown(url), error))

    def _registry(self, url: str, group: Group) -> SourceAnswer:
        tokens = list(dict.fromkeys(str(source.get("apiKey") or "") for source in group.values()))
        before, token, registry = self._first_answer(url, group, tokens)
        upstream = {provider.id: provider for provider in registry.providers}
        whole = any(source["kind"] == WHOLE for source in group.values()) and not self._wanted
        unread = tuple(name for name in group if name not in upstream and registry.may_have(name))
        gone = tuple(name for name in group if not registry.may_have(name))
        source = registry_source(url, token)
        new = {
            name: tables.Entry(
                provider_table(provider, credential={"api_key": token}, source=source),
                alias_tables(name, provider),
            )
            for name, provider in upstream.items()
            if whole and name not in group
        }
        had = {provider.id: provider for provider in before.providers} if before else {}
        said = tuple(
            UpstreamProvider(
                group.get(name, source),
                provider,
                len(provider.models),
                _assumed(had.get(name), group.get(name, source)),
            )
            for name, provider in upstream.items()
            if name in group or name in new
        )
        return SourceAnswer(url, said, new, gone, unread)

    def _first_answer(
        self, url: str, group: Group, tokens: list[str]
    ) -> tuple[Registry | None, str, Registry]:
        """The registry by the first of the tokens that it takes, and the copy that was at hand before."""
        offline, accept = self._access.offline, self._access.accept_shrink
        for number, token in enumerate(tokens, 1):
            before = None
            with suppress(CatalogError):
                before = add_registry.fetch(self._app, url, token, offline=True)[1]
            try:
                document, registry = add_registry.fetch(
                    self._app,
                    url,
                    token,
                    offline=offline,
                    accept_shrink=accept,
                    token_hint=self._token_hint(url, group, token),
                )
            except CredentialRefused:
                if number == len(tokens):
                    raise
                said = f"{shown(url)} refused one of the tokens in config.toml; another was taken"
                self.notes.append(Note("token_refused", said))
                continue
            self.provenances.append(document.provenance)
            return before, token, registry
        raise AssertionError("a group has a token, if only the empty one")

    def _token_hint(self, url: str, group: Group, token: str) -> str:
        """The command that gives a registry another token: ``key`` where a provider's key is the one that it has."""
        for name in group if token else ():
            table = tables.provider_in(self._data, name)
            wire = WIRES.get(str(table.get("type")))
            if current_key(table, wire.env_keys if wire else ()) == token:
                return f"kimi provider key {name}, with a token that is right: it replaces this one wherever it stands"
        whole = any(source["kind"] == WHOLE for source in group.values())
        only = "" if whole else "".join(f" --only {name}" for name in group)
        return f"kimi provider add --registry {shown(url)}{only} --token-stdin"

    def _catalog(self, url: str, group: Group) -> SourceAnswer:
        offline = self._access.offline
        before = None
        with suppress(CatalogError):
            before = open_catalog(self._app, CatalogRequest(url, offline=True))
        access = CatalogRequest(
            url, offline=offline, refresh=not offline, accept_shrink=self._access.accept_shrink
        )
        catalog = open_catalog(self._app, access)
        self.provenances.append(catalog.provenance)
        said = []
        gone = []
        for name, source in group.items():
            try:
                now, offered = self._of_catalog(catalog, name, source)
            except NotFound:
                if "source" not in tables.provider_in(self._data, name):
                    raise
                gone.append(name)
            except (NotImportable, UsageError) as error:
                self.failures.append(SourceFailure(shown(url), error))
            else:
                self._adoptable(name, now)
                was = None
                if before:
                    with suppress(CatalogError, ProvisionerError):
                        was = self._of_catalog(before, name, source)[0]
                said.append(UpstreamProvider(source, now, offered, _assumed(was, source)))
        return SourceAnswer(url, tuple(said), gone=tuple(gone))

    def _of_catalog(self, catalog: Catalog, name: str, source: Mapping[str, Any]) -> tuple[Provider, int]:
        """The provider as it was asked for, and how many models it has in all.

        An import that did not remember what filled the endpoint's variables keeps its endpoint.
        """
        patterns, variables, base_url = _asked(name, source)
        asked = add_catalog.Request(
            provider_id=str(source.get("id", name)), name=name, base_url=base_url, variables=variables
        )
        try:
            provider, _ = add_catalog.interpreted(catalog, asked)
        except (NotImportable, UsageError) as error:
            url = tables.provider_in(self._data, name).get("base_url")
            if not isinstance(url, str) or (
                isinstance(error, NotImportable) and error.reason not in ("variables", "no_endpoint")
            ):
                raise
            provider, _ = add_catalog.interpreted(catalog, asked._replace(base_url=url, variables={}))
        return add_catalog.matching(provider, patterns), len(provider.models)

    def _adoptable(self, name: str, now: Provider) -> None:
        table = tables.provider_in(self._data, name)
        new = provider_table(now, credential={}, source=None)
        if "source" not in table and not same_endpoint(table, new):
            raise UsageError(
                f'provider "{name}" is not the catalog\'s: it has another endpoint or wire, and no source',
                hint=f"kimi provider add {name} imports it anew",
            )


def _asked(name: str, source: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, str], str | None]:
    """What was asked at the import: patterns of models, values of variables, the endpoint.

    Raises:
        UsageError: a hand made something else of it. To leave it out would ask for more than was wanted.
    """
    patterns, variables = strings(source.get("models", [])), source.get("variables", {})
    base_url = source.get("base_url")
    texts = isinstance(variables, dict) and all(isinstance(value, str) for value in variables.values())
    if patterns is None or not texts or not isinstance(base_url, str | None):
        raise UsageError(
            f'provider "{name}" cannot be refreshed: [providers.{name}.source] holds what no import writes',
            hint=f"kimi provider add {name}, which writes it anew",
        )
    return patterns, variables, base_url


def _assumed(provider: Provider | None, source: Mapping[str, Any]) -> imports.Record | None:
    if provider is None:
        return None
    return imports.record_of(provider, source, len(provider.models))._replace(assumed=True)
