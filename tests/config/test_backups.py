from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.config import backups

if TYPE_CHECKING:
    from pathlib import Path


def test_the_newest_twenty_of_each_file_are_kept(tmp_path: Path) -> None:
    folder, one, other = tmp_path / "backups", tmp_path / "one.toml", tmp_path / "other.toml"
    backups.save(folder, other, b"other", 1.0)
    saved = [backups.save(folder, one, b"%d" % number, 10.0 + number) for number in range(25)]
    assert backups.versions(folder, one) == saved[5:]
    assert [backup.read_bytes() for backup in backups.versions(folder, one)] == [
        b"%d" % n for n in range(5, 25)
    ]
    assert [backup.read_bytes() for backup in backups.versions(folder, other)] == [b"other"]


def test_the_same_content_at_the_same_time_is_one_backup(tmp_path: Path) -> None:
    first = backups.save(tmp_path / "b", tmp_path / "one.toml", b"x", 1.0)
    assert backups.save(tmp_path / "b", tmp_path / "one.toml", b"x", 1.0) == first
    assert backups.save(tmp_path / "b", tmp_path / "one.toml", b"y", 1.0) != first


def test_leftovers_of_killed_runs_are_removed(tmp_path: Path) -> None:
    backup = backups.save(tmp_path, tmp_path / "one.toml", b"x", 1.0)
    leftover = tmp_path / f".{backup.name}.0123456789ab.kimi-provider.tmp"
    foreign = tmp_path / ".other-20270115T080000.500000Z-x.toml.0123456789ab.kimi-provider.tmp"
    leftover.touch()
    foreign.touch()
    newer = backups.save(tmp_path, tmp_path / "one.toml", b"y", 2.0)
    assert {child for child in tmp_path.iterdir() if child.is_file()} == {backup, newer, foreign}
