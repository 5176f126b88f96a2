"""Makes the built-in snapshot; for maintainers: ``python -m catalog.snapshot_build SOURCE``.

``SOURCE`` is a URL or a file in the form of models.dev's api.json, plain or gzip. It is checked against our schema, and
what is new in it or would be guessed is listed first; ``--check`` stops there. The same document gives the same bytes:
members are sorted, their times fixed, and the date is the document's own unless ``--date`` says otherwise.

Kept of each provider and model is what is interpreted or shown here. Left out are fields that nothing reads
(``attachment``, ``temperature``, ``open_weights``, ``experimental``, ``knowledge``, ``structured_output``,
``last_updated``): they would add a sixth to the file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.body import read_whole
from catalog.documents import DEFAULT_CATALOG_URL
from catalog.errors import CatalogError, FetchFailed
from catalog.http_limits import LIMITS
from catalog.parse import parse_slice, slice_catalog
from catalog.snapshot import INDEX, META, PATH, Snapshot, member
from catalog.snapshot_check import report
from catalog.urls import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import httpx

_PROVIDER_FIELDS = ("id", "name", "type", "npm", "api", "env", "doc")
_MODEL_FIELDS = (
    "id",
    "name",
    "family",
    "status",
    "release_date",
    "reasoning",
    "reasoning_options",
    "tool_call",
    "dynamically_loaded_tools",
    "interleaved",
    "modalities",
    "limit",
    "cost",
    "provider",
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can carry
_UNIX, _MODE = 3, 0o100644 << 16
_CHUNK = 1024 * 1024


def main(arguments: list[str]) -> int:
    """Run the command; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m catalog.snapshot_build", description="Make the built-in snapshot."
    )
    parser.add_argument(
        "document", metavar="SOURCE", help="URL or file in the form of api.json, plain or gzip"
    )
    parser.add_argument("--date", help="YYYY-MM-DD to record; else the newest date in the document")
    parser.add_argument("--source", help="how to record where it comes from; else its URL")
    parser.add_argument("--check", action="store_true", help="list what is new or guessed, and write nothing")
    parser.add_argument("--output", type=Path, default=PATH, help="the file to write; else the built-in one")
    options = parser.parse_args(arguments)
    if options.date and not _DATE.fullmatch(options.date):
        parser.error("--date takes the form YYYY-MM-DD")
    try:
        url = options.document if "://" in options.document else None
        body = _fetched(url) if url else _file(Path(options.document))
        source = options.source or shown(url or DEFAULT_CATALOG_URL)
        published = {
            id_: parse_slice(text) for id_, text in sorted(slice_catalog(body, source).slices.items())
        }
        sys.stdout.writelines(f"{line}\n" for line in report(published, _kept(options.output)))
        if options.check:
            return 0
        meta = build(body, source, options.output, date=options.date)
    except CatalogError as error:
        sys.stderr.write(f"{error.where or options.document}: {error.message}\n")
        return 1
    size = options.output.stat().st_size
    counts = f"{meta['providers']} providers, {meta['models']} models"
    sys.stdout.write(f"{options.output}: {counts}, {meta['date']}, {size} bytes\n")
    return 0


def build(body: bytes, source: str, output: Path, *, date: str | None = None) -> dict[str, Any]:
    """Write the snapshot of the document ``body`` to ``output``; what its ``meta.json`` says.

    Raises:
        DocumentInvalid: ``body`` is no catalog.
    """
    sliced = slice_catalog(body, source)
    published = {id_: parse_slice(text) for id_, text in sorted(sliced.slices.items())}
    trimmed = {id_: _trim_provider(provider) for id_, provider in published.items()}
    index = {
        id_: [len(provider["models"]), {key: value for key, value in provider.items() if key != "models"}]
        for id_, provider in trimmed.items()
    }
    meta = {
        "source": source,
        "date": date or max(_dates(published), default="unknown"),
        "digest": hashlib.sha256(body).hexdigest(),
        "providers": len(trimmed),
        "models": sum(len(provider["models"]) for provider in trimmed.values()),
    }
    members = {META: meta, INDEX: index} | {member(id_): provider for id_, provider in trimmed.items()}
    partial = output.with_name(output.name + ".partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for name, value in members.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _MODE
            text = json.dumps(value, separators=(",", ":"))
            archive.writestr(info, text, compresslevel=9)
    partial.replace(output)
    return meta


def _kept(output: Path) -> Collection[str]:
    return Snapshot(output).index() if output.exists() else ()


def _trim_provider(provider: dict[str, Any]) -> dict[str, Any]:
    models = provider.get("models")
    kept = {field: provider[field] for field in _PROVIDER_FIELDS if field in provider}
    kept["models"] = {
        key: _trim_model(model)
        for key, model in (models.items() if isinstance(models, dict) else ())
        if isinstance(model, dict)
    }
    return kept


def _trim_model(model: dict[str, Any]) -> dict[str, Any]:
    return {field: model[field] for field in _MODEL_FIELDS if field in model}


def _dates(published: dict[str, dict[str, Any]]) -> Iterator[str]:
    """When each model was last touched: the newest is when the document was current."""
    for provider in published.values():
        models = provider.get("models")
        for model in models.values() if isinstance(models, dict) else ():
            date = model.get("last_updated") if isinstance(model, dict) else None
            if isinstance(date, str) and _DATE.fullmatch(date):
                yield date


def _file(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FetchFailed(f"cannot be read: {error.strerror}", where=str(path)) from None
    return _unpacked(data, str(path))


def _fetched(url: str) -> bytes:
    from catalog.http import fetch

    return _unpacked(fetch(_client, url).body, shown(url))


def _client(timeout: httpx.Timeout) -> httpx.Client:
    import httpx

    return httpx.Client(timeout=timeout, follow_redirects=False)


def _unpacked(data: bytes, where: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    chunks = (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
    return read_whole(chunks, "gzip", limit=LIMITS.body, where=where)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
