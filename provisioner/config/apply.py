"""A change brought into config.toml, or only shown.

The edit is a pure function of the file's data. It is tried on what the caller saw, and again under the lock on what
is on disk then, if that is another text: two commands at once lose nothing of each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.config import backups as versions
from provisioner.config import files
from provisioner.config.draft import draft, shown
from provisioner.config.read import ConfigFile, parse, read, read_text
from provisioner.lock import held
from provisioner.secrets import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from provisioner.config.diff import DiffLine
    from provisioner.config.draft import Draft, Edit
    from provisioner.config.plan import Plan

WAIT_S = 30.0


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
) -> Applied:
    """Bring config.toml to what ``edit`` makes of it; a change of nothing touches nothing, not even the lock.

    Args:
        path: config.toml; a symlink stays one and its target is written.
        edit: data to desired data, pure: it may be called twice.
        backups: the folder for versions of the file.
        clock: seconds since the epoch.
        seen: what the caller has read already; not read and parsed again unless the file has changed since.
        wait_s: seconds to wait for another process.
        on_wait: told once, with the file's path, when there is one to wait for.

    Raises:
        ConfigInvalid: the file cannot be read, or is of a shape that cannot be edited safely.
        ConfigUnwritable: it cannot be written here.
        Busy: another process kept the lock for longer than ``wait_s``.
        ProvisionerError: whatever ``edit`` raises.
    """
    drafted = draft(seen or read(path), edit)
    if drafted.text is None:
        return Applied(drafted.plan, drafted.data, written=False)
    target = path
    try:
        target = files.resolve(path)
        files.make_private(target.parent)
        with held(target, wait_s=wait_s, on_wait=on_wait) as locked:
            if locked:
                files.clean(target.parent, f"{target.name}.")
            text = read_text(target)
            if text != drafted.file.text:
                drafted = draft(ConfigFile(path, text, {} if text is None else parse(text, path)), edit)
            if drafted.text is None:
                return Applied(drafted.plan, drafted.data, written=False)
            return _write(target, drafted, drafted.text, backups, clock())
    except OSError as error:
        raise files.unwritable(target, error) from error


def preview(path: Path, edit: Edit, *, seen: ConfigFile | None = None) -> Preview:
    """What :func:`change` would do to config.toml now; writes nothing.

    Raises:
        ConfigInvalid: as :func:`change`.
        ProvisionerError: whatever ``edit`` raises.
    """
    drafted = draft(seen or read(path), edit)
    return Preview(drafted.plan, drafted.data, shown(drafted))


def _write(target: Path, drafted: Draft, text: str, backups: Path, now: float) -> Applied:
    backup, notes = None, []
    if drafted.file.text is not None:
        try:
            backup = versions.save(backups, target, drafted.file.text.encode(), now)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            notes.append(f"no backup of the version before could be kept in {backups}: {reason}")
    private = files.is_public(target) and _holds_key(drafted.data)
    files.replace(target, text.encode(), private=private)
    if private:
        notes.append(f"{target} could be read by everybody; it holds a key, so now only you can read it")
    return Applied(drafted.plan, drafted.data, written=True, backup=backup, notes=tuple(notes))


def _holds_key(data: Mapping[str, Any]) -> bool:
    rest = {name: value for name, value in data.items() if name != "models"}  # aliases hold no keys
    return bool(masked(rest) != rest)
