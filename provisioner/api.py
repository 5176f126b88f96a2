"""The Python API: ``import kimi_provider``. docs/api.md describes it, with examples that the tests run.

A request is what a command's flags become, and goes through the same workflow. Nothing here prints, asks or keeps state;
what it cannot do it raises as a :class:`KimiProviderError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from catalog.documents import CatalogRequest
from catalog.errors import (
    CatalogError,
    CredentialRefused,
    DocumentInvalid,
    FetchFailed,
    KimiProviderError,
    NotImportable,
    ShrinkRefused,
)
from catalog.models import DocumentProblem, Model, Provider
from provisioner.app import App
from provisioner.config.plan import Change
from provisioner.errors import (
    Busy,
    ConfigChanged,
    ConfigInvalid,
    ConfigUnwritable,
    ConsentNeeded,
    NotFound,
    ProvisionerError,
    UsageError,
)
from provisioner.note import Note
from provisioner.smoke.options import Options as CheckOptions
from provisioner.smoke.report import AliasResult as CheckResult
from provisioner.workflows import add_catalog, add_endpoint, add_registry, refresh, remove, set_default
from provisioner.workflows import load as _load
from provisioner.workflows.add_catalog import Request as AddCatalog
from provisioner.workflows.add_endpoint import Request as AddEndpoint
from provisioner.workflows.add_registry import Request as AddRegistry
from provisioner.workflows.consent import Consent
from provisioner.workflows.credential import Credential
from provisioner.workflows.load import Document
from provisioner.workflows.outcome import Outcome
from provisioner.workflows.refresh import Request as Refresh
from provisioner.workflows.remove import Request as Remove
from provisioner.workflows.set_default import Request as SetDefault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from provisioner.config.plan import Plan

__all__ = [
    "AddCatalog",
    "AddEndpoint",
    "AddRegistry",
    "App",
    "Busy",
    "CatalogError",
    "CatalogRequest",
    "Change",
    "CheckOptions",
    "CheckResult",
    "ConfigChanged",
    "ConfigInvalid",
    "ConfigUnwritable",
    "Consent",
    "ConsentNeeded",
    "Credential",
    "CredentialRefused",
    "Document",
    "DocumentInvalid",
    "DocumentProblem",
    "FetchFailed",
    "KimiProviderError",
    "Model",
    "NotFound",
    "NotImportable",
    "Note",
    "Outcome",
    "Planned",
    "Provider",
    "ProvisionerError",
    "Refresh",
    "Remove",
    "Result",
    "SetDefault",
    "ShrinkRefused",
    "UsageError",
    "aapply",
    "acheck",
    "aload",
    "aplan",
    "apply",
    "check",
    "load",
    "plan",
]

Request = AddCatalog | AddEndpoint | AddRegistry | Refresh | Remove | SetDefault

_WORKFLOWS: dict[type[Request], Callable[[App, Any], Result]] = {
    AddCatalog: add_catalog.run,
    AddEndpoint: add_endpoint.run,
    AddRegistry: add_registry.run,
    Refresh: refresh.run,
    Remove: remove.run,
    SetDefault: set_default.run,
}


class Result(Protocol):
    """What every change comes to; each kind of request has more of its own."""

    @property
    def outcome(self) -> Outcome:
        """The change of config.toml."""
        ...

    @property
    def notes(self) -> tuple[Note, ...]:
        """What to know beside it."""
        ...


R_co = TypeVar("R_co", bound=Result, covariant=True)


@dataclass(frozen=True)
class Planned(Generic[R_co]):
    """A change of config.toml that was thought through and not written.

    Attributes:
        app: for whom.
        request: what was asked for.
        result: what came of it, as the request's own kind of result.
    """

    app: App
    request: Request
    result: R_co

    @property
    def changes(self) -> tuple[Change, ...]:
        """Each key or table that would appear, change or go; none where the file already says all of it."""
        return self.result.outcome.plan.changes

    @property
    def diff(self) -> str:
        """The change as a unified diff, keys masked; empty without changes."""
        marks = {"hunk": "@@ ", "context": "  ", "remove": "- ", "add": "+ "}
        return "\n".join(f"{marks[line.kind]}{line.text}" for line in self.result.outcome.diff)


def load(
    source: str | Path | None = None,
    *,
    token: str | None = None,
    offline: bool = False,
    app: App | None = None,
) -> Document:
    """What a catalog or registry offers: the one at an address or path, else the catalog of models.dev.

    Args:
        source: an http or https URL, or a path.
        token: for an address that wants one.
        offline: do not ask for the catalog over the network; a kept copy or the built-in snapshot stands in.
        app: paths, environment and HTTP; by default those of this process.

    Raises:
        FetchFailed, CredentialRefused: the address.
        NotFound: the file.
        DocumentInvalid: it is neither a catalog nor a registry.
    """
    request = _load.Request(None if source is None else str(source), token, offline=offline)
    return _load.run(app or App.from_environment(), request)


async def aload(
    source: str | Path | None = None,
    *,
    token: str | None = None,
    offline: bool = False,
    app: App | None = None,
) -> Document:
    """:func:`load` for a running event loop, in a thread. A cancellation does not wait for the request to end."""
    import asyncio

    return await asyncio.to_thread(load, source, token=token, offline=offline, app=app)


@overload
def plan(request: AddCatalog, *, app: App | None = None) -> Planned[add_catalog.Result]: ...
@overload
def plan(request: AddEndpoint, *, app: App | None = None) -> Planned[add_endpoint.Result]: ...
@overload
def plan(request: AddRegistry, *, app: App | None = None) -> Planned[add_registry.Result]: ...
@overload
def plan(request: Refresh, *, app: App | None = None) -> Planned[refresh.Result]: ...
@overload
def plan(request: Remove, *, app: App | None = None) -> Planned[remove.Result]: ...
@overload
def plan(request: SetDefault, *, app: App | None = None) -> Planned[set_default.Result]: ...
def plan(request: Request, *, app: App | None = None) -> Planned[Any]:
    """What ``request`` would change in config.toml; nothing is written.

    Raises:
        KimiProviderError: as the command would refuse it; the docstring of each workflow's ``run`` lists them.
    """
    app = app or App.from_environment()
    return Planned(app, request, _run(app, request._replace(dry_run=True)))


@overload
async def aplan(request: AddCatalog, *, app: App | None = None) -> Planned[add_catalog.Result]: ...
@overload
async def aplan(request: AddEndpoint, *, app: App | None = None) -> Planned[add_endpoint.Result]: ...
@overload
async def aplan(request: AddRegistry, *, app: App | None = None) -> Planned[add_registry.Result]: ...
@overload
async def aplan(request: Refresh, *, app: App | None = None) -> Planned[refresh.Result]: ...
@overload
async def aplan(request: Remove, *, app: App | None = None) -> Planned[remove.Result]: ...
@overload
async def aplan(request: SetDefault, *, app: App | None = None) -> Planned[set_default.Result]: ...
async def aplan(request: Request, *, app: App | None = None) -> Planned[Any]:
    """:func:`plan` for a running event loop, in a thread. A cancellation does not wait for the request to end."""
    import asyncio

    return await asyncio.to_thread(plan, request, app=app)


def apply(planned: Planned[R_co]) -> R_co:
    """Writes what was planned, and nothing else.

    Sources are asked again, and the file is read again under its lock: where the change would by now be another, it
    is refused.

    Raises:
        ConfigChanged: config.toml or the source changed since, and with it the change; plan again.
        KimiProviderError: as :func:`plan`.
    """
    return _apply(planned, lambda: True)


async def aapply(planned: Planned[R_co]) -> R_co:
    """:func:`apply` for a running event loop, in a thread.

    After a cancellation nothing is written any more. One that comes while the file is being replaced comes too late:
    the change is there, whole.
    """
    import asyncio

    wanted = True
    try:
        return await asyncio.to_thread(_apply, planned, lambda: wanted)
    finally:
        wanted = False


def _apply(planned: Planned[R_co], wanted: Callable[[], bool]) -> R_co:
    def review(now: Plan) -> None:
        if not wanted():
            from asyncio import CancelledError

            raise CancelledError
        if now.changes != planned.changes:
            raise ConfigChanged(
                "what would be written is no longer what was planned",
                hint="plan again",
                where=str(planned.app.config_path),
            )

    app = planned.app._replace(review=review, command=planned.app.command or "kimi_provider.apply")
    result: R_co = _run(app, planned.request._replace(dry_run=False))
    return result


def check(alias: str, *, options: CheckOptions | None = None, app: App | None = None) -> CheckResult:
    """Tests a model as ``kimi provider test`` does, also where an event loop is running; nothing goes on record.

    Args:
        alias: its key in config.toml; one that is not there is a result too.
        options: what it is asked; by default the text check with a small first turn.
        app: paths, environment and HTTP; by default those of this process.

    Raises:
        ConfigInvalid: config.toml cannot be read.
    """
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    def run() -> CheckResult:
        return asyncio.run(acheck(alias, options=options, app=app))

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


async def acheck(alias: str, *, options: CheckOptions | None = None, app: App | None = None) -> CheckResult:
    """:func:`check` for a running event loop. A cancellation ends the requests."""
    import asyncio

    from provisioner.config.read import read
    from provisioner.workflows import test

    app = app or App.from_environment()
    request = test.Request() if options is None else test.Request(options=options)
    file = read(app.config_path)
    batch = await test.ask(app, file, (alias,), request)
    if batch.interrupted:
        raise asyncio.CancelledError
    return test.completed(app, file, batch).results[0]


def _run(app: App, request: Request) -> Any:
    return _WORKFLOWS[type(request)](app, request)
