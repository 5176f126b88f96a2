"""Nothing that is found in a cache is run, and no file that it names is opened or deleted."""

from __future__ import annotations

import os
import pickle
from contextlib import closing
from typing import TYPE_CHECKING, Any

import diskcache
import pytest

from catalog.bytes_disk import BytesDisk
from catalog.cache import Cache
from catalog.cache_row import RowRefused
from tests.catalog.cache_folder import edit, get, put

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "kimi-provider"


class Bomb:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "it-was-run"


@pytest.fixture
def bomb(trace: Path) -> bytes:
    return pickle.dumps(Bomb(trace))


def test_the_bomb_of_these_tests_works(folder: Path, trace: Path, bomb: bytes) -> None:
    put(folder)
    edit(folder, "UPDATE Cache SET mode = 4, value = ?", bomb)
    with closing(diskcache.Cache(str(folder))) as plain:
        plain.get("k")
    assert trace.exists()


@pytest.mark.parametrize("mode", [0, 2, 3, 4, 5, None])
def test_a_value_of_another_mode_is_a_miss_and_is_not_run(
    folder: Path, trace: Path, bomb: bytes, mode: Any
) -> None:
    put(folder)
    edit(folder, "UPDATE Cache SET mode = ?, value = ?", mode, bomb)
    assert get(folder) is None
    assert not trace.exists()
    assert put(folder)
    assert get(folder) == b"v"


@pytest.mark.parametrize("mode", [0, 2, 3, 4, 5, None])
@pytest.mark.parametrize("in_file", [False, True])
def test_diskcache_itself_does_not_run_it_either(
    folder: Path, trace: Path, bomb: bytes, mode: Any, in_file: bool
) -> None:
    put(folder)
    (folder / "x.val").write_bytes(bomb)
    value, filename = (None, "x.val") if in_file else (bomb, None)
    with closing(diskcache.Cache(str(folder), disk=BytesDisk)) as opened:
        for look in (opened.get, opened.pop, lambda _: opened.peekitem()):
            opened["k"] = b"v"
            edit(folder, "UPDATE Cache SET mode = ?, value = ?, filename = ?", mode, value, filename)
            with pytest.raises(RowRefused):
                look("k")
    assert not trace.exists()


def test_a_writer_that_meets_a_pickle_begins_anew(folder: Path, trace: Path, bomb: bytes) -> None:
    put(folder)
    edit(folder, "UPDATE Cache SET mode = 4, value = ?", bomb)
    found: list[bytes | None] = []
    assert Cache(folder).write(lambda rows: found.append(rows.get("k")))
    assert found == [None]
    assert not trace.exists()


def test_a_pickle_in_a_file_is_a_miss_and_is_not_run(folder: Path, trace: Path, bomb: bytes) -> None:
    put(folder)
    (folder / "x.val").write_bytes(bomb)
    for mode in (2, 3, 4):
        put(folder)
        edit(folder, "UPDATE Cache SET mode = ?, value = NULL, filename = 'x.val'", mode)
        assert get(folder) is None
    assert not trace.exists()


def test_a_file_that_a_row_names_is_neither_read_nor_deleted(folder: Path) -> None:
    victim = folder.parent / "victim"
    for drop in (True, False):
        put(folder)
        victim.write_bytes(b"precious")
        edit(folder, "UPDATE Cache SET mode = 1, filename = '../victim'")
        assert get(folder) is None
        put(folder)
        edit(folder, "UPDATE Cache SET filename = '../victim'")
        if drop:
            Cache(folder).write(lambda rows: rows.drop("g"))
        else:
            put(folder)
        assert victim.read_bytes() == b"precious"


def test_a_key_that_is_a_pickle_is_not_run(folder: Path, trace: Path, bomb: bytes) -> None:
    put(folder)
    edit(
        folder,
        "INSERT INTO Cache (key, raw, store_time, access_time, mode, value) VALUES (?, 0, 0, 0, 1, 'x')",
        bomb,
    )
    assert get(folder) == b"v"
    Cache(folder).write(lambda rows: rows.drop("g"))
    with closing(diskcache.Cache(str(folder), disk=BytesDisk)) as opened:
        for look in (list, lambda found: found.peekitem(last=False)):
            with pytest.raises(RowRefused):
                look(opened)
    assert not trace.exists()


@pytest.mark.parametrize("raw", [0, False, None, 2, "0"])
def test_a_key_that_is_not_raw_is_refused(folder: Path, trace: Path, bomb: bytes, raw: Any) -> None:
    disk = BytesDisk(str(folder))
    for key in (bomb, "text", memoryview(bomb)):
        with pytest.raises(RowRefused):
            disk.get(key, raw)
    assert disk.get("text", 1) == "text"
    assert not trace.exists()


def test_only_text_keys_and_bytes_are_stored(folder: Path) -> None:
    disk = BytesDisk(str(folder))
    for key in (b"k", 1, None, ("a",)):
        with pytest.raises(RowRefused):
            disk.put(key)
    for value in ("text", 1, 1.5, None, {"a": 1}, [b"x"]):
        with pytest.raises(RowRefused):
            disk.store(value, read=False)
    with pytest.raises(RowRefused):
        disk.filename()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("disk_unknown", 1),
        ("disk_pickle_protocol", "x"),
        ("sqlite_page_size", "; nonsense"),
        ("eviction_policy", "run"),
    ],
)
def test_settings_that_are_not_ours_do_no_harm(folder: Path, key: str, value: Any) -> None:
    put(folder)
    edit(folder, "INSERT OR REPLACE INTO Settings VALUES (?, ?)", key, value)
    get(folder)
    assert put(folder)
    assert get(folder) == b"v"
