"""Private files replaced as a whole, private folders, and why a file cannot be written.

At any moment, a power cut included, a file is either the old one or the new one.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from provisioner.errors import ConfigUnwritable

_TEMPORARY = ".kimi-provider.tmp"

_DENIED = ("permission denied", "make the file and its folder writable for you")
_MOUNTED = ("it is a mount point and cannot be replaced", "mount its folder instead of the file itself")
_FULL = ("no space is left for it", "free some space")
_REASONS = {
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: ("the file system is read-only", "remount it writable"),
    errno.ENOSPC: _FULL,
    getattr(errno, "EDQUOT", errno.ENOSPC): _FULL,
    errno.EFBIG: ("it would be larger than this shell allows", "ulimit -f unlimited"),
    errno.EMFILE: ("too many files are open", "ulimit -n 256"),
    errno.EBUSY: _MOUNTED,
    errno.EXDEV: _MOUNTED,
}
_REFUSALS = frozenset({errno.EACCES, errno.EPERM})
_GET_FLAGS = 0x8008_6601  # FS_IOC_GETFLAGS, linux/fs.h
_IMMUTABLE_OR_APPEND_ONLY = 0x10 | 0x20


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
    if error.errno in _REFUSALS:
        reason, hint = _refusal(target) or (reason, hint)
    return ConfigUnwritable(
        f"{target.name} cannot be written: {reason}",
        hint=f"{hint}, or name another file with --config",
        where=str(target),
    )


def _refusal(target: Path) -> tuple[str, str] | None:
    """Why the system refuses, and what ends it; ``None`` where that cannot be seen."""
    if marked := _marked(target):
        return "it is marked as immutable or append-only", f"take the mark off: chattr -i -a {marked}"
    if target.exists() and not os.access(target, os.W_OK):
        return "permission denied, it is read-only", f"make it writable: chmod u+w {target}"
    folder = next((folder for folder in target.parents if folder.exists()), target.parent)
    if not os.access(folder, os.W_OK):
        return (
            f"permission denied, its folder {folder} is read-only and no new file can be put in its place",
            f"make the folder writable: chmod u+w {folder}",
        )
    return None


def _marked(target: Path) -> Path | None:
    """The file or its folder, where chattr(1) has made it immutable or append-only."""
    if sys.platform != "linux":
        return None
    import fcntl
    import struct

    for path in (target, target.parent):
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                found = fcntl.ioctl(descriptor, _GET_FLAGS, struct.pack("l", 0))
            finally:
                os.close(descriptor)
            if struct.unpack("l", found)[0] & _IMMUTABLE_OR_APPEND_ONLY:
                return path
    return None


def replace(target: Path, content: bytes | bytearray) -> None:
    """Put a private file (0600) with ``content`` in the place of ``target``, which is no symlink.

    Raises:
        OSError: it cannot be written; the old file is still there and no temporary one is left.
    """
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}{_TEMPORARY}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            if os.name == "posix":
                os.fchmod(descriptor, 0o600)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(target.parent)


def clean(folder: Path) -> None:
    """Remove temporary files that killed runs left in a folder; only for who holds the lock on what is written there."""
    for leftover in folder.glob(f".*{_TEMPORARY}"):
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


def keep_private(folder: Path) -> None:
    """Make a folder of this program's own, or close one that others may look into.

    Raises:
        OSError: it cannot be made, or is somebody else's.
    """
    make_private(folder)
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def sync(folder: Path) -> None:
    """Make what was renamed in a folder survive a power cut, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
