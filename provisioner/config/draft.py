"""What an edit makes of one reading of config.toml: the plan, and the new text, proven to mean what was intended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner.config.edit import rewrite
from provisioner.config.guard import difference
from provisioner.config.layout import LayoutUnknown
from provisioner.config.plan import CONTAINERS, Plan, plan
from provisioner.config.read import BOM, ConfigFile, parse
from provisioner.config.splice import Splice
from provisioner.config.values import dotted
from provisioner.errors import ConfigInvalid, ConfigUnwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from provisioner.config.diff import DiffLine

    Edit = Callable[[dict[str, Any]], Mapping[str, Any]]

_NEW_FILE = """\
# Configuration of Kimi Code. Providers and models below are written by `kimi provider`;
# edit by hand what you like: comments, order and spacing stay as they are.
"""


class Draft(NamedTuple):
    """A change thought through and not yet written.

    Attributes:
        file: what the edit was applied to.
        plan: the changes.
        data: what the file will mean.
        text: the whole new file; ``None`` when there is nothing to change.
        splices: how the new text came about, both texts taken without byte order mark; an empty one for no file.
    """

    file: ConfigFile
    plan: Plan
    data: Mapping[str, Any]
    text: str | None
    splices: tuple[Splice, ...] = ()

    def __repr__(self) -> str:  # file, data and text hold keys
        return f"Draft(plan={self.plan!r})"


def draft(file: ConfigFile, edit: Edit) -> Draft:
    """Apply ``edit`` to what was read, and render the change.

    Raises:
        ConfigInvalid: the file is of a shape that cannot be edited safely.
        ConfigUnwritable: a new value cannot be expressed.
        ProvisionerError: whatever ``edit`` raises.
    """
    try:
        after = edit(file.data)
        changes = plan(file.data, after)
        if not changes:
            return Draft(file, changes, after, None)
        text, splices = _rendered(file, changes)
        # Where providers go, the records of imports are looked through, and the file is read for that.
        _prove(file, text, after, keep=bool(changes.providers.removed))
    except (ConfigInvalid, ConfigUnwritable) as error:
        error.where = error.where or str(file.path)
        raise
    return Draft(file, changes, after, text, splices)


def shown(drafted: Draft) -> tuple[DiffLine, ...]:
    """The change as a masked diff.

    Raises:
        ConfigInvalid: the file is of a shape that cannot be masked safely.
    """
    from provisioner.config.diff import diff

    if drafted.text is None:
        return ()
    old, new = (drafted.file.text or "").removeprefix(BOM), drafted.text.removeprefix(BOM)
    try:
        return tuple(diff(old, new, drafted.splices))
    except LayoutUnknown as error:
        raise _unsafe(drafted.file, "it is of an unknown form somewhere") from error


def _rendered(file: ConfigFile, changes: Plan) -> tuple[str, tuple[Splice, ...]]:
    if file.text is None:
        new = rewrite(_NEW_FILE, {}, changes).text
        return new, (Splice(0, 0, new),)
    mark = BOM if file.text.startswith(BOM) else ""
    old = file.text.removeprefix(BOM)
    try:
        rewritten = rewrite(old, file.data, changes)
    except LayoutUnknown as error:
        line = old.count("\n", 0, error.offset) + 1
        raise _unsafe(file, f"line {line} is of an unknown form", line) from error
    return mark + rewritten.text, rewritten.splices


def _prove(file: ConfigFile, text: str, intended: Mapping[str, Any], *, keep: bool) -> None:
    try:
        actual = parse(text, file.path, keep=keep)
    except ConfigInvalid as error:
        raise _unsafe(file, "the result would not be valid TOML") from error
    if wrong := difference(intended, actual):
        raise _unsafe(file, f"the result would differ at `{dotted(wrong)}`")
    for (name,) in CONTAINERS if keep else ():
        if isinstance(actual.get(name), dict):  # proven to be the same: once in memory is enough
            actual[name].update(intended[name])


def _unsafe(file: ConfigFile, reason: str, line: int | None = None) -> ConfigInvalid:
    return ConfigInvalid(
        f"config.toml is of a shape that cannot be edited safely: {reason}",
        hint="write the providers and models in it as [tables], or make this change by hand; nothing was written",
        where=f"{file.path}:{line}" if line else str(file.path),
    )
