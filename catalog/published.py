"""What is handed out: a catalog that is read as far as it is asked about, and a registry as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from catalog.parse import IndexEntry
    from catalog.provenance import Provenance


class Catalog:
    """One catalog, read as far as it is asked about.

    A provider that cannot be read back although the index has it means a damaged cache: the document is then
    loaded anew, and everything here is answered from that one.
    """

    def __init__(
        self,
        provenance: Provenance,
        index: Mapping[str, IndexEntry],
        read: Callable[[Iterable[str]], dict[str, dict[str, Any]]],
        *,
        warnings: tuple[str, ...] = (),
        reload: Callable[[], Catalog] | None = None,
    ) -> None:
        self._provenance = provenance
        self._index = index
        self._read = read
        self._warnings = warnings
        self._reload = reload
        self._anew: Catalog | None = None

    @property
    def provenance(self) -> Provenance:
        """Where it came from."""
        return self._anew.provenance if self._anew else self._provenance

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was left out of the document, and why."""
        return self._anew.warnings if self._anew else self._warnings

    def index(self) -> Mapping[str, IndexEntry]:
        """Provider id → its published object without the models, and how many there are; in published order."""
        return self._anew.index() if self._anew else self._index

    def provider(self, id: str) -> dict[str, Any] | None:  # noqa: A002  the field's own name
        """The published provider object with its models, or None; no other provider is parsed."""
        return self.providers([id]).get(id)

    def providers(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The same for several providers at once; ids that the catalog does not have are left out."""
        if self._anew:
            return self._anew.providers(ids)
        wanted = [id_ for id_ in ids if id_ in self._index]
        found = self._read(wanted)
        if self._reload is None or len(found) == len(set(wanted)):
            return found
        self._anew = self._reload()
        return self._anew.providers(wanted)

    def document(self) -> dict[str, Any]:
        """Everything as published."""
        return self.providers(self.index())


class RegistryDocument(NamedTuple):
    """A registry as published; ``raw`` is a JSON object, parsed as far as it is looked at, and nothing more is known."""

    raw: Mapping[str, Any]
    provenance: Provenance
