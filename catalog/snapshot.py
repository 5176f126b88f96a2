"""The catalog that is built in, so that everything works with no network on the first day.

A zip file beside this module: ``meta.json`` (source, date, digest), ``index.json`` and one
``providers/<id>.json`` each, so that one provider is read without the others.

``python -m catalog.snapshot_build SOURCE`` makes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from catalog.errors import DocumentInvalid
from catalog.parse import IndexEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PATH = Path(__file__).with_name("snapshot.zip")
META, INDEX = "meta.json", "index.json"


class Meta(NamedTuple):
    """What a snapshot was made from.

    Attributes:
        source: where the document was published, and how it was come by.
        date: YYYY-MM-DD of the document.
        digest: SHA-256 of the document's bytes, in hexadecimal.
        providers: how many it has.
        models: how many they have together.
    """

    source: str
    date: str
    digest: str
    providers: int
    models: int


class Snapshot:
    """A snapshot file, read piece by piece.

    Every method raises :class:`~catalog.errors.DocumentInvalid` when the file is damaged.
    """

    def __init__(self, path: Path = PATH) -> None:
        self._path = path

    def meta(self) -> Meta:
        """What it was made from."""
        return Meta(**self._read([META])[META])

    def index(self) -> dict[str, IndexEntry]:
        """Provider id → what a list shows."""
        return {id_: IndexEntry(entry, count) for id_, (count, entry) in self._read([INDEX])[INDEX].items()}

    def providers(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The published objects of providers that the index names, fields that nothing here uses left out."""
        members = {member(id_): id_ for id_ in ids}
        return {members[name]: value for name, value in self._read(members).items()}

    def _read(self, names: Iterable[str]) -> Mapping[str, Any]:
        import zipfile
        import zlib

        try:
            with zipfile.ZipFile(self._path) as archive:
                return {name: json.loads(archive.read(name)) for name in names}
        except (OSError, KeyError, ValueError, zlib.error, zipfile.BadZipFile):
            raise DocumentInvalid(
                "the built-in snapshot is missing or damaged",
                hint="install the package again",
                where=str(self._path),
            ) from None


def member(id_: str) -> str:
    """The name of a provider's file inside a snapshot."""
    return f"providers/{quote(id_, safe='', errors='surrogatepass')}.json"
