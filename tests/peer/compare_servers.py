"""Asks independent servers with Kimi Code and with `kimi-provider test`, and compares who gets an answer.

Usage: python -m tests.peer.compare_servers --kimi COMMAND --server NAME=COMMAND… [--only TEXT] [-j N]

Each server is started by the command that ``--server`` names; one that is not given is left out, and that is said.
Names, and what the command must be:
    aimock, litellm, llmock, fakellm, llm-mock-api, mock-ai-api, mockllm, stubllm   their own command
    llama.cpp             a Python that has xllamacpp; the model is made on the spot
    claude-code-router    a node that finds @musistudio/llms (NODE_PATH)
Kimi Code is told to try three times, not ten; one that has no answer after ``--seconds`` counts as failed. A pass of
ours must be an answer there, and anything else none. Exit code 0 when at least 98 of 100 agree, else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.demo.server import Demo
from tests.peer.compare_verdicts import answers
from tests.peer.kimi_code import OURS
from tests.peer.server_recipes import RECIPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.peer.server_recipes import Alias, Recipe

_ROOT = Path(__file__).resolve().parents[2]
_ENOUGH = 0.98
_HEAD = "telemetry = false\n[loop_control]\nmax_attempts_per_step = 3\n"


@dataclass(frozen=True)
class Compared:
    """One alias: our result as in ``test --json``, whether Kimi Code answers, and what it said last."""

    alias: Alias
    result: dict[str, Any]
    answered: bool
    said: str

    @property
    def same(self) -> bool:
        """Whether a pass is an answer there, or neither is."""
        passed: bool = self.result["verdict"] == "pass"
        return passed == self.answered


def free_ports() -> tuple[int, int]:
    """Two ports of the loopback that nobody listens on."""
    with socket.socket() as first, socket.socket() as second:
        for each in (first, second):
            each.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


@contextmanager
def running(recipe: Recipe, program: list[str], demo: Demo, seconds: float) -> Iterator[str]:
    """Starts a server and waits until it listens; gives its URL.

    Raises:
        TimeoutError: it ended, or does not listen in time; what it said is in the message.
    """
    port, next_port = free_ports()
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:

        def filled(text: str) -> str:
            for name, value in (
                ("<port>", str(port)),
                ("<next-port>", str(next_port)),
                ("<folder>", folder),
                ("<demo-key>", demo.model_key),
                ("<demo>", demo.url),
            ):
                text = text.replace(name, value)
            return text

        for name, content in recipe.files.items():
            data = filled(content).encode() if isinstance(content, str) else content()
            Path(folder, name).write_bytes(data)
        with Path(folder, "log").open("w+b") as log:
            server = subprocess.Popen(
                [*program, *map(filled, recipe.arguments)],
                cwd=folder,
                env={"PATH": os.environ["PATH"], "HOME": folder},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                _wait(server, port, seconds, Path(folder, "log"))
                yield f"http://127.0.0.1:{port}"
            finally:
                os.killpg(server.pid, 9)
                server.wait()


def _wait(server: subprocess.Popen[bytes], port: int, seconds: float, log: Path) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
    message = f"it does not listen: {said}"
    raise TimeoutError(message)


def compare(
    kimi: list[str], ours: list[str], recipe: Recipe, url: str, seconds: float, jobs: int
) -> list[Compared]:
    """Asks both for every alias of a server, and prints a line for each."""
    names = [f"a{number}" for number in range(len(recipe.aliases))]
    tables = "".join(alias.tables(name, url) for name, alias in zip(names, recipe.aliases, strict=True))
    config = f'default_model = "a0/m"\n{_HEAD}{tables}'
    results: dict[str, Any] = {}
    for options in {alias.test for alias in recipe.aliases}:
        asked = [
            f"{name}/m" for name, alias in zip(names, recipe.aliases, strict=True) if alias.test == options
        ]
        results |= verdicts(ours, config, asked, options)
    with ThreadPoolExecutor(jobs) as pool:
        theirs = pool.map(lambda name: answers(kimi, config, f"{name}/m", seconds), names)
        found = []
        for name, alias, answer in zip(names, recipe.aliases, theirs, strict=True):
            found.append(Compared(alias, results[f"{name}/m"], *answer))
            print(line(found[-1]), flush=True)
        return found


def verdicts(ours: list[str], config: str, aliases: list[str], options: tuple[str, ...]) -> dict[str, Any]:
    """What our test makes of each alias: its result as in ``test --json``."""
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        Path(folder, "config.toml").write_text(config, encoding="utf-8")
        done = subprocess.run(
            [*ours, "test", *aliases, "--json", *options],
            env={
                "PATH": os.environ["PATH"],
                "HOME": folder,
                "KIMI_CODE_HOME": folder,
                "PYTHONPATH": str(_ROOT),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    return {result["alias"]: result for result in json.loads(done.stdout)["results"]}


def line(one: Compared) -> str:
    """One alias as a line: both outcomes, and each one's words."""
    error = one.result["error"] or {"kind": "", "message": one.result["text"]}
    ours = f"{one.result['verdict']} {error['kind']}".strip()
    return (
        f"  {'same' if one.same else 'DIFFER':7}{one.alias.type:17}{one.alias.path:11}{one.alias.what:24}"
        f"{' '.join(one.alias.test):7}{ours:26}{'answers' if one.answered else 'fails':8} "
        f"ours: {' '.join(error['message'].split())[:90]!r}; there: {one.said[:90]!r}"
    )


