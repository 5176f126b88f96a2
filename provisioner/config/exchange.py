"""Two files change places in one step, and one takes a free place: what only the system itself can promise.

renameat2(2) on Linux, renamex_np(2) on macOS. Elsewhere, and on file systems that cannot do it, an ``OSError`` says so.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HERE = -100  # AT_FDCWD, linux/fcntl.h: paths are relative to the working directory
_LINUX_FREE, _LINUX_SWAP = 1, 2  # RENAME_NOREPLACE, RENAME_EXCHANGE, linux/fs.h
_MACOS_FREE, _MACOS_SWAP = 4, 2  # RENAME_EXCL, RENAME_SWAP, sys/stdio.h


def change_places(first: Path, second: Path) -> None:
    """Each of two files gets the name of the other.

    Raises:
        FileNotFoundError: one is missing.
        OSError: the system or the file system cannot do it.
    """
    _rename(first, second, _MACOS_SWAP if sys.platform == "darwin" else _LINUX_SWAP)


def move(source: Path, free: Path) -> None:
    """A file gets a name that nothing has.

    Raises:
        FileNotFoundError: it is missing.
        FileExistsError: something has that name.
        OSError: the system or the file system cannot do it.
    """
    _rename(source, free, _MACOS_FREE if sys.platform == "darwin" else _LINUX_FREE)


def _rename(source: Path, target: Path, flag: int) -> None:
    import ctypes

    names = os.fsencode(source), os.fsencode(target)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        failed = (
            library.renamex_np(*names, flag)
            if sys.platform == "darwin"
            else library.renameat2(_HERE, names[0], _HERE, names[1], flag)
        )
    except (AttributeError, TypeError):  # an old library; Windows has no library without a name
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(target)) from None
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(source), None, str(target))
