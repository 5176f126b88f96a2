"""Writes a test's results to files: a page, JUnit XML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.history import store
from provisioner.report import write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from provisioner.app import App


@dataclass(frozen=True)
class Request:
    """What to write, and where.

    Attributes:
        document: what `test --json` prints.
        page: the HTML page, with each alias's history.
        junit: the JUnit XML.
    """

    document: Mapping[str, Any]
    page: Path | None = None
    junit: Path | None = None


def check(*targets: Path | None) -> None:
    """Refuses a place where no report can be written, before a test.

    Raises:
        ReportUnwritable: one of ``targets`` is such a place.
    """
    for target in filter(None, targets):
        write.check(target)


def run(app: App, request: Request) -> None:
    """Writes the reports that are asked for.

    Raises:
        ReportUnwritable: one of them cannot be written; those before it are.
    """
    at = app.clock()
    if request.junit:
        from provisioner.report.junit import junit

        write.write(request.junit, junit(request.document, at))
    if request.page:
        from provisioner.report.page import page

        past = store.load(store.file_of(app.state_dir, app.config_path))
        write.write(request.page, page(request.document, past, at).encode())
