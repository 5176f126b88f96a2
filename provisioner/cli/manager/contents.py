"""What config.toml configures, in the order and the words in which the manager lists it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.urls import shown as shown_url
from provisioner.cli.manager.formats import printable
from provisioner.cli.terminal import short_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.workflows import list_providers

_REGISTRY = "registry "
_TITLES = {"catalog": "models.dev catalog", "hand": "By hand"}


@dataclass(frozen=True)
class ProviderEntry:
    """One provider; every text is safe to print, ``id`` and ``aliases`` are as in the file.

    Attributes:
        id: its key in config.toml.
        name: the id, cleaned.
        wire: its ``type``.
        source: where it came from, in the words of ``list``; not safe to print.
        group: the title that it is listed under.
        endpoint: its base URL without secrets; empty where it has none.
        credential: where its key is, in words; never the key.
        variable: the environment variable that config.toml names instead of a key.
        aliases: its models, in the file's order.
        main: the alias that stands for the provider in a test or as the default; None without models.
        search: what a filter looks in besides the aliases, case-folded.
    """

    id: str
    name: str
    wire: str
    source: str = field(repr=False)  # a registry's URL may hold a token
    group: str
    endpoint: str
    credential: str
    variable: str
    aliases: tuple[str, ...]
    main: str | None
    search: str = field(repr=False)

    @property
    def of_registry(self) -> bool:
        """Whether a registry listed it; a registry's providers may be deleted together."""
        return self.source.startswith(_REGISTRY)


@dataclass(frozen=True)
class ModelEntry:
    """One alias as config.toml has it, the user's ``overrides`` applied; None where the file does not say.

    ``context`` and ``output`` are in tokens, ``name`` is the alias without its provider, ``search`` what a filter looks in, case-folded.
    """

    alias: str
    name: str
    title: str
    context: int | None
    output: int | None
    capabilities: tuple[str, ...]
    search: str = field(repr=False)


@dataclass(frozen=True, eq=False)
class Contents:
    """config.toml as the manager sees it. Logins that Kimi Code made are not among ``providers``.

    ``path`` is where it is, in words.
    """

    path: str
    providers: tuple[ProviderEntry, ...]
    default_model: str | None
    data: Mapping[str, Any] = field(repr=False)  # holds keys

    def provider(self, provider_id: str | None) -> ProviderEntry | None:
        """The provider with this id, if it is listed."""
        return next((provider for provider in self.providers if provider.id == provider_id), None)

    def models(self, provider: ProviderEntry) -> tuple[ModelEntry, ...]:
        """The models of a provider, in the file's order."""
        tables = self.data["models"] if provider.aliases else {}
        return tuple(_model(alias, tables[alias], provider) for alias in provider.aliases)


@dataclass(frozen=True, eq=False)
class Opened:
    """The provider whose models are listed."""

    provider: ProviderEntry
    models: tuple[ModelEntry, ...]


def contents_of(result: list_providers.Result, home: str) -> Contents:
    """What ``list`` found, grouped by source: the catalog, each registry, other sources, written by hand.

    ``home`` is the user's folder, which a path is shown without; empty where it is not known.
    """
    found = [
        _provider(row, result.data["providers"][row.id], result.default_model)
        for row in result.rows
        if row.source != "login"
    ]
    found.sort(key=lambda provider: (_rank(provider), provider.source, provider.id))
    path = printable(short_path(result.config_path, home))
    return Contents(path, tuple(found), result.default_model, result.data)


def _provider(row: list_providers.Row, table: Mapping[str, Any], default: str | None) -> ProviderEntry:
    base_url = table.get("base_url")
    endpoint = printable(shown_url(base_url)) if isinstance(base_url, str) else ""
    group = _title(row.source)
    return ProviderEntry(
        id=row.id,
        name=printable(row.id),
        wire=printable(row.wire),
        source=row.source,
        group=group,
        endpoint=endpoint,
        credential=_credential(row.credential),
        variable="" if table.get("api_key") else printable(str(table.get("api_key_env", ""))),
        aliases=row.aliases,
        main=_main(row.aliases, default, table.get("default_model")),
        search=f"{row.id} {row.wire} {group} {endpoint}".casefold(),
    )


def _title(source: str) -> str:
    if source.startswith(_REGISTRY):
        return f"Registry {printable(shown_url(source.removeprefix(_REGISTRY)))}"
    return _TITLES.get(source, printable(source))


def _rank(provider: ProviderEntry) -> int:
    if provider.of_registry:
        return 1
    return {"catalog": 0, "hand": 3}.get(provider.source, 2)


def _credential(credential: str) -> str:
    """The words of ``list`` as part of a sentence."""
    if credential.startswith("env ") and credential != "env table":
        return f"key from ${printable(credential.removeprefix('env '))}"
    return {"key": "key in config.toml", "env table": "key in its env table", "none": "no key"}.get(
        credential, printable(credential)
    )


def _main(aliases: tuple[str, ...], *preferred: object) -> str | None:
    """The first of ``preferred`` that is an alias of the provider, else its first alias."""
    for alias in preferred:
        if isinstance(alias, str) and alias in aliases:
            return alias
    return aliases[0] if aliases else None


def _model(alias: str, table: Mapping[str, Any], provider: ProviderEntry) -> ModelEntry:
    overrides = table.get("overrides")
    known = {**table, **overrides} if isinstance(overrides, dict) else table
    title, declared = known.get("display_name"), known.get("capabilities")
    title = printable(title) if isinstance(title, str) else ""
    capabilities = tuple(printable(str(name)) for name in declared) if isinstance(declared, list) else ()
    return ModelEntry(
        alias=alias,
        name=printable(alias.removeprefix(f"{provider.id}/")),
        title=title,
        context=_tokens(known.get("max_context_size")),
        output=_tokens(known.get("max_output_size")),
        capabilities=capabilities,
        search=" ".join((alias, title, *capabilities)).casefold(),
    )


def _tokens(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
