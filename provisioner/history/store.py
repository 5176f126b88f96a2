"""Where earlier runs are kept: a private file of JSON lines for each config.toml.

Several processes may test at once. They write one after another, under a lock; a line that cannot be read is
passed over, so nothing that happens to the file can break a test.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from typing import TYPE_CHECKING

from provisioner.history.run import ALIAS, Run, from_line, to_line
from provisioner.lock import held

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEPT = 50
# The file is written anew only when an alias has outgrown its share by this many runs.
_SPARE = 25
_WAIT_S = 5.0

_FLAGS = os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def file_of(state_dir: Path, config: Path) -> Path:
    """The file for the aliases of ``config``: two config.toml may well use the same names."""
    fingerprint = hashlib.sha256(os.fsencode(os.path.realpath(config))).hexdigest()[:12]
    return state_dir / "history" / f"{fingerprint}.jsonl"


def load(file: Path) -> dict[str, list[Run]]:
    """The last :data:`KEPT` runs of each alias, oldest first; none where there is nothing that can be read."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return {}
    found: dict[str, list[Run]] = {}
    for run, _ in _last(lines):
        found.setdefault(run.alias, []).append(run)
    return found


def append(file: Path, runs: Sequence[Run]) -> None:
    """Adds ``runs``, at least one, and forgets the oldest of an alias that has too many.

    Raises:
        OSError: they cannot be kept here.
        Busy: others write for too long.
    """
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Without locks on this file system, appending one line at a time is safe enough.
    with held(file, wait_s=_WAIT_S) as alone:
        descriptor = os.open(file, os.O_RDWR | os.O_APPEND | _FLAGS, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as opened:
            if os.name == "posix":
                os.fchmod(
                    descriptor, 0o600
                )  # an earlier version, or a copy by hand, may have left it open to others
            old = opened.read()
            # A process that was killed may have left half a line, which must not take the next one with it.
            torn = bool(old) and not old.endswith(b"\n")
            new = b"\n" * torn + b"".join(map(to_line, runs))
            opened.write(new)
        if alone and _outgrown(old + new):
            _rewrite(file, b"".join(line for _, line in _last((old + new).splitlines())))


def _last(lines: Sequence[bytes]) -> list[tuple[Run, bytes]]:
    """The runs to keep, oldest first, each with its line as it was written."""
    seen: Counter[str] = Counter()
    kept = []
    for line in reversed(lines):
        run = from_line(line)
        if run is not None and seen[run.alias] < KEPT:
            seen[run.alias] += 1
            kept.append((run, line + b"\n"))
    return kept[::-1]


def _outgrown(content: bytes) -> bool:
    """Whether an alias has too many lines, without parsing them: the file may hold those of hundreds."""
    return max(Counter(ALIAS.findall(content)).values()) > KEPT + _SPARE


def _rewrite(file: Path, content: bytes) -> None:
    """Puts ``content`` in the place of ``file``; only for who holds the lock."""
    temporary = file.with_suffix(".tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_TRUNC | _FLAGS, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(descriptor)
    temporary.replace(file)
