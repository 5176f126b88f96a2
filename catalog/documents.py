"""The catalog and registries as documents: from the network, the cache or the built-in snapshot.

:mod:`catalog.policy` decides; this module acts, and says on every answer where it came from. On a fresh copy
neither httpx nor the whole document is loaded.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog import policy
from catalog.errors import DocumentInvalid, FetchFailed, ShrinkRefused
from catalog.parse import IndexEntry, parse_members, parse_slice, slice_catalog
from catalog.policy import Decision
from catalog.provenance import Provenance
from catalog.published import Catalog, RegistryDocument
from catalog.registry_token import checked, slot
from catalog.sources import (
    NOT_MODIFIED,
    Sources,
    ask,
    from_cache,
    nothing_kept,
    renewed,
    say_what_stays,
    stamp_of,
    store_in,
)
from catalog.urls import check, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.document_store import DocumentStamp
    from catalog.http import Fetched
    from catalog.parse import Members, Sliced

__all__ = [
    "DEFAULT_CATALOG_URL",
    "Catalog",
    "CatalogRequest",
    "IndexEntry",
    "Provenance",
    "RegistryDocument",
    "Sources",
    "load_catalog",
    "load_registry",
]

DEFAULT_CATALOG_URL = "https://models.dev/api.json"

_TAKE_CATALOG = "if that is right: `kimi provider catalog refresh --yes`, with the same --url"
_TAKE_REGISTRY = "if that is right, repeat the command with --yes"
_INDEX = "index"
_PROVIDER = "provider/"
_DOCUMENT = "document"
_CATALOG_TOKEN_HINT = "no credential is sent for a catalog; a registry with a token is imported with `kimi provider add --registry`"  # noqa: S105  advice


class CatalogRequest(NamedTuple):
    """Which catalog is wanted, and how fresh.

    Attributes:
        url: of the catalog; only the default one may be answered from an old copy or the snapshot.
        offline: do not use the network.
        refresh: ask the server even if the copy is fresh; a failure is then an error.
        accept_shrink: take a document that lost more than half of its providers.
    """

    url: str = DEFAULT_CATALOG_URL
    offline: bool = False
    refresh: bool = False
    accept_shrink: bool = False


def load_catalog(sources: Sources, access: CatalogRequest) -> Catalog:
    """The catalog at ``access.url``.

    Raises:
        FetchFailed: it could not be had, and nothing else may stand in for it.
        CredentialRefused: the host wants a credential.
        DocumentInvalid: what came is no catalog.
        ShrinkRefused: it lost more than half of its providers.
    """
    return _CatalogLoad(sources, access).run()


class _CatalogLoad:
    def __init__(self, sources: Sources, access: CatalogRequest) -> None:
        self._sources = sources
        self._access = access
        self._default = access.url == DEFAULT_CATALOG_URL
        self._rules = policy.DEFAULT_CATALOG if self._default else policy.CUSTOM_CATALOG
        self._where = shown(access.url)
        self._slot = slot("catalog", check(access.url))
        self._store = store_in(sources)

    def run(self) -> Catalog:
        access, copy = self._access, self._kept()
        age_s = policy.age(copy[0].fetched_at, self._sources.clock()) if copy else None
        has_copy = copy is not None
        step = policy.first_step(
            self._rules, has_copy=has_copy, age_s=age_s, offline=access.offline, refresh=access.refresh
        )
        note = None
        if step is Decision.ASK:
            try:
                return self._ask(copy)
            except (FetchFailed, DocumentInvalid, ShrinkRefused) as error:
                step = policy.step_after_failure(self._rules, has_copy=has_copy, refresh=access.refresh)
                if step is Decision.FAIL:
                    say_what_stays(error, self._provenance_of(copy[0]) if copy else None)
                    raise
                note = error.message
        if step is Decision.USE_COPY and copy:
            return self._catalog(copy[0], copy[1], self._provenance_of(copy[0], note))
        if step is Decision.USE_SNAPSHOT:
            return self._built_in(note)
        raise nothing_kept(self._where, "catalog")

    def _kept(self) -> tuple[DocumentStamp, dict[str, IndexEntry]] | None:
        loaded = self._store.load(self._slot, _INDEX)
        index = _decode_index(loaded[1]) if loaded else None
        return (loaded[0], index) if loaded and index is not None else None

    def _ask(self, copy: tuple[DocumentStamp, dict[str, IndexEntry]] | None) -> Catalog:
        stamp = copy[0] if copy else None
        reply = ask(self._sources, self._access.url, stamp, token_hint=_CATALOG_TOKEN_HINT)
        now = self._sources.clock()
        if reply.status == NOT_MODIFIED and copy:
            confirmed = renewed(copy[0], reply, now)
            self._store.confirm(self._slot, confirmed)
            return self._catalog(confirmed, copy[1], Provenance("not_modified", self._where, now, 0))
        sliced = slice_catalog(reply.body, self._where)
        if not self._access.accept_shrink:
            policy.guard_shrink(self._had(stamp), len(sliced.index), self._where, hint=_TAKE_CATALOG)
        self._keep(sliced, reply, now)

        def read(ids: Iterable[str]) -> dict[str, dict[str, Any]]:
            return {id_: self._provider(id_, sliced.slices[id_]) for id_ in ids}

        live = Provenance("live", self._where, now, 0)
        return Catalog(live, sliced.index, read, warnings=sliced.warnings)

    def _provider(self, id_: str, text: bytes) -> dict[str, Any]:
        try:
            return parse_slice(text)
        except (ValueError, RecursionError):
            raise DocumentInvalid(
                f"the catalog's provider {id_!a} holds a number that cannot be read, or is nested too deeply",
                hint="take another provider, and tell those who publish the catalog",
                where=self._where,
            ) from None

    def _had(self, stamp: DocumentStamp | None) -> int:
        """How many providers the copy at hand has; for the default catalog the snapshot is one."""
        if stamp:
            return stamp.providers
        with suppress(DocumentInvalid):
            return self._sources.snapshot.meta().providers if self._default else 0
        return 0

    def _keep(self, sliced: Sliced, reply: Fetched, now: float) -> None:
        rows = {_PROVIDER + id_: text for id_, text in sliced.slices.items()}
        index = {id_: [entry.model_count, entry.entry] for id_, entry in sliced.index.items()}
        rows[_INDEX] = json.dumps(index).encode()
        self._store.keep(self._slot, stamp_of(reply, now, len(sliced.index), sliced.warnings), rows)

    def _catalog(self, stamp: DocumentStamp, index: dict[str, IndexEntry], provenance: Provenance) -> Catalog:
        def read(ids: Iterable[str]) -> dict[str, dict[str, Any]]:
            rows = self._store.rows(self._slot, stamp.digest, [_PROVIDER + id_ for id_ in ids])
            return _decode_providers(rows)

        def reload() -> Catalog:
            self._store.forget(self._slot, stamp.digest)
            return self.run()

        return Catalog(provenance, index, read, warnings=stamp.warnings, reload=reload)

    def _provenance_of(self, stamp: DocumentStamp, note: str | None = None) -> Provenance:
        return from_cache(stamp, self._where, self._sources.clock(), note)

    def _built_in(self, note: str | None) -> Catalog:
        snapshot = self._sources.snapshot
        provenance = Provenance("snapshot", self._where, date=snapshot.meta().date, note=note)
        return Catalog(provenance, snapshot.index(), snapshot.providers)


def load_registry(
    sources: Sources,
    url: str,
    token: str | None,
    *,
    offline: bool = False,
    accept_shrink: bool = False,
    token_hint: str | None = None,
) -> RegistryDocument:
    """The registry at ``url`` as ``token`` sees it; the server is always asked, unless offline.

    ``token_hint`` is what to advise where the token is refused; without it, the flags that give one.

    Raises:
        FetchFailed: not reached; or offline, and there is no copy for this URL and token.
        CredentialRefused: the host refused the token, or wants one.
        DocumentInvalid: what came is no JSON object.
        ShrinkRefused: it lost more than half of its providers.
    """
    token = checked(token) if token is not None else None
    where, name, store = shown(url), slot("registry", check(url), token), store_in(sources)
    loaded = store.load(name, _DOCUMENT)
    now = sources.clock()
    if offline:
        raw = _decode_registry(loaded[1]) if loaded else None
        if loaded is None or raw is None:
            raise nothing_kept(where, "registry")
        return RegistryDocument(raw, from_cache(loaded[0], where, now))
    stamp = loaded[0] if loaded else None
    try:
        reply = ask(sources, url, stamp, token=token, token_hint=token_hint)
        if reply.status == NOT_MODIFIED and loaded:
            raw = _decode_registry(loaded[1])
            if raw is not None:
                store.confirm(name, renewed(loaded[0], reply, now))
                return RegistryDocument(raw, Provenance("not_modified", where, now, 0))
            store.forget(name, loaded[0].digest)  # the validator vouches for a copy that cannot be served
            reply, stamp = ask(sources, url, None, token=token, token_hint=token_hint), None
        raw = parse_members(reply.body, where)
        if stamp and not accept_shrink:
            policy.guard_shrink(stamp.providers, raw.objects, where, hint=_TAKE_REGISTRY)
    except (FetchFailed, DocumentInvalid) as error:
        say_what_stays(error, from_cache(stamp, where, now) if stamp else None)
        raise
    store.keep(name, stamp_of(reply, now, raw.objects), {_DOCUMENT: reply.body})
    return RegistryDocument(raw, Provenance("live", where, now, 0))


def _decode_index(row: bytes) -> dict[str, IndexEntry] | None:
    """A catalog's index row; None when it is damaged."""
    try:
        index = {id_: IndexEntry(entry, count) for id_, (count, entry) in json.loads(row).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    sound = all(isinstance(kept.entry, dict) and isinstance(kept.model_count, int) for kept in index.values())
    return index if sound else None


def _decode_providers(rows: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Provider rows by id; damaged ones are left out."""
    found = {}
    for name, text in rows.items():
        with suppress(ValueError, RecursionError):
            found[name.removeprefix(_PROVIDER)] = parse_slice(text)
    return found


def _decode_registry(row: bytes) -> Members | None:
    """A kept registry; None when it is damaged."""
    try:
        return parse_members(row, "")
    except DocumentInvalid:
        return None
