"""Everything amiss in the bytes of a registry, with line and column."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.errors import DocumentInvalid
from catalog.json_places import Lines, scan
from catalog.models import RegistryFinding
from catalog.parse import InvalidJson, parse_any
from catalog.recognise import recognised
from catalog.registry import lint, survey
from catalog.registry_lint import author_findings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from catalog.models import Severity

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_MOST_MODELS = 100_000
_MOST_IGNORED = 100  # places that the schema names; the other checks name all


@dataclass(frozen=True, slots=True)
class Located:
    """A finding and where it stands: ``line`` and ``column`` count from 1, columns in characters."""

    finding: RegistryFinding
    line: int
    column: int
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class RegistryCheck:
    """What is amiss in a registry.

    Attributes:
        located: the first findings, in the order of the text.
        errors: how many errors there are in all.
        warnings: how many warnings there are in all.
        providers: how many providers an import brings.
        models: how many models those have.
    """

    located: tuple[Located, ...]
    errors: int
    warnings: int
    providers: int = 0
    models: int = 0


def check(body: bytes, where: str, *, limit: int = 100) -> RegistryCheck:
    """Everything amiss in a registry as it came; ``limit`` findings are listed, and all are counted.

    ``where`` is its address as it may be shown, or a file's path.
    """
    try:
        text, document = parse_any(body, where)
    except InvalidJson as error:
        return _only(error.message, "not_json", Lines(error.text).at(error.offset))
    except DocumentInvalid as error:
        return _only(error.message, "not_text", (1, 1))
    registry = survey(document) if isinstance(document, dict) else None
    if registry is None or not registry.providers:
        foreign = recognised(document, where)
        if foreign is not None:
            return _only(foreign.message, "not_a_registry", (1, 1), foreign.hint)
    if registry is None:
        return _only("it is not a JSON object keyed by provider", "not_a_registry", (1, 1))
    skipped = [found.pointer for found in registry.warnings if found.code.endswith("_skipped")]
    findings = list(
        itertools.chain(
            _encoding(body),
            _emptiness(document),
            lint(document, registry, limit=_MOST_IGNORED, models=_MOST_MODELS),
            author_findings(document, skipped),
        )
    )
    places = scan(text, {found.pointer for found in findings})
    lines = Lines(text)
    placed = [(places.offsets.get(found.pointer, 0), found) for found in findings]
    for again in places.repeated:
        message = (
            f"the same key stands in line {lines.at(again.earlier)[0]}: that one is lost, this one counts"
        )
        placed.append((again.later, RegistryFinding(again.pointer, message, "error", "duplicate_key")))
    # One reserved id, and the whole document is refused.
    refused = any(found.code == "reserved_id" for found in findings)
    imported = () if refused else registry.providers
    placed.sort(key=lambda pair: pair[0])
    return RegistryCheck(
        tuple(Located(found, *lines.at(offset)) for offset, found in placed[:limit]),
        _count(placed, "error"),
        _count(placed, "warning"),
        len(imported),
        sum(len(provider.models) for provider in imported),
    )


def _only(message: str, code: str, place: tuple[int, int], hint: str | None = None) -> RegistryCheck:
    return RegistryCheck(
        (Located(RegistryFinding("", message, "error", code), *place, hint),), errors=1, warnings=0
    )


def _count(placed: list[tuple[int, RegistryFinding]], severity: Severity) -> int:
    return sum(found.severity == severity for _, found in placed)


def _encoding(body: bytes) -> Iterator[RegistryFinding]:
    if body.startswith(_UTF8_MARK):
        yield RegistryFinding(
            "", "it begins with a byte order mark, which some readers refuse", "warning", "encoding"
        )
    elif body.startswith(_UTF16_MARKS) or b"\x00" in body[:4]:
        yield RegistryFinding(
            "", "it is not UTF-8, the only encoding that Kimi Code reads", "error", "encoding"
        )


def _emptiness(document: dict[str, Any]) -> Iterator[RegistryFinding]:
    if not any(key for key in document if key != "$schema"):
        yield RegistryFinding("", "it has no provider", "error", "empty")
