from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.config import apply, backups, draft, edit, exchange, tables
from provisioner.config.read import read
from provisioner.config.whole import stamp
from provisioner.errors import ConfigInvalid, ConfigUnwritable, NotFound
from tests.config.conftest import umask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Change = Callable[..., apply.Applied]

TEXT = '# mine\r\n[providers.a]\r\ntype = "kimi"'
KEY = "sk-0123456789abcdef"


def add(data: dict[str, Any]) -> dict[str, Any]:
    return tables.with_provider(data, "p", {"type": "openai", "api_key": KEY}, {"p/m": {"provider": "p"}})


def remove(data: dict[str, Any]) -> dict[str, Any]:
    return tables.without_providers(data, ["p"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kimi" / "config.toml"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return tmp_path / "state" / "backups"


@pytest.fixture
def change(path: Path, saved: Path) -> Change:
    def run(edit: Any, at: Path = path, **options: Any) -> apply.Applied:
        return apply.change(at, edit, backups=saved, clock=lambda: 1_800_000_000.5, **options)

    return run


def write(path: Path, text: str = TEXT, mode: int = 0o600) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(text.encode())
    path.chmod(mode)
    os.utime(
        path, (1_000_000_000, 1_000_000_000)
    )  # or reading it would wait for somebody to finish writing it


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mask", [0, 0o077, 0o777])
def test_a_new_file_and_its_folders_are_the_users_alone(
    path: Path, change: Change, saved: Path, mask: int
) -> None:
    path = path.parent / "deeper" / "config.toml"
    with umask(mask):
        done = change(add, path)
        assert done.written
        change(remove, path)
    assert done.backup is None
    assert [mode(folder) for folder in (path.parent, path.parent.parent, saved, saved.parent)] == [0o700] * 4
    (own,) = saved.iterdir()
    assert mode(own) == 0o700
    assert {mode(kept) for kept in (path, *own.iterdir())} == {0o600}
    assert path.read_text().startswith("# Configuration of Kimi Code.")
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("mask", [0o077, 0o777])
def test_no_umask_keeps_a_user_out_of_what_a_change_makes(as_mortal: Path, mask: int) -> None:
    path, saved = as_mortal / "deep" / "kimi" / "config.toml", as_mortal / "state" / "backups"
    with umask(mask):
        for edit in (add, remove):
            done = apply.change(path, edit, backups=saved, clock=lambda: 1.0)
            assert (done.written, done.notes) == (True, ())
    first, second = backups.entries(saved, path)
    assert (backups.content(saved, path, first), bool(backups.content(saved, path, second))) == (None, True)
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_nothing_is_open_to_others_from_its_first_moment_on(
    path: Path, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mode that is set afterwards comes too late for who has opened the file by then."""
    opened, make, modes = os.open, os.mkdir, list[int]()

    def open_(*args: Any, **options: Any) -> int:
        descriptor = opened(*args, **options)
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return descriptor

    def mkdir(name: Any, *args: Any) -> None:
        make(name, *args)
        modes.append(stat.S_IMODE(os.stat(name).st_mode))  # noqa: PTH116 - as it is called

    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(os, "mkdir", mkdir)
    with umask(0):
        change(add)
        change(remove)
    assert set(modes) == {0o600, 0o700}


def test_adding_and_removing_restores_the_bytes_of_the_file(path: Path, change: Change) -> None:
    for text in (TEXT, "\ufeff" + TEXT, "", "\ufeff", "\n"):
        write(path, text)
        done = change(add)
        assert done.written
        assert done.data["models"] == {"p/m": {"provider": "p"}}
        assert read(path).data == done.data
        assert change(remove).written
        assert path.read_bytes() == text.encode()


def test_a_change_of_nothing_touches_nothing(path: Path, change: Change, saved: Path) -> None:
    write(path)
    change(add)
    path.parent.chmod(0o500)
    before, text = stamp(path), path.read_bytes()
    done = change(add)
    assert (done.plan.changes, done.data, done.written) == ((), read(path).data, False)
    path.parent.chmod(0o700)
    assert (stamp(path), path.read_bytes()) == (before, text)
    assert len(backups.entries(saved, path)) == 1


def test_a_change_of_nothing_makes_no_file(path: Path, change: Change) -> None:
    assert not change(lambda data: data).written
    assert not path.parent.exists()


def test_the_version_before_is_kept(path: Path, change: Change, saved: Path) -> None:
    write(path)
    done = change(add, command="add p")
    assert done.backup is not None
    assert done.backup.read_bytes() == TEXT.encode()
    (entry,) = backups.entries(saved, path)
    assert (entry.id, entry.at, entry.command) == (1, 1_800_000_000.5, "add p")
    assert entry.summary == "added p"
    assert entry.before == backups.digest(TEXT.encode())
    assert entry.after == backups.digest(path.read_bytes())


def test_a_change_goes_on_without_a_backup_and_says_so(path: Path, change: Change, saved: Path) -> None:
    write(path)
    saved.parent.write_text("a file where a folder should be")
    done = change(add)
    assert done.written
    assert done.backup is None
    assert len(done.notes) == 1
    assert "no backup" in done.notes[0]


def test_a_symlink_stays_one(path: Path, change: Change, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "kimi.toml"
    write(target)
    path.parent.mkdir()
    (tmp_path / "kimi" / "first").symlink_to("../dotfiles/kimi.toml")
    path.symlink_to("first")
    change(add)
    assert path.is_symlink()
    assert os.readlink(path) == "first"  # noqa: PTH115 - the bytes of the link
    assert KEY in target.read_text()
    assert [child.name for child in target.parent.iterdir()] == ["kimi.toml"]


def test_a_dangling_symlink_creates_its_target(path: Path, change: Change, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "kimi.toml"
    path.parent.mkdir()
    path.symlink_to(target)
    change(add)
    assert path.is_symlink()
    assert KEY in target.read_text()
    assert (mode(target), mode(target.parent)) == (0o600, 0o700)


def test_what_cannot_be_a_config_is_refused_as_it_is(path: Path, change: Change) -> None:
    path.parent.mkdir()
    path.symlink_to(path)
    with pytest.raises(ConfigInvalid, match="symbolic links"):
        change(add)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ConfigInvalid, match="a FIFO"):
        change(add)
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigInvalid, match="a folder"):
        change(add)
    write(path / "file")
    with pytest.raises(ConfigInvalid, match="not a directory"):
        change(add, path / "file" / "config.toml")


def test_a_file_or_folder_that_may_not_be_written_is_refused(as_mortal: Path, change: Change) -> None:
    path = as_mortal / "config.toml"
    for folder_mode, file_mode in ((0o500, 0o600), (0o700, 0o400)):
        as_mortal.chmod(0o700)
        write(path, mode=file_mode)
        as_mortal.chmod(folder_mode)
        with pytest.raises(ConfigUnwritable, match="permission denied") as caught:
            change(add, path)
        assert caught.value.where == str(path)
        assert path.read_bytes() == TEXT.encode()
        assert [child.name for child in as_mortal.iterdir()] == ["config.toml"]
        as_mortal.chmod(0o700)
        path.unlink()


@pytest.mark.parametrize("content", [b"a = \n", b"\xff", b"a = '\x00'", b"providers = 1\n"])
def test_a_broken_file_is_left_alone(path: Path, change: Change, saved: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ConfigInvalid) as caught:
        change(add)
    assert (caught.value.where or "").startswith(str(path))
    assert path.read_bytes() == content
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]
    assert not saved.exists()


@pytest.mark.parametrize(
    ("before", "holds_key", "after"),
    [
        (0o600, True, 0o600),
        (0o640, True, 0o640),
        (0o644, True, 0o600),
        (0o666, True, 0o600),
        (0o777, True, 0o700),
        (0o644, False, 0o644),
        (0o700, True, 0o700),
    ],
)
def test_the_mode_is_kept_but_a_key_is_never_left_to_everybody(
    path: Path, change: Change, before: int, holds_key: bool, after: int
) -> None:
    write(path, mode=before)
    done = change(add if holds_key else lambda data: {**data, "default_model": "x"})
    assert mode(path) == after
    assert bool(done.notes) == (before != after)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_is_kept(path: Path, change: Change) -> None:
    write(path)
    os.chown(path, 12345, 23456)
    change(add)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


def test_the_edit_is_applied_to_what_is_on_disk_then(path: Path, change: Change) -> None:
    write(path)
    seen = read(path)
    write(path, TEXT + '\r\n[providers.b]\r\ntype = "kimi"\r\n')
    assert list(change(add, seen=seen).data["providers"]) == ["a", "b", "p"]


def test_what_the_caller_has_seen_is_not_parsed_again(path: Path, change: Change) -> None:
    write(path)
    seen = read(path)
    given: list[Any] = []

    def noted(data: dict[str, Any]) -> dict[str, Any]:
        given.append(data)
        return add(data)

    change(noted, seen=seen)
    assert len(given) == 1
    assert given[0] is seen.data


def test_an_edit_may_refuse_what_it_finds_under_the_lock(path: Path, change: Change) -> None:
    write(path)
    change(add)
    seen = read(path)
    write(path)
    with pytest.raises(NotFound):
        change(remove, seen=seen)
    assert path.read_bytes() == TEXT.encode()
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_a_change_that_somebody_else_made_meanwhile_is_not_written_again(path: Path, change: Change) -> None:
    write(path)
    seen = read(path)
    change(add)
    content, before = path.read_bytes(), path.stat()
    assert not change(add, seen=seen).written
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ('extra = "x"\n', "would differ at `extra`"),
        ("!\n", "would not be valid TOML"),
    ],
)
def test_a_result_that_means_something_else_is_never_written(
    path: Path, change: Change, monkeypatch: pytest.MonkeyPatch, wrong: str, reason: str
) -> None:
    def rewrite(*args: Any) -> edit.Rewritten:
        good = edit.rewrite(*args)
        return edit.Rewritten(wrong + good.text, good.splices)

    monkeypatch.setattr(draft, "rewrite", rewrite)
    write(path)
    with pytest.raises(ConfigInvalid, match=reason) as caught:
        change(add)
    assert caught.value.where == str(path)
    assert path.read_bytes() == TEXT.encode()


@pytest.mark.parametrize(
    ("call", "number", "reason"),
    [
        ("fsync", errno.ENOSPC, "no space"),
        ("fchmod", errno.EPERM, "permission denied"),
        ("open", errno.EROFS, "read-only"),
        ("rename", errno.EIO, "input/output error"),
        ("mkdir", errno.EROFS, "read-only"),
        ("fsync", errno.EIO, "input/output error"),
    ],
)
def test_a_write_that_fails_leaves_the_file_and_nothing_else(
    path: Path, change: Change, monkeypatch: pytest.MonkeyPatch, call: str, number: int, reason: str
) -> None:
    write(path)

    def fail(*args: Any, **options: Any) -> None:
        raise OSError(number, os.strerror(number))

    real = getattr(os, call)
    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(ConfigUnwritable, match=reason) as caught:
            change(add)
    assert getattr(os, call) is real
    assert caught.value.where == str(path)
    assert "--config" in (caught.value.hint or "")
    assert path.read_bytes() == TEXT.encode()
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV])
def test_a_mounted_file_is_called_so(
    path: Path, change: Change, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A file that is itself a mount point (of a container) can neither change places nor be renamed over."""
    write(path)

    def fail(*args: Any, **options: Any) -> None:
        if path in args:
            raise OSError(number, os.strerror(number))
        real(*args, **options)

    real = os.replace
    monkeypatch.setattr(exchange, "change_places", fail)
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ConfigUnwritable, match="mount point"):
        change(add)
    assert path.read_bytes() == TEXT.encode()
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_an_interrupt_leaves_the_file_and_nothing_else(
    path: Path, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path)

    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            change(add)
    assert path.read_bytes() == TEXT.encode()
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_a_change_survives_a_power_cut(
    path: Path, change: Change, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First the whole new file and all that is kept of the old one are synced, then the folder with the new name."""
    write(path)
    real, synced = os.fsync, dict[int, tuple[int, bytes]]()

    def fsync(descriptor: int) -> None:
        real(descriptor)
        status = os.fstat(descriptor)
        synced[status.st_ino] = status.st_size, path.read_bytes()

    monkeypatch.setattr(os, "fsync", fsync)
    change(add)
    (own,) = saved.iterdir()
    files = [*own.iterdir(), path]
    assert len(files) == 3
    for file in files:
        assert synced[file.stat().st_ino] == (file.stat().st_size, TEXT.encode())
    assert synced[own.stat().st_ino][1] == TEXT.encode()
    assert synced[path.parent.stat().st_ino][1] == path.read_bytes()


@pytest.mark.parametrize("name", ["config.toml", "config[1].toml"])
def test_leftovers_of_killed_runs_are_removed_and_nothing_else(path: Path, change: Change, name: str) -> None:
    path = path.with_name(name)
    write(path)
    foreign = [f".{name}.swp", f"{name}.tmp", f".{name}2.0123456789ab.kimi-provider.tmp"]
    for file in (f".{name}.lock", *foreign):
        (path.parent / file).write_text("x")
    for kind in ("0123456789ab.kimi-provider.tmp", "ba9876543210.kimi-provider.tmp", "mine"):
        (path.parent / f".{name}.{kind}").mkdir()
        (path.parent / f".{name}.{kind}" / "draft").write_text("half")
    change(add, path)
    left = sorted(str(child.relative_to(path.parent)) for child in path.parent.rglob("*"))
    assert left == sorted([name, *foreign, f".{name}.mine", f".{name}.mine/draft"])


def test_a_preview_writes_nothing(path: Path, saved: Path) -> None:
    shown = apply.preview(path, add)
    assert shown.plan.providers.added == ("p",)
    assert shown.data["models"] == {"p/m": {"provider": "p"}}
    assert shown.diff
    assert not path.parent.exists()
    write(path)
    assert apply.preview(path, lambda data: data).diff == ()
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]
    assert not saved.exists()


def test_keys_are_not_in_the_repr_of_results(path: Path, change: Change) -> None:
    assert KEY not in repr(apply.preview(path, add))
    assert KEY not in repr(change(add))
