"""What another tool's provider becomes in config.toml, or why it cannot: catalog, endpoint, models and key."""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from catalog.discovery import discover
from catalog.endpoint import for_wire, is_http_url
from catalog.errors import CatalogError
from catalog.interpret import interpret
from catalog.models import DEFAULT_CONTEXT, Provider
from catalog.reserved import RESERVED_IDS
from catalog.untrusted import id_flaw
from catalog.urls import is_loopback, shown
from provisioner.errors import UsageError
from provisioner.kimi_code.auth import NO_KEY
from provisioner.kimi_code.base_url import headers as sendable
from provisioner.kimi_code.finding import Unusable
from provisioner.workflows.credential import Credential, clean_key
from provisioner.workflows.entries import catalog_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.documents import Catalog
    from catalog.models import Model
    from provisioner.app import App
    from provisioner.importers.found import Found

# How tools spell a value that stands elsewhere.
_ELSEWHERE = re.compile(r"\{(?:env|file):|os\.environ/|\$[\w{(]")
_NAMED = 3  # how many models a note names before it trails off


@dataclass(frozen=True)
class Terms:
    """What holds for all providers of one command.

    Attributes:
        catalog: None where no provider needs it.
        catalog_url: its address.
        with_keys: copy keys and headers out of the tool's files.
        may_ask: whether an endpoint that is not on this machine may be asked for its models.
    """

    catalog: Catalog | None
    catalog_url: str
    with_keys: bool
    may_ask: bool


@dataclass(frozen=True)
class Item:
    """A provider that was found, and what it becomes.

    Attributes:
        found: what the tool has.
        provider: what would be written; None where it cannot be taken over.
        refused: why not; None otherwise.
        credential: the key or variable for it; empty keeps what config.toml has.
        otherwise: the credential fields where config.toml has none to keep.
        source: of an import from the catalog, else None.
        offered: how many models the catalog has of it.
        headers: ``custom_headers`` for it.
        notes: what is left behind or assumed.
    """

    found: Found
    provider: Provider | None = None
    refused: str | None = None
    credential: Credential = field(default_factory=Credential)
    otherwise: Mapping[str, str] = field(default_factory=dict)
    source: dict[str, Any] | None = None
    offered: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()


class _No(Exception):
    """It cannot be taken over, and why."""


def take_over(app: App, found: Found, name: str, terms: Terms) -> Item:
    """What ``found`` becomes under the id ``name``. Only an endpoint that names no models is asked for them."""
    try:
        _check(found, name)
        listed, extra, offered = _of_catalog(found, terms)
        provider = listed._replace(id=name, models=(*listed.models, *extra)) if listed else None
        if provider is None:
            provider = _endpoint(app, found, name, terms)
        credential, otherwise = _credential(app, found, provider, with_keys=terms.with_keys)
    except _No as error:
        return Item(found, refused=str(error))
    headers, left = _headers(found, provider.id, with_keys=terms.with_keys)
    source = None
    # A refresh would take away what the catalog does not have.
    if listed and not extra and found.catalog_id:
        wanted = tuple(glob.escape(m.id) for m in listed.models) if _narrow(found) else ()
        source = catalog_source(
            terms.catalog_url, found.catalog_id, models=wanted, base_url=found.base_url and listed.base_url
        )
    return Item(
        found,
        provider=provider,
        credential=credential,
        otherwise=otherwise,
        source=source,
        offered=offered,
        headers=headers,
        notes=(*found.notes, *left, *_contexts(provider.models)),
    )


def _check(found: Found, name: str) -> None:
    if found.refused:
        raise _No(found.refused)
    if flaw := id_flaw(name):
        raise _No(flaw)
    if name in RESERVED_IDS:
        raise _No("its id is reserved for Kimi Code itself: --only ID with --as NAME gives it another")


def _narrow(found: Found) -> bool:
    return bool(found.models) and not found.beside_catalog


