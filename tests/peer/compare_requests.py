"""Captures the first request of Kimi Code and of `kimi-provider test` for the same alias, and compares them.

Usage: python tests/peer/compare_requests.py --kimi COMMAND [--only CASE] [-v] [-j N]

A loopback server keeps the first POST and answers 400. Compared, key by key: path and query, the headers that
do not name the client, and the body; of each client's own words (prompts, descriptions, session ids) the places:
roles in order, parts, marks for the cache, keywords of the tools' schemas.
With --full ours is sent in its full size, and the sizes must be within a tenth of each other.
Exit code 0 when all agree (or both send nothing), else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
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
# Headers that name the client or the connection: each client has its own.
_OWN_HEADERS = re.compile(
    r"user-agent|x-msh-.*|x-stainless-.*|x-goog-api-client|host|connection|content-length", re.IGNORECASE
)
# Texts that are each client's own words; where they stand is compared, not what they say.
_OWN_WORDS = frozenset({"text", "content", "instructions", "prompt_cache_key", "user_id", "description"})
_TOOLS = "tools"
_LARGE = 2**31
# Keywords of JSON Schema that Kimi Code's tools have properties named after.
_SCHEMA_WORDS = frozenset({"description", "items", "pattern", "title", "type"})


@dataclass
class Captured:
    """The first POST that arrived."""

    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    size: int = 0
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
                captured.body, captured.size = json.loads(body), len(body)
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
        return sent(command, arguments, environment, work, captured)


def sent(
    command: list[str], arguments: list[str], environment: dict[str, str], work: Path, captured: Captured
) -> Captured | str:
    """What a program that runs in ``work`` sends to a server that captures it, or what it says instead."""
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


def shape(value: Any, key: str = "") -> Any:
    """A body with each client's own words taken out of it: roles, places, marks and parameters stay."""
    if isinstance(value, dict):
        return {name: shape(member, name) for name, member in value.items() if name != _TOOLS}
    if isinstance(value, list):
        return [shape(member, key) for member in value]
    return "…" if key in _OWN_WORDS and isinstance(value, str) else value


def tool_shape(tools: Any) -> dict[str, Any]:
    """What the definitions of tools have in common, however many there are.

    The keys of the objects around the schemas and of the last one alone (it bears the mark for the cache), what each
    schema holds at its top, and every keyword with the types of its values.
    """
    keywords: set[str] = set()
    tops: set[str] = set()
    for schema in _schemas(tools):
        tops |= {f"{name}: {value}" for name, value in schema.items() if name in ("$schema", "type")}
        tops.add("required" if "required" in schema else "nothing required")
        tops.add("no properties" if schema["properties"] == {} else "properties")
        _keywords(schema, keywords)
    return {
        "around": sorted({json.dumps(_around(tool), sort_keys=True) for tool in tools}),
        "last": _around(tools[-1]),
        "tops": sorted(tops),
        "keywords": sorted(keywords),
    }


def _schemas(tools: Any) -> Iterator[dict[str, Any]]:
    for tool in tools:
        for holder in (tool, tool.get("function", {}), *tool.get("functionDeclarations", [])):
            for name in ("parameters", "input_schema", "parametersJsonSchema"):
                if name in holder:
                    yield holder[name]


def _around(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: "schema"
            if name in ("parameters", "input_schema", "parametersJsonSchema")
            else _around(member)
            for name, member in value.items()
            if name not in ("name", "description")
        }
    return [_around(member) for member in value] if isinstance(value, list) else value


def _keywords(schema: Any, found: set[str]) -> None:
    if not isinstance(schema, dict):
        return
    for name, value in schema.items():
        kind = value if name == "type" else type(value).__name__
        found.add(f"{name}: {kind}" + (" large" if isinstance(value, int) and abs(value) > _LARGE else ""))
        if name == "properties":
            for property_name, member in value.items():
                found.add(f"a property {_sort_of_name(property_name)}")
                _keywords(member, found)
        elif isinstance(value, list):
            for member in value:
                _keywords(member, found)
        else:
            _keywords(value, found)


def _sort_of_name(name: str) -> str:
    if name in _SCHEMA_WORDS:
        return f"named like the keyword {name}"
    if name.startswith("-"):
        return "that starts with a dash"
    return "in camel case" if re.search("[A-Z]", name) else "in plain letters"


