"""A change of config.toml taken back: the bytes that it found put in the place of what stands there now.

The bytes are not read as TOML: what was there before comes back as it was, an invalid file too, and a file that a
change had made goes. Taking back is itself a change on record, and so can be taken back.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.config import backups, files
from provisioner.config.attributes import is_public
from provisioner.config.locked import TRIES, History, locked
from provisioner.config.read import BOM, decode, parse, read_bytes
from provisioner.config.splice import Splice
from provisioner.config.swap import ChangedMeanwhile
from provisioner.config.whole import busy
from provisioner.errors import ConfigChanged, ConfigInvalid, NotFound
from provisioner.secrets import holds_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from provisioner.config.backups import BackupEntry
    from provisioner.config.diff import DiffLine
    from provisioner.config.whole import Reading


@dataclass(frozen=True)
class Undone:
    """What :func:`undo` did, or would do.

    Attributes:
        entry: the change that is taken back, with all that came after it.
        removed: whether there is no file any more, as before that change.
        written: whether the file was replaced or removed; it was not if it held these bytes already.
        backup: the bytes that stood there, if there were any.
        notes: sentences that the user should read.
        diff: masked; ``None`` where one of the two files cannot be masked because it is no TOML.
    """

    entry: BackupEntry
    removed: bool
    written: bool
    backup: Path | None = None
    notes: tuple[str, ...] = ()
    diff: tuple[DiffLine, ...] | None = field(default=None, repr=False)


def undo(
    path: Path,
    number: int | None,
    *,
    folder: Path,
    clock: Callable[[], float],
    force: bool = False,
    on_wait: Callable[[Path], None] | None = None,
    command: str = "",
) -> Undone:
    """Bring config.toml back to what it was before its last change, or before change ``number``.

    Args:
        path: config.toml; a symlink stays one.
        number: the id of an entry.
        folder: of the backups.
        clock: seconds since the epoch.
        force: also where something else has changed the file since the last change on record.
        on_wait: told once, with the file's path, when there is another process to wait for.
        command: what this goes on record as.

    Raises:
        NotFound: there is no such entry, none at all, or nothing left to take back.
        ConfigChanged: something else changed the file.
        ConfigInvalid: it is no regular file, or the kept bytes are damaged.
        ConfigUnwritable: it cannot be written here, or ``force`` was given and what stands there cannot be kept.
        Busy: another process kept the lock, or does not stop changing the file.
    """
    _choose(folder, path, number, read_bytes(path), force=force)  # refused before anything is made
    with locked(path, History(folder, clock, command), on_wait=on_wait) as held:
        for _ in range(TRIES):
            old = read_bytes(held.target)
            entry = _choose(folder, path, number, old, force=force)
            content = _kept(folder, held.target, entry)
            if content == old.content:
                return Undone(entry, content is None, written=False, notes=held.notes)
            data = _data(content, path)
            private = is_public(held.target) and (data is None or holds_secret(data))
            summary = f"back to before {entry.id}"
            try:
                backup = held.put(old, content, summary, private=private, must_keep=force)
            except ChangedMeanwhile:
                continue
            return Undone(entry, content is None, written=True, backup=backup, notes=held.notes)
    raise busy(path)


def preview(path: Path, number: int | None, *, folder: Path, force: bool = False) -> Undone:
    """What :func:`undo` would do; writes nothing.

    Raises:
        NotFound, ConfigChanged, ConfigInvalid: as :func:`undo`.
    """
    old = read_bytes(path)
    entry = _choose(folder, path, number, old, force=force)
    content = _kept(folder, _resolved(path), entry)
    before, after = _data(old.content, path), _data(content, path)
    shown = None if before is None or after is None else _diff(old.content or b"", content or b"")
    return Undone(entry, content is None, written=False, diff=shown)


def entries(path: Path, folder: Path) -> list[BackupEntry]:
    """The changes of config.toml on record, oldest first.

    Raises:
        ConfigUnwritable: there is no way to the file.
    """
    return backups.entries(folder, _resolved(path))


def _resolved(path: Path) -> Path:
    try:
        return files.resolve(path)
    except OSError as error:
        raise files.unwritable(path, error) from error


def _choose(folder: Path, path: Path, number: int | None, old: Reading, *, force: bool) -> BackupEntry:
    """The entry to go back to."""
    now = backups.digest(old.content)
    known = entries(path, folder)
    # A change whose bytes before still stand there was interrupted, or has been taken back by hand.
    last = next((entry for entry in reversed(known) if entry.before != now), None)
    if number is not None and known:
        entry = next((entry for entry in known if entry.id == number), None)
        if entry is None:
            raise NotFound(
                f"change {number} is not on record, only {known[0].id} to {known[-1].id}",
                hint="kimi provider undo --list",
                where=str(path),
            )
    elif last is None:
        raise _as_before(path, known[-1], now) if known else _no_history(folder, path, now)
    else:
        entry = last
    if last and last.after != now and not force:
        what = "is gone" if now is None else "was changed by something else"
        raise ConfigChanged(
            f"{path.name} {what} since change {last.id}: nothing was taken back",
            hint=f"kimi provider undo {entry.id} --force; with --dry-run it only shows what would be lost",
            where=str(path),
        )
    return entry


def _as_before(path: Path, last: BackupEntry, now: str | None) -> NotFound:
    """Nothing is left of the changes on record: the file is what the last of them found."""
    what = "is gone, and was not there" if now is None else "is as it was"
    return NotFound(
        f"there is nothing to undo: {path.name} {what} before change {last.id}",
        hint="kimi provider undo --list",
        where=str(path),
    )


def _no_history(folder: Path, path: Path, now: str | None) -> NotFound:
    origin = backups.elsewhere(folder, now) if now else None
    if origin is None:
        return NotFound(
            f"there is nothing to undo: no change of this {path.name} is on record",
            hint="kimi provider undo --list --config PATH, for another file",
            where=str(path),
        )
    return NotFound(
        f"no change of this {path.name} is on record, but the same file was written at {origin.path}",
        hint=f"kimi provider undo --list --config {origin.path}",
        where=str(path),
    )


def _kept(folder: Path, target: Path, entry: BackupEntry) -> bytes | None:
    try:
        return backups.content(folder, target, entry)
    except (OSError, ValueError) as error:
        raise ConfigInvalid(
            f"the version before change {entry.id} cannot be read from its backup",
            hint="kimi provider undo --list, then another entry",
            where=str(backups.path(folder, target, entry)),
        ) from error


def _data(content: bytes | None, path: Path) -> dict[str, Any] | None:
    """What the bytes mean; ``None`` where they are no TOML."""
    try:
        return {} if content is None else parse(decode(content, path), path)
    except ConfigInvalid:
        return None


def _diff(old: bytes, new: bytes) -> tuple[DiffLine, ...] | None:
    """The masked change between two contents that are TOML; ``None`` where they cannot be masked."""
    from provisioner.config.diff import diff
    from provisioner.config.layout import LayoutUnknown

    before, after = (content.decode().removeprefix(BOM) for content in (old, new))
    try:
        return tuple(diff(before, after, tuple(_splices(before, after))))
    except LayoutUnknown:
        return None


def _splices(old: str, new: str) -> Iterator[Splice]:
    """The lines that differ. What both begin and end with is taken off first: comparing is slow."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    shorter -= head
    tail = next((i for i in range(shorter) if before[-1 - i] != after[-1 - i]), shorter)
    position = sum(map(len, before[:head]))
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, first, last, new_first, new_last in matcher.get_opcodes():
        length = sum(map(len, before[first:last]))
        if kind != "equal":
            yield Splice(position, position + length, "".join(after[new_first:new_last]))
        position += length
