"""What a row of the cache may be: a text key, and bytes that stand in the row itself.

diskcache also knows rows that are pickles, and rows that name a file. This program writes neither, so whoever
finds one refuses it before looking into it.
"""

from __future__ import annotations

from typing import Any

RAW = 1  # diskcache's mode for a value that stands in its row as it is


class RowRefused(Exception):
    """A row that this program did not write."""


def key_of(key: Any, raw: Any) -> str:
    """The key in a row's ``key`` and ``raw`` columns.

    Raises:
        RowRefused: it is not text; with a raw flag of 0 it would be a pickle.
    """
    if raw != 1 or not isinstance(key, str):
        raise RowRefused("a key that is not text")
    return key


def value_of(mode: Any, filename: Any, value: Any) -> bytes:
    """The value in a row's ``mode``, ``filename`` and ``value`` columns.

    Raises:
        RowRefused: it is not bytes in the row; with another mode it would be a pickle, or lie in a file.
    """
    if mode != RAW or filename is not None or not isinstance(value, bytes):
        raise RowRefused("a value that is not bytes in its row")
    return value
