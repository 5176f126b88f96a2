"""A file read as a whole, although an editor or Kimi Code may be writing it at that moment.

A program that writes in place first empties the file, then fills it. What is read in between looks cut: it is empty,
ends within a line, or means nothing. Such content is looked at again for as long as the file goes on changing.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from provisioner.errors import Busy

if TYPE_CHECKING:
    from pathlib import Path

_FRESH_S = 1.0
_PAUSE_S = 0.05
_TRIES = 60


class FileStamp(NamedTuple):
    """What changes whenever a file is written: in place, or by another file in its stead."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


class Reading(NamedTuple):
    """A file's content and the stamp that it had; both are ``None`` when there is no file."""

    content: bytes | None
    stamp: FileStamp | None

    def __repr__(self) -> str:  # the content may hold keys
        return f"Reading(stamp={self.stamp!r})"


def stamp(path: Path) -> FileStamp | None:
    """The stamp of the file that ``path`` leads to, ``None`` when there is none.

    Raises:
        OSError: it cannot be looked at.
    """
    try:
        return _of(path.stat())
    except FileNotFoundError:
        return None


def read(path: Path) -> Reading:
    """The file as it was at one moment; nobody wrote it while it was read.

    Raises:
        Busy: it changed during each of many readings.
        OSError: it cannot be read.
    """
    for _ in range(_TRIES):
        try:
            with path.open("rb") as file:
                before = _of(os.fstat(file.fileno()))
                content = file.read()
                after = _of(os.fstat(file.fileno()))
        except FileNotFoundError:
            return Reading(None, None)
        if before == after and len(content) == after.size:
            return Reading(content, after)
        time.sleep(_PAUSE_S)
    raise busy(path)


def settled(path: Path) -> Reading:
    """The file when nobody has it open for writing any more, where the system tells (Linux, files of one's own).

    Only for a file at a place that nobody else knows.

    Raises:
        Busy: somebody keeps it open for seconds, or does not stop writing.
        OSError: it cannot be read.
    """
    for _ in range(_TRIES):
        if not _is_open_for_writing(path):
            return read(path)
        time.sleep(_PAUSE_S)
    raise busy(path)


def looks_cut(reading: Reading) -> bool:
    """Whether the content is what a file holds that is emptied and half filled; a parser may know more."""
    return reading.content is not None and not reading.content.endswith(b"\n")


def read_again(path: Path, last: Reading) -> Reading | None:
    """What the file holds a moment later; ``None`` if it has not changed, or not just now.

    Raises:
        Busy, OSError: as :func:`read`.
    """
    if last.stamp is None or abs(time.time_ns() - last.stamp.modified_ns) > _FRESH_S * 1e9:
        return None
    time.sleep(_PAUSE_S)
    reading = read(path)
    return None if reading == last else reading


def busy(path: Path) -> Busy:
    """What to say when another program does not stop changing the file."""
    return Busy(
        f"another program keeps changing {path.name}", hint="try again when it is done", where=str(path)
    )


def _is_open_for_writing(path: Path) -> bool:
    """A lease for reading is refused while somebody has the file open for writing: fcntl(2). Only Linux tells."""
    if sys.platform != "linux":
        return False
    import fcntl
    import signal

    try:
        with path.open("rb") as file:
            # Whoever opens it in this moment makes the kernel send a signal; the usual one would end the process.
            fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False


def _of(status: os.stat_result) -> FileStamp:
    return FileStamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
