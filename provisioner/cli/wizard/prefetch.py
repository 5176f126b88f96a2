"""What takes a moment to find, found while the person reads."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from catalog.errors import CatalogError
from provisioner.workflows import local_servers
from provisioner.workflows.tool_files import tools_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.documents import CatalogRequest
    from provisioner.app import App
    from provisioner.workflows.browse import BrowsedCatalog
    from provisioner.workflows.local_servers import LocalServer
    from provisioner.workflows.tool_files import ToolFiles
    from provisioner.workflows.watch import Watch

# As long as prompt_toolkit takes to load beside it, and a little: the first question is hardly kept waiting.
_LOOK_S = 0.4


class Prefetch:
    """The catalog, and what this machine has: model servers, and other tools' providers. Nobody waits for a download of the default catalog."""

    def __init__(self, app: App, access: Callable[[], CatalogRequest]) -> None:
        self._app = app
        self._asked_for = access
        self._found: BrowsedCatalog | CatalogError | None = None
        self._fetching: threading.Thread | None = None
        self._servers: tuple[LocalServer, ...] = ()
        self._tools: tuple[ToolFiles, ...] = ()
        self._looking = [
            threading.Thread(target=does, daemon=True) for does in (self._look, self._read_tools)
        ]
        for thread in self._looking:
            thread.start()

    def servers(self) -> tuple[LocalServer, ...]:
        """The servers found on this machine; looking for them takes half a second at most."""
        self._looking[0].join()
        return self._servers

    def tools(self) -> tuple[ToolFiles, ...]:
        """Other tools that have providers on this machine."""
        self._looking[1].join()
        return self._tools

    def start_fetching(self) -> None:
        """Begins to fetch the catalog, once."""
        if self._fetching is None:
            self._fetching = threading.Thread(target=self._fetch, daemon=True)
            self._fetching.start()

    def catalog(self, watch: Watch) -> BrowsedCatalog:
        """The catalog as fresh as it can be had without waiting; any but the default one is waited for.

        Raises:
            CatalogError: it cannot be had.
        """
        from catalog.documents import DEFAULT_CATALOG_URL
        from provisioner.workflows import browse
        from provisioner.workflows.open_catalog import what_is_read

        self.start_fetching()
        assert self._fetching is not None
        may_be_old = self.access.url == DEFAULT_CATALOG_URL and not self.access.refresh
        if self._fetching.is_alive() and may_be_old:
            return browse.run(self._app, browse.Request(self.access._replace(offline=True)))
        watch(what_is_read(self.access))
        self._fetching.join()
        found, self._fetching = (
            self._found,
            self._fetching if isinstance(self._found, browse.BrowsedCatalog) else None,
        )
        if isinstance(found, CatalogError):
            raise found
        assert found is not None
        return found

    def access_to(self, catalog: BrowsedCatalog) -> CatalogRequest:
        """How to reach the same catalog once more, for the import: what was shown is what is imported."""
        kept = catalog.provenance.kind in ("cache", "snapshot")
        return self.access._replace(offline=kept or self.access.offline, refresh=False)

    @cached_property
    def access(self) -> CatalogRequest:
        """How the catalog may be reached."""
        # Made when first needed: what it comes with need not be loaded before the first question is seen.
        return self._asked_for()

    def _look(self) -> None:
        self._servers = local_servers.run(wait_s=_LOOK_S)

    def _read_tools(self) -> None:
        self._tools = tuple(one for one in tools_here(self._app) if any(not f.refused for f in one.found))

    def _fetch(self) -> None:
        from provisioner.workflows import browse

        try:
            catalog = browse.run(self._app, browse.Request(self.access))
            catalog.model_ids()  # typing is to find models, too
        except CatalogError as error:
            self._found = error
        else:
            self._found = catalog
