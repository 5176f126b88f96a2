"""A change brought into config.toml, or only shown.

The edit is a pure function of the file's data. It is tried on what the caller saw, and again under the lock on what
is on disk then, if that is another text: two commands at once lose nothing of each other. Editors and Kimi Code know
no lock; if one of them saves before the new file has the old one's place, the change is drafted again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner.config.attributes import is_public
from provisioner.config.draft import draft, shown
from provisioner.config.locked import TRIES, WAIT_S, History, locked
from provisioner.config.read import read
from provisioner.config.swap import ChangedMeanwhile
from provisioner.config.whole import Reading, busy
from provisioner.secrets import holds_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from provisioner.config.diff import DiffLine
    from provisioner.config.draft import Edit
    from provisioner.config.plan import Plan
    from provisioner.config.read import ConfigFile


class Applied(NamedTuple):
    """What :func:`change` did.

    Attributes:
        plan: the changes; none of them when the file was as desired already.
        data: what the file means now.
        written: whether the file was replaced.
        backup: the version before, if there was one.
        notes: sentences that the user should read.
    """

    plan: Plan
    data: Mapping[str, Any]
    written: bool
    backup: Path | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:  # the data may hold keys
        return f"Applied(plan={self.plan!r}, written={self.written!r}, backup={self.backup!r})"


class Preview(NamedTuple):
    """What :func:`change` would do; ``data`` is what the file would mean, ``diff`` is masked and safe to show."""

    plan: Plan
    data: Mapping[str, Any]
    diff: tuple[DiffLine, ...]

    def __repr__(self) -> str:  # the data may hold keys
        return f"Preview(plan={self.plan!r})"


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
    review: Callable[[Plan], None] = lambda _: None,
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
        review: is told the plan before anything is written, the last time under the lock; what it raises ends the change.

    Raises:
        ConfigInvalid: the file cannot be read, or is of a shape that cannot be edited safely.
        ConfigUnwritable: it cannot be written here.
        Busy: another process kept the lock for longer than ``wait_s``, or a program without a lock changed the file
            again and again.
        ProvisionerError: whatever ``edit`` raises.
    """
    drafted = draft(seen or read(path), edit)
    review(drafted.plan)
    if drafted.text is None:
        return Applied(drafted.plan, drafted.data, written=False)
    with locked(path, History(backups, clock, command), wait_s=wait_s, on_wait=on_wait) as held:
        for _ in range(TRIES):
            file = read(held.target, drafted.file)
            drafted = draft(file._replace(path=path), edit) if file.text != drafted.file.text else drafted
            review(drafted.plan)
            if drafted.text is None:
                return Applied(drafted.plan, drafted.data, written=False, notes=held.notes)
            old = Reading(None if file.text is None else file.text.encode(), file.stamp)
            private = is_public(held.target) and holds_secret(drafted.data)
            try:
                backup = held.put(old, drafted.text.encode(), _summary(drafted.plan), private=private)
            except ChangedMeanwhile:
                continue
            return Applied(drafted.plan, drafted.data, written=True, backup=backup, notes=held.notes)
    raise busy(path)


def preview(path: Path, edit: Edit, *, seen: ConfigFile | None = None) -> Preview:
    """What :func:`change` would do to config.toml now; writes nothing.

    Raises:
        ConfigInvalid: as :func:`change`.
        ProvisionerError: whatever ``edit`` raises.
    """
    drafted = draft(seen or read(path), edit)
    return Preview(drafted.plan, drafted.data, shown(drafted))


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
