"""diskcache made safe for a cache folder that somebody else may have written to.

diskcache unpickles what it finds (CVE-2025-69872): a value whose mode says pickle, a key whose raw flag is 0. It
also reads and deletes files by the names in its rows. Here none of it happens.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import diskcache

from catalog.cache_row import RAW, RowRefused, key_of, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SIZE_LIMIT = 256 * 1024 * 1024
_SETTINGS = {
    "size_limit": _SIZE_LIMIT,  # beyond it the oldest rows go: tokens and URLs come and go
    "eviction_policy": "least-recently-stored",
    "sqlite_cache_size": 512,  # pages
    "sqlite_journal_mode": "delete",  # no files beside the database but while it is written to
    "sqlite_synchronous": 0,  # what a power cut breaks is fetched again, and a cold start is quicker by a tenth
    "sqlite_mmap_size": 0,  # mapped pages would count as our memory
}


class BytesDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache ships no types
    """Text keys and bytes values, kept in the database itself; nothing is ever unpickled."""

    def put(self, key: Any) -> tuple[str, bool]:
        """The key's column and raw flag."""
        if not isinstance(key, str):
            raise RowRefused("a key is text")
        return key, True

    def get(self, key: Any, raw: Any) -> str:
        """The key of a row."""
        return key_of(key, raw)

    def store(self, value: Any, read: bool, key: Any = None) -> tuple[int, int, None, bytes]:  # noqa: ARG002  diskcache's signature
        """The value's size, mode, file name and column."""
        if read or not isinstance(value, bytes):
            raise RowRefused("a value is bytes")
        return 0, RAW, None, value

    def fetch(self, mode: Any, filename: Any, value: Any, read: bool) -> bytes:
        """The value of a row."""
        if read:
            raise RowRefused("a value has no file")
        return value_of(mode, filename, value)

    def filename(self, key: Any = None, value: Any = None) -> NoReturn:  # noqa: ARG002  diskcache's signature
        """No value has a file of its own."""
        raise RowRefused("a value has no file")

    def remove(self, file_path: Any) -> None:
        """No value has a file of its own, so a row that names one names somebody else's."""


@contextmanager
def transaction(folder: Path, timeout: float) -> Iterator[diskcache.Cache]:
    """The cache in ``folder``, inside one transaction.

    Raises:
        TimeoutError: others kept it locked for ``timeout`` seconds.
    """
    try:
        cache = diskcache.Cache(str(folder), timeout=timeout, disk=BytesDisk, **_SETTINGS)
        with closing(cache), cache.transact():
            yield cache
    except diskcache.Timeout as error:
        raise TimeoutError from error
