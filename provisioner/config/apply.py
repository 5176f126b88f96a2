"""A change brought into config.toml, or only shown.

The edit is a pure function of the file's data. It is tried on what the caller saw, and again under the lock on what
is on disk then, if that is another text: two commands at once lose nothing of each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.config import backups as versions
from provisioner.config import files
from provisioner.config.edit import rewrite
from provisioner.config.guard import difference
from provisioner.config.layout import LayoutUnknown
from provisioner.config.lock import held
from provisioner.config.plan import Plan
from provisioner.config.plan import plan as plan_between
from provisioner.config.read import BOM, ConfigFile, parse, read, read_text
from provisioner.config.splice import Splice
from provisioner.config.values import dotted
from provisioner.errors import ConfigInvalid
from provisioner.secrets import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from provisioner.config.diff import DiffLine

    Edit = Callable[[dict[str, Any]], Mapping[str, Any]]

WAIT_S = 30.0

_NEW_FILE = """\
# Configuration of Kimi Code. Providers and models below are written by `kimi provider`;
# edit by hand what you like: comments, order and spacing stay as they are.
"""


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
    draft = _draft(seen or read(path), edit)
    if draft.text is None:
        return Applied(draft.plan, draft.after, written=False)
    target = path
    try:
        target = files.resolve(path)
        files.make_private(target.parent)
        with held(target, wait_s=wait_s, on_wait=on_wait) as locked:
            if locked:
                files.clean(target)
            text = read_text(path)
            if text != draft.file.text:
                draft = _draft(ConfigFile(path, text, {} if text is None else parse(text, path)), edit)
            if draft.text is None:
                return Applied(draft.plan, draft.after, written=False)
            return _write(target, draft.file.text, draft, backups, clock())
    except OSError as error:
        raise files.unwritable(target, error) from error


def preview(path: Path, edit: Edit, *, seen: ConfigFile | None = None) -> Preview:
    """What :func:`change` would do to config.toml now; writes nothing.

    Raises:
        ConfigInvalid: as :func:`change`.
        ProvisionerError: whatever ``edit`` raises.
    """
    from provisioner.config.diff import diff

    draft = _draft(seen or read(path), edit)
    if draft.text is None:
        return Preview(draft.plan, draft.after, ())
    new = draft.text.removeprefix(BOM)
    if draft.file.text is None:
        return Preview(draft.plan, draft.after, tuple(diff("", new, (Splice(0, 0, new),))))
    return Preview(
        draft.plan, draft.after, tuple(diff(draft.file.text.removeprefix(BOM), new, draft.splices))
    )


@dataclass(frozen=True)
class _Draft:
    file: ConfigFile
    after: Mapping[str, Any]
    plan: Plan
    text: str | None  # None: nothing to write
    splices: tuple[Splice, ...] = ()


def _draft(file: ConfigFile, edit: Edit) -> _Draft:
    try:
        after = edit(file.data)
        plan = plan_between(file.data, after)
        if not plan:
            return _Draft(file, after, plan, None)
        mark, old = _split_mark(_NEW_FILE if file.text is None else file.text)
        try:
            new = rewrite(old, file.data, plan)
        except LayoutUnknown as error:
            line = old.count("\n", 0, error.offset) + 1
            raise _unsafe(f"line {line} is of an unknown form", f"{file.path}:{line}") from error
        text = mark + new.text
        try:
            actual = parse(text, file.path)
        except ConfigInvalid as error:
            raise _unsafe("the result would not be valid TOML", str(file.path)) from error
        if wrong := difference(after, actual):
            raise _unsafe(f"the result would differ at `{dotted(wrong)}`", str(file.path))
    except ConfigInvalid as error:
        error.where = error.where or str(file.path)
        raise
    return _Draft(file, after, plan, text, new.splices)


def _write(target: Path, old: str | None, draft: _Draft, backups: Path, now: float) -> Applied:
    assert draft.text is not None  # there is something to write
    backup, notes = None, []
    if old is not None:
        try:
            backup = versions.save(backups, target, old.encode(), now)
        except OSError as error:
            notes.append(
                f"no backup of the last version could be kept in {backups}: {error.strerror or error}"
            )
    private = files.is_public(target) and _holds_key(draft.after)
    if private:
        notes.append(f"{target} could be read by everybody and holds a key: its mode is 0600 now")
    files.replace(target, draft.text.encode(), private=private)
    return Applied(draft.plan, draft.after, written=True, backup=backup, notes=tuple(notes))


def _holds_key(data: Mapping[str, Any]) -> bool:
    rest = {
        key: value for key, value in data.items() if key != "models"
    }  # aliases name a provider, never a key
    return bool(masked(rest) != rest)


def _split_mark(text: str) -> tuple[str, str]:
    return (BOM, text[1:]) if text.startswith(BOM) else ("", text)


def _unsafe(reason: str, where: str) -> ConfigInvalid:
    return ConfigInvalid(
        f"config.toml is of a shape that cannot be edited safely: {reason}",
        hint="write the providers and models in it as [tables], or make this change by hand; nothing was written",
        where=where,
    )
