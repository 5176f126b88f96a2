"""Compares what Kimi Code sends for an alias with what it sends without a file, with the variables of `env ALIAS`.

Usage: python tests/peer/compare_env.py --kimi COMMAND [--only CASE] [-v] [-j N]

Where the two differ, `env` must have said on stderr that something is not carried. Exit code 0 when that holds.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.peer.compare_requests import Captured, capturing, differences, first_request, sent
from tests.peer.kimi_code import OURS
from tests.peer.request_cases import CASES, Case

_ROOT = Path(__file__).resolve().parents[2]


def with_variables(kimi: list[str], case: Case) -> tuple[Captured | str, list[str]]:
    """What Kimi Code sends in an empty home with the variables of ``case``, and what they are said not to carry."""
    with tempfile.TemporaryDirectory(prefix="peer-") as folder, capturing() as (base, captured):
        config = Path(folder) / "config.toml"
        config.write_text(case.config(base), encoding="utf-8")
        home = Path(folder) / "home"
        home.mkdir()
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "KIMI_CODE_HOME": str(home)}
        environment |= {"KIMI_DISABLE_TELEMETRY": "1", **case.environment}
        done = subprocess.run(
            [*shlex.split(OURS), "env", case.alias, "--show-key", "--json", "--config", str(config)],
            env={**environment, "PYTHONPATH": str(_ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return done.stderr, []
        document = json.loads(done.stdout)
        variables = {name: value or "" for name, value in document["variables"].items()}
        if named := document["api_key"]["variable"]:
            variables["KIMI_MODEL_API_KEY"] = case.environment.get(named, "")
        notes = [note["message"] for note in document["notes"]]
        return sent(kimi, ["-p", "say hi"], {**environment, **variables}, home, captured), notes


def compare(kimi: list[str], case: Case) -> tuple[str, list[str]]:
    """``(outcome, differences)`` of one case."""
    with_file = first_request(kimi, ["-p", "say hi", "-m", case.alias], case)
    without, notes = with_variables(kimi, case)
    if isinstance(with_file, str) and isinstance(without, str):
        return "both refuse", []
    if isinstance(with_file, str) and notes:  # a default model without a key: a word for one runs it
        return "said", [*(f"note: {n}" for n in notes)]
    if isinstance(with_file, str) or isinstance(without, str):
        said = next(side for side in (with_file, without) if isinstance(side, str))
        return "differ", [f"{'with' if said is with_file else 'without'} the file: {said.strip()[-300:]}"]
    _, found = differences(with_file, without)
    return ("same" if not found else "said" if notes else "differ"), [*found, *(f"note: {n}" for n in notes)]


def main() -> int:
    """Compares, prints each difference and the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kimi", required=True, type=shlex.split, help="command that runs a Kimi Code")
    parser.add_argument("--only", action="append", help="case to compare; repeats")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="how many at once")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the cases that agree too")
    args = parser.parse_args()
    cases = [case for case in CASES if not args.only or case.name in args.only]
    counts: dict[str, int] = {}
    with ThreadPoolExecutor(args.jobs) as pool:
        for case, (outcome, found) in zip(
            cases, pool.map(lambda case: compare(args.kimi, case), cases), strict=True
        ):
            counts[outcome] = counts.get(outcome, 0) + 1
            if outcome == "differ" or args.verbose:
                print(f"{case.name}: {outcome}", *(f"\n    {line}" for line in found))
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts.get("differ") else 0


if __name__ == "__main__":
    sys.exit(main())
