"""Measures whole commands in turn with those of a Kimi Code, and says where a goal is missed.

    python -m tests.benchmarks --kimi PATH [--only NAME …] [--rounds N] [--picture FILE.svg]

Both tools do the same work on the same loopback server, one after the other, each in a home of its own. Only the
ratios are worth quoting: machines differ, and a busy one differs from itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import decoder, file_server, inner, inputs, many_models, picture, table
from tests.benchmarks.measure import Bench, Figures
from tests.benchmarks.works import CATALOGS, REGISTRIES, WORKS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from tests.benchmarks.works import Tool, Work

_OURS = str(Path(sys.executable).with_name("kimi-provider"))


def main() -> None:
    arguments = _arguments()
    works = _chosen(arguments.only)
    tools: dict[Tool, str] = {"ours": arguments.ours}
    if arguments.kimi:
        tools["Kimi Code"] = arguments.kimi
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n{table.HEAD}", flush=True)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        files = folder / "files"
        _make_files(files, " ".join(" ".join((work.command, *work.state.commands)) for work in works))
        done: dict[str, Figures] = {}
        with file_server.serving(files) as addresses:
            bench = Bench(tools, addresses, folder, {work.state for work in works})
            for work in works:
                done[work.name] = bench.measure(work, rounds=arguments.rounds, seconds=arguments.seconds)
                print(table.row(done[work.name], done), flush=True)
        others: dict[str, Callable[[], Iterator[str]]] = {
            "test --all": partial(many_models.lines, arguments.ours, folder),
            "decoder": decoder.lines,
            "inner": inner.lines,
        }
        for other, lines in others.items():
            if any(part in other for part in arguments.only):
                print(*lines(), sep="\n", flush=True)
    if arguments.picture:
        arguments.picture.write_text(picture.svg(list(done.values())), encoding="utf-8")
    print(f"load {os.getloadavg()[0]:.1f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--kimi", metavar="PATH", help="command that runs Kimi Code; without it ours alone is measured"
    )
    parser.add_argument(
        "--ours", metavar="PATH", default=_OURS, help="command that runs ours, as of another folder"
    )
    parser.add_argument(
        "--only", metavar="NAME", nargs="+", default=[""], help="works whose name has this in it"
    )
    parser.add_argument("--picture", metavar="FILE", type=Path, help="draw the figures there, as SVG")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each work, at most (7)")
    parser.add_argument(
        "--seconds", type=float, default=30, help="no further round of a work after these (30)"
    )
    return parser.parse_args()


def _chosen(names: Collection[str]) -> list[Work]:
    """The works whose name has one of ``names`` in it, and those that they are compared with."""
    found = [work for work in WORKS if any(name in work.name for name in names)]
    needed = {work.name for work in found} | {work.against for work in found}
    return [work for work in WORKS if work.name in needed]


def _make_files(folder: Path, commands: str) -> None:
    """Makes the documents that the commands ask for."""
    folder.mkdir()
    for providers, models in REGISTRIES:
        name = f"{providers}x{models}.json"
        if f"/{name}" in commands:
            (folder / name).write_bytes(inputs.registry(providers, models))
    for stem, times in CATALOGS.items():
        if f"/{stem}.json" in commands:
            (folder / f"{stem}.json").write_bytes(inputs.catalog(times))


if __name__ == "__main__":
    main()
