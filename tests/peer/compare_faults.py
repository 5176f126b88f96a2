"""Does to Kimi Code what SECURITY.md says was done to this program, and prints a table of what both do.

Usage: python -m tests.peer.compare_faults --peer COMMAND [--only FAULT]

Each fault gets a fresh home. Figures depend on the machine; the costs of one row are measured one after the other.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.peer.kimi_code import OURS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "tok-0123456789abcdef"
MIB = 1024
PATIENCE_S = 300
# A process inherits the peak memory of the one that started it, so a bare interpreter does the measuring.
LAUNCHER = """
import json, os, sys, time
started = time.perf_counter()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
figures = [os.waitstatus_to_exitcode(status), time.perf_counter() - started, usage.ru_maxrss]
open(sys.argv[1], "w").write(json.dumps(figures))
"""
HAND = """\
# mine
[providers.reg]
type = "openai"
base_url = "https://old.test/v1"
api_key = "sk-0123456789abcdef"
{more}
[models."reg/m"]
provider = "reg"
model = "m"
max_context_size = 1000
"""


@dataclass
class Server:
    """Answers by path with a body, or with what a function does to the request; keeps what arrived."""

    bodies: dict[str, Any]
    url: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def serving(bodies: dict[str, Any]) -> Iterator[Server]:
    server = Server(bodies)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requests.append((self.path, str(self.headers)))
            body = server.bodies.get(self.path, b"")
            if callable(body):
                body(self)
                return
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            if data[:2] == b"\x1f\x8b":
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that goes away is none."""

    http = Quiet(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


@dataclass(frozen=True)
class Program:
    """One of the two programs, in a home of its own."""

    command: list[str]
    home: Path

    @property
    def config(self) -> Path:
        return self.home / ".kimi-code" / "config.toml"

    def write(self, text: str) -> None:
        self.config.parent.mkdir(exist_ok=True)
        self.config.write_text(text)

    def data(self) -> dict[str, Any]:
        return tomllib.loads(self.config.read_text())

    def start(self, *arguments: str, before: str = "") -> subprocess.Popen[str]:
        shell = ["bash", "-c", f'{before}; exec "$@"', "bash"] if before else []
        return subprocess.Popen(
            [*shell, *self.command, *arguments],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "KIMI_CODE_HOME": str(self.config.parent),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, before: str = "") -> tuple[int, str]:
        """The exit code and what was said."""
        process = self.start(*arguments, before=before)
        said, _ = process.communicate(timeout=PATIENCE_S)
        return process.returncode, said

    def costs(self, *arguments: str) -> str:
        figures = self.home / "figures"
        launched = Program([sys.executable, "-c", LAUNCHER, str(figures), *self.command], self.home)
        launched.run(*arguments)
        code, seconds, peak = json.loads(figures.read_text())
        return f"{seconds:.1f} s, {peak / MIB:.0f} MiB, exit {code}"

    def files(self) -> int:
        """How many files lie in the folder of config.toml, it among them."""
        return sum(1 for _ in self.config.parent.iterdir())

    def left(self) -> int:
        """How many temporary files lie beside config.toml."""
        return sum("tmp" in path.name for path in self.config.parent.iterdir())


def provider(id_: str, **more: Any) -> dict[str, Any]:
    models = {"m": {"id": "m", "name": "M", "limit": {"context": 1000}}}
    return {
        "id": id_,
        "name": id_,
        "api": "https://new.test/v1",
        "type": "openai",
        "models": models,
        **more,
    }


def add(url: str) -> tuple[str, ...]:
    return ("add", url, "--api-key", TOKEN)


def modes(program: Program) -> str:
    with serving({"/a": {"p": provider("p")}}) as server:
        program.run(*add(f"{server.url}/a"), before="umask 0")
    return f"file {program.config.stat().st_mode & 0o777:04o}, folder {program.config.parent.stat().st_mode & 0o777:04o}"


def symlink(program: Program) -> str:
    target = program.home / "dotfiles.toml"
    target.write_text("# mine\n")
    program.config.parent.mkdir()
    program.config.symlink_to(target)
    with serving({"/a": {"p": provider("p")}}) as server:
        program.run(*add(f"{server.url}/a"))
    if program.config.is_symlink() and "[providers.p]" in target.read_text():
        return "the link stays, its target is written"
    return "the link is replaced by a file, its target is not written"


def editor(program: Program) -> str:
    """An editor saves every 25 ms while ten commands run one after the other."""
    saves = lost = done = 0
    program.write("# save 0\n")
    with serving({f"/{n}": {f"p{n}": provider(f"p{n}")} for n in range(10)}) as server:
        for number in range(10):
            process = program.start(*add(f"{server.url}/{number}"))
            while process.poll() is None:
                saves += 1
                text = program.config.read_text()
                new = program.config.with_name("editor~")
                new.write_text(f"# save {saves}\n" + text.partition("\n")[2])
                new.replace(program.config)
                time.sleep(0.025)
                lost += not program.config.read_text().startswith(f"# save {saves}\n")
            process.communicate()
            done += process.returncode == 0
    return f"{lost} of {saves} saves lost, {done} of 10 commands done"


def kill(program: Program) -> str:
    """Killed as soon as something new appears beside config.toml, twenty times."""
    whole = left = 0
    with serving({"/a": {"p": provider("p")}}) as server:
        program.write("# mine\n")
        program.run("list")
        for _ in range(20):
            program.write("# mine\n")
            before = program.files()
            process = program.start(*add(f"{server.url}/a"))
            while process.poll() is None and program.files() <= before:
                pass
            process.kill()
            process.communicate()
            whole += program.config.read_text().startswith("# mine\n")
            left = max(left, program.left())
        program.run(*add(f"{server.url}/a"))
    return f"file whole {whole} of 20 times; {program.left()} temporary files left after the next command"


def together(program: Program) -> str:
    """Five rounds of four commands at once."""
    lost = failed = 0
    with serving({f"/{n}": {f"p{n}": provider(f"p{n}")} for n in range(20)}) as server:
        for first in range(0, 20, 4):
            running = [program.start(*add(f"{server.url}/{number}")) for number in range(first, first + 4)]
            for process in running:
                process.communicate()
                failed += process.returncode != 0
    lost = 20 - len(program.data()["providers"])
    return f"{lost} of 20 providers lost, {failed} commands said that they failed"


def interrupt(program: Program) -> str:
    stalled = threading.Event()
    with serving({"/a": lambda _: stalled.wait(PATIENCE_S)}) as server:
        program.write("# mine\n")
        process = program.start(*add(f"{server.url}/a"))
        while not server.requests:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=PATIENCE_S)
        stalled.set()
    told = "says whether the file was changed" if "config.toml" in said else "says nothing of the file"
    return f"exit {process.returncode}, {told}"


