from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from provisioner.config import backups

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.config.backups import BackupEntry


def save(
    folder: Path, target: Path, before: bytes | None, after: bytes | None = b"after", at: float = 1.0
) -> BackupEntry:
    return backups.save(folder, target, before, after, at=at, command="add", summary="added p")


def ids(folder: Path, target: Path) -> list[int]:
    return [entry.id for entry in backups.entries(folder, target)]


def test_each_file_has_a_history_of_its_own(tmp_path: Path) -> None:
    folder, one, other = tmp_path / "backups", tmp_path / "one.toml", tmp_path / "other.toml"
    first, second = save(folder, one, None, b"1"), save(folder, one, b"1", b"2")
    third = save(folder, other, b"x")
    assert (first.id, second.id, third.id) == (1, 2, 1)
    assert backups.entries(folder, one) == [first, second]
    assert [backups.content(folder, one, entry) for entry in (first, second)] == [None, b"1"]
    assert backups.content(folder, other, third) == b"x"
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


@pytest.mark.skipif(os.name != "posix", reason="there are no modes elsewhere")
def test_a_folder_that_was_open_to_others_is_closed_when_it_is_written_next(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    save(folder, tmp_path / "one.toml", b"1", b"2")
    (own,) = folder.iterdir()
    own.chmod(0o755)
    save(folder, tmp_path / "one.toml", b"2", b"3")
    assert stat.S_IMODE(own.stat().st_mode) == 0o700


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    for before, after in ((b"1", b"2"), (b"2", b"1"), (b"1", b"2")):
        save(tmp_path, tmp_path / "one.toml", before, after)
    assert len(list(tmp_path.glob("*/*.toml"))) == 2
    assert ids(tmp_path, tmp_path / "one.toml") == [1, 2, 3]


def test_the_newest_entries_are_kept_and_ids_never_given_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "KEPT", 5)
    target = tmp_path / "one.toml"
    for number in range(8):
        save(tmp_path, target, b"%d" % number)
    assert ids(tmp_path, target) == [4, 5, 6, 7, 8]
    assert len(list(tmp_path.glob("*/*.toml"))) == 5


def test_the_total_size_is_bounded_but_the_newest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "KEPT_BYTES", 100)
    target = tmp_path / "one.toml"
    for number in range(4):
        save(tmp_path, target, b"%d" % number * 40)
    assert ids(tmp_path, target) == [3, 4]
    save(tmp_path, target, b"x" * 500)
    assert ids(tmp_path, target) == [5]
    assert [kept.stat().st_size for kept in tmp_path.glob("*/*.toml")] == [500]


def test_within_the_bounds_no_record_is_read(tmp_path: Path) -> None:
    target = tmp_path / "one.toml"
    kept = backups.path(tmp_path, target, save(tmp_path, target, b"1"))
    assert kept is not None
    for name in ("1.json", "7.json"):  # neither can be read, and no id is given twice
        (kept.parent / name).write_text("!")
    assert save(tmp_path, target, b"2").id == 8
    assert ids(tmp_path, target) == [8]


def test_a_discarded_entry_leaves_nothing_that_another_does_not_need(tmp_path: Path) -> None:
    target = tmp_path / "one.toml"
    save(tmp_path, target, b"1", b"2")
    for before in (b"1", b"3"):
        backups.discard(tmp_path, target, save(tmp_path, target, before))
    assert ids(tmp_path, target) == [1]
    assert [kept.read_bytes() for kept in tmp_path.glob("*/*.toml")] == [b"1"]


def test_damage_is_noticed(tmp_path: Path) -> None:
    target = tmp_path / "one.toml"
    entry = save(tmp_path, target, b"1")
    kept = backups.path(tmp_path, target, entry)
    assert kept is not None
    kept.write_bytes(b"2")
    with pytest.raises(ValueError, match="changed"):
        backups.content(tmp_path, target, entry)
    for name, text in (("7.json", "{}"), ("8.json", "!"), ("9.json", (kept.parent / "1.json").read_text())):
        (kept.parent / name).write_text(text)
    assert ids(tmp_path, target) == [1]