def differences(theirs: Captured, ours: Captured) -> tuple[int, list[str]]:
    """How many keys were compared, and a line for each that differs."""
    pairs: dict[str, tuple[Any, Any]] = {"path": (theirs.path, ours.path)}
    for name in sorted(theirs.headers.keys() | ours.headers.keys()):
        if not _OWN_HEADERS.fullmatch(name):
            pairs[f"header {name}"] = (theirs.headers.get(name), ours.headers.get(name))
    for key in sorted(theirs.body.keys() | ours.body.keys()):
        pair = (theirs.body.get(key), ours.body.get(key))
        if key == _TOOLS and all(pair):
            told, held = tool_shape(pair[0]), tool_shape(pair[1])
            pairs |= {f"tools {part}": (told[part], held[part]) for part in told}
        else:
            pairs[f"body {key}"] = (shape(pair[0], key), shape(pair[1], key))
    return len(pairs), [_difference(key, a, b) for key, (a, b) in pairs.items() if a != b]


def _difference(key: str, theirs: Any, ours: Any) -> str:
    if isinstance(theirs, list) and isinstance(ours, list) and all(isinstance(x, str) for x in theirs + ours):
        return f"{key}: only Kimi Code {sorted({*theirs} - {*ours})}, only ours {sorted({*ours} - {*theirs})}"
    return f"{key}: Kimi Code {theirs!r}, ours {ours!r}"


def sizes(theirs: Captured, ours: Captured) -> list[str]:
    """A line for each size that is not like Kimi Code's: the body to a tenth, the tools to the one for models that see."""
    found = []
    for name, a, b, most in (
        ("bytes", theirs.size, ours.size, theirs.size / 10),
        ("tools", len(theirs.body["tools"]), len(ours.body["tools"]), 1),
    ):
        if abs(a - b) > most:
            found.append(f"{name}: Kimi Code {a:,}, ours {b:,}")
    return found


def compare(kimi: list[str], our_command: list[str], case: Case, *, full: bool) -> tuple[str, int, list[str]]:
    """``(outcome, keys compared, differences)`` of one case."""
    theirs = first_request(kimi, ["-p", "say hi", "-m", case.alias], case)
    ours = first_request(our_command, ["test", case.alias, "--json", *(["--full"] if full else [])], case)
    if isinstance(theirs, str) and isinstance(ours, str):
        return "both refuse", 0, []
    if isinstance(theirs, str):
        return "differ", 0, [f"Kimi Code sends nothing: {theirs.strip()[-300:]}"]
    if isinstance(ours, str):
        return "differ", 0, [f"ours sends nothing: {ours.strip()[-300:]}"]
    compared, found = differences(theirs, ours)
    if full:
        compared, found = compared + 2, found + sizes(theirs, ours)
    return ("differ" if found else "same"), compared, found


def main() -> int:
    """Compares, prints each difference and the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kimi", required=True, type=shlex.split, help="command that runs a Kimi Code")
    parser.add_argument("--ours", default=OURS, type=shlex.split, help="command that runs our kimi-provider")
    parser.add_argument("--only", action="append", help="case to compare; repeats")
    parser.add_argument(
        "--full", action="store_true", help="send ours in its full size and compare sizes too"
    )
    parser.add_argument("-j", "--jobs", type=int, default=2, help="how many at once")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the cases that agree too")
    args = parser.parse_args()
    cases = [case for case in CASES if not args.only or case.name in args.only]
    counts: dict[str, int] = {}
    keys = 0
    with ThreadPoolExecutor(args.jobs) as pool:
        for case, (outcome, compared, found) in zip(
            cases,
            pool.map(lambda case: compare(args.kimi, args.ours, case, full=args.full), cases),
            strict=True,
        ):
            counts[outcome] = counts.get(outcome, 0) + 1
            keys += compared
            if found or args.verbose:
                print(f"{case.name}: {outcome}", *(f"\n    {line}" for line in found))
    print(f"{keys} keys compared; {', '.join(f'{count} {outcome}' for outcome, count in counts.items())}")
    return 1 if counts.get("differ") else 0


if __name__ == "__main__":
    sys.exit(main())
