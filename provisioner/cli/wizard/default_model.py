"""Which model becomes the default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.prompts.asking import Question
from provisioner.cli.prompts.list_state import ListRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from provisioner.cli.prompts.list_state import Column
    from provisioner.cli.wizard.wizard import Wizard

_KEEP = "\nkeep"


def standing(wizard: Wizard, provider_id: str, aliases: Collection[str]) -> str | None:
    """The default model of config.toml, if it will still be there once ``provider_id`` has just these aliases."""
    alias = wizard.data.get("default_model")
    model = wizard.table("models").get(alias) if isinstance(alias, str) else None
    if not isinstance(model, dict) or not isinstance(alias, str):
        return None
    return alias if model.get("provider") != provider_id or alias in aliases else None


def ask_default(
    wizard: Wizard,
    trail: tuple[str, ...],
    columns: Sequence[Column],
    rows: Sequence[ListRow[str]],
    *,
    keeps: str | None,
    start: str | None,
) -> str | None:
    """The value of one of ``rows``, or None to keep the default ``keeps``.

    Raises:
        Back: the person goes back.
    """
    if keeps is not None:
        rows = [ListRow(_KEEP, (f"keep {keeps}",), detail="the default model that config.toml has"), *rows]
    question = Question("Which model does Kimi Code start with?", trail)
    chosen = wizard.ask.one(question, columns, rows, start=start, filters=len(rows) > 1)
    return None if chosen == _KEEP else chosen
