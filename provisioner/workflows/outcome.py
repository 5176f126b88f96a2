"""What every command that writes config.toml reports: the change, whether it was made, and what to know about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner.characters import folded
from provisioner.config import apply
from provisioner.kimi_code.view import NO_DEFAULT, View
from provisioner.note import Note
from provisioner.workflows.default_alias import best_alias, models_of
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from catalog.models import Provider
    from provisioner.app import App
    from provisioner.config.diff import DiffLine
    from provisioner.config.plan import Plan
    from provisioner.config.read import ConfigFile
    from provisioner.workflows.watch import Watch

    Edit = Callable[[dict[str, Any]], dict[str, Any]]

_MOST_ALIKE = 20


class Outcome(NamedTuple):
    """A change of config.toml.

    Attributes:
        config_path: the file.
        plan: the ordered changes; empty when the file already says all of it.
        written: whether the file was written. False for a dry run and for an empty plan.
        dry_run: whether only the plan was asked for.
        data: the file's content after the change.
        diff: the masked unified diff; filled by a dry run only.
        backup: the copy of the file as it was; None when there was none or nothing was written.
        notes: what the writing itself had to say.
    """

    config_path: Path
    plan: Plan
    written: bool
    dry_run: bool
    data: Mapping[str, Any]
    diff: tuple[DiffLine, ...] = ()
    backup: Path | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:  # the data holds keys
        return f"Outcome(config_path={self.config_path!r}, plan={self.plan!r}, written={self.written!r})"


def commit(
    app: App, edit: Edit, *, dry_run: bool, watch: Watch = silent, seen: ConfigFile | None = None
) -> Outcome:
    """Applies ``edit`` to config.toml, or with ``dry_run`` only plans it.

    ``edit`` is a pure function from the file's data to the intended data. It runs on what is on disk once the
    lock is held, so that two commands at once lose nothing. ``seen`` is the file as the caller read it already:
    where nothing touched it since, it is not parsed again.

    Raises:
        ConfigInvalid: config.toml is broken, or ``edit`` refuses what it finds there.
        ConfigUnwritable: the file cannot be written at this place.
        Busy: another process holds the lock.
        ProvisionerError: whatever ``edit`` or ``app.review`` raises.
    """
    path = app.config_path
    if dry_run:
        shown = apply.preview(path, edit, seen=seen)
        return Outcome(
            path,
            shown.plan,
            written=False,
            dry_run=True,
            diff=shown.diff,
            notes=_lookalikes(shown.plan, shown.data),
            data=shown.data,
        )

    done = apply.change(
        path,
        edit,
        backups=app.backups,
        clock=app.clock,
        on_wait=waiting_for(watch),
        seen=seen,
        command=app.command,
        review=app.review or (lambda _: None),
    )
    changed = len(done.plan.changes)
    app.http.trace(f"{path}: {changed} changes written" if done.written else f"{path}: nothing to change")
    return Outcome(
        path,
        done.plan,
        written=done.written,
        dry_run=False,
        backup=done.backup,
        notes=(*done.notes, *_lookalikes(done.plan, done.data)),
        data=done.data,
    )


def _lookalikes(plan: Plan, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Which new names a reader takes for others of the file; letters that only look Latin are spelled out.

    The aliases of a provider that is told are not told again.
    """
    providers = _alike(plan.providers.added, data.get("providers", {}))
    heads = tuple(f"{name}/" for name in providers)
    aliases = _alike(
        [alias for alias in plan.aliases.added if not alias.startswith(heads)], data.get("models", {})
    )
    told = [
        f"{what} {name!a} looks like {other!a}, which is another one"
        for what, found in (("provider", providers), ("alias", aliases))
        for name, other in found.items()
    ]
    more = len(told) - _MOST_ALIKE
    return (*told[:_MOST_ALIKE], *([f"{more} more names look like others"] if more > 0 else []))


def _alike(added: Collection[str], standing: Mapping[str, Any]) -> dict[str, str]:
    """Those of ``added`` that look like another name, with that name."""
    new = set(added)
    known = {folded(name): name for name in reversed(list(standing)) if name not in new} if new else {}
    return {name: known[folded(name)] for name in added if folded(name) in known}


def waiting_for(watch: Watch) -> Callable[[Path], None]:
    """Tells who watches that another process holds the lock."""
    return lambda target: watch(f"waiting for another process that is changing {target}")


def cleared_notes(outcome: Outcome) -> list[Note]:
    """What named an alias or a provider that went, and went with it."""
    notes = []
    for change in outcome.plan.changes:
        if change.kind == "remove" and change.path in {("default_model",), ("default_provider",)}:
            notes.append(
                Note(
                    "default_cleared",
                    f'{change.path[0]} was "{change.before}", which is gone: kimi provider set-default ALIAS',
                )
            )
        elif change.kind == "remove" and change.path[0] == "secondary_model":
            gone = ".".join(change.path)
            notes.append(Note("secondary_cleared", f"{gone} named what is gone, and went with it"))
    return notes


def refusal_note(app: App, data: Mapping[str, Any], imported: Iterable[Provider] = ()) -> tuple[Note, ...]:
    """A note where Kimi Code would refuse every prompt with this file, whatever ``-m`` says.

    Where there is no default the best of the ``imported`` models is proposed.
    """
    view = View.of(data, app.env)
    if view.lacks_default and (best := best_alias(models_of(imported))):
        return (Note("no_default_model", f"{NO_DEFAULT}: kimi provider set-default {best}"),)
    flaw = view.blocked
    if flaw is None or flaw.code == "variable_unset":  # the shell's, not the file's
        return ()
    return (Note(flaw.code, f"{flaw.message}: {flaw.hint}"),)
