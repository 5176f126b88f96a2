"""The last versions of config.toml, private, so that a change can be taken back."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from provisioner.config.files import clean, make_private, replace

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 20


def save(folder: Path, target: Path, content: bytes, now: float) -> Path:
    """Keep ``content`` as the version of ``target`` that is replaced ``now`` (seconds since the epoch).

    The name says whose version it is, when it was replaced and what it holds, ``<file>-<UTC time>-<digest>.toml``,
    so names sort by time. All but the newest 20 versions of the same file are removed.

    Raises:
        OSError: the folder cannot be written to.
    """
    make_private(folder)
    clean(folder, _prefix(target))
    time = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    backup = folder / f"{_prefix(target)}{time}-{hashlib.sha256(content).hexdigest()[:12]}.toml"
    replace(backup, content, private=True)
    for old in versions(folder, target)[:-KEPT]:
        old.unlink(missing_ok=True)
    return backup


def versions(folder: Path, target: Path) -> list[Path]:
    """The kept versions of ``target`` (its resolved path), oldest first."""
    return sorted(folder.glob(f"{_prefix(target)}*.toml"))


def _prefix(target: Path) -> str:
    return f"{hashlib.sha256(os.fsencode(target)).hexdigest()[:12]}-"
