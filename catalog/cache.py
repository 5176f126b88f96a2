"""A folder of byte rows that outlive the process, and that never fail a command.

Unreadable is a miss, unwritable is no cache, and a broken database is put aside for a new one.

diskcache keeps the rows. They are read with a plain query, though: to open a ``diskcache.Cache`` writes its
settings forty times over, under the write lock, and takes as long as all else that answers from a fresh copy.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Protocol, TypeVar

from catalog.cache_row import value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import diskcache

T = TypeVar("T")

_DATABASE = "cache.db"
_OTHERS_WRITE = 0o022
_SIDECARS = ("-journal", "-wal", "-shm")
_BROKEN = ".broken"
_LOCK_WAIT_S = 2.0
_RETRY_S = 0.01  # not all that diskcache does when it opens waits for a lock
_QUERY = "SELECT mode, filename, value FROM Cache WHERE key = ? AND raw = 1"
# What SQLite says when the file is sound but not ours to use just now; all else means that it is broken.
_PRIMARY = 0xFF  # the part of an extended result code that names its family
_NOT_BROKEN = frozenset(
    {
        sqlite3.SQLITE_PERM,
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

# To a reader a missing table may also mean that another process is just making it.
_MAYBE_UNFINISHED = _NOT_BROKEN | {sqlite3.SQLITE_ERROR}


class _Broken(Exception):
    """The database is not one that this program can use; it has been put aside."""


class Rows(Protocol):
    """Rows to read."""

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none."""


class _Found:
    """Rows of an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> bytes | None:
        row = self._connection.execute(_QUERY, (key,)).fetchone()
        return None if row is None else value_of(*row)


class Transaction:
    """Rows to read and write, inside one transaction."""

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
    """Rows in ``folder``, which is made, and made private, when it is first written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = folder / _DATABASE

    def read(self, work: Callable[[Rows], T]) -> T | None:
        """What ``work`` makes of the rows; None when the cache cannot be read."""
        with suppress(OSError):
            if not (self._is_trusted() and self._database.is_file()):
                return None
        with (
            suppress(_Broken, OSError),
            self._diagnosed(_MAYBE_UNFINISHED),
            closing(self._connect()) as connection,
        ):
            return work(_Found(connection))
        return None

    def write(self, work: Callable[[Transaction], None]) -> bool:
        """Run ``work`` in one transaction: all of it counts, or nothing. Whether it did."""
        deadline = time.monotonic() + _LOCK_WAIT_S
        replaced = False
        while True:
            try:
                return self._write(work)
            except _Broken:
                if replaced:
                    return False
                replaced = True  # once more, with a new database
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(_RETRY_S)
            except OSError:
                return False

    def _write(self, work: Callable[[Transaction], None]) -> bool:
        from catalog.bytes_disk import transaction

        with self._diagnosed():
            self._make_private()
            self._probe()
            with transaction(self._folder, _LOCK_WAIT_S) as cache:
                work(Transaction(cache))
        return True

    @contextmanager
    def _diagnosed(self, sound: frozenset[int] = _NOT_BROKEN) -> Iterator[None]:
        """Tell a database that cannot be used now (OSError) from a broken one, and put that aside."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
            if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise BlockingIOError from error
            if code in sound:
                raise OSError from error
            self._put_aside()
            raise _Broken from error
        except OSError:
            raise
        except Exception as error:  # whatever diskcache makes of settings or rows that are not ours
            self._put_aside()
            raise _Broken from error

    def _connect(self) -> sqlite3.Connection:
        """The database as it is; it is not made, but what a killed writer left half done is undone."""
        return sqlite3.connect(
            f"{self._database.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=_LOCK_WAIT_S,
            isolation_level=None,
        )

    def _probe(self) -> None:
        """Take the write lock once, with a time-out: diskcache waits for it a whole minute when it opens."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")

    def _make_private(self) -> None:
        """Folder 0700 and database 0600 before there is anything in them; SQLite's sidecars follow the database."""
        folder = str(self._folder)
        if os.path.expandvars(os.path.expanduser(folder)) != folder:  # noqa: PTH111  what diskcache does
            raise OSError("diskcache would use another folder")
        _make(self._folder)
        if not self._is_ours():
            raise OSError("the folder belongs to another user")
        trusted = self._is_trusted()
        self._folder.chmod(0o700)
        if not trusted:
            self._put_aside()  # whoever could write there may have written it
        os.close(os.open(self._database, os.O_RDWR | os.O_CREAT, 0o600))
        for path in (self._database, *self._sidecars()):
            with suppress(FileNotFoundError):
                path.chmod(0o600)

    def _is_ours(self) -> bool:
        """Whether the folder is the user's own: ``sudo`` leaves some behind, and in a shared place anybody may."""
        return os.name != "posix" or self._folder.stat().st_uid == os.geteuid()

    def _is_trusted(self) -> bool:
        """Whether nobody else can have written what is in the folder."""
        return os.name != "posix" or (self._is_ours() and not self._folder.stat().st_mode & _OTHERS_WRITE)

    def _put_aside(self) -> None:
        """Keep the broken database for a look, once, and let the next use begin anew."""
        with suppress(OSError):
            self._database.chmod(0o600)
            self._database.replace(self._database.with_name(_DATABASE + _BROKEN))
        for path in self._sidecars():
            with suppress(OSError):
                path.unlink()

    def _sidecars(self) -> list[Path]:
        return [self._database.with_name(_DATABASE + end) for end in _SIDECARS]


def _make(folder: Path) -> None:
    """Make a folder and what is missing above it, for the user alone whatever the umask."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
