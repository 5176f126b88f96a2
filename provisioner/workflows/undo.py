"""Takes changes of config.toml back, and lists those that can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.config import undo
from provisioner.config.backups import digest
from provisioner.config.read import read, read_bytes
from provisioner.errors import ConfigInvalid
from provisioner.workflows import imports
from provisioner.workflows.outcome import waiting_for
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.config.backups import BackupEntry
    from provisioner.config.undo import Undone
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Request:
    """What to take back.

    Attributes:
        entry: the id of a change, taken back with all that came after it; without it the last one.
        force: also where something else has changed the file since.
        dry_run: only say what would happen.
    """

    entry: int | None = None
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class ListedChange:
    """A change on record.

    Attributes:
        entry: the record.
        here: whether the file is now as this change left it.
        foreign: whether something else changed the file between the change before and this one.
    """

    entry: BackupEntry
    here: bool
    foreign: bool


def run(app: App, request: Request, watch: Watch = silent) -> Undone:
    """Brings config.toml back, byte for byte.

    Raises:
        NotFound: there is no such change, or none at all.
        ConfigChanged: something else changed the file, and ``force`` was not given.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
    """
    if request.dry_run:
        return undo.preview(app.config_path, request.entry, folder=app.backups, force=request.force)
    before = _data(app)
    done = undo.undo(
        app.config_path,
        request.entry,
        folder=app.backups,
        clock=app.clock,
        force=request.force,
        on_wait=waiting_for(watch),
        command=app.command,
    )
    after = _data(app)
    if done.written and before is not None and after is not None:
        imports.follow_undo(app, before, after)
    return done


def _data(app: App) -> dict[str, Any] | None:
    """What config.toml means; None where it is no TOML, which an undo brings back all the same."""
    try:
        return read(app.config_path).data
    except ConfigInvalid:
        return None


def changes(app: App) -> tuple[ListedChange, ...]:
    """The changes on record, newest first.

    Raises:
        ConfigInvalid: config.toml is no regular file, or may not be read.
    """
    now = digest(read_bytes(app.config_path).content)
    known = undo.entries(app.config_path, app.backups)
    listed = [
        ListedChange(
            entry, here=entry.after == now, foreign=previous is not None and previous.after != entry.before
        )
        for previous, entry in zip([None, *known], known, strict=False)
    ]
    return tuple(reversed(listed))
