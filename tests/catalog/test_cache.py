"""The cache keeps bytes in private, heals itself, and never fails anybody."""

from __future__ import annotations

import os
import pickle
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from catalog import cache as cache_module
from catalog.cache import Cache, Transaction
from tests.catalog.cache_folder import edit, get, put

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "kimi-provider"


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in [folder, *folder.iterdir()]}


def test_what_is_put_is_got(folder: Path) -> None:
    assert get(folder) is None
    assert put(folder, value=bytes(range(256)) * 1000)
    assert get(folder) == bytes(range(256)) * 1000
    assert get(folder, "other") is None


def test_a_read_of_nothing_leaves_nothing_behind(folder: Path) -> None:
    assert get(folder) is None
    assert not folder.exists()


def test_a_group_is_dropped_whole(folder: Path) -> None:
    for key, group in (("a", "one"), ("b", "one"), ("c", "two")):
        put(folder, key, b"v", group)
    Cache(folder).write(lambda rows: rows.drop("one"))
    assert [get(folder, key) for key in "abc"] == [None, None, b"v"]


def test_a_write_that_fails_half_way_counts_for_nothing(folder: Path) -> None:
    def half(rows: Transaction) -> None:
        rows.put("k", b"new", group="g")
        raise OSError

    put(folder)
    assert Cache(folder).write(half) is False
    assert get(folder) == b"v"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("before", ["nothing", "open folder", "open database"])
def test_everything_is_private(folder: Path, before: str) -> None:
    old = os.umask(0)
    try:
        if before != "nothing":
            folder.mkdir(parents=True)
            folder.chmod(0o755)
        if before == "open database":
            put(folder)
            (folder / "cache.db").chmod(0o644)
        seen: list[dict[str, str]] = []

        def work(rows: Transaction) -> None:
            rows.put("k", b"v" * 2**20, group="g")
            seen.append(modes(folder))

        assert Cache(folder).write(work)
    finally:
        os.umask(old)
    for found in (*seen, modes(folder)):
        assert found.pop(folder.name) == "0o700"
        assert set(found.values()) == {"0o600"}
    assert set(seen[0]) == {"cache.db", "cache.db-journal"}


# It heals itself


@pytest.mark.parametrize(
    "garbage",
    [
        b"this is not a database, " * 500,
        b"SQLite format 3\0" + b"\xff" * 5000,
        b"SQLite format 3\0" + b"\0" * 10,
        pickle.dumps({}),
    ],
)
def test_a_garbage_database_is_put_aside(folder: Path, garbage: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "cache.db").write_bytes(garbage)
    get(folder)
    assert put(folder)
    assert get(folder) == b"v"
    assert (folder / "cache.db.broken").read_bytes() == garbage
    assert modes(folder)["cache.db.broken"] == "0o600"


def test_a_database_that_is_damaged_inside_is_put_aside(folder: Path) -> None:
    put(folder, value=b"v" * 200_000)
    database = folder / "cache.db"
    data = bytearray(database.read_bytes())
    data[4096 * 3 :] = b"\xa5" * (len(data) - 4096 * 3)
    database.write_bytes(data)
    assert get(folder) is None
    assert put(folder)
    assert get(folder) == b"v"


def test_another_programs_database_is_put_aside(folder: Path) -> None:
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "cache.db")) as connection, connection:
        connection.execute("CREATE TABLE rows (something TEXT)")
    assert get(folder) is None
    assert put(folder)


def test_a_database_that_another_process_is_just_making_is_left_to_it(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "cache.db").touch()
    assert get(folder) is None
    assert [path.name for path in folder.iterdir()] == ["cache.db"]


@pytest.mark.parametrize("value", ["text", 5, 1.5, None])
def test_a_value_that_is_not_bytes_is_a_miss(folder: Path, value: Any) -> None:
    put(folder)
    edit(folder, "UPDATE rows SET value = ?", value)
    assert get(folder) is None
    assert put(folder)
    assert get(folder) == b"v"


def test_nothing_that_is_found_is_run(folder: Path, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "it-was-run"),)

    bomb = pickle.dumps(Bomb())
    put(folder, value=bomb)
    assert get(folder) == bomb
    assert not (tmp_path / "it-was-run").exists()


def test_the_oldest_rows_go_where_there_are_too_many(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_MOST_BYTES", 200_000)
    for number in range(30):
        assert put(folder, f"k{number}", bytes(20_000))
    kept = [number for number in range(30) if get(folder, f"k{number}") is not None]
    assert 5 < len(kept) < 11
    assert kept == list(range(30 - len(kept), 30))
    assert (folder / "cache.db").stat().st_size < 300_000


def test_what_is_stored_again_counts_as_new(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_MOST_BYTES", 200_000)
    for number in range(30):
        assert put(folder, f"k{number}", bytes(20_000))
        assert put(folder, "again")
    assert get(folder, "again") == b"v"


# It never fails


def test_a_folder_that_cannot_be_made_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert put(tmp_path / "file" / "cache") is False
    assert get(tmp_path / "file" / "cache") is None
    (tmp_path / "cache.db").mkdir()
    assert put(tmp_path) is False
    assert get(tmp_path) is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_writable_means_no_cache(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert put(tmp_path / "cache") is False
    finally:
        tmp_path.chmod(0o700)


def test_a_database_that_another_process_holds_means_no_cache_for_now(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_LOCK_WAIT_S", 0.05)
    put(folder)
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert put(folder, value=b"w") is False
        assert get(folder) == b"v"
        holder.execute("ROLLBACK")
    assert get(folder) == b"v"  # it was not taken for broken


def test_several_writers_at_once_lose_nothing(folder: Path) -> None:
    results: list[bool] = []
    writers = [threading.Thread(target=lambda n=n: results.append(put(folder, f"k{n}"))) for n in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert results == [True] * 6
    assert [get(folder, f"k{n}") for n in range(6)] == [b"v"] * 6


def test_several_processes_that_begin_at_once_agree(folder: Path) -> None:
    code = (
        "import sys, pathlib; from catalog.cache import Cache\n"
        "cache = Cache(pathlib.Path(sys.argv[1]))\n"
        "done = [cache.write(lambda rows: rows.put(f'{sys.argv[2]}-{n}', b'v', group='g')) for n in range(5)]\n"
        "sys.exit(not all(done))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(folder), str(n)]) for n in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    assert all(get(folder, f"{n}-{m}") == b"v" for n in range(4) for m in range(5))
    assert not (folder / "cache.db.broken").exists()
