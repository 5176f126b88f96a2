"""What config.toml configures, by provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.reserved import is_login
from provisioner.config.read import read
from provisioner.config.tables import CATALOG, PICKED, WHOLE
from provisioner.kimi_code.auth import declared
from provisioner.kimi_code.owner import default_provider, provider_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from provisioner.app import App


class Row(NamedTuple):
    """One provider.

    Attributes:
        id: its key in config.toml.
        wire: its ``type``, as written.
        aliases: the aliases that name it, in the file's order.
        source: ``catalog``, ``registry URL``, ``login`` for one that Kimi Code's own login made, else ``hand``. The
            URL is as it stands in the file, which tells registries apart; it may hold a token, so mask it to show it.
        credential: ``key``, ``env NAME``, ``env table``, ``login`` or ``none``.
    """

    id: str
    wire: str
    aliases: tuple[str, ...]
    source: str
    credential: str

    def __repr__(self) -> str:  # the source may hold a token
        return f"Row(id={self.id!r}, wire={self.wire!r}, aliases={self.aliases!r})"


class Result(NamedTuple):
    """The providers in order of their ids, and the file's data."""

    config_path: Path
    rows: tuple[Row, ...]
    default_model: str | None
    data: Mapping[str, Any]

    def __repr__(self) -> str:  # the data holds keys
        return f"Result(config_path={self.config_path!r}, rows={self.rows!r})"


def run(app: App) -> Result:
    """Reads config.toml; a missing file configures nothing.

    Raises:
        ConfigInvalid: it cannot be read.
    """
    data = read(app.config_path).data
    aliases: dict[str, list[str]] = {}
    fallback = default_provider(data)
    for alias, model in _tables(data, "models").items():
        name = provider_name(model, fallback)
        aliases.setdefault(str(name), []).append(alias)
    rows = tuple(
        Row(
            id=name,
            wire=str(table.get("type", "?")),
            aliases=tuple(aliases.get(name, ())),
            source=_source_of(table),
            credential=_credential_of(table),
        )
        for name, table in sorted(_tables(data, "providers").items())
    )
    default = data.get("default_model")
    return Result(app.config_path, rows, default if isinstance(default, str) else None, data)


def _source_of(table: Mapping[str, Any]) -> str:
    """Where a provider table came from, in the words of :class:`Row`."""
    if is_login(table):
        return "login"
    source = table.get("source")
    if not isinstance(source, dict):
        return "hand"
    if source.get("kind") in (WHOLE, PICKED):
        return f"registry {source.get('url')}"
    return "catalog" if source.get("kind") == CATALOG else str(source.get("kind"))


def _credential_of(table: Mapping[str, Any]) -> str:
    """The credential that Kimi Code would find, in the words of :class:`Row`."""
    found = declared(table)
    return {"key": "key", "variable": f"env {found.name}", "table": "env table"}.get(found.kind, found.kind)


def _tables(data: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    """The tables below a top-level key; anything else that a hand wrote there is not one of ours to list."""
    found = data.get(key)
    return {k: v for k, v in found.items() if isinstance(v, dict)} if isinstance(found, dict) else {}
