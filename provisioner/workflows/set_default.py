"""Makes an alias the default model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner.config import tables
from provisioner.errors import NotFound
from provisioner.workflows.near import near
from provisioner.workflows.outcome import Outcome, commit, refusal_note
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.note import Note
    from provisioner.workflows.watch import Watch


class Request(NamedTuple):
    """The alias that becomes default_model."""

    alias: str
    dry_run: bool = False


class Result(NamedTuple):
    """The alias that is the default now."""

    outcome: Outcome
    alias: str
    notes: tuple[Note, ...] = ()


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Sets default_model.

    Raises:
        NotFound: no such alias.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
    """

    def edit(data: dict[str, Any]) -> dict[str, Any]:
        known = tables.members(data, "models")
        if request.alias not in known:
            raise NotFound(
                f'alias "{request.alias}" not found',
                hint=near(request.alias, known, otherwise="kimi provider list"),
                where=str(app.config_path),
            )
        return tables.with_default_model(data, request.alias)

    outcome = commit(app, edit, dry_run=request.dry_run, watch=watch)
    return Result(outcome, request.alias, refusal_note(app, outcome.data))
