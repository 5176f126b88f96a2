"""What was written last by an import, so that a refresh can tell the user's changes from upstream's.

One small private file in the state folder for each config.toml, found by its resolved path: a file that was moved
or copied has no record, and its imports are then adopted as those of Kimi Code are. It holds fingerprints, names of
models and prices; no URL and no key. It is a help and no more: without it a refresh keeps what it is not sure of.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.untrusted import mapping
from provisioner.config import files, tables
from provisioner.config.merge import base_of, fingerprint
from provisioner.config.read import read
from provisioner.config.tables import CATALOG, PICKED, WHOLE
from provisioner.errors import Busy, ConfigInvalid
from provisioner.lock import held
from provisioner.note import Note
from provisioner.workflows.entries import alias_tables, provider_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from catalog.models import Provider
    from provisioner.app import App
    from provisioner.workflows.outcome import Outcome

_FORMAT = 1
_WAIT_S = 10.0
_REGISTRY_FIELDS = (
    *("provider", "model", "max_context_size", "capabilities", "display_name"),
    *("support_efforts", "default_effort"),
)
_CATALOG_FIELDS = (
    *("provider", "model", "max_context_size", "max_input_size", "max_output_size", "capabilities"),
    *("display_name", "reasoning_key", "support_efforts", "default_effort", "off_effort"),
    *("protocol", "base_url"),
)


class Record(NamedTuple):
    """What a provider's last import or refresh took from upstream.

    Attributes:
        source: fingerprint of the kind, URL and id of the source: another source is another import.
        registry: fingerprint of the URL alone, which the providers of one registry share.
        endpoint: fingerprint of the wire and base URL.
        offered: how many models upstream had, chosen or not.
        aliases: by alias the fingerprint of each field that upstream owns; also of aliases that the user removed.
        costs: by alias the prices per million tokens (input, output, cache read) where they are known.
        assumed: it was not written down but read from the copy of the document that was at hand.
    """

    source: str
    registry: str
    endpoint: str
    offered: int
    aliases: Mapping[str, Mapping[str, str]] = {}
    costs: Mapping[str, list[float | None]] = {}
    assumed: bool = False


def owned_fields(source: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of an alias that belong to upstream (Kimi Code 2.1.0; of a catalog all that an import writes)."""
    return _CATALOG_FIELDS if source.get("kind") == CATALOG else _REGISTRY_FIELDS


def record_of(
    provider: Provider,
    source: Mapping[str, Any],
    offered: int,
    aliases: Mapping[str, Mapping[str, Any]] | None = None,
) -> Record:
    """What to remember of an import of ``provider`` under the name ``provider.id``.

    ``aliases`` are its alias tables, where they have been made already.
    """
    owned = owned_fields(source)
    table = provider_table(provider, credential={}, source=None)
    return Record(
        source=source_print(source),
        registry=fingerprint(source.get("url")),
        endpoint=fingerprint(tables.endpoint(table)),
        offered=offered,
        aliases={
            alias: base_of(written, owned)
            for alias, written in (aliases or alias_tables(provider.id, provider)).items()
        },
        costs={
            f"{provider.id}/{model.key}": [model.cost.input, model.cost.output, model.cost.cache_read]
            for model in provider.models
            if model.cost
        },
    )


def source_print(source: Mapping[str, Any]) -> str:
    """The fingerprint of a source; a registry is the same one whether it was imported whole or in part."""
    kind = WHOLE if source.get("kind") == PICKED else source.get("kind")
    return fingerprint([kind, source.get("url"), source.get("id") if kind == CATALOG else None])


def load(app: App) -> dict[str, Record]:
    """The records of this config.toml by provider id; empty where there are none that can be read."""
    with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        document = json.loads(_path(app).read_text(encoding="utf-8"))
        if document["format"] == _FORMAT:
            return {name: Record(**value) for name, value in document["providers"].items()}
    return {}


