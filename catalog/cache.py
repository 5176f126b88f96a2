"""A folder of byte rows that outlive the process, on diskcache, and that never fail a command.

Unreadable is a miss, unwritable is no cache, and a broken database is put aside for a new one.

diskcache unpickles what it finds (CVE-2025-69872): a value whose mode says pickle, a key whose raw flag is 0. It
also reads and deletes files by the names in its rows. :class:`BytesDisk` does none of it: keys are text, values
are bytes inside the database, anything else is refused before it is looked at.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import diskcache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

_DATABASE = "cache.db"
_SIDECARS = ("-journal", "-wal", "-shm")
_BROKEN = ".broken"
_RAW = 1  # diskcache's mode for a value that stands in its row as it is
_SIZE_LIMIT = 256 * 1024 * 1024
_LOCK_WAIT_S = 2.0
_SETTINGS = {
    "size_limit": _SIZE_LIMIT,  # beyond it the oldest rows go: tokens and URLs come and go
    "eviction_policy": "least-recently-stored",  # a read writes nothing
    "sqlite_cache_size": 512,  # pages; rows are read once
    "sqlite_journal_mode": "delete",  # no files beside the database but while it is written to
    "sqlite_synchronous": 0,  # what a power cut breaks is fetched again; this halves the time to open
    "sqlite_mmap_size": 0,  # mapped pages would count as our memory
}
# What SQLite says when the file is sound but not ours to use just now; all else means that it is broken.
_PRIMARY = 0xFF  # the part of an extended result code that names its family
_NOT_BROKEN = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_AUTH,
    }
)


class RowRefused(Exception):
    """A row that this program did not write: a pickle, a file name, or a value that is not bytes."""


class BytesDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache ships no types
    """Text keys and bytes values, kept in the database itself; nothing is ever unpickled."""

    def put(self, key: Any) -> tuple[str, bool]:
        """The key's column and raw flag."""
        if not isinstance(key, str):
            raise RowRefused("a key is text")
        return key, True

    def get(self, key: Any, raw: Any) -> str:
        """The key of a row."""
        if raw != 1 or not isinstance(key, str):
            raise RowRefused("a key that is not text")
        return key

    def store(self, value: Any, read: bool, key: Any = None) -> tuple[int, int, None, bytes]:  # noqa: ARG002  diskcache's signature
        """The value's size, mode, file name and column."""
        if read or not isinstance(value, bytes):
            raise RowRefused("a value is bytes")
        return 0, _RAW, None, value

    def fetch(self, mode: Any, filename: Any, value: Any, read: bool) -> bytes:
        """The value of a row."""
        if mode != _RAW or filename is not None or read or not isinstance(value, bytes):
            raise RowRefused("a value that is not bytes in its row")
        return value

    def filename(self, key: Any = None, value: Any = None) -> NoReturn:  # noqa: ARG002  diskcache's signature
        """No value has a file of its own."""
        raise RowRefused("a value in a file")

    def remove(self, file_path: Any) -> None:
        """No value has a file of its own, so a row that names one names somebody else's."""


class Rows:
    """The rows of an open cache."""

    def __init__(self, cache: diskcache.Cache) -> None:
        self._cache = cache

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none."""
        value: bytes | None = self._cache.get(key)
        return value

    def put(self, key: str, value: bytes, *, group: str) -> None:
        """Store a value; ``group`` is what :meth:`drop` takes."""
        self._cache.set(key, value, tag=group)

    def drop(self, group: str) -> None:
        """Remove every row of a group."""
        self._cache.evict(group)


class Cache:
    """Rows in ``folder``, which is made private when it is first used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, work: Callable[[Rows], T]) -> T | None:
        """What ``work`` makes of the rows; None when the cache cannot be read."""
        if not (self._folder / _DATABASE).is_file():
            return None
        return self._attempt(lambda cache: work(Rows(cache)))

    def write(self, work: Callable[[Rows], None]) -> bool:
        """Run ``work`` in one transaction: all of it counts, or nothing. Whether it did."""

        def done(cache: diskcache.Cache) -> bool:
            with cache.transact():
                work(Rows(cache))
            return True

        return self._attempt(done) or False

    def _attempt(self, work: Callable[[diskcache.Cache], T]) -> T | None:
        try:
            self._make_private()
            self._probe()
            with closing(self._open()) as cache:
                return work(cache)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY not in _NOT_BROKEN:
                self._put_aside()
        except (diskcache.Timeout, OSError):
            pass
        except Exception:  # noqa: BLE001  whatever diskcache makes of settings or rows that are not ours
            self._put_aside()
        return None

    def _open(self) -> diskcache.Cache:
        folder = str(self._folder)
        if os.path.expandvars(os.path.expanduser(folder)) != folder:  # noqa: PTH111  as diskcache does
            raise OSError("diskcache would use another folder")
        return diskcache.Cache(folder, timeout=_LOCK_WAIT_S, disk=BytesDisk, **_SETTINGS)

    def _probe(self) -> None:
        """Take the write lock once, with a time-out: diskcache waits for it a whole minute when it opens."""
        database = self._folder / _DATABASE
        with closing(sqlite3.connect(database, timeout=_LOCK_WAIT_S, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")

    def _make_private(self) -> None:
        """Folder 0700 and database 0600 before there is anything in them; SQLite's sidecars follow the database."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        database = self._folder / _DATABASE
        os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
        for path in (database, *(database.with_name(_DATABASE + end) for end in _SIDECARS)):
            with suppress(FileNotFoundError):
                path.chmod(0o600)

    def _put_aside(self) -> None:
        """Keep the broken database for a look, once, and let the next use begin anew."""
        database = self._folder / _DATABASE
        with suppress(OSError):
            database.replace(database.with_name(_DATABASE + _BROKEN))
        for end in _SIDECARS:
            with suppress(OSError):
                database.with_name(_DATABASE + end).unlink()