def test_what_was_damaged_is_kept_anew_when_the_same_bytes_are_kept_again(tmp_path: Path) -> None:
    target = tmp_path / "one.toml"
    first = save(tmp_path, target, b"1")
    kept = backups.path(tmp_path, target, first)
    assert kept is not None
    kept.write_bytes(b"")
    save(tmp_path, target, b"1")
    assert backups.content(tmp_path, target, first) == b"1"


def test_a_moved_file_is_known_by_what_it_holds(tmp_path: Path) -> None:
    entry = save(tmp_path, tmp_path / "one.toml", b"1", b"2")
    assert backups.elsewhere(tmp_path, entry.after or "") == entry
    assert backups.elsewhere(tmp_path, entry.before or "") is None
    later = save(tmp_path, tmp_path / "copy.toml", b"1", b"2", at=3.0)
    save(tmp_path, tmp_path / "older.toml", b"1", b"2", at=2.0)
    assert backups.elsewhere(tmp_path, entry.after or "") == later


def test_leftovers_of_killed_runs_are_removed(tmp_path: Path) -> None:
    entry = save(tmp_path, tmp_path / "one.toml", b"x")
    kept = backups.path(tmp_path, tmp_path / "one.toml", entry)
    assert kept is not None
    (kept.parent / f".{kept.name}.0123456789ab.kimi-provider.tmp").touch()
    save(tmp_path, tmp_path / "one.toml", b"y")
    assert not list(kept.parent.glob(".*"))


NO_TIMES = [
    f'{{"id": 2, "at": {at}, "command": "", "summary": "", "path": "", "before": null, "after": null}}'
    for at in ("NaN", "Infinity", '"x"')
]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 9000,
        '{"id": 2}',
        '{"id": 2, "at": "x", "command": 1, "summary": 1, "path": 1}',
        *NO_TIMES,
    ],
)
def test_a_damaged_record_is_passed_over(tmp_path: Path, text: str) -> None:
    kept = save(tmp_path, tmp_path / "one.toml", b"x")
    (record,) = tmp_path.rglob("1.json")
    record.with_name("2.json").write_text(text)
    assert backups.entries(tmp_path, tmp_path / "one.toml") == [kept]


@pytest.mark.parametrize("field", ["id", "at", "command", "summary", "path", "before", "after"])
def test_a_record_with_a_value_of_a_wrong_type_is_passed_over(tmp_path: Path, field: str) -> None:
    save(tmp_path, tmp_path / "one.toml", b"x")
    (record,) = tmp_path.rglob("1.json")
    fields = json.loads(record.read_text())
    record.write_text(json.dumps(fields | {field: ["x"]}))
    assert backups.entries(tmp_path, tmp_path / "one.toml") == []
    record.write_text(json.dumps(fields | {"at": 1}))
    assert ids(tmp_path, tmp_path / "one.toml") == [1]


def test_a_folder_in_the_place_of_a_record_is_passed_over(tmp_path: Path) -> None:
    save(tmp_path, tmp_path / "one.toml", b"x")
    (record,) = tmp_path.rglob("1.json")
    record.with_name("2.json").mkdir()
    assert ids(tmp_path, tmp_path / "one.toml") == [1]


def test_bytes_that_many_changes_found_count_once_and_missing_ones_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "KEPT_BYTES", 100)
    target = tmp_path / "one.toml"
    for number in range(6):
        save(tmp_path, target, b"%d" % (number % 2) * 40)
    assert ids(tmp_path, target) == [1, 2, 3, 4, 5, 6]
    for kept in tmp_path.glob("*/*.toml"):
        kept.unlink()
    save(tmp_path, target, b"2" * 90)
    assert ids(tmp_path, target) == [1, 2, 3, 4, 5, 6, 7]
