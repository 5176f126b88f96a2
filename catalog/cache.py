"""A folder of byte rows that outlive the process, and that never fail a command.

Unreadable is a miss, unwritable is no cache, and a broken database is put aside for a new one. The rows stand in one
SQLite table of text keys and bytes: nothing that is found there is run, and no file that a row names is opened.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

_DATABASE = "cache.db"
_OTHERS_WRITE = 0o022
_SIDECARS = ("-journal", "-wal", "-shm")
_BROKEN = ".broken"
_LOCK_WAIT_S = 2.0
_MOST_BYTES = 256 * 1024 * 1024  # beyond it the oldest rows go: tokens and URLs come and go
# What a power cut breaks is fetched again, so nobody waits for the disk.
_OPENING = (
    "PRAGMA synchronous = OFF",
    "BEGIN IMMEDIATE",
    'CREATE TABLE IF NOT EXISTS rows (number INTEGER PRIMARY KEY, key TEXT UNIQUE, "group" TEXT, value BLOB)',
    'CREATE INDEX IF NOT EXISTS groups ON rows ("group")',
)
_SIZE = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
_DROP_OLDEST = "DELETE FROM rows WHERE number IN (SELECT number FROM rows ORDER BY number LIMIT (SELECT count(*) / 8 + 1 FROM rows))"
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

# To a reader a missing table may also mean that another process is just making it.
_MAYBE_UNFINISHED = _NOT_BROKEN | {sqlite3.SQLITE_ERROR}


class _Broken(Exception):
    """The database is not one that this program can use; it has been put aside."""


class Rows:
    """Rows to read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none."""
        row = self._connection.execute("SELECT value FROM rows WHERE key = ?", (key,)).fetchone()
        return row[0] if row and isinstance(row[0], bytes) else None


class Transaction(Rows):
    """Rows to read and write, inside one transaction."""

    def put(self, key: str, value: bytes, *, group: str) -> None:
        """Store a value; ``group`` is what :meth:`drop` takes."""
        self._connection.execute(
            'INSERT OR REPLACE INTO rows (key, "group", value) VALUES (?, ?, ?)', (key, group, value)
        )

    def drop(self, group: str) -> None:
        """Remove every row of a group."""
        self._connection.execute('DELETE FROM rows WHERE "group" = ?', (group,))

    def shrink(self) -> None:
        """Remove the oldest rows where there are too many."""
        while self._connection.execute(_SIZE).fetchone()[0] > _MOST_BYTES:
            if self._connection.execute(_DROP_OLDEST).rowcount == 0:
                return


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
            return work(Rows(connection))
        return None

    def write(self, work: Callable[[Transaction], None]) -> bool:
        """Run ``work`` in one transaction: all of it counts, or nothing. Whether it did."""
        for _ in range(2):  # a broken database is put aside, and a new one tried
            with suppress(_Broken):
                try:
                    self._write(work)
                except OSError:
                    return False
                return True
        return False

    def _write(self, work: Callable[[Transaction], None]) -> None:
        with self._diagnosed():
            self._make_private()
            with closing(self._connect()) as connection:
                for statement in _OPENING:
                    connection.execute(statement)
                rows = Transaction(connection)
                work(rows)
                rows.shrink()
                connection.execute("COMMIT")

    @contextmanager
    def _diagnosed(self, sound: frozenset[int] = _NOT_BROKEN) -> Iterator[None]:
        """Tell a database that cannot be used now (OSError) from a broken one, and put that aside."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
            if code in sound:
                raise OSError from error
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

    def _make_private(self) -> None:
        """Folder 0700 and database 0600 before there is anything in them; SQLite's sidecars follow the database."""
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
