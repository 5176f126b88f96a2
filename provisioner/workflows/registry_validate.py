"""Checks a registry for its author: everything amiss, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog.registry_check import RegistryCheck, check
from provisioner.workflows.read_source import read_source
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Request:
    """What ``registry validate`` asks for.

    Attributes:
        source: an http or https URL, a path, or ``-`` for ``stdin``.
        token: for a URL that wants one.
        stdin: what came on standard input, where ``source`` is ``-``.
    """

    source: str
    token: str | None = field(default=None, repr=False)
    stdin: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Result:
    """What was found; ``where`` is the source as it may be shown."""

    where: str
    check: RegistryCheck


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Reads and checks; whatever is wrong with the bytes is a finding, not an error.

    Raises:
        FetchFailed, CredentialRefused: the address.
        NotFound: the file.
        DocumentInvalid: it is too large.
    """
    given = read_source(app, request.source, token=request.token, stdin=request.stdin, watch=watch)
    return Result(given.where, check(given.body, given.where))