def full(program: Program) -> str:
    """No file may grow beyond 4 KiB, and config.toml is larger."""
    text = "# mine\n" * 1000
    program.write(text)
    with serving({"/a": {"p": provider("p")}}) as server:
        code, _ = program.run(*add(f"{server.url}/a"), before="ulimit -f 4")
    same = "file as it was" if program.config.read_text() == text else "file changed"
    return f"exit {code}, {same}, {program.left()} temporary files left"


def header(program: Program) -> str:
    program.write(HAND.format(more='custom_headers = { "api-key" = "sk-header-0123456789" }'))
    with serving({"/a": {"reg": provider("reg")}}) as server:
        code, _ = program.run(*add(f"{server.url}/a"))
    now = program.data()["providers"]["reg"]
    if now["base_url"] == "https://old.test/v1":
        return f"refused (exit {code}), file as it was"
    return f"moved to the registry's host, {'with' if 'custom_headers' in now else 'without'} the header"


def taken(program: Program) -> str:
    program.write(HAND.format(more=""))
    with serving({"/a": {"reg": provider("reg")}}) as server:
        code, _ = program.run(*add(f"{server.url}/a"))
    there = program.data()["providers"]["reg"]["base_url"] == "https://old.test/v1"
    return f"refused (exit {code}), named" if there else "replaced without a word"


