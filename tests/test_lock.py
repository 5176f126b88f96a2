from __future__ import annotations

import errno
import fcntl
import os
import threading
from typing import TYPE_CHECKING

import pytest

from provisioner.errors import Busy
from provisioner.lock import held

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_the_lock_is_held_for_the_block_and_leaves_no_file(target: Path) -> None:
    with held(target, wait_s=0) as locked:
        assert locked
        assert [child.name for child in target.parent.glob(".*")] == [".config.toml.lock"]
    assert list(target.parent.glob(".*")) == []


def test_who_waits_too_long_is_told_so(target: Path) -> None:
    waited: list[Path] = []
    with held(target, wait_s=0):
        with (
            pytest.raises(Busy, match=r"more than 0\.12 s") as caught,
            held(target, wait_s=0.12, on_wait=waited.append),
        ):
            pytest.fail("two at once")
        assert waited == [target]
        assert caught.value.where == str(target)
    with held(target, wait_s=0) as locked:
        assert locked


def test_who_waits_gets_the_lock_when_it_is_free(target: Path) -> None:
    inside = threading.Event()
    done: list[str] = []

    def hold() -> None:
        with held(target, wait_s=5):
            inside.set()
            waiting.wait(5)
            done.append("first")

    waiting = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(5)
    with held(target, wait_s=5, on_wait=lambda _: waiting.set()) as locked:
        assert locked
        done.append("second")
    holder.join()
    assert done == ["first", "second"]


def test_a_lock_on_a_removed_sidecar_does_not_count(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder removes the sidecar between our open and our lock, and another process makes a new one."""
    sidecar = target.with_name(".config.toml.lock")
    real = fcntl.flock

    def replaced(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", real)
        sidecar.unlink()
        sidecar.touch()
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", replaced)
    with held(target, wait_s=5) as locked:
        assert locked
        with pytest.raises(Busy), held(target, wait_s=0):
            pytest.fail("two at once")


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_means_no_lock(
    target: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with held(target, wait_s=0) as locked, held(target, wait_s=0) as again:
        assert (locked, again) == (False, False)
    assert list(target.parent.glob(".*")) == []
