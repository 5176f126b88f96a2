"""What a file has beside its content stays, or it is said that it does not."""

from __future__ import annotations

import errno
import grp
import os
import stat
import struct
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.config import apply, files, tables, undo
from provisioner.errors import ConfigUnwritable
from tests.config.conftest import NOBODY

if TYPE_CHECKING:
    from pathlib import Path

TEXT = '[providers.a]\ntype = "kimi"\n'


def add(data: dict[str, Any]) -> dict[str, Any]:
    return tables.with_provider(data, "p", {"type": "openai", "api_key": "sk-0123456789abcdef"}, {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path / "kimi")


def written(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "config.toml"
    path.write_text(TEXT)
    path.chmod(0o600)
    return path


def change(path: Path) -> apply.Applied:
    return apply.change(path, add, backups=path.parent.parent / "saved", clock=lambda: 1.0)


def test_extended_attributes_stay(path: Path) -> None:
    for name in ("user.label", "user.other"):
        os.setxattr(path, name, name.encode())
    assert change(path).notes == ()
    assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == {
        "user.label": b"user.label",
        "user.other": b"user.other",
    }


def test_a_file_system_without_attributes_has_none_to_lose(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Any) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(os, "listxattr", refuse)
    assert change(path).notes == ()


@pytest.mark.parametrize("old_has_it", [True, False])
def test_a_label_that_the_system_gives_to_each_file_is_no_loss(
    path: Path, monkeypatch: pytest.MonkeyPatch, old_has_it: bool
) -> None:
    """As SELinux does: nobody may set or remove it, and the new file has it already."""
    os.setxattr(path, "user.label", b"mine")
    label, names = "security.selinux", os.listxattr

    def listed(file: Any) -> list[str]:
        return [*([label] if old_has_it or file != path else []), *names(file)]

    def guarded(name: str, value: bytes | None = None) -> None:
        real = getattr(os, name)

        def call(file: Any, attribute: str, *more: Any) -> Any:
            if attribute != label:
                return real(file, attribute, *more)
            if value is None:
                raise PermissionError
            return value

        monkeypatch.setattr(os, name, call)

    monkeypatch.setattr(os, "listxattr", listed)
    guarded("getxattr", b"unconfined")
    guarded("setxattr")
    guarded("removexattr")
    assert change(path).notes == ()
    assert os.getxattr(path, "user.label") == b"mine"


def readable_by(user: int) -> bytes:
    """An access control list, as it stands in an extended attribute: the owner's, and one user may read."""
    entries = [(1, 6, -1), (2, 4, user), (4, 0, -1), (16, 4, -1), (32, 0, -1)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)


def test_an_access_control_list_stays(path: Path) -> None:
    os.setxattr(path, "system.posix_acl_access", readable_by(NOBODY))
    change(path)
    assert os.getxattr(path, "system.posix_acl_access") == readable_by(NOBODY)


@pytest.mark.parametrize("own", [None, readable_by(1)])
def test_no_access_control_list_is_taken_from_the_folder(path: Path, own: bytes | None) -> None:
    """A folder's default list would be given to every new file in it."""
    os.setxattr(path.parent, "system.posix_acl_default", readable_by(NOBODY))
    if own:
        os.setxattr(path, "system.posix_acl_access", own)
    change(path)
    assert [os.getxattr(path, name) for name in os.listxattr(path)] == ([own] if own else [])
    assert stat.S_IMODE(path.stat().st_mode) == (0o640 if own else 0o600)


def test_an_attribute_that_may_not_be_set_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.setxattr(path, "user.label", b"mine")

    def refuse(*_: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setxattr", refuse)
    (note,) = change(path).notes
    assert "extended attributes that could not be kept: user.label" in note


@pytest.mark.parametrize(
    ("others", "words"), [(1, "had a hard link,"), (2, "had 2 other names (hard links),")]
)
def test_hard_links_that_keep_the_version_before_are_named(path: Path, others: int, words: str) -> None:
    for number in range(others):
        os.link(path, path.with_name(f"link{number}"))
    (note,) = change(path).notes
    assert words in note
    assert path.with_name("link0").read_text() == TEXT


def test_a_file_of_another_owner_that_the_group_may_write_is_refused_and_why(
    as_mortal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(as_mortal / "kimi")
    real = os.fstat

    def of_another(descriptor: int) -> os.stat_result:
        fields = list(real(descriptor))
        fields[stat.ST_UID] = NOBODY - 1
        return os.stat_result(fields)

    def refuse(*_: Any) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", of_another)
        patched.setattr(os, "fchown", refuse)
        with pytest.raises(ConfigUnwritable, match="it belongs to ") as caught:
            change(path)
    assert "run this as " in (caught.value.hint or "")
    assert path.read_text() == TEXT
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize(
    ("owner", "group", "words", "hint"),
    [
        (0, 54321, "it belongs to root,", "run this as root"),
        (54321, 54321, "it belongs to the user 54321,", "run this as the user 54321"),
        (NOBODY, 54321, "it belongs to the group 54321,", "chgrp it to a group of yours: chgrp "),
        (
            NOBODY,
            1,
            f"it belongs to the group {grp.getgrgid(1).gr_name},",
            "chgrp it to a group of yours: chgrp ",
        ),
    ],
)
def test_whose_file_it_is_is_named(as_mortal: Path, owner: int, group: int, words: str, hint: str) -> None:
    path = written(as_mortal / "kimi")
    path.chmod(0o666)
    os.setresuid(0, 0, 0)
    os.chown(path, owner, group)
    os.setresuid(NOBODY, NOBODY, 0)
    with pytest.raises(ConfigUnwritable, match=words) as caught:
        change(path)
    assert (caught.value.hint or "").startswith(hint)
    assert caught.value.where == str(path)
    assert path.read_text() == TEXT


def test_a_folder_or_a_file_that_is_read_only_is_named(as_mortal: Path) -> None:
    path = written(as_mortal / "kimi")
    path.chmod(0o400)
    with pytest.raises(ConfigUnwritable, match="it is read-only") as caught:
        change(path)
    assert f"chmod u+w {path}," in (caught.value.hint or "")
    path.chmod(0o600)
    path.parent.chmod(0o500)
    with pytest.raises(ConfigUnwritable, match=r"its folder .*kimi is read-only") as caught:
        change(path)
    assert f"chmod u+w {path.parent}," in (caught.value.hint or "")
    for missing in (path.parent / "new.toml", path.parent / "deeper" / "still" / "new.toml"):
        with pytest.raises(ConfigUnwritable, match=r"its folder .*kimi is read-only"):
            change(missing)
    path.parent.chmod(0o700)
    assert change(path).written


def test_all_that_is_lost_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.setxattr(path, "user.label", b"mine")
    path.with_name("link").hardlink_to(path)

    def refuse(*_: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setxattr", refuse)
    attributes, links = change(path).notes
    assert "user.label" in attributes
    assert "a hard link" in links


@pytest.mark.parametrize(
    ("number", "reason", "hint"),
    [
        (errno.EACCES, "permission denied", "make the file and its folder writable for you"),
        (errno.EPERM, "permission denied", "make the file and its folder writable for you"),
        (errno.EROFS, "the file system is read-only", "remount it writable"),
        (errno.ENOSPC, "no space is left for it", "free some space"),
        (errno.EDQUOT, "no space is left for it", "free some space"),
        (errno.EFBIG, "it would be larger than this shell allows", "ulimit -f unlimited"),
        (errno.EMFILE, "too many files are open", "ulimit -n 256"),
        (errno.EBUSY, "it is a mount point", "mount its folder instead of the file itself"),
        (errno.EIO, "input/output error", "correct its path"),
    ],
)
def test_each_reason_is_named_with_what_ends_it(path: Path, number: int, reason: str, hint: str) -> None:
    error = files.unwritable(path, OSError(number, os.strerror(number)))
    assert error.message.startswith(f"config.toml cannot be written: {reason}")
    assert error.hint == f"{hint}, or name another file with --config"


@pytest.mark.parametrize("of_folder", [True, False])
@pytest.mark.parametrize("flag", [0x10, 0x20])
def test_a_mark_of_chattr_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch, of_folder: bool, flag: int
) -> None:
    import fcntl

    marked = path.parent if of_folder else path

    def flags(descriptor: int, *_: Any) -> bytes:
        return struct.pack("l", flag if os.path.samestat(os.fstat(descriptor), marked.stat()) else 0)

    monkeypatch.setattr(fcntl, "ioctl", flags)
    error = files.unwritable(path, PermissionError(1, "Operation not permitted"))
    assert "immutable" in error.message
    assert f"chattr -i -a {marked}," in (error.hint or "")


def test_what_cannot_be_kept_is_not_taken_away_by_force(as_mortal: Path) -> None:
    path, saved = written(as_mortal / "kimi"), as_mortal / "saved"
    change(path)
    mine = path.read_text() + "# by hand\n"
    path.write_text(mine)
    (own,) = saved.iterdir()
    own.chmod(0o500)
    with pytest.raises(ConfigUnwritable, match="what stands there now could not be kept") as caught:
        undo.undo(path, None, folder=saved, clock=lambda: 2.0, force=True)
    assert str(path) in (caught.value.hint or "")
    assert path.read_text() == mine
    own.chmod(0o700)
    undo.undo(path, None, folder=saved, clock=lambda: 2.0, force=True)
    assert path.read_text() == TEXT


def test_where_nothing_stands_nothing_need_be_kept(as_mortal: Path) -> None:
    path, saved = written(as_mortal / "kimi"), as_mortal / "saved"
    change(path)
    path.unlink()
    (own,) = saved.iterdir()
    own.chmod(0o500)
    undone = undo.undo(path, None, folder=saved, clock=lambda: 2.0, force=True)
    assert (path.read_text(), undone.backup) == (TEXT, None)
    assert str(saved) in undone.notes[0]