def escapes(program: Program) -> str:
    model = {"id": "m\x1b[2J", "name": "\x1b]0;owned\x07M", "limit": {"context": 1000}}
    bad = "q\x1b[31m"
    with serving({"/a": {"p": provider("p", models={"m": model}), bad: provider(bad)}}) as server:
        _, said = program.run(*add(f"{server.url}/a"))
        _, listed = program.run("list")
    written = "\\x1b" in repr(program.data())
    printed = "printed raw" if "\x1b" in said + listed else "not printed raw"
    return f"{'written to the file' if written else 'cleaned or left out'}, {printed}"


def echoed(program: Program) -> str:
    def refuse(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(401, f"no {TOKEN}")
        handler.end_headers()
        handler.wfile.write(json.dumps({"error": {"message": f"bad token {TOKEN}"}}).encode())

    with serving({"/a": refuse}) as server:
        _, said = program.run(*add(f"{server.url}/a"))
        _, wrong = program.run("add", f"{server.url}/a", "--api-key-env", TOKEN)
    return f"{'shown' if TOKEN in said else 'masked or not shown'}; typed in a wrong place: {'shown' if TOKEN in wrong else 'not shown'}"


def redirect(program: Program) -> str:
    with serving({"/b": {"p": provider("p")}}) as other:

        def elsewhere(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", f"{other.url}/b")
            handler.end_headers()

        with serving({"/a": elsewhere}) as server:
            program.run(*add(f"{server.url}/a"))
        if not other.requests:
            return "not followed"
        return "followed, " + (
            "with the token" if any(TOKEN in head for _, head in other.requests) else "without the token"
        )


def costs(document: Callable[[], bytes]) -> Callable[[Program], str]:
    def measured(program: Program) -> str:
        with serving({"/a": document()}) as server:
            return program.costs(*add(f"{server.url}/a"))

    return measured


def unread(mib: int) -> Callable[[], bytes]:
    return lambda: (
        json.dumps({"p": provider("p")}).encode()[:-2] + b', "x": [' + b"{}," * (mib * 349_525) + b"{}]}}"
    )


def bad_entries() -> bytes:
    return json.dumps({"p": provider("p"), **{f"b{n}": {"id": n} for n in range(100_000)}}).encode()


def bomb() -> bytes:
    return gzip.compress(b'{"p": "' + b"a" * (200 * MIB * MIB) + b'"}', 1)


FAULTS: dict[str, tuple[str, Callable[[Program], str]]] = {
    "modes": ("a first import under `umask 0`", modes),
    "symlink": ("config.toml is a symlink into a folder of dotfiles", symlink),
    "editor": ("an editor saves every 25 ms while ten imports run", editor),
    "kill": ("killed as soon as it makes a file, 20 times", kill),
    "together": ("four imports at once, five times", together),
    "interrupt": ("Ctrl-C while a registry does not answer", interrupt),
    "full": ("no room for the new file", full),
    "header": ("a registry names a provider that was written by hand, with an `api-key` header", header),
    "taken": ("the same without a header", taken),
    "escapes": ("names with escape sequences", escapes),
    "echoed": ("a registry refuses and repeats the token", echoed),
    "redirect": ("a registry redirects to another origin", redirect),
    "unread9": ("9 MB of `{}` in a field that nobody reads", costs(unread(9))),
    "unread60": ("60 MB of them", costs(unread(60))),
    "bad": ("100,000 bad entries", costs(bad_entries)),
    "bomb": ("a gzip bomb of 200 MiB", costs(bomb)),
}


def main() -> int:
    """Prints a row for each fault."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", required=True, help="Kimi Code's command")
    parser.add_argument("--only", choices=FAULTS, help="one fault")
    options = parser.parse_args()
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a background job would pass on that it ignores it
    programs = [shlex.split(OURS), [*shlex.split(options.peer), "provider"]]
    print("| done | this tool | Kimi Code |\n|---|---|---|")
    for name, (words, fault) in FAULTS.items():
        if options.only in (None, name):
            cells = []
            for command in programs:
                with tempfile.TemporaryDirectory(prefix="fault-") as folder:
                    cells.append(fault(Program(command, Path(folder))))
            print(f"| {words} | {' | '.join(cells)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
