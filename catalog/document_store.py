"""Documents kept in the cache: a stamp that says what is kept, and the rows it is cut into.

Rows are named by the document's digest and the stamp is written with them in one transaction, so no reader ever
mixes two documents. The copy before the last stays too: who has read its stamp can still read its rows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.cache import Cache, Rows, Transaction

_FORMAT = 1
_TYPES = {
    "digest": str,
    "fetched_at": int | float,
    "etag": str | None,
    "last_modified": str | None,
    "providers": int,
    "warnings": list,
    "previous": str | None,
}


class DocumentStamp(NamedTuple):
    """What is known about a kept document.

    Attributes:
        digest: SHA-256 of its bytes, in hexadecimal.
        fetched_at: when the server last vouched for it, in seconds since the epoch.
        etag: validator that came with it.
        last_modified: likewise.
        providers: how many it has.
        warnings: what was left out of it.
        previous: digest of the copy before, whose rows are still kept.
    """

    digest: str
    fetched_at: float
    etag: str | None
    last_modified: str | None
    providers: int
    warnings: tuple[str, ...] = ()
    previous: str | None = None


class DocumentStore:
    """Documents kept in a cache, each in a slot of its own."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def load(self, slot: str, row: str) -> tuple[DocumentStamp, bytes] | None:
        """The stamp of the slot's document and one of its rows; None when either is missing or unreadable."""

        def work(rows: Rows) -> tuple[DocumentStamp, bytes] | None:
            stamp = _decode(rows.get(slot))
            value = rows.get(_key(slot, stamp.digest, row)) if stamp else None
            return (stamp, value) if stamp and value is not None else None

        return self._cache.read(work)

    def rows(self, slot: str, digest: str, names: Iterable[str]) -> dict[str, bytes]:
        """The named rows of a document; those that are missing are left out."""

        def work(rows: Rows) -> dict[str, bytes]:
            found = {name: rows.get(_key(slot, digest, name)) for name in names}
            return {name: value for name, value in found.items() if value is not None}

        return self._cache.read(work) or {}

    def keep(self, slot: str, stamp: DocumentStamp, rows: Mapping[str, bytes]) -> bool:
        """Make this the slot's document; whether it could be written."""

        def work(kept: Transaction) -> None:
            old = _decode(kept.get(slot))
            previous = None if old is None else old.previous if old.digest == stamp.digest else old.digest
            if old and old.previous and old.previous not in {previous, stamp.digest}:
                kept.drop(_group(slot, old.previous))
            kept.drop(_group(slot, stamp.digest))
            for name, value in rows.items():
                kept.put(_key(slot, stamp.digest, name), value, group=_group(slot, stamp.digest))
            kept.put(slot, _encode(stamp._replace(previous=previous)), group=slot)

        return self._cache.write(work)

    def confirm(self, slot: str, stamp: DocumentStamp) -> None:
        """Renew the stamp of a document that the server vouched for again, if it is still the slot's document."""

        def work(kept: Transaction) -> None:
            old = _decode(kept.get(slot))
            if old and old.digest == stamp.digest:
                kept.put(slot, _encode(stamp._replace(previous=old.previous)), group=slot)

        self._cache.write(work)

    def forget(self, slot: str, digest: str) -> None:
        """Drop the stamp of a damaged document, and its validators with it; a newer document stays."""

        def work(kept: Transaction) -> None:
            old = _decode(kept.get(slot))
            if old is None or old.digest == digest:
                kept.drop(slot)

        self._cache.write(work)


def _group(slot: str, digest: str) -> str:
    return f"{slot}/{digest}"


def _key(slot: str, digest: str, row: str) -> str:
    return f"{slot}/{digest}/{quote(row, errors='surrogatepass')}"


def _encode(stamp: DocumentStamp) -> bytes:
    return json.dumps({"format": _FORMAT, **stamp._asdict()}).encode()


def _decode(row: bytes | None) -> DocumentStamp | None:
    """The stamp in a row; None for one that this version cannot have written."""
    try:
        value: dict[str, Any] = json.loads(row or b"")
        sound = value.pop("format") == _FORMAT and all(
            isinstance(value[key], type_) for key, type_ in _TYPES.items()
        )
        return DocumentStamp(**value | {"warnings": tuple(map(str, value["warnings"]))}) if sound else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
