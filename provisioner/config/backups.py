"""The changes made to config.toml, each with the bytes before it, so that any of them can be taken back.

One folder for each config.toml, named after its path: two files never mix, and a file that was moved has no history
until somebody asks where it came from. In the folder ``<entry>.json`` is what is known of a change, and
``<digest>.toml`` are the bytes that one or more changes found; the same bytes are kept once. All of it is private.

A record is written before its change, so a change that was interrupted may have left one. What config.toml holds
tells: the file that such a record calls the one before is the one that is still there.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner.config.files import clean, keep_private, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

KEPT = 100
KEPT_BYTES = 64 * 1024 * 1024


class BackupEntry(NamedTuple):
    """A change of config.toml.

    Attributes:
        id: counts the changes of one file from 1; never given twice.
        at: when, in seconds since the epoch.
        command: which command made it.
        summary: what it did, in a few words.
        path: the file, all symlinks resolved.
        before: SHA-256 of the file before, in hex; ``None`` when there was none.
        after: the same of the file after.
    """

    id: int
    at: float
    command: str
    summary: str
    path: str
    before: str | None
    after: str | None


def digest(content: bytes | None) -> str | None:
    """The digest by which a content is known; ``None`` for no file."""
    return None if content is None else hashlib.sha256(content).hexdigest()


def save(
    folder: Path,
    target: Path,
    before: bytes | None,
    after: bytes | None,
    *,
    at: float,
    command: str,
    summary: str,
) -> BackupEntry:
    """Keep ``before``, and a record of the change of ``target`` to ``after`` that is about to be made.

    Only for who holds the lock on ``target``, a resolved path. The oldest entries go while there are more than 100,
    or while they keep more than 64 MiB.

    Raises:
        OSError: the folder cannot be written to.
    """
    own = _own(folder, target)
    keep_private(own)
    clean(own)
    number = 1 + max(
        (int(record.stem) for record in own.glob("*.json") if record.stem.isdecimal()), default=0
    )
    entry = BackupEntry(number, at, command, summary, str(target), digest(before), digest(after))
    if before is not None:  # also where it is kept already: that copy may be damaged
        replace(_content(own, entry), before)
    record = json.dumps(entry._asdict(), indent=1).encode()
    replace(own / f"{number}.json", record)
    _prune(own)
    return entry


def discard(folder: Path, target: Path, entry: BackupEntry) -> None:
    """Forget an entry whose change did not come about."""
    own = _own(folder, target)
    with suppress(OSError):
        (own / f"{entry.id}.json").unlink(missing_ok=True)
        _sweep(own, entries(folder, target))


def entries(folder: Path, target: Path) -> list[BackupEntry]:
    """The changes of ``target`` (its resolved path) that are on record, oldest first."""
    return _read(_own(folder, target))


def content(folder: Path, target: Path, entry: BackupEntry) -> bytes | None:
    """The bytes before the change; ``None`` when there was no file.

    Raises:
        OSError: they cannot be read.
        ValueError: they are not what was kept.
    """
    kept = path(folder, target, entry)
    if kept is None:
        return None
    saved = kept.read_bytes()
    if digest(saved) != entry.before:
        raise ValueError(f"{kept} was changed")
    return saved


def path(folder: Path, target: Path, entry: BackupEntry) -> Path | None:
    """Where the bytes before the change are kept; ``None`` when there was no file."""
    return None if entry.before is None else _content(_own(folder, target), entry)


def elsewhere(folder: Path, after: str) -> BackupEntry | None:
    """The newest change of any file that left the content ``after``: a moved or copied file is known by it."""
    found = [entry for own in folder.glob("*/") for entry in _read(own) if entry.after == after]
    return max(found, key=lambda entry: entry.at, default=None)


def _own(folder: Path, target: Path) -> Path:
    return folder / hashlib.sha256(os.fsencode(target)).hexdigest()[:12]


def _content(own: Path, entry: BackupEntry) -> Path:
    return own / f"{entry.before}.toml"


def _read(own: Path) -> list[BackupEntry]:
    found = []
    for record in own.glob("*.json"):
        with suppress(OSError, ValueError, TypeError, LookupError, RecursionError):
            fields = json.loads(record.read_bytes())
            if record.name == f"{fields['id']}.json" and _is_sound(fields):
                found.append(BackupEntry(**fields))
    return sorted(found, key=lambda entry: entry.id)


def _is_sound(fields: Mapping[str, Any]) -> bool:
    """Whether a record that was read holds what it must: it may be damaged, or written by a hand."""
    return (
        isinstance(fields["at"], int | float)
        and math.isfinite(fields["at"])  # JSON has no other number, Python's reader takes NaN
        and all(isinstance(fields[name], str) for name in ("command", "summary", "path"))
        and all(isinstance(fields[name], str | None) for name in ("before", "after"))
    )


def _prune(own: Path) -> None:
    """Remove the oldest entries beyond the bounds; the newest always stays. Within the bounds no record is read."""
    with os.scandir(own) as files:
        sizes = {file.name: file.stat(follow_symlinks=False).st_size for file in files}
    contents = {name: size for name, size in sizes.items() if name.endswith(".toml")}
    if len(sizes) - len(contents) <= KEPT and sum(contents.values()) <= KEPT_BYTES:
        return
    known, kept = _read(own), list[BackupEntry]()
    total = 0
    for entry in reversed(known):
        total += contents.pop(f"{entry.before}.toml", 0)  # counts once
        if kept and (len(kept) >= KEPT or total > KEPT_BYTES):
            break
        kept.append(entry)
    if len(kept) < len(known):
        for entry in known[: len(known) - len(kept)]:
            (own / f"{entry.id}.json").unlink(missing_ok=True)
        _sweep(own, kept)


def _sweep(own: Path, kept: Iterable[BackupEntry]) -> None:
    """Remove contents that no entry needs any more."""
    needed = {f"{entry.before}.toml" for entry in kept}
    for file in own.glob("*.toml"):
        if file.name not in needed:
            file.unlink(missing_ok=True)
