"""A change brought into config.toml, or only shown.

The edit is a pure function of the file's data. It is tried on what the caller saw, and again under the lock on what
is on disk then, if that is another text: two commands at once lose nothing of each other. Editors and Kimi Code know
no lock; that nothing of theirs is lost is seen to at the end, in the moment before the new file takes the old one's
place. If the file is another by then, the change is drafted again.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from provisioner import written
from provisioner.config import backups as versions
from provisioner.config import files, whole
from provisioner.config.draft import draft, shown
from provisioner.config.read import read
from provisioner.config.whole import Reading, busy
from provisioner.lock import held
from provisioner.secrets import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from provisioner.config.diff import DiffLine
    from provisioner.config.draft import Edit
    from provisioner.config.plan import Plan
    from provisioner.config.read import ConfigFile

WAIT_S = 30.0
TRIES = 8


@dataclass(frozen=True)
class Applied:
    """What :func:`change` did.

    Attributes:
        plan: the changes; none of them when the file was as desired already.
        data: what the file means now.
        written: whether the file was replaced.
        backup: the version before, if there was one.
        notes: sentences that the user should read.
    """

    plan: Plan
    data: Mapping[str, Any] = field(repr=False)
    written: bool
    backup: Path | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What :func:`change` would do; ``data`` is what the file would mean, ``diff`` is masked and safe to show."""

    plan: Plan
    data: Mapping[str, Any] = field(repr=False)
    diff: tuple[DiffLine, ...]


def change(
    path: Path,
    edit: Edit,
    *,
    backups: Path,
    clock: Callable[[], float],
    seen: ConfigFile | None = None,
    wait_s: float = WAIT_S,
    on_wait: Callable[[Path], None] | None = None,
    command: str = "",
) -> Applied:
    """Bring config.toml to what ``edit`` makes of it; a change of nothing touches nothing, not even the lock.

    Args:
        path: config.toml; a symlink stays one and its target is written.
        edit: data to desired data, pure: it is called again where the file changed meanwhile.
        backups: the folder for versions of the file.
        clock: seconds since the epoch.
        seen: what the caller has read already; not read and parsed again unless the file has changed since.
        wait_s: seconds to wait for another process.
        on_wait: told once, with the file's path, when there is one to wait for.
        command: what the change goes on record as.

    Raises:
        ConfigInvalid: the file cannot be read, or is of a shape that cannot be edited safely.
        ConfigUnwritable: it cannot be written here.
        Busy: another process kept the lock for longer than ``wait_s``, or a program without a lock changed the file
            again and again.
        ProvisionerError: whatever ``edit`` raises.
    """
    drafted = draft(seen or read(path), edit)
    if drafted.text is None:
        return Applied(drafted.plan, drafted.data, written=False)
    with locked(path, wait_s=wait_s, on_wait=on_wait) as target:
        for _ in range(TRIES):
            file = read(target, drafted.file)
            drafted = draft(replace(file, path=path), edit) if file.text != drafted.file.text else drafted
            if drafted.text is None:
                return Applied(drafted.plan, drafted.data, written=False)
            old = Reading(None if file.text is None else file.text.encode(), file.stamp)
            private = files.is_public(target) and holds_key(drafted.data)
            history = History(backups, clock, command, _summary(drafted.plan))
            try:
                backup, notes = put(target, old, drafted.text.encode(), history, private=private)
            except ChangedMeanwhile:
                continue
            return Applied(drafted.plan, drafted.data, written=True, backup=backup, notes=notes)
    raise busy(target)


def preview(path: Path, edit: Edit, *, seen: ConfigFile | None = None) -> Preview:
    """What :func:`change` would do to config.toml now; writes nothing.

    Raises:
        ConfigInvalid: as :func:`change`.
        ProvisionerError: whatever ``edit`` raises.
    """
    drafted = draft(seen or read(path), edit)
    return Preview(drafted.plan, drafted.data, shown(drafted))


@dataclass(frozen=True)
class History:
    """Where a change is put on record, and as what: the fields of :func:`provisioner.config.backups.save`."""

    folder: Path
    clock: Callable[[], float]
    command: str
    summary: str


class ChangedMeanwhile(Exception):
    """Somebody else changed the file since it was read; nothing was written."""


@contextmanager
def locked(
    path: Path, *, wait_s: float = WAIT_S, on_wait: Callable[[Path], None] | None = None
) -> Iterator[Path]:
    """Hold the lock on the file that ``path`` leads to, which is yielded; its folder is made.

    Raises:
        ConfigUnwritable: what goes wrong with the file system within.
        Busy: another process kept the lock for longer than ``wait_s``.
    """
    target = path
    try:
        target = files.resolve(path)
        files.make_private(target.parent)
        with held(target, wait_s=wait_s, on_wait=on_wait) as is_held:
            if is_held:
                files.clean(target.parent, f"{target.name}.")
            yield target
    except OSError as error:
        raise files.unwritable(target, error) from error


def put(
    target: Path, old: Reading, content: bytes | None, history: History, *, private: bool
) -> tuple[Path | None, tuple[str, ...]]:
    """Put ``content`` (``None``: no file) in the place of ``old``, under the lock, and the change on record.

    All that takes time is done first: whether the file is still the one that was read is asked last.

    Returns:
        Where the old bytes are kept, if there were any, and sentences that the user should read.

    Raises:
        ChangedMeanwhile: it is not.
        OSError: it cannot be written.
    """
    entry, notes = None, []
    try:
        entry = versions.save(
            history.folder,
            target,
            old.content,
            content,
            at=history.clock(),
            command=history.command,
            summary=history.summary,
        )
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        notes.append(f"no backup of the version before could be kept in {history.folder}: {reason}")

    def check() -> None:
        if whole.stamp(target) != old.stamp:
            raise ChangedMeanwhile

    try:
        if content is None:
            files.remove(target, check=check)
        else:
            files.replace(target, content, private=private, check=check)
    except BaseException as error:
        if isinstance(error, ChangedMeanwhile) or whole.stamp(target) == old.stamp:
            if entry:
                versions.discard(history.folder, target, entry)
        else:
            written.note(target)
        raise
    written.note(target)
    if private and content is not None:
        notes.append(f"{target} could be read by everybody; it holds a key, so now only you can read it")
    return versions.path(history.folder, target, entry) if entry else None, tuple(notes)


def holds_key(data: Mapping[str, Any]) -> bool:
    """Whether there is a credential among the values."""
    return bool(masked(data) != data)


_SHOWN = 3


def _summary(plan: Plan) -> str:
    """``added acme; changed default_model``: what a plan does, for the list of changes."""
    parts = []
    for verb, kind in (("added", "add"), ("changed", "change"), ("removed", "remove")):
        named = [
            *getattr(plan.providers, f"{verb}"),
            *dict.fromkeys(
                c.path[0] for c in plan.changes if c.kind == kind and c.path[0] not in ("providers", "models")
            ),
        ]
        if not named and (aliases := getattr(plan.aliases, verb)):
            named = list(aliases)
        if named:
            more = len(named) - _SHOWN
            parts.append(f"{verb} {', '.join(named[:_SHOWN])}{f' and {more} more' if more > 0 else ''}")
    return "; ".join(parts)
