"""The bytes of a registry that somebody names: an address, a file, or standard input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.errors import DocumentInvalid
from catalog.http_limits import LIMITS
from catalog.urls import shown
from provisioner.errors import NotFound
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.workflows.watch import Watch

STDIN = "-"


@dataclass(frozen=True)
class Given:
    """A document as it came: ``where`` is its address as it may be shown, a file's path, or ``-``."""

    body: bytes
    where: str


def read_source(app: App, source: str, *, token: str | None, stdin: bytes, watch: Watch = silent) -> Given:
    """What is at ``source``: an http or https URL, a path, or ``-`` for ``stdin``. The cache has no part in it.

    Raises:
        FetchFailed, CredentialRefused: the address.
        NotFound: the file.
        DocumentInvalid: it is too large.
    """
    if "://" in source:
        from catalog.http import fetch

        where = shown(source)
        watch(f"fetching {where}")
        return Given(fetch(app.http.client, source, token=token).body, where)
    if source == STDIN:
        body = stdin
    else:
        try:
            with Path(source).open("rb") as file:
                body = file.read(LIMITS.body + 1)
        except OSError as error:
            raise NotFound(f"cannot read the file: {error.strerror}", where=source) from error
    if len(body) > LIMITS.body:
        raise DocumentInvalid(f"the document is larger than {LIMITS.body:,} bytes", where=source)
    return Given(body, source)
