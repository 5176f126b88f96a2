"""Checks a file in the models.dev catalog's form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog import schema
from catalog.errors import DocumentInvalid
from catalog.parse import parse_object
from provisioner.errors import NotFound
from provisioner.workflows.catalog_info import Counts, count

if TYPE_CHECKING:
    from pathlib import Path

    from catalog.models import DocumentProblem

_MOST_PROBLEMS = 50


@dataclass(frozen=True)
class Result:
    """What the file holds and what is wrong with it (the first fifty problems); no problems means valid."""

    path: Path
    counts: Counts
    problems: tuple[DocumentProblem, ...]


def run(path: Path) -> Result:
    """Validates the document against schemas/catalog.schema.json.

    Raises:
        NotFound: no such file.
        DocumentInvalid: it is not a JSON object.
    """
    document = _document(path)
    problems = tuple(schema.problems(document, "catalog", limit=_MOST_PROBLEMS))
    return Result(path, count(document), problems)


def _document(path: Path) -> dict[str, Any]:
    try:
        return parse_object(path.read_bytes(), str(path))
    except OSError as error:
        raise NotFound(f"cannot read the file: {error.strerror}", where=str(path)) from error
    except DocumentInvalid as error:
        error.hint = None  # it speaks of an address
        raise
