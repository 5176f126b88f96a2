"""Captures the first request of Kimi Code and of `kimi-provider test` for the same alias, and compares them.

Usage: python tests/peer/compare_requests.py --kimi COMMAND [--only CASE] [-v] [-j N]

A loopback server keeps the first POST and answers 400. Compared, key by key: path and query, the headers that
decide something, and the body; of what is each client's own words (prompts, tools, session ids) only the shape.
Exit code 0 when all agree (or both send nothing), else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.peer.kimi_code import OURS
from tests.peer.request_cases import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.peer.request_cases import Case

_SECONDS = 60
_ROOT = Path(__file__).resolve().parents[2]
_HEADERS = (
    "accept",
    "anthropic-beta",
    "anthropic-version",
    "authorization",
    "content-type",
    "x-api-key",
    "x-goog-api-key",
    "x-goog-user-project",
    "x-mine",
)
# What each client says in its own words: only the shape of it is compared.
_WORDS = {
    "messages",
    "input",
    "contents",
    "system",
    "systemInstruction",
    "instructions",
    "tools",
    "prompt_cache_key",
    "metadata",
}


@dataclass
class Captured:
    """The first POST that arrived."""

    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    arrived: threading.Event = field(default_factory=threading.Event)


@contextmanager
def capturing() -> Iterator[tuple[str, Captured]]:
    """A server's base URL, and what it captures."""
    captured = Captured()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if not captured.arrived.is_set():
                captured.path = self.path
                captured.headers = {name.lower(): value for name, value in self.headers.items()}
                captured.body = json.loads(body)
                captured.arrived.set()
            refusal = b'{"error": {"message": "captured", "type": "invalid_request_error"}}'
            self.send_response(400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(refusal)))
            self.end_headers()
            self.wfile.write(refusal)

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            pass  # the client was killed

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", captured
        finally:
            server.shutdown()


def first_request(command: list[str], arguments: list[str], case: Case) -> Captured | str:
    """What ``command`` sends first for the alias of ``case``; what it says instead where it sends nothing."""
    with tempfile.TemporaryDirectory(prefix="peer-") as folder, capturing() as (base, captured):
        home = Path(folder)
        config = home / "config.toml"
        config.write_text(case.config(base), encoding="utf-8")
        work = home / "work"
        work.mkdir()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "KIMI_CODE_HOME": folder,
            "PYTHONPATH": str(_ROOT),
            **case.environment,
        }
        running = subprocess.Popen(
            [*command, *arguments],
            env=environment,
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        until = time.monotonic() + _SECONDS
        while not captured.arrived.is_set() and running.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        captured.arrived.wait(0.2)
        running.kill()  # Kimi Code would try ten times
        said, _ = running.communicate()
        return captured if captured.arrived.is_set() else said


def shape(value: Any) -> Any:
    """The keys and types of a value; of a list those of its last member, which carries the cache marks."""
    if isinstance(value, dict):
        return {
            key: shape(member)
            for key, member in sorted(value.items())
            if key not in ("parameters", "input_schema", "parametersJsonSchema")
        }
    if isinstance(value, list):
        return [shape(value[-1])] if value else []
    return type(value).__name__


def differences(theirs: Captured, ours: Captured) -> tuple[int, list[str]]:
    """How many keys were compared, and a line for each that differs."""
    pairs: dict[str, tuple[Any, Any]] = {"path": (theirs.path, ours.path)}
    for name in _HEADERS:
        pairs[f"header {name}"] = (theirs.headers.get(name), ours.headers.get(name))
    for key in sorted(theirs.body.keys() | ours.body.keys()):
        pair = (theirs.body.get(key), ours.body.get(key))
        pairs[f"body {key}"] = (shape(pair[0]), shape(pair[1])) if key in _WORDS else pair
    return len(pairs), [f"{key}: Kimi Code {a!r}, ours {b!r}" for key, (a, b) in pairs.items() if a != b]


def compare(kimi: list[str], our_command: list[str], case: Case) -> tuple[str, int, list[str]]:
    """``(outcome, keys compared, differences)`` of one case."""
    theirs = first_request(kimi, ["-p", "say hi", "-m", case.alias], case)
    ours = first_request(our_command, ["test", case.alias, "--json"], case)
    if isinstance(theirs, str) and isinstance(ours, str):
        return "both refuse", 0, []
    if isinstance(theirs, str):
        return "differ", 0, [f"Kimi Code sends nothing: {theirs.strip()[-300:]}"]
    if isinstance(ours, str):
        return "differ", 0, [f"ours sends nothing: {ours.strip()[-300:]}"]
    compared, found = differences(theirs, ours)
    return ("differ" if found else "same"), compared, found


def main() -> int:
    """Compares, prints each difference and the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kimi", required=True, type=shlex.split, help="command that runs a Kimi Code")
    parser.add_argument("--ours", default=OURS, type=shlex.split, help="command that runs our kimi-provider")
    parser.add_argument("--only", action="append", help="case to compare; repeats")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="how many at once")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the cases that agree too")
    args = parser.parse_args()
    cases = [case for case in CASES if not args.only or case.name in args.only]
    counts: dict[str, int] = {}
    keys = 0
    with ThreadPoolExecutor(args.jobs) as pool:
        for case, (outcome, compared, found) in zip(
            cases, pool.map(lambda case: compare(args.kimi, args.ours, case), cases), strict=True
        ):
            counts[outcome] = counts.get(outcome, 0) + 1
            keys += compared
            if found or args.verbose:
                print(f"{case.name}: {outcome}", *(f"\n    {line}" for line in found))
    print(f"{keys} keys compared; {', '.join(f'{count} {outcome}' for outcome, count in counts.items())}")
    return 1 if counts.get("differ") else 0


if __name__ == "__main__":
    sys.exit(main())
