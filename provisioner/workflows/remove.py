"""Removes providers, and with each everything that names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner.config import tables
from provisioner.errors import NotFound
from provisioner.workflows import imports
from provisioner.workflows.near import near
from provisioner.workflows.outcome import Outcome, cleared_notes, commit
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.note import Note
    from provisioner.workflows.watch import Watch


class Request(NamedTuple):
    """Ids of the providers to remove."""

    providers: tuple[str, ...]
    dry_run: bool = False


class Result(NamedTuple):
    """What was removed."""

    outcome: Outcome
    providers: tuple[str, ...]
    notes: tuple[Note, ...]


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Removes the providers, all or none.

    Raises:
        NotFound: one of them is not in config.toml.
        ProviderManaged: one of them is a login of Kimi Code.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
    """
    wanted = tuple(dict.fromkeys(request.providers))

    def edit(data: dict[str, Any]) -> dict[str, Any]:
        known = tables.members(data, "providers")
        for name in wanted:
            if name not in known:
                raise NotFound(
                    f'provider "{name}" not found',
                    hint=near(name, known, otherwise="kimi provider list"),
                    where=str(app.config_path),
                )
        return tables.without_providers(data, wanted)

    outcome = commit(app, edit, dry_run=request.dry_run, watch=watch)
    if outcome.written:
        imports.save(app, {}, outcome.data)  # forgets what is gone
    return Result(outcome, wanted, tuple(cleared_notes(outcome)))
