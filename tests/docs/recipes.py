"""Runs the commands of a recipe for CI or containers in a clean environment, with nothing of the service.

What the recipe installs is there once it has been installed, and is what is tested. The registry is the demo's; the catalog
cannot be reached, as on a build machine without a network, so the built-in one stands in.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.docs import console

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TOOLS = ("bash", "sh", "cat", "mkdir", "ls", "env")
# What a recipe installs with, and the program that is there afterwards.
_INSTALLERS = {
    "pip": ("install kimi-provider", "kimi-provider"),
    "pipx": ("install kimi-provider", "kimi-provider"),
    "npm": ("install --global @moonshot-ai/kimi-code", "kimi"),
}
_UNREACHABLE = "http://127.0.0.1:9"


@dataclass
class Machine:
    """A folder that plays a machine: its programs, its home, and what has been exported; ``tested`` has the program."""

    folder: Path
    tested: Path
    exported: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.programs, self.home, ready = (self.folder / name for name in ("bin", "home", "ready"))
        for folder in (self.programs, self.home):
            folder.mkdir(parents=True)
        ready.mkdir()
        shutil.copy(self.tested / "kimi-provider", ready)
        _program(ready / "kimi", "echo kimi")
        for name in _TOOLS:
            (self.programs / name).symlink_to(str(shutil.which(name)))
        for name, (arguments, brings) in _INSTALLERS.items():
            copy = shlex.join([str(shutil.which("cp")), str(ready / brings), str(self.programs / brings)])
            _program(self.programs / name, f'[ "$*" = "{arguments}" ] && exec {copy}')
        for name in ("apt-get", "rm"):  # nothing of the machine that runs the tests is touched
            _program(self.programs / name, ":")

    def run(self, script: str, shell: tuple[str, ...] = ("bash", "-eo", "pipefail", "-c")) -> None:
        """Runs a step, as services do: the first command that fails fails it."""
        done = subprocess.run(
            [*shell, script],
            executable=self.programs / shell[0],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env={
                **console.environment(self.programs, self.home),
                "PATH": str(self.programs),
                "HTTPS_PROXY": _UNREACHABLE,
                **self.exported,
            },
        )
        assert done.returncode == 0, f"$ {script}\n{done.stdout}{done.stderr}"


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!{shutil.which('sh')}\n{script}\n")
    path.chmod(0o755)


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile and what follows each; a line that ends in a backslash goes on."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.MULTILINE))
    return [
        (word, rest)
        for line in joined.splitlines()
        if line.strip()
        for word, _, rest in [line.partition(" ")]
    ]


def substituted(value: str, names: Mapping[str, str]) -> str:
    """``value`` with ``$NAME`` and ``${NAME}`` filled in, as Docker and GitLab do."""
    return re.sub(r"\$\{?(\w+)\}?", lambda found: names.get(found[1], ""), value)