def save(app: App, records: Mapping[str, Record], data: Mapping[str, Any]) -> str | None:
    """Adds these records to those of this config.toml, which meant ``data`` when it was written.

    Records of providers that are gone go too, unless others of the same registry are there: then they say that the
    user removed one. Returns why it could not be done, None when it was: that is never a reason to fail.
    """
    try:
        path = _path(app)
        files.keep_private(path.parent)
        with held(path, wait_s=_WAIT_S):
            _add(app, path, records, set(tables.members(data, "providers")))
    except OSError as error:
        return (error.strerror or str(error)).lower()
    except Busy as error:
        return error.message
    return None


def _add(app: App, path: Path, records: Mapping[str, Record], names: set[str]) -> None:
    # The same import again, of all that is on record: told by the bytes, many times as fast as by what they mean.
    if path.is_file() and records.keys() <= names and path.read_bytes() == _encoded(records):
        return
    before = load(app)
    known = {**before, **records}
    if known.keys() - names:  # gone, or added by another command since this one read the file
        with suppress(ConfigInvalid):
            names = set(tables.members(read(app.config_path).data, "providers"))
    standing = {record.registry for name, record in known.items() if name in names}
    kept = {n: r for n, r in known.items() if n in names or r.registry in standing}
    if not records and kept.keys() == before.keys():
        return
    document = _encoded(kept)
    if not path.is_file() or path.read_bytes() != document:
        files.replace(path, document)


def _encoded(records: Mapping[str, Record]) -> bytearray:
    """The file, encoded provider by provider: to encode it at once takes several times its size."""
    document = bytearray(b'{"format": %d, "providers": {' % _FORMAT)
    separator = ""
    for name, record in sorted(records.items()):
        document += f"{separator}{json.dumps(name)}: {json.dumps(record._asdict(), sort_keys=True)}".encode()
        separator = ", "
    document += b"}}"
    return document


def follow_undo(app: App, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Lets the records go back with the file: what an import had written before counts as written by it again.

    A field that the user had changed stays the user's; so does one where only the undo itself made a difference to
    what the import wrote. Without this a refresh that was undone would look like a change by hand.
    """
    known = load(app)
    if not known:
        return
    records = {
        name: record._replace(aliases=_rebased(name, record, before, after)) for name, record in known.items()
    }
    save(app, records, after)


def _rebased(
    name: str, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Mapping[str, str]]:
    owned = owned_fields(mapping(tables.provider_in(after, name).get("source")))
    old, new = (_aliases_of(data, name) for data in (before, after))
    found = dict(record.aliases)
    for alias in old.keys() | new.keys():
        base = found.get(alias)
        if alias not in new:
            found.pop(alias, None)
        elif alias not in old:
            found[alias] = base_of(new[alias], owned)
        elif base is not None:
            was, now = base_of(old[alias], owned), base_of(new[alias], owned)
            names = {field for field in owned if base.get(field) == was.get(field)}
            found[alias] = {
                field: now[field] if field in names else base[field]
                for field in owned
                if field in (now if field in names else base)
            }
    return found


def _aliases_of(data: Mapping[str, Any], provider_id: str) -> dict[str, Mapping[str, Any]]:
    return {
        alias: table
        for alias, table in tables.members(data, "models").items()
        if isinstance(table, dict) and table.get("provider") == provider_id
    }


def remembered(
    app: App,
    outcome: Outcome,
    imported: Iterable[tuple[Provider, int]],
    made: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
) -> tuple[Note, ...]:
    """Remembers what an import wrote, with the number of models that each provider has upstream.

    ``made`` are the alias tables of providers, where they have been made already.
    """
    if outcome.dry_run:
        return ()
    records = {
        provider.id: record_of(
            provider,
            tables.provider_in(outcome.data, provider.id)["source"],
            offered,
            (made or {}).get(provider.id),
        )
        for provider, offered in imported
    }
    return save_notes(save(app, records, outcome.data))


def save_notes(failure: str | None) -> tuple[Note, ...]:
    """What to say where the record could not be kept."""
    if failure is None:
        return ()
    said = f"what was written could not be remembered ({failure}): a refresh will keep what it is not sure of"
    return (Note("not_remembered", said),)


def _path(app: App) -> Path:
    resolved = files.resolve(app.config_path)
    return app.state_dir / "imports" / f"{hashlib.sha256(os.fsencode(resolved)).hexdigest()[:16]}.json"
