"""Imports registries with Kimi Code and with this project, and compares the files key by key.

Usage: python tests/peer/compare_registry.py --kimi COMMAND [--only CASE] [-j N]

Exit code 0 when all agree (or both refuse and leave the file as it was), else 1.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor

from tests.peer.kimi_code import OURS, Written, differences, run, serve
from tests.peer.odd_registries import CASES, Case


def compare(kimi: list[str], our_command: list[str], case: Case, url: str) -> tuple[str, list[str]]:
    """``("same" | "both refuse" | "differ", lines that say how)`` for one case."""
    config = None if case.config is None else case.config.format(url=url)
    arguments = ["add", url, *(["--api-key", case.token] if case.token else [])]
    theirs = run([*kimi, "provider"], arguments, config=config)
    ours = run(our_command, [*arguments, "--yes"], config=config)  # Kimi Code asks for no consent
    theirs.config.pop("thinking", None)  # it goes there with the default; here it is the user's
    if ours.config.get("thinking") == tomllib.loads(config or "").get("thinking"):
        ours.config.pop("thinking", None)
    if theirs.code or ours.code:
        before = tomllib.loads(config or "")
        before.pop("thinking", None)
        touched = differences(before, ours.config)
        if theirs.code and ours.code and not touched:
            return "both refuse", []
        return "differ", [_refusal("Kimi Code", theirs), _refusal("ours", ours), *touched]
    found = differences(theirs.config, ours.config)
    return ("differ", found) if found else ("same", [])


def _refusal(who: str, written: Written) -> str:
    return f"{who}: exit {written.code}: {written.said[:200]}"


def main() -> int:
    """Compares, prints each difference and the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kimi", required=True, type=shlex.split, help="command that runs a Kimi Code")
    parser.add_argument("--ours", default=OURS, type=shlex.split, help="command that runs our kimi-provider")
    parser.add_argument("--only", action="append", choices=list(CASES), help="case to compare; repeats")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="how many at once")
    options = parser.parse_args()
    names = options.only or list(CASES)
    paths = {name: f"/{number}.json" for number, name in enumerate(CASES)}
    counts = {"same": 0, "both refuse": 0, "differ": 0}
    documents = {paths[name]: CASES[name].document for name in names}
    with serve(documents) as base, ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(
            lambda name: compare(options.kimi, options.ours, CASES[name], base + paths[name]), names
        )
        for name, (verdict, lines) in zip(names, results, strict=True):
            counts[verdict] += 1
            for line in lines:
                print(f"{name}: {line}")
    print(f"{len(names)} registries:", ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
