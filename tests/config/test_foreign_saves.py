"""Editors and Kimi Code know no lock: what they save while a change is being made is never lost."""

from __future__ import annotations

import os
import time
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.config import apply, backups, files, tables, whole
from provisioner.config.read import read
from provisioner.errors import Busy, ConfigInvalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = '# mine\n[providers.a]\ntype = "kimi"\n'
FOREIGN = TEXT + '\n[providers.b]\ntype = "kimi"\n'


def add(data: dict[str, Any]) -> dict[str, Any]:
    return tables.with_provider(data, "p", {"type": "openai", "api_key": "sk-0123456789abcdef"}, {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "kimi" / "config.toml"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return tmp_path / "state" / "backups"


def change(path: Path, saved: Path) -> apply.Applied:
    return apply.change(path, add, backups=saved, clock=lambda: 1.0)


def in_place(path: Path) -> None:
    path.write_text(FOREIGN)


def by_renaming(path: Path) -> None:
    path.with_name("editor~").write_text(FOREIGN)
    path.with_name("editor~").replace(path)


def same_size_and_time(path: Path) -> None:
    """As a program does that copies times along: same length, same time, other bytes."""
    status = path.stat()
    path.write_text(TEXT.replace("mine", "MINE"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def before(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, act: Callable[[], None], *, nth: int = 1
) -> None:
    """Does ``act`` once, before the ``nth`` call of a function."""
    real, calls = getattr(where, name), []

    def called(*args: Any, **options: Any) -> Any:
        calls.append(args)
        if len(calls) == nth:
            act()
        return real(*args, **options)

    monkeypatch.setattr(where, name, called)


STEPS = [
    (apply, "locked", 1),
    (apply, "read", 2),
    (apply, "put", 1),
    (backups, "save", 1),
    *((os, "fsync", number) for number in range(1, 6)),
    (files, "_take_after", 1),
    (files, "_take_after", 2),
    (files, "_take_after", 3),
    (whole, "stamp", 1),
]


@pytest.mark.parametrize("save", [in_place, by_renaming])
@pytest.mark.parametrize(("where", "name", "nth"), STEPS)
def test_a_save_at_any_step_is_kept(
    path: Path,
    saved: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: Any,
    name: str,
    nth: int,
    save: Callable[[Path], None],
) -> None:
    happened = []

    def act() -> None:
        happened.append(True)
        save(path)

    with monkeypatch.context() as patched:
        before(patched, where, name, act, nth=nth)
        done = change(path, saved)
    assert happened
    assert list(tomllib.loads(path.read_text())["providers"]) == ["a", "b", "p"]
    assert path.read_text().startswith(FOREIGN)
    (entry,) = backups.entries(saved, path)
    assert backups.content(saved, path, entry) == FOREIGN.encode()
    assert done.backup == backups.path(saved, path, entry)
    assert len(list(saved.glob("*/*.toml"))) == 1
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_a_save_that_keeps_size_and_time_is_kept(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before(monkeypatch, whole, "stamp", lambda: same_size_and_time(path))
    change(path, saved)
    assert path.read_text().startswith("# MINE\n")


def test_a_file_that_goes_meanwhile_is_a_new_file(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before(monkeypatch, whole, "stamp", path.unlink)
    assert list(change(path, saved).data["providers"]) == ["p"]
    (entry,) = backups.entries(saved, path)
    assert entry.before is None


def test_a_file_that_comes_meanwhile_is_kept(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.unlink()
    before(monkeypatch, whole, "stamp", lambda: in_place(path))
    change(path, saved)
    assert path.read_text().startswith(FOREIGN)


def test_who_never_stops_saving_is_not_fought(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = whole.stamp

    def touched(target: Path) -> Any:
        by_renaming(path)
        return real(target)

    monkeypatch.setattr(whole, "stamp", touched)
    with pytest.raises(Busy, match="keeps changing"):
        change(path, saved)
    assert path.read_text() == FOREIGN
    assert backups.entries(saved, path) == []


@pytest.mark.parametrize("half", ["", FOREIGN[:20], FOREIGN[: len(TEXT) + 5], FOREIGN[:-9]])
def test_a_half_written_file_is_not_taken_for_whole(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch, half: str
) -> None:
    path.write_text(half)
    before(monkeypatch, time, "sleep", lambda: in_place(path))
    change(path, saved)
    assert path.read_text().startswith(FOREIGN)


def test_a_file_that_stays_broken_is_called_so(path: Path) -> None:
    path.write_text("[providers")
    with pytest.raises(ConfigInvalid):
        read(path)


def test_a_file_written_while_it_is_read_is_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before(monkeypatch, os, "fstat", lambda: in_place(path), nth=2)
    assert whole.read(path).content == FOREIGN.encode()
