"""One command as a whole process, in a home of its own: its seconds and its peak memory, as the kernel counts them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_KIB = 1024
# A process inherits the peak memory of the one that started it. So a bare interpreter, which is smaller than anything
# that is measured, starts the command, and waits for it alone.
_LAUNCHER = """
import json, os, sys, time
files = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
files += [(os.POSIX_SPAWN_OPEN, fd, sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for fd in (1, 2)]
started = time.perf_counter()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=files)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - started
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
"""


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of processors, and the peak of the resident memory in bytes."""

    seconds: float
    cpu: float
    memory: int


class Home:
    """A folder with all that a tool keeps: configuration, cache, state.

    It stays in one place, as what is kept may name its own path; what stood in it is saved and put back.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment

    def clear(self, config: str | None) -> None:
        """Leaves nothing but a config.toml, if there is to be one."""
        shutil.rmtree(self._folder, ignore_errors=True)
        folder = self._folder / "kimi-code"
        folder.mkdir(parents=True)
        if config is not None:
            (folder / "config.toml").write_text(config, encoding="utf-8")

    def save(self, place: Path) -> None:
        shutil.copytree(self._folder, place)

    def put_back(self, place: Path) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(place, self._folder)

    def run(self, command: Sequence[str]) -> Cost:
        """Runs a command.

        Raises:
            SystemExit: it failed.
        """
        said = self._folder.with_name(f"{self._folder.name}.said")
        said.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(said), *command],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self._folder),
                "KIMI_CODE_HOME": str(self._folder / "kimi-code"),
                "XDG_CACHE_HOME": str(self._folder / "cache"),
                "XDG_STATE_HOME": str(self._folder / "state"),
                **self._environment,
            },
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        code, seconds, cpu, peak = json.loads(done.stdout)
        if code != 0:
            raise SystemExit(
                f"exit {code}: {shlex.join(command)}\n{said.read_text(errors='replace')[-2000:]}"
            )
        return Cost(seconds, cpu, peak * _KIB)
