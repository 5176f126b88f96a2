"""What a file has beside its content, and what takes its place must have too: owner, mode, extended attributes."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from provisioner.errors import ConfigUnwritable

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = 0o007


def is_public(target: Path) -> bool:
    """Whether everybody has some access to ``target``; false when it does not exist."""
    return target.exists() and bool(target.stat().st_mode & _OTHERS)


def take_after(
    descriptor: int, target: Path, old: os.stat_result | None, *, private: bool
) -> tuple[str, ...]:
    """Give an open new file what ``target`` has; 0600 where there is no ``target``.

    Args:
        descriptor: of the new file; access control lists among the extended attributes are copied as well.
        target: the file whose place it takes.
        old: of ``target``, ``None`` where there is none.
        private: nobody but the owner keeps access.

    Returns:
        What could not be kept, in sentences that the user should read.

    Raises:
        ConfigUnwritable: it would get another owner or group.
        OSError: the mode cannot be set.
    """
    if os.name != "posix":
        return ()
    if old is None:
        os.fchmod(descriptor, 0o600)
        return ()
    _own(descriptor, target, old)
    lost = _extended(descriptor, target)
    mode = stat.S_IMODE(old.st_mode) & 0o777
    os.fchmod(descriptor, mode & 0o700 if private else mode)
    notes = []
    if lost:
        notes.append(f"{target} had extended attributes that could not be kept: {', '.join(lost)}")
    if (others := old.st_nlink - 1) > 0:
        links = f"{others} other names (hard links), which keep" if others > 1 else "a hard link, which keeps"
        notes.append(f"{target} had {links} the version before; a symbolic link would have followed")
    return tuple(notes)


def _own(descriptor: int, target: Path, old: os.stat_result) -> None:
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) == (old.st_uid, old.st_gid):
        return
    try:
        os.fchown(descriptor, old.st_uid, old.st_gid)
    except PermissionError as error:
        foreign = new.st_uid != old.st_uid
        owner = _user(old.st_uid) if foreign else f"the group {_group(old.st_gid)}"
        raise ConfigUnwritable(
            f"{target.name} cannot be written: it belongs to {owner}, and what you put in its place would not",
            hint=f"run this as {owner}"
            if foreign
            else f"chgrp it to a group of yours: chgrp {new.st_gid} {target}",
            where=str(target),
        ) from error


def _user(number: int) -> str:
    import pwd

    with suppress(KeyError):
        return pwd.getpwuid(number).pw_name
    return f"the user {number}"


def _group(number: int) -> str:
    import grp

    with suppress(KeyError):
        return grp.getgrgid(number).gr_name
    return str(number)


def _extended(descriptor: int, target: Path) -> list[str]:
    """Copies the extended attributes, where Python can (Linux); returns the names of those that it may not."""
    if not hasattr(os, "listxattr"):
        return []
    lost = []
    with suppress(OSError):  # a file system without them
        names = os.listxattr(target)
        for name in set(os.listxattr(descriptor)) - set(names):  # a list that the folder gives to new files
            with suppress(OSError):
                os.removexattr(descriptor, name)
        for name in names:
            try:
                value = os.getxattr(target, name)
                if name not in os.listxattr(descriptor) or os.getxattr(descriptor, name) != value:
                    os.setxattr(descriptor, name, value)
            except OSError:
                lost.append(name)
    return lost
