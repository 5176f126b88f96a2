"""What the documents that are kept say of the imports in config.toml: no network, and silent where none is kept."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from catalog.errors import CatalogError
from catalog.untrusted import mapping, string
from catalog.urls import shown
from provisioner.config import tables
from provisioner.doctor.issue import shown as header
from provisioner.doctor.issue import warning
from provisioner.errors import ProvisionerError
from provisioner.workflows import imports, refresh

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from provisioner.app import App
    from provisioner.doctor.issue import Issue
    from provisioner.workflows.drift import DriftFinding

# What a refresh would change, or waits for consent to. What nobody can tell, and what others claim, is none of it.
_STALE = frozenset({"changed", "added", "conflict", "moved"})
_GONE = frozenset({"removed", "kept"})


def issues(app: App, data: Mapping[str, Any]) -> Iterator[Issue]:
    """Retired models, each, and providers that are not as their source has them, each once.

    Args:
        app: config.toml, the kept documents and the record of imports.
        data: what config.toml means.
    """
    if not any("source" in mapping(table) for table in tables.members(data, "providers").values()):
        return
    found: tuple[DriftFinding, ...] = ()
    built_in: set[str] = set()
    with suppress(CatalogError, ProvisionerError):  # the file's own flaws, which other rules tell
        result = refresh.run(app, refresh.Request(check=True, offline=True))
        # The built-in snapshot may be older than what was imported.
        built_in = {source.url for source in result.sources if source.kind == "snapshot"}
        found = result.findings
    known = imports.load(app)
    stale: dict[str, list[str]] = {}
    for finding in found:
        name = finding.provider
        source = mapping(tables.provider_in(data, name).get("source"))
        if shown(string(source.get("url"))) in built_in:
            continue
        if finding.kind in _GONE and finding.alias:
            yield warning("model_retired", ("models", finding.alias), finding.message, _refresh(name))
        elif finding.kind in _STALE or (finding.kind in _GONE and name in known):
            stale.setdefault(name, []).append(finding.message)
    for name, said in stale.items():
        path = ("providers", name)
        is_there = name in tables.members(data, "providers")
        more = f", and {len(said) - 1} more" if said[1:] else ""
        yield warning(
            "source_stale",
            path,
            f"{header(path) if is_there else 'a registry'} has changed since it was imported: {said[0]}{more}",
            _refresh(name if is_there else ""),
        )


def _refresh(name: str) -> str:
    return f"kimi provider refresh {name}".rstrip()
