"""Installs the real Kimi Code, aimock and the LiteLLM proxy, and works beside them: a stage of `.ci/run`.

Usage: python -m tests.peer.counterparts [--folder FOLDER] [--kimi-code VERSION…] [--every N] [--table FILE]

FOLDER keeps what was installed (by default it is a temporary one); VERSION is one on npm, or `latest`. N: every Nth of
the odd files of `view_cases.py` is tried too, which tells whether that version still makes of config.toml what
`provisioner/kimi_code/` says; 0 tries none. FILE: the versions as a table in Markdown. Exit code 0 when all holds, and
where the package registries cannot be had (that is said); else 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.demo.server import Demo
from tests.peer.beside import ours_first, theirs_first
from tests.peer.compare_servers import running
from tests.peer.compare_view import disagreements
from tests.peer.install import UnavailableError, install
from tests.peer.kimi_code import OURS
from tests.peer.server_recipes import RECIPES
from tests.peer.view_cases import CASES

if TYPE_CHECKING:
    from tests.peer.beside import Step
    from tests.peer.install import Counterparts

_START_S = 300
_MODELS = {"aimock": "good", "litellm": "canned"}


def walk(programs: Counterparts) -> list[Step]:
    """Both programs in turn on one file, against aimock and the LiteLLM proxy."""
    commands = {"aimock": programs.aimock, "litellm": programs.litellm}
    ours = OURS.split()
    with ExitStack() as stack:
        demo = stack.enter_context(Demo.start())
        servers = {
            recipe.program: (
                stack.enter_context(running(recipe, commands[recipe.program], demo, _START_S)),
                _MODELS[recipe.program],
            )
            for recipe in RECIPES
            if recipe.program in commands
        }
        return [
            *ours_first(programs.kimi, ours, servers),
            *theirs_first(programs.kimi, ours, servers["aimock"][0]),
        ]


def main() -> int:
    """Installs, works and compares; prints what does not hold, and one line for each version."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help="where to install; what is there stays")
    parser.add_argument("--kimi-code", nargs="+", default=["latest"], metavar="VERSION")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try every Nth odd file")
    parser.add_argument("--table", type=Path, metavar="FILE", help="write the versions as a table")
    options = parser.parse_args()
    cases = CASES[:: options.every] if options.every else ()
    rows, wrong = [], 0
    with tempfile.TemporaryDirectory(prefix="peer-") as scratch:
        for wanted in options.kimi_code:
            began = time.monotonic()
            try:
                programs = install(options.folder or Path(scratch), wanted)
            except UnavailableError as error:
                print(f"counterparts: skipped, {error}")
                return 0
            installed = time.monotonic()
            version = subprocess.check_output([*programs.kimi, "--version"], text=True).strip()
            steps = walk(programs)
            failed = [step for step in steps if not step.holds]
            for step in failed:
                print(f"Kimi Code {version}: FAILS: {step.did}: {step.said}", flush=True)
            differ = disagreements(programs.kimi, cases)
            for line in differ:
                print(f"Kimi Code {version}: DIFFERS: {line}", flush=True)
            wrong += len(failed) + len(differ)
            held, agreed = len(steps) - len(failed), len(cases) - len(differ)
            rows.append(f"| {version} | {held} of {len(steps)} | {agreed} of {len(cases)} |")
            took = f"installed in {installed - began:.0f} s, tried in {time.monotonic() - installed:.0f} s"
            print(
                f"Kimi Code {version}: {held} of {len(steps)} steps hold, {agreed} of {len(cases)} odd files agree ({took})",
                flush=True,
            )
    if options.table:
        head = "| Kimi Code | steps beside it that hold | odd files that mean the same |\n|---|---|---|\n"
        options.table.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
