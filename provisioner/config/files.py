"""A file replaced as a whole: at any moment, a power cut included, it is either the old one or the new one."""

from __future__ import annotations

import errno
import glob
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.errors import ConfigUnwritable

if TYPE_CHECKING:
    from collections.abc import Callable

_TEMPORARY = ".kimi-provider.tmp"
_OTHERS = 0o007
_TRIES, _RETRY_S = 20, 0.05

_DENIED = ("permission denied", "make the file and its folder writable for you")
_MOUNTED = ("it is a mount point and cannot be replaced", "mount its folder instead of the file itself")
_FULL = ("no space is left for it", "free some space")
_REASONS = {
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: ("the file system is read-only", "remount it writable"),
    errno.ENOSPC: _FULL,
    getattr(errno, "EDQUOT", errno.ENOSPC): _FULL,
    errno.EBUSY: _MOUNTED,
    errno.EXDEV: _MOUNTED,
}


def resolve(path: Path) -> Path:
    """The file that ``path`` leads to through any symlinks; it need not exist.

    Raises:
        OSError: there is no way there: a circle of symlinks, a file where a folder must be.
    """
    try:
        return Path(os.path.realpath(path, strict=True))
    except FileNotFoundError:
        return Path(os.path.realpath(path))


def unwritable(target: Path, error: OSError) -> ConfigUnwritable:
    """What an ``OSError`` while writing ``target`` means to the user."""
    reason, hint = _REASONS.get(
        error.errno or 0, ((error.strerror or str(error)).lower(), "correct its path")
    )
    return ConfigUnwritable(
        f"{target.name} cannot be written: {reason}",
        hint=f"{hint}, or name another file with --config",
        where=str(target),
    )


def replace(target: Path, content: bytes, *, private: bool, check: Callable[[], None] = lambda: None) -> None:
    """Put ``content`` in the place of ``target``, which is no symlink, with the owner and mode that it had.

    A new file gets mode 0600. ``private``: nobody but the owner keeps access to a file that everybody had. A file
    that is read-only is refused, although it could be replaced: somebody wanted it so. ``check`` is called last,
    when nothing but the renaming is left to do; what it raises leaves everything as it was.

    Raises:
        OSError: it cannot be written; the old file is still there and no temporary one is left.
    """
    old = _writable(target)
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}{_TEMPORARY}")
    try:
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(descriptor, "wb") as file:
            if os.name == "posix":
                _take_after(descriptor, old, private=private)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        check()
        _rename(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _rename(temporary: Path, target: Path) -> None:
    """Windows refuses for as long as a virus scanner or an editor holds the file open: a moment, as a rule."""
    for _ in range(_TRIES - 1 if os.name == "nt" else 0):
        with suppress(PermissionError):
            temporary.replace(target)
            return
        time.sleep(_RETRY_S)
    temporary.replace(target)


def remove(target: Path, *, check: Callable[[], None]) -> None:
    """Remove ``target``, which is no symlink; a read-only file is refused. ``check`` is called last.

    Raises:
        OSError: it cannot be removed.
    """
    _writable(target)
    check()
    target.unlink(missing_ok=True)
    _sync_folder(target.parent)


def clean(folder: Path, name: str) -> None:
    """Remove temporary files that killed runs left for files whose names start with ``name``.

    Only for who holds the lock on what is written there.
    """
    for leftover in folder.glob(f".{glob.escape(name)}*{_TEMPORARY}"):
        with suppress(OSError):
            leftover.unlink()


def make_private(folder: Path) -> None:
    """Make a folder and what is missing above it, for the user alone whatever the umask.

    Raises:
        OSError: it cannot be made.
    """
    if folder.is_dir():
        return
    make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)


def is_public(target: Path) -> bool:
    """Whether everybody has some access to ``target``; false when it does not exist."""
    return target.exists() and bool(target.stat().st_mode & _OTHERS)


def _writable(target: Path) -> os.stat_result | None:
    old = target.stat() if target.exists() else None
    if old and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return old


def _take_after(descriptor: int, old: os.stat_result | None, *, private: bool) -> None:
    if old is None:
        os.fchmod(descriptor, 0o600)
        return
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        os.fchown(descriptor, old.st_uid, old.st_gid)
    mode = stat.S_IMODE(old.st_mode) & 0o777
    os.fchmod(descriptor, mode & 0o700 if private and mode & _OTHERS else mode)


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
