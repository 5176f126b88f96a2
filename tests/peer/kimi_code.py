"""Runs a Kimi Code and this project's command side by side, each in a home of its own, and compares what they wrote.

Shared by the scripts of this folder; they need a runnable Kimi Code and are skipped without one.
"""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

OURS = f"{sys.executable} -m provisioner"
_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 120


@dataclass(frozen=True)
class Written:
    """What a command left behind: its exit code, what it said, and config.toml as data (empty without one)."""

    code: int
    said: str
    config: dict[str, Any]


def run(
    command: Sequence[str],
    arguments: Sequence[str],
    *,
    config: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Written:
    """Runs ``command *arguments`` in a fresh home whose config.toml starts as ``config``."""
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        home = Path(folder)
        path = home / ".kimi-code" / "config.toml"
        if config is not None:
            path.parent.mkdir()
            path.write_text(config, encoding="utf-8")
        done = called([*command, *arguments], {**environment_of(home, path), **(environment or {})})
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return Written(done.returncode, (done.stdout + done.stderr).strip(), tomllib.loads(text))


def environment_of(home: Path, config: Path) -> dict[str, str]:
    """The variables of a process that reads and writes in ``home`` only, and there has ``config`` as config.toml."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "KIMI_CODE_HOME": str(config.parent),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_STATE_HOME": str(home / ".state"),
        "LANG": "C.UTF-8",
    }


def called(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The ended process of ``command``, with what it said."""
    return subprocess.run(
        command,
        env=environment,
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def differences(theirs: Any, ours: Any, at: str = "") -> list[str]:
    """Every place where two parsed files differ. ``5`` and ``5.0``, or a missing key and an empty one, do."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        found = []
        for key in sorted(theirs.keys() | ours.keys()):
            below = f"{at}[{key}]"
            if key not in ours:
                found.append(f"{below}: only Kimi Code has it: {theirs[key]!r}")
            elif key not in theirs:
                found.append(f"{below}: only we have it: {ours[key]!r}")
            else:
                found += differences(theirs[key], ours[key], below)
        return found
    same = type(theirs) is type(ours) and theirs == ours
    return [] if same else [f"{at}: Kimi Code {theirs!r}, ours {ours!r}"]


@contextmanager
def serve(documents: Mapping[str, Any]) -> Iterator[str]:
    """Serves JSON documents (or bytes as they are) by path on loopback; gives the base URL without a slash.

    A document is encoded when it is asked for, so a test may change it in between.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = documents.get(self.path)
            found = self.path in documents
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            body = body if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
