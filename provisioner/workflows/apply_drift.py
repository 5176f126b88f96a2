"""The edit of config.toml that one provider's drift comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.config import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.workflows.drift import Drift


def apply_drift(data: dict[str, Any], name: str, source: Mapping[str, Any], found: Drift) -> dict[str, Any]:
    """``data`` of config.toml with what upstream alone changed of the provider ``name``; ``data`` itself stays.

    ``source`` is written where its table has none.
    """
    table = tables.provider_in(data, name)
    new = dict(table)
    if found.endpoint is not None:
        new.pop("base_url", None)
        new.update(found.endpoint)
    if "source" not in table:
        new["source"] = dict(source)
    if new != table:
        data = {**data, "providers": {**tables.members(data, "providers"), name: new}}
    if found.aliases:
        data = {**data, "models": {**tables.members(data, "models"), **found.aliases}}
    return tables.without_aliases(data, found.removed)
