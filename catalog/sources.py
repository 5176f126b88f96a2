"""Between a document's server and its kept copy: what both kinds of document have in common."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, NamedTuple

from catalog import policy
from catalog.document_store import DocumentStamp, DocumentStore
from catalog.errors import CatalogError, FetchFailed
from catalog.http_limits import LIMITS, Limits
from catalog.provenance import Provenance
from catalog.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalog.http import Fetched, OpenClient

NOT_MODIFIED = 304


class Sources(NamedTuple):
    """Where documents come from and are kept.

    Attributes:
        cache_dir: a folder of our own; made, and made private, when first used.
        open_client: makes HTTP clients that follow no redirects.
        clock: seconds since the epoch.
        limits: time-outs and sizes.
        snapshot: the built-in catalog.
    """

    cache_dir: Path
    open_client: OpenClient
    clock: Callable[[], float] = time.time
    limits: Limits = LIMITS
    snapshot: Snapshot = Snapshot()


def store_in(sources: Sources) -> DocumentStore:
    """The kept documents."""
    from catalog.cache import Cache

    return DocumentStore(Cache(sources.cache_dir))


def ask(
    sources: Sources,
    url: str,
    stamp: DocumentStamp | None,
    *,
    token: str | None = None,
    token_hint: str | None = None,
) -> Fetched:
    """The server's answer; conditional when there is a copy that ``stamp`` belongs to."""
    from catalog.http import fetch

    return fetch(
        sources.open_client,
        url,
        token=token,
        etag=stamp.etag if stamp else None,
        last_modified=stamp.last_modified if stamp else None,
        token_hint=token_hint,
        limits=sources.limits,
    )


def stamp_of(reply: Fetched, now: float, providers: int, warnings: tuple[str, ...] = ()) -> DocumentStamp:
    """The stamp of a document that has just come."""
    digest = hashlib.sha256(reply.body).hexdigest()
    return DocumentStamp(digest, now, reply.etag, reply.last_modified, providers, warnings)


def renewed(stamp: DocumentStamp, reply: Fetched, now: float) -> DocumentStamp:
    """The stamp of a copy that the server has just confirmed, perhaps with new validators."""
    return stamp._replace(
        fetched_at=now,
        etag=reply.etag or stamp.etag,
        last_modified=reply.last_modified or stamp.last_modified,
    )


def from_cache(stamp: DocumentStamp, where: str, now: float, note: str | None = None) -> Provenance:
    """The provenance of a kept copy."""
    return Provenance("cache", where, stamp.fetched_at, policy.age(stamp.fetched_at, now), note=note)


def nothing_kept(where: str, kind: str) -> FetchFailed:
    """Offline, and there is no copy."""
    return FetchFailed(
        f"no copy of this {kind} is kept, and --offline forbids fetching it",
        hint="repeat the command without --offline",
        where=where,
    )


def say_what_stays(error: CatalogError, kept: Provenance | None) -> None:
    """Add to an error's hint that the copy at hand was not replaced."""
    if kept:
        stays = f"what is kept stays ({kept.describe()}; --offline uses it)"
        error.hint = f"{error.hint}; {stays}" if error.hint else stays
