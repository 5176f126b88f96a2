"""Coverage-guided fuzzing of what strangers and other programs write: ``python -m tests.fuzz TARGET [SECONDS]``.

Needs ``pip install atheris``. Each target starts from seeds of its own; what it learns is kept in ``--corpus``, and an
input that fails stands in ``--findings``: ``python -m tests.fuzz TARGET --replay FILE`` shows the failure again, without
atheris. A finding becomes a row of ``tests/faults/test_fuzz.py``.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import random
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 100  # failures that are told of
TARGETS = ("stream", "registry", "edit", "merge")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("seconds", type=int, nargs="?", default=60)
    parser.add_argument("--corpus", type=Path, help="a folder; a new one for each run without it")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--replay", type=Path, metavar="FILE")
    asked = parser.parse_args()
    if asked.replay:
        importlib.import_module(f"tests.fuzz.{asked.target}").check(asked.replay.read_bytes())
        return
    fuzz(asked.target, asked.seconds, asked.corpus, asked.findings)


def fuzz(name: str, seconds: int, corpus: Path | None, findings: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["catalog", "provisioner"]):
        target = importlib.import_module(f"tests.fuzz.{name}")
        for seed in target.seeds():  # imports what is imported late
            target.check(seed)
    findings.mkdir(parents=True, exist_ok=True)
    told = Told(name, findings)

    def check(data: bytes) -> None:
        told.data = data
        with told:
            target.check(data)

    options = [
        f"-max_total_time={seconds}",
        f"-artifact_prefix={findings}/{name}-",  # of what takes too long or too much memory
        *("-max_len=4096", "-timeout=300", "-rss_limit_mb=2048", "-print_final_stats=1", "-reload=0"),
    ]
    if corpus is not None:
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(target.seeds()):
            (corpus / f"seed-{number}").write_bytes(seed)
        options.append(str(corpus))
    atheris.Setup([sys.argv[0], *options], check, custom_mutator=_mutator(target.mutated, atheris))
    atheris.Fuzz()


class Told:
    """Tells of each kind of failure once, keeps its input, and lets the run go on."""

    def __init__(self, name: str, findings: Path) -> None:
        self.data = b""
        self._name, self._findings = name, findings
        self._known: set[str] = set()

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        *place, what = traceback.format_exception(error, limit=-4)
        kind = "".join(place) + what[:200]
        if kind not in self._known and len(self._known) < _MOST:
            self._known.add(kind)
            file = self._findings / f"{self._name}-{hashlib.sha256(self.data).hexdigest()[:12]}"
            file.write_bytes(self.data)
            print(f"FOUND {len(self._known)}: {file}\n{kind}", file=sys.stderr, flush=True)
        return True


def _mutator(
    mutated: Callable[[bytes, random.Random], bytes], atheris: Any
) -> Callable[[bytes, int, int], bytes]:
    """One in four changes is libFuzzer's own, of bytes; the others know the form of the input."""

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 1 / 4:
            return bytes(atheris.Mutate(data, len(data)) if data else b"x")
        return mutated(data, chance)[:most]

    return mutate


if __name__ == "__main__":
    main()
