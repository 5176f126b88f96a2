"""Times whole commands in turn with those of a Kimi Code, and prints ratios.

    python tests/benchmarks/compare.py --kimi "PATH/TO/kimi" [--catalog api.json] [--runs 5] [--only SUBSTRING]

Both tools run the same work on the same loopback server, one after the other, in homes of their own. Only the ratio
of the medians is worth quoting: machines differ, and a shared one differs from itself. Wall-clock time and peak
resident memory are those of the whole process, as the kernel counts them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = f"{sys.executable} -m provisioner"
MIB = 1024.0
# A process inherits the peak memory of the one that started it, so a bare interpreter does the measuring.
LAUNCHER = """
import json, os, sys, time
null = os.open(os.devnull, os.O_RDWR)
started = time.perf_counter()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
_, status, usage = os.wait4(pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), time.perf_counter() - started, usage.ru_maxrss]))
"""


class Documents(BaseHTTPRequestHandler):
    """Serves what a path maps to, and answers 304 to a matching validator."""

    protocol_version = "HTTP/1.1"
    bodies: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        body = self.bodies.get(self.path)
        tag = f'"{len(body or b"")}"'
        if body is not None and self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: Any) -> None:
        pass


@dataclass(frozen=True)
class Scenario:
    """One piece of work: its two command lines, the goals, and how a home is made ready before each run."""

    name: str
    kimi: str
    ours: str
    goals: tuple[float, float | None]
    prepare: Callable[[Path], None] = lambda _: None
    warm: tuple[str, ...] = field(default=())


def registry(providers: int, models: int) -> bytes:
    document = {
        f"p{i}": {
            "id": f"p{i}",
            "name": f"Provider {i}",
            "api": f"https://p{i}.example/v1",
            "type": "openai",
            "models": {
                f"model-{j}": {
                    "id": f"model-{j}",
                    "name": f"Model {j}",
                    "limit": {"context": 200_000, "output": 32_000},
                    "tool_call": True,
                    "reasoning": True,
                    "modalities": {"input": ["text", "image"], "output": ["text"]},
                    "support_efforts": ["low", "medium", "high"],
                }
                for j in range(models)
            },
        }
        for i in range(providers)
    }
    return json.dumps(document).encode()


def aliases(count: int) -> str:
    head = '[providers.p]\ntype = "openai"\nbase_url = "https://p.example/v1"\napi_key = "sk-none"\n'
    tables = [
        f'[models."p/m{i}"]\nprovider = "p"\nmodel = "m{i}"\nmax_context_size = 200000\n'
        f'capabilities = ["tool_use", "thinking"]\ndisplay_name = "M {i}"\n'
        for i in range(count)
    ]
    return "\n".join([head, *tables])


def scenarios(base: str) -> list[Scenario]:
    url = f"--url {base}/api.json"

    def five_hundred(home: Path) -> None:
        (home / "config.toml").write_text(aliases(500))

    cached = (f"catalog list {url}",)
    return [
        Scenario("--version", "--version", "--version", (0.05, 0.08)),
        Scenario("list, 500 aliases", "provider list", "list", (0.08, 0.12), five_hundred),
        Scenario(
            "catalog list, fresh cache",
            f"provider catalog list {url}",
            f"catalog list {url}",
            (0.10, 0.15),
            warm=cached,
        ),
        Scenario(
            "catalog list, cold", f"provider catalog list {url}", f"catalog list {url} --refresh", (0.3, None)
        ),
        Scenario(
            "catalog add anthropic",
            f"provider catalog add anthropic --api-key k {url}",
            f"catalog add anthropic --api-key k {url}",
            (0.20, None),
            warm=cached,
        ),
        Scenario("add 10x50", f"provider add {base}/10x50.json", f"add {base}/10x50.json", (0.25, None)),
        Scenario("add 100x100", f"provider add {base}/100x100.json", f"add {base}/100x100.json", (0.10, 0.5)),
        Scenario(
            "add 100x100, unchanged",
            f"provider add {base}/100x100.json",
            f"add {base}/100x100.json",
            (0.08, None),
            warm=(f"add {base}/100x100.json",),
        ),
    ]


def measure(command: list[str], home: Path) -> tuple[float, float]:
    """Seconds and peak MiB of one run.

    Raises:
        SystemExit: the command failed.
    """
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    env |= {"KIMI_CODE_HOME": str(home), "XDG_CACHE_HOME": f"{home}.cache", "XDG_STATE_HOME": f"{home}.state"}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LAUNCHER, *command],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    code, seconds, peak = json.loads(done.stdout.splitlines()[-1])
    if code != 0:
        raise SystemExit(f"failed ({code}): {shlex.join(command)}")
    return seconds, peak / MIB


def run(scenario: Scenario, kimi: str, runs: int, folder: Path) -> None:
    figures: dict[str, list[tuple[float, float]]] = {"kimi": [], "ours": []}
    for number in range(runs):
        for tool, command, words in (("kimi", kimi, scenario.kimi), ("ours", OURS, scenario.ours)):
            home = folder / f"{tool}-{number}"
            for leftover in folder.glob(f"{home.name}*"):
                shutil.rmtree(leftover)
            home.mkdir()
            scenario.prepare(home)
            for warm in scenario.warm:
                measure(shlex.split(f"{command} {'provider ' if tool == 'kimi' else ''}{warm}"), home)
            figures[tool].append(measure(shlex.split(f"{command} {words}"), home))
    seconds, memory = (
        {tool: statistics.median(pair[i] for pair in pairs) for tool, pairs in figures.items()}
        for i in (0, 1)
    )
    time_goal, memory_goal = scenario.goals
    print(
        f"{scenario.name:<26} {seconds['kimi']:8.2f} s {seconds['ours']:7.2f} s  "
        f"ratio {seconds['ours'] / seconds['kimi']:5.3f} (goal {time_goal})   "
        f"{memory['kimi']:6.0f} {memory['ours']:5.0f} MiB  ratio {memory['ours'] / memory['kimi']:5.3f}"
        + (f" (goal {memory_goal})" if memory_goal else ""),
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kimi", required=True, help="command that runs Kimi Code")
    parser.add_argument(
        "--catalog", type=Path, help="a catalog in api.json form (.gz too); default: the snapshot"
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    args = parser.parse_args()
    if args.catalog is None:
        from catalog.snapshot import Snapshot

        snapshot = Snapshot()
        body = json.dumps(snapshot.providers(snapshot.index())).encode()
    else:
        raw = args.catalog.read_bytes()
        body = gzip.decompress(raw) if args.catalog.suffix == ".gz" else raw
    Documents.bodies = {
        "/api.json": body,
        "/10x50.json": registry(10, 50),
        "/100x100.json": registry(100, 100),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), Documents)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        for scenario in scenarios(f"http://127.0.0.1:{server.server_address[1]}"):
            if args.only in scenario.name:
                run(scenario, args.kimi, args.runs, Path(name))


if __name__ == "__main__":
    main()
