"""Hands every ``kimi`` command but ``kimi provider`` to the Kimi Code that is installed beside this program."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

# Which `kimi`s this process has already become, as "pid:path:path…". A version manager's shim may lead back
# here; exec keeps the process id, so a list under another id is an ancestor's and does not count.
_TRAIL = "KIMI_PROVIDER_HANDOVER"
_USAGE = 2
_WINDOWS = os.name == "nt"


def hand_over(arguments: list[str]) -> int:
    """Becomes the next ``kimi`` on PATH that is not this one, with all its arguments.

    One that the system cannot run (its interpreter is gone, it is no program) is passed over. Returns only where
    there is none: 0 after answering ``--version`` or ``--help`` itself, else 2; on Windows the exit code of the other.
    """
    tried = _trail()
    own = os.path.realpath(sys.argv[0])
    while candidate := next_kimi(os.environ.get("PATH", ""), own, tried):
        tried.append(candidate)
        os.environ[_TRAIL] = os.pathsep.join([str(os.getpid()), *tried])
        with suppress(OSError):
            if _WINDOWS:
                return _run(candidate, arguments)
            os.execv(candidate, [candidate, *arguments])  # noqa: S606 - the user's own command line
    return _alone(arguments)


def _run(candidate: str, arguments: list[str]) -> int:
    """Windows has no exec: runs it and waits. Ctrl-C reaches it as well, and what it does then is its own affair."""
    import signal
    import subprocess

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.Popen([candidate, *arguments]).wait()  # noqa: S603 - the user's own command line
    finally:
        signal.signal(signal.SIGINT, before)


def next_kimi(path: str, own: str, tried: list[str]) -> str | None:
    """The first ``kimi`` in the folders of ``path`` whose real path is neither ``own`` nor was ``tried``.

    Where ``own`` is itself on the path only what comes after it counts: two installations of this program can
    then never hand over to each other in a circle.
    """
    names = ("kimi.exe", "kimi.cmd") if _WINDOWS else ("kimi",)
    found = [
        candidate
        for folder in path.split(os.pathsep)
        for name in names
        if folder and os.access(candidate := str(Path(folder) / name), os.X_OK) and Path(candidate).is_file()
    ]
    real = [os.path.realpath(candidate) for candidate in found]
    if _WINDOWS:  # a launcher passes its name without the ending
        own = next((target for target in real if _bare(target) == _bare(own)), own)
    start = real.index(own) + 1 if own in real else 0
    for candidate, target in zip(found[start:], real[start:], strict=True):
        if target != own and candidate not in tried:
            return candidate
    return None


def _bare(path: str) -> str:
    return os.path.normcase(path).removesuffix(".exe").removesuffix(".cmd")


def _trail() -> list[str]:
    pid, *tried = os.environ.get(_TRAIL, "").split(os.pathsep)
    # On Windows it was the parent that handed over; a launcher may stand between, so any list counts there.
    return tried if pid == str(os.getpid()) or (pid and _WINDOWS) else []


def _alone(arguments: list[str]) -> int:
    from provisioner import __version__

    if arguments == ["--version"] and sys.stdout:
        sys.stdout.write(f"kimi-provider {__version__}\n")
        return 0
    stream = sys.stdout if arguments in (["--help"], ["-h"]) else sys.stderr
    if stream:
        stream.write(
            "kimi: only `kimi provider` is installed here; no Kimi Code was found further along PATH.\n"
            "Try `kimi provider --help`, or install Kimi Code: npm install -g @moonshot-ai/kimi-code\n"
        )
    return 0 if stream is sys.stdout else _USAGE
