"""The file as a file: who else can read the keys in it, and whether a repository would publish them."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.doctor.issue import warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.doctor.issue import Issue

READABLE = "file_readable"
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_GIT_S = 10


def issues(path: Path, env: Mapping[str, str], *, secrets: bool) -> Iterator[Issue]:
    """What is wrong with the file that ``path`` leads to.

    Args:
        path: config.toml, perhaps a symlink; it exists.
        env: where git is looked for.
        secrets: whether the file holds any.
    """
    real = Path(os.path.realpath(path))
    if os.name == "posix":
        mode = real.stat().st_mode
        if secrets and mode & _OTHERS_READ:
            message = f"it holds keys, and others on this machine can read it (mode {stat.S_IMODE(mode):04o})"
            yield warning(READABLE, (), message, f"chmod 600 {real}")
        elif mode & _OTHERS_WRITE:
            message = f"others on this machine can change it (mode {stat.S_IMODE(mode):04o})"
            yield warning(READABLE, (), message, f"chmod 600 {real}")
        folder = real.parent.stat().st_mode
        if folder & _OTHERS_WRITE and not folder & stat.S_ISVTX:
            message = f"others on this machine can replace it: its folder has mode {stat.S_IMODE(folder):04o}"
            yield warning("folder_writable", (), message, f"chmod 700 {real.parent}")
    if secrets:
        yield from _repository(path, real, env)


def make_private(path: Path) -> None:
    """Leave the file that ``path`` leads to, to its owner alone.

    Raises:
        OSError: it belongs to somebody else.
    """
    path.chmod(0o600)


def _repository(path: Path, real: Path, env: Mapping[str, str]) -> Iterator[Issue]:
    root = next((folder for folder in real.parents if (folder / ".git").exists()), None)
    if root is None:
        return
    tracked = _git(root, env, "ls-files", "--error-unmatch", "--", str(real))
    if not tracked and _git(root, env, "check-ignore", "-q", "--", str(real)):
        return
    through = f", to which {path} is a link" if path.is_symlink() else ""
    held = "git keeps it there" if tracked else "git does not ignore it there"
    advice = (
        f"git -C {root} rm --cached {real.relative_to(root)}" if tracked else f"add it to {root}/.gitignore"
    )
    yield warning(
        "in_git",
        (),
        f"it holds keys and lies in the git work tree {root}{through}, and {held}",
        f"{advice}, or take the keys out of it: kimi provider key ID --to-env NAME",
    )


def _git(root: Path, env: Mapping[str, str], *arguments: str) -> bool:
    """Whether git says yes; no where there is no git. Nothing that the repository configures is run."""
    program = shutil.which("git", path=env.get("PATH"))
    if program is None:
        return False
    surroundings = {name: value for name, value in env.items() if not name.startswith("GIT_")}
    command = [program, "-c", "core.fsmonitor=false", "-C", str(root), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the paths are arguments of their own
            command, env=surroundings, capture_output=True, timeout=_GIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
