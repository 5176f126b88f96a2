"""Imports every provider of a catalog with Kimi Code and with this project, and compares the tables key by key.

Usage: python tests/peer/compare_catalog.py --kimi COMMAND [--catalog api.json[.gz]] [--only ID] [-j N]

Without a catalog a document made of oddities is used. Exit code 0 when all agree (or both refuse), else 1.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.peer.kimi_code import OURS, Written, differences, run, serve
from tests.peer.odd_catalog import odd_catalog


def _load(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    document: dict[str, Any] = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    return document


def _without_our_source(config: dict[str, Any]) -> dict[str, Any]:
    for provider in config.get("providers", {}).values():
        if provider.get("source", {}).get("kind") == "modelsDev":
            del provider["source"]
    return config


def compare(kimi: list[str], our_command: list[str], provider_id: str, url: str) -> tuple[str, list[str]]:
    """``("same" | "both refuse" | "differ", lines that say how)`` for one provider."""
    arguments = ["catalog", "add", provider_id, "--url", url, "--api-key", "k"]
    theirs = run([*kimi, "provider"], arguments)
    ours = run(our_command, arguments)
    if theirs.code and ours.code:
        return "both refuse", []
    if theirs.code or ours.code:
        return "differ", [_refusal("Kimi Code", theirs), _refusal("ours", ours)]
    found = differences(theirs.config, _without_our_source(ours.config))
    return ("differ", found) if found else ("same", [])


def _refusal(who: str, written: Written) -> str:
    return f"{who}: exit {written.code}: {written.said[:200]}"


def main() -> int:
    """Compares, prints each difference and the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kimi", required=True, type=shlex.split, help="command that runs a Kimi Code")
    parser.add_argument("--ours", default=OURS, type=shlex.split, help="command that runs our kimi-provider")
    parser.add_argument("--catalog", type=Path, help="a document in api.json form, gzipped or not")
    parser.add_argument("--only", action="append", help="provider to compare; repeats")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="how many at once")
    options = parser.parse_args()
    document = _load(options.catalog) if options.catalog else odd_catalog()
    ids = options.only or list(document)
    counts = {"same": 0, "both refuse": 0, "differ": 0}
    with serve({"/api.json": document}) as base, ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda key: compare(options.kimi, options.ours, key, f"{base}/api.json"), ids)
        for provider_id, (verdict, lines) in zip(ids, results, strict=True):
            counts[verdict] += 1
            for line in lines:
                print(f"{provider_id}: {line}")
    print(f"{len(ids)} providers:", ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
