"""Private files are replaced as a whole, and nothing of theirs is ever open to others."""

from __future__ import annotations

import errno
import os
import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from provisioner.config import files
from tests.config.conftest import umask

OPEN = Path("/dev/fd")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    target = tmp_path / "own" / "kept"
    target.parent.mkdir()
    target.write_bytes(b"old")
    return target


def killed_while_it_writes(target: Path) -> None:
    if pid := os.fork():
        os.waitpid(pid, 0)
        return
    try:
        pytest.MonkeyPatch().setattr(os, "fsync", lambda _: os.kill(os.getpid(), signal.SIGKILL))
        files.replace(target, b"new")
    finally:
        os._exit(1)


def test_who_reads_the_old_file_goes_on_reading_it(target: Path) -> None:
    with target.open("rb") as reader:
        files.replace(target, b"new")
        assert reader.read() == b"old"
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"new", 0o600)
    assert [child.name for child in target.parent.iterdir()] == ["kept"]


def test_what_a_killed_process_leaves_is_hidden_private_and_in_nobodys_way(target: Path) -> None:
    with umask(0):
        killed_while_it_writes(target)
        killed_while_it_writes(target)
    assert target.read_bytes() == b"old"
    left = sorted(set(target.parent.iterdir()) - {target})
    assert [(file.name[0], stat.S_IMODE(file.stat().st_mode)) for file in left] == [(".", 0o600)] * 2
    files.replace(target, b"new")
    foreign = [target.parent / name for name in (".kept.swp", "kept.kimi-provider.tmp")]
    for file in foreign:
        file.touch()
    (target.parent / f"{left[0].name}.kimi-provider.tmp").mkdir()
    files.clean(target.parent)
    assert {file.name for file in target.parent.iterdir() if file.is_file()} == {
        "kept",
        *(file.name for file in foreign),
    }


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "no room")])
def test_what_cannot_be_written_leaves_the_old_file_alone(
    target: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(_: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(error)):
        files.replace(target, b"new")
    assert target.read_bytes() == b"old"
    assert [child.name for child in target.parent.iterdir()] == ["kept"]


def test_where_nothing_can_be_made_the_true_reason_is_raised(as_mortal: Path) -> None:
    as_mortal.chmod(0o500)
    with pytest.raises(PermissionError):
        files.replace(as_mortal / "kept", b"new")


def test_a_folder_that_another_command_makes_meanwhile_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.mkdir

    def twice(*args: Any) -> None:
        real(*args)
        real(*args)

    monkeypatch.setattr(os, "mkdir", twice)
    files.make_private(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_synced_is_no_reason_to_fail(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    files.replace(target, b"new")
    assert target.read_bytes() == b"new"


def test_no_file_stays_open(target: Path) -> None:
    before = list(OPEN.iterdir())
    files.replace(target, b"new")
    files.unwritable(target, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    assert list(OPEN.iterdir()) == before


def test_a_circle_of_links_leads_nowhere(target: Path) -> None:
    circle = target.with_name("circle")
    circle.symlink_to(circle)
    with pytest.raises(OSError, match="symbolic links"):
        files.resolve(circle)
    link = target.with_name("link")
    link.symlink_to("missing")
    assert files.resolve(link) == target.parent.resolve() / "missing"