def table(all_compared: dict[str, list[Compared]]) -> str:
    """Counts for each server, as a table in Markdown."""
    rows = ["| server | aliases | answered by Kimi Code | agree |", "|---|---|---|---|"]
    everything = [one for compared in all_compared.values() for one in compared]
    for name, compared in (*all_compared.items(), ("all", everything)):
        same, answered = sum(one.same for one in compared), sum(one.answered for one in compared)
        share = f"{same} ({same / len(compared):.1%})" if compared else "-"
        rows.append(f"| {name} | {len(compared)} | {answered} | {share} |")
    return "\n".join(rows)


def main() -> int:
    """Compares, prints a line for each alias and the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kimi", required=True, type=shlex.split, help="command that runs a Kimi Code")
    parser.add_argument("--ours", default=OURS, type=shlex.split, help="command that runs our kimi-provider")
    parser.add_argument(
        "--server", action="append", default=[], metavar="NAME=COMMAND", help="a server; repeats"
    )
    parser.add_argument("--only", default="", help="only servers whose name, as in the table, holds this")
    parser.add_argument(
        "--seconds", type=float, default=300, help="patience with Kimi Code, and with a server's start"
    )
    parser.add_argument("-j", "--jobs", type=int, default=2, help="how many at once")
    args = parser.parse_args()
    programs = {
        name: shlex.split(command) for name, _, command in (each.partition("=") for each in args.server)
    }
    found: dict[str, list[Compared]] = {}
    with Demo.start() as demo:
        for recipe in (recipe for recipe in RECIPES if args.only in recipe.name):
            if recipe.program not in programs:
                print(f"{recipe.name}: skipped, --server {recipe.program}=COMMAND is not given", flush=True)
                continue
            print(recipe.name, flush=True)
            try:
                with running(recipe, programs[recipe.program], demo, args.seconds) as url:
                    found[recipe.name] = compare(args.kimi, args.ours, recipe, url, args.seconds, args.jobs)
            except TimeoutError as error:
                print(f"  skipped, {error}", flush=True)
                continue
    print(table(found))
    compared = [one for each in found.values() for one in each]
    return 0 if compared and sum(one.same for one in compared) >= _ENOUGH * len(compared) else 1


if __name__ == "__main__":
    sys.exit(main())
