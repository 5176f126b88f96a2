"""What subscribers of a registry will see when a new version replaces an old one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog.parse import parse_object
from catalog.registry import Registry, read_registry
from catalog.registry_diff import Difference, differences
from catalog.urls import check, origin
from provisioner.errors import UsageError
from provisioner.workflows.read_source import STDIN, read_source
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Request:
    """What ``registry diff`` asks for: two sources, as :class:`provisioner.workflows.registry_validate.Request` has."""

    old: str
    new: str
    token: str | None = field(default=None, repr=False)
    stdin: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Result:
    """The differences, moved endpoints first; ``old`` and ``new`` are the sources as they may be shown."""

    old: str
    new: str
    differences: tuple[Difference, ...]


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Reads both as an import would, and compares what comes of them.

    Raises:
        UsageError: both are standard input, or a token would go to two hosts.
        FetchFailed, CredentialRefused: an address.
        NotFound: a file.
        DocumentInvalid: one of them cannot be imported at all.
    """
    _check_sources(request)
    old, was = _read(app, request, request.old, watch)
    new, now = _read(app, request, request.new, watch)
    return Result(old, new, differences(was, now))


def _check_sources(request: Request) -> None:
    if request.old == request.new == STDIN:
        raise UsageError("both are standard input", hint="give a file for one of them")
    urls = [source for source in (request.old, request.new) if "://" in source]
    if request.token and len({origin(check(url)) for url in urls}) > 1:
        raise UsageError(
            "one token was given for two hosts", hint="save one of the documents to a file first"
        )


def _read(app: App, request: Request, source: str, watch: Watch) -> tuple[str, Registry]:
    given = read_source(app, source, token=request.token, stdin=request.stdin, watch=watch)
    return given.where, read_registry(parse_object(given.body, given.where), given.where)
