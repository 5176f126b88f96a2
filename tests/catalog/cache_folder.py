"""A cache folder as its owner uses it, and as somebody else edits it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from catalog.cache import Cache

if TYPE_CHECKING:
    from pathlib import Path


def put(folder: Path, key: str = "k", value: bytes = b"v", group: str = "g") -> bool:
    return Cache(folder).write(lambda rows: rows.put(key, value, group=group))


def get(folder: Path, key: str = "k") -> bytes | None:
    return Cache(folder).read(lambda rows: rows.get(key))


def edit(folder: Path, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(folder / "cache.db")) as connection, connection:
        assert connection.execute(statement, values).rowcount != 0
