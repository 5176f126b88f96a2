"""Editors and Kimi Code know no lock: what they save while a change is being made is never lost."""

from __future__ import annotations

import ctypes
import errno
import os
import time
import tomllib
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from provisioner import written
from provisioner.config import apply, attributes, backups, exchange, files, locked, swap, tables, undo, whole
from provisioner.config.read import read
from provisioner.errors import Busy, ConfigChanged, ConfigInvalid, ConfigUnwritable

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


def change_more(path: Path, saved: Path) -> apply.Applied:
    """Another change each time."""
    return apply.change(
        path, lambda data: {**data, "x": data.get("x", 0) + 1}, backups=saved, clock=lambda: 2.0
    )


def in_place(path: Path) -> None:
    path.write_text(FOREIGN)


def rewrite(path: Path, text: str) -> None:
    path.write_text(text)


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
    (locked.Locked, "put", 1),
    (backups, "save", 1),
    *((os, "fsync", number) for number in range(1, 6)),
    (attributes, "take_after", 1),
    (whole, "stamp", 1),
    (swap, "_placed", 1),
    (exchange, "change_places", 1),
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


def test_a_program_that_has_the_file_open_is_waited_for(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opened the file before the exchange, and writes into what lies aside after it."""
    with path.open("a") as editor:

        def finish() -> None:
            editor.write('\n[providers.b]\ntype = "kimi"\n')
            editor.close()

        before(monkeypatch, time, "sleep", finish)
        change(path, saved)
    assert path.read_text().startswith(FOREIGN)
    assert "[providers.p]" in path.read_text()


def test_a_program_that_keeps_the_file_open_keeps_it(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "_PAUSE_S", 0)
    with path.open("a") as editor:
        with pytest.raises(Busy, match="keeps changing"):
            change(path, saved)
        editor.write("# later\n")
    assert path.read_text() == TEXT + "# later\n"
    assert backups.entries(saved, path) == []
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_of_two_saves_in_one_moment_the_newer_stands_there_and_the_other_is_kept(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first comes before the exchange; the second before it is taken back, over the new file."""
    second = FOREIGN.replace("mine", "MINE")
    before(monkeypatch, exchange, "change_places", lambda: by_renaming(path), nth=1)
    before(monkeypatch, exchange, "change_places", partial(rewrite, path, second), nth=2)
    done = change(path, saved)
    assert path.read_text().startswith(second)
    assert list(tomllib.loads(path.read_text())["providers"]) == ["a", "b", "p"]
    kept, last = backups.entries(saved, path)
    assert backups.content(saved, path, kept) == FOREIGN.encode()
    assert backups.content(saved, path, last) == second.encode()
    (note,) = done.notes
    assert f"undo {kept.id} --force" in note
    undo.undo(path, kept.id, folder=saved, clock=lambda: 2.0, force=True)
    assert path.read_text() == FOREIGN


def test_a_save_that_cannot_be_kept_stays_where_it_lies(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved.parent.write_text("a file where a folder should be")
    before(monkeypatch, exchange, "change_places", lambda: by_renaming(path), nth=1)
    before(monkeypatch, exchange, "change_places", partial(rewrite, path, TEXT), nth=2)
    notes = change(path, saved).notes
    (aside,) = path.parent.glob(".*/aside")
    assert aside.read_text() == FOREIGN
    assert any(str(aside) in note for note in notes)
    saved.parent.unlink()
    (note,) = apply.change(path, lambda data: {**data, "x": 1}, backups=saved, clock=lambda: 3.0).notes
    assert "undo 1 --force" in note
    assert backups.content(saved, path, backups.entries(saved, path)[0]) == FOREIGN.encode()
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_a_version_that_was_not_put_in_place_is_nobodys_save(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is on record that would tell: the folder of the backups cannot be made."""
    saved.parent.write_text("a file where a folder should be")
    before(monkeypatch, whole, "stamp", lambda: by_renaming(path))
    notes = change(path, saved).notes
    assert not any("another program saved" in note for note in notes)
    assert path.read_text().startswith(FOREIGN)
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("save", [in_place, by_renaming])
def test_a_save_before_the_file_is_removed_comes_back(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch, save: Callable[[Path], None]
) -> None:
    path.unlink()
    change(path, saved)
    before(monkeypatch, exchange, "move", lambda: save(path))
    with pytest.raises(ConfigChanged):
        undo.undo(path, None, folder=saved, clock=lambda: 2.0)
    assert path.read_text() == FOREIGN
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_a_file_that_goes_before_it_is_removed_is_gone(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.unlink()
    change(path, saved)
    before(monkeypatch, exchange, "move", path.unlink)
    assert undo.undo(path, None, folder=saved, clock=lambda: 2.0).removed
    assert list(path.parent.iterdir()) == []


def test_a_file_that_comes_and_goes_is_not_replaced(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there whenever one looks, and not when it is to be exchanged."""

    def gone(*_: Path) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(exchange, "change_places", gone)
    with pytest.raises(Busy, match="keeps changing"):
        change(path, saved)
    assert path.read_text() == TEXT
    assert backups.entries(saved, path) == []
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_who_saves_before_each_exchange_loses_nothing(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, texts = exchange.change_places, list[str]()

    def saves_first(*paths: Path) -> None:
        texts.append(TEXT.replace("mine", f"save {len(texts)}"))
        path.write_text(texts[-1])
        real(*paths)

    written.forget()
    monkeypatch.setattr(exchange, "change_places", saves_first)
    with pytest.raises(Busy, match="keeps changing"):
        change(path, saved)
    assert written.so_far() == ()
    kept = [backups.content(saved, path, entry) for entry in backups.entries(saved, path)]
    assert texts[-1].encode() in [path.read_bytes(), *kept]
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(("where", "name"), [(exchange, "change_places"), (ctypes, "CDLL")])
def test_an_interrupt_before_the_exchange_changes_nothing(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    def interrupt() -> None:
        in_place(path)
        raise KeyboardInterrupt

    before(monkeypatch, where, name, interrupt)
    with pytest.raises(KeyboardInterrupt):
        change(path, saved)
    assert path.read_text() == FOREIGN
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_an_interrupt_after_the_exchange_is_a_change_on_record(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = files.sync

    def interrupt(folder: Path) -> None:
        real(folder)
        if folder == path.parent:
            raise KeyboardInterrupt

    written.forget()
    monkeypatch.setattr(files, "sync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        change(path, saved)
    assert written.so_far() == (path,)
    (entry,) = backups.entries(saved, path)
    assert backups.content(saved, path, entry) == TEXT.encode()
    assert entry.after == backups.digest(path.read_bytes())
    monkeypatch.undo()
    written.forget()
    change_more(path, saved)
    assert written.so_far() == (path,)


def left_aside(path: Path) -> Path:
    """Where a run that was killed leaves what came out of config.toml, or what was to get there."""
    folder = path.with_name(".config.toml.0123456789ab.kimi-provider.tmp")
    folder.mkdir(mode=0o700)
    return folder / "aside"


def test_of_what_killed_runs_left_only_what_is_nowhere_else_is_kept(path: Path, saved: Path) -> None:
    change(path, saved)
    overwritten = path.read_bytes()
    in_place(path)
    assert change_more(path, saved).notes == ()
    for known in (TEXT.encode(), FOREIGN.encode(), None):
        left_aside(path).write_bytes(known or path.read_bytes())
        assert change_more(path, saved).notes == ()
    assert len(backups.entries(saved, path)) == 5
    left_aside(path).write_bytes(overwritten)
    (note,) = change_more(path, saved).notes
    assert "undo 6 --force" in note
    assert backups.content(saved, path, backups.entries(saved, path)[5]) == overwritten
    in_place(path)
    change(path, saved)
    before_last = path.read_bytes()
    in_place(path)
    change_more(path, saved)
    left_aside(path).write_bytes(before_last)
    assert len(change_more(path, saved).notes) == 1
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_what_a_killed_run_left_and_somebody_writes_stays_until_it_is_closed(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor had config.toml open when it was exchanged, and the process ended there."""
    monkeypatch.setattr(whole, "_PAUSE_S", 0)
    with left_aside(path).open("w") as editor:
        assert change(path, saved).written
        editor.write(FOREIGN)
    assert change_more(path, saved).written
    assert FOREIGN.encode() in [backups.content(saved, path, entry) for entry in backups.entries(saved, path)]
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_a_file_that_comes_in_the_last_moment_is_kept(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.unlink()
    before(monkeypatch, exchange, "move", lambda: by_renaming(path))
    change(path, saved)
    assert path.read_text().startswith(FOREIGN)
    assert "[providers.p]" in path.read_text()


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EINVAL, errno.EPERM])
def test_where_files_cannot_change_places_one_is_renamed(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*paths: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(exchange, "change_places", refuse)
    monkeypatch.setattr(exchange, "move", refuse)
    change(path, saved)
    assert "[providers.p]" in path.read_text()
    undo.undo(path, None, folder=saved, clock=lambda: 2.0)
    assert path.read_text() == TEXT
    path.unlink()
    change(path, saved)
    undo.undo(path, None, folder=saved, clock=lambda: 2.0)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("named", [True, False])
def test_a_library_without_the_call_is_a_system_without_it(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    """Windows has no library without a name."""

    def load(*_: Any, **__: Any) -> object:
        if named:
            return object()
        raise TypeError("bad argument type for built-in operation")

    monkeypatch.setattr(ctypes, "CDLL", load)
    change(path, saved)
    assert "[providers.p]" in path.read_text()


def test_on_windows_a_file_that_somebody_holds_open_is_tried_again(
    path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virus scanner or an editor lets go after a moment; one that does not is said."""
    real, refusals = os.replace, 3

    def held(*paths: Any, **options: Any) -> None:
        nonlocal refusals
        if paths[1] == path and refusals:
            refusals -= 1
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        real(*paths, **options)

    def refuse(*_: Path) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(exchange, "change_places", refuse)
    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr(swap, "_WINDOWS", True)
    monkeypatch.setattr(swap, "_RETRY_S", 0)
    change(path, saved)
    assert "[providers.p]" in path.read_text()
    before, refusals = path.read_text(), 100
    with pytest.raises(ConfigUnwritable, match="permission denied"):
        apply.change(path, lambda data: {**data, "x": 1}, backups=saved, clock=lambda: 1.0)
    assert path.read_text() == before
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]
