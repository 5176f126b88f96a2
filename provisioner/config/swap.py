"""config.toml replaced, and nothing lost that another program saves at the same moment.

Editors and Kimi Code know no lock. Between the last look at a file and the renaming of another into its place there is
always a moment in which they can save. So the new file and the old one change places in one step, and what came out
is looked at. If it is not what the change was made from, they change back, and the change is to be made again.

All of that happens in a folder beside config.toml that is the user's alone: whenever the process is killed, no copy
lies about that others could read. ``draft`` in it is a new file that is being written; ``aside`` is a whole file, new
before the exchange and what stood in config.toml after it. The next run looks there for what nobody has kept yet.

Where the system cannot let two files change places the new one is renamed over the old one.
"""

from __future__ import annotations

import errno
import glob
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from provisioner.config import attributes, exchange, files, whole
from provisioner.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from provisioner.config.whole import Reading

    Keep = Callable[[bytes, Path], bool]

_FOLDER = ".kimi-provider.tmp"
_DRAFT, _ASIDE = "draft", "aside"
_TRIES, _RETRY_S = 20, 0.05
_WINDOWS = os.name == "nt"


class ChangedMeanwhile(Exception):
    """Somebody else changed the file since it was read; what they saved stands there."""


def put(target: Path, old: Reading, content: bytes | None, *, private: bool, keep: Keep) -> tuple[str, ...]:
    """Put ``content`` (``None``: no file) in the place of ``old``.

    Args:
        target: the file, no symlink; its owner, mode and extended attributes are kept, a new one gets 0600. A file
            that is read-only is refused, although it could be replaced: somebody wanted it so.
        old: what was read there.
        content: the new bytes.
        private: nobody but the owner keeps access to a file that everybody had.
        keep: keeps bytes that another program saved and another save replaced in the same moment; they lie at the path
            that is given along, and stay there if it returns false.

    Returns:
        Sentences that the user should read.

    Raises:
        ChangedMeanwhile: the file is not ``old`` any more.
        Busy: another program has it open for writing, or does not stop saving.
        ConfigUnwritable: it would get another owner.
        OSError: it cannot be written; the old file is still there.
    """
    before = target.stat() if target.exists() else None
    if before and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    folder = target.with_name(f".{target.name}.{os.urandom(6).hex()}{_FOLDER}")
    try:
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)
        notes = () if content is None else _write(folder, content, target, before, private=private)
        if whole.stamp(target) != old.stamp or not _placed(folder / _ASIDE, target, old.content, content):
            raise ChangedMeanwhile
    finally:
        _clear(folder, lambda found, place: found in (old.content, content) or keep(found, place))
    files.sync(target.parent)
    return notes


def clean(target: Path, keep: Keep) -> None:
    """Remove what killed runs left beside ``target``, but for what ``keep`` refuses to let go.

    Only for who holds the lock.
    """
    for folder in target.parent.glob(f".{glob.escape(target.name)}.*{_FOLDER}"):
        _clear(folder, keep)


def _write(
    folder: Path, content: bytes, target: Path, before: os.stat_result | None, *, private: bool
) -> tuple[str, ...]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(folder / _DRAFT, flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        notes = attributes.take_after(descriptor, target, before, private=private)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    (folder / _DRAFT).rename(folder / _ASIDE)
    return notes


def _placed(aside: Path, target: Path, before: bytes | None, after: bytes | None) -> bool:
    """Whether ``after``, which lies ``aside``, has come into the place of ``before``; else the newest save is there.

    Each time that something else comes out than was expected, it is a save and goes back; then what had been put
    in its place must come out. What lies ``aside`` at the end has been replaced.
    """
    try:
        _exchange(aside, target)
    except OSError:  # the system cannot do it, or says below why not
        _overwrite(aside, target, after)
        return True
    expected, there = before, after
    for _ in range(_TRIES):
        try:
            found = whole.settled(aside).content
        except Busy:
            _exchange(aside, target)
            raise
        if found == expected:
            return there is after
        expected, there = there, found
        _exchange(aside, target)
    raise whole.busy(target)


def _exchange(aside: Path, target: Path) -> None:
    """What lies at two places changes places; at either there may be nothing."""
    for _ in range(_TRIES):
        with suppress(FileNotFoundError, FileExistsError):
            if not aside.exists():
                if target.exists():
                    exchange.move(target, aside)
            elif target.exists():
                exchange.change_places(aside, target)
            else:
                exchange.move(aside, target)
            return
    raise whole.busy(target)


def _overwrite(aside: Path, target: Path, content: bytes | None) -> None:
    """Windows refuses for as long as a virus scanner or an editor holds the file open: a moment, as a rule."""
    for _ in range(_TRIES - 1 if _WINDOWS else 0):
        with suppress(PermissionError):
            return _rename(aside, target, content)
        time.sleep(_RETRY_S)
    return _rename(aside, target, content)


def _rename(aside: Path, target: Path, content: bytes | None) -> None:
    if content is None:
        target.unlink(missing_ok=True)
    else:
        aside.replace(target)


def _clear(folder: Path, may_go: Keep) -> None:
    with suppress(OSError, Busy):
        (folder / _DRAFT).unlink(missing_ok=True)
        found = whole.settled(folder / _ASIDE).content
        if found is not None and may_go(found, folder / _ASIDE):
            (folder / _ASIDE).unlink()
        folder.rmdir()