def _of_catalog(found: Found, terms: Terms) -> tuple[Provider | None, tuple[Model, ...], int]:
    """The catalog's provider with the wanted models, those that only the tool knows, and how many the catalog has.

    No provider where the catalog has none, or the tool says all of it itself.
    """
    entry = terms.catalog.provider(found.catalog_id) if terms.catalog and found.catalog_id else None
    if entry is None or (found.base_url and found.wire):
        return None, (), 0
    try:
        provider = interpret(entry, key=found.catalog_id, base_url=found.base_url)
    except CatalogError as error:
        raise _No("; ".join(filter(None, (error.message, error.hint)))) from error
    known = {model.id for model in provider.models}
    extra = tuple(model for model in found.models if model.id not in known)
    offered = len(provider.models)
    if _narrow(found):
        named = {model.id for model in found.models}
        provider = provider._replace(models=tuple(m for m in provider.models if m.id in named))
    return provider, extra, offered


def _endpoint(app: App, found: Found, name: str, terms: Terms) -> Provider:
    if found.base_url is None:
        raise _No("its file names no address, and the catalog does not know it")
    wire = found.wire or "openai"
    base_url = for_wire(found.base_url, wire)
    if not is_http_url(base_url):
        raise _No("its address is no http or https URL")
    parts = urlsplit(base_url)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise _No("its address holds a password or a query, and Kimi Code appends its path to it")
    models = found.models or _listed(app, found, base_url, terms)
    return Provider(name, name, wire, guessed=False, base_url=base_url, models=models)


def _listed(app: App, found: Found, base_url: str, terms: Terms) -> tuple[Model, ...]:
    if not terms.may_ask and not is_loopback(urlsplit(base_url).hostname or ""):
        raise _No(
            f"no models are named, and {shown(base_url)} is not asked for them from a named file or offline: "
            "use --type, --base-url and --as"
        )
    key = app.env.get(found.variable) if found.variable else found.key
    try:
        return discover(app.http.client, found.wire or "openai", base_url, key or None)
    except CatalogError as error:
        unset = f" ({found.variable} is not set)" if found.variable and not key else ""
        raise _No(f"its list of models could not be had{unset}: {error.message}") from error


def _credential(
    app: App, found: Found, provider: Provider, *, with_keys: bool
) -> tuple[Credential, Mapping[str, str]]:
    """The credential, and what stands in where there is none and config.toml has none either."""
    if found.variable:
        return Credential(variable=found.variable), {}
    if found.key and with_keys:
        try:
            return Credential(key=clean_key(found.key)), {}
        except UsageError as error:
            raise _No(error.message) from error
    usual = [name for name in provider.env if name.endswith(("_KEY", "_TOKEN"))]
    if found.key:
        same = next((name for name in (*usual, *sorted(app.env)) if app.env.get(name) == found.key), None)
        if same and re.fullmatch(r"[A-Za-z_]\w*", same, re.ASCII):
            return Credential(variable=same), {}
    if found.key or usual or found.needs_key:
        exported = next((name for name in usual if app.env.get(name)), None)
        return Credential(), {"api_key_env": exported or (usual or [_variable_for(provider.id)])[0]}
    return Credential(), {"api_key": NO_KEY}


def _variable_for(name: str) -> str:
    """The variable that a key of a provider of this id would usually have: ``MY_GATEWAY_API_KEY``."""
    word = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or "PROVIDER"
    return f"{'_' if word[0].isdigit() else ''}{word}_API_KEY"


def _headers(found: Found, name: str, *, with_keys: bool) -> tuple[dict[str, str], list[str]]:
    """The headers that can be taken over, and what to say of the others; their values may be secret."""
    if not found.headers:
        return {}, []
    if not with_keys:
        names = ", ".join(found.headers)
        return {}, [f"the headers it sends are left out, for they may hold a secret: {names} (--with-keys)"]
    kept, left = {}, []
    for header, value in found.headers.items():
        try:
            if not _ELSEWHERE.search(value):
                kept.update(sendable(name, {header: value}))
                continue
        except Unusable:
            pass
        left.append(f"the header {header} is left out: its value stands elsewhere, or HTTP cannot carry it")
    return kept, left


def _contexts(models: tuple[Model, ...]) -> list[str]:
    unknown = [model.id for model in models if not model.context_known]
    if not unknown:
        return []
    named = ", ".join(unknown[:_NAMED]) + (", …" if unknown[_NAMED:] else "")
    return [f"the context window of {named} is not known; {DEFAULT_CONTEXT} was written (max_context_size)"]
