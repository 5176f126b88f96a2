"""Runs the ``console`` blocks of pages as one who reads them would, with the demo's servers in place of hosts.

A page that shows ``kimi-provider demo --serve`` works in the demo's home, as the reader does in a second terminal. Any other page
has a home of its own, which is empty. What a page shows of the demo's address and folder stands for the real ones.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs import fork_server
from tests.docs.pages import ROOT, SERVE, Step, blocks, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What the pages call the demo's address, its folder, and the reader's home.
URL, FOLDER, HOME = "http://127.0.0.1:36617", "/tmp/kimi-provider-demo-k3b1x9qz", "/home/ada"
# Hosts that a page without the demo's address names, and what stands in for them there.
_HOSTS = {"https://registry.example": "/registry", "https://ai.acme.example/v1": "/openai/v1"}
_FOLDERS = {"KIMI_CODE_HOME": ".kimi-code", "XDG_CACHE_HOME": ".cache", "XDG_STATE_HOME": ".local/state"}
_END = "\x1e"
_MARK = f"code=$?; printf '{_END}'; (exit $code)"  # $? is still that of the command
_PASSING = (
    (re.compile(r"\d+\.\d\d s\b"), "0.00 s"),
    (re.compile(r"\d+ ms\b"), "0 ms"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "2026-01-01 00:00 UTC"),
    (re.compile(r" · \d+ tokens/s"), ""),
    (re.compile(r"cache, \d+ s old"), "cache, 0 s old"),
    (re.compile(r"demo-(?:key|token)-[0-9a-f]{16}"), "demo-key-0123456789abcdef"),
    (re.compile(r"(•••)\w+"), r"\1"),
)


@dataclass(frozen=True)
class Served:
    """A demo that serves: what it printed, and the shell file with its variables."""

    printed: str
    environment: str
    url: str

    @property
    def folder(self) -> str:
        return self.environment.rpartition("/")[0]


def steady(output: str) -> str:
    """Output without what differs from run to run: times, dates, keys."""
    for pattern, instead in _PASSING:
        output = pattern.sub(instead, output)
    return output


def page_steps(text: str) -> list[Step]:
    """All commands of a page."""
    return [step for block in blocks(text) if block.language == "console" for step in steps(block)]


@contextmanager
def installed(folder: Path) -> Iterator[Path]:
    """``folder``, with the program that is tested in it as ``kimi-provider``, and nothing else."""
    folder.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory(prefix="kp-") as short,  # the path of a socket must be short
        subprocess.Popen(
            [sys.executable, "-m", "tests.docs.fork_server", f"{short}/s"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "LANG": "C.UTF-8"},
        ) as server,
    ):
        assert server.stdout is not None
        try:
            assert server.stdout.readline() == b"ready\n"
            fork_server.client(folder / "kimi-provider", Path(short) / "s")
            yield folder
        finally:
            server.terminate()


def environment(programs: Path, home: Path) -> dict[str, str]:
    """A clean environment: nothing but a home, a PATH and a language."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "SSL_CERT_DIR": str(home),  # no authority is trusted: to read them all takes time, and none is needed
        "TMPDIR": str(home),
    }


@contextmanager
def served(home: Path) -> Iterator[Served]:
    """The demo, until it is no longer needed."""
    home.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "provisioner", *SERVE.split()[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(home, home),
    ) as running:
        assert running.stdout is not None
        try:
            lines: list[str] = []
            while not lines or not lines[-1].startswith("Serving until"):
                lines.append(running.stdout.readline())
                assert lines[-1], "".join(lines)
            printed = "".join(lines)
            (shell,) = re.findall(r"^\. (\S+)$", printed, re.MULTILINE)
            (url,) = re.findall(r"listen on (\S+);", printed)
            yield Served(printed, shell, url)
        finally:
            running.terminate()


def run(text: str, demo: Served, programs: Path, home: Path) -> list[str]:
    """What the commands of a page print, in the page's own names for addresses and folders."""
    home.mkdir(parents=True, exist_ok=True)
    found = page_steps(text)
    commands = [step.command for step in found if step.command != SERVE]
    names = [(demo.folder, FOLDER), (str(home), HOME), (str(ROOT), f"{HOME}/kimi-provider")]
    lines = []
    if len(commands) < len(found):
        names.append((demo.url, URL))
    else:
        names += [(demo.url + path, host) for host, path in _HOSTS.items()]
        lines += [f". {demo.environment}", 'export ACME_API_KEY="$DEMO_KEY"']
        lines += [f'export {name}="$HOME/{folder}"' for name, folder in _FOLDERS.items()]
    for command in commands:
        lines += [_renamed(command, [(shown, real) for real, shown in names]), _MARK]
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=environment(programs, home),
        cwd=home,
    )
    outputs = done.stdout.split(_END)
    assert len(outputs) == len(commands) + 1, done.stdout
    printed = iter(outputs)
    said = [demo.printed if step.command == SERVE else next(printed) for step in found]
    return [_renamed(output, names) for output in said]


def _renamed(text: str, names: Iterable[tuple[str, str]]) -> str:
    for old, new in names:
        text = text.replace(old, new)
    return text
