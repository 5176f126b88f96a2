"""A report put in its place as a whole: whoever reads it meanwhile sees the old one or the new one."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from provisioner.errors import ReportUnwritable

if TYPE_CHECKING:
    from pathlib import Path


def check(target: Path) -> None:
    """Refuses, before a long test rather than after it, a place where :func:`write` will not be able to write.

    Raises:
        ReportUnwritable: it is a folder, or its folder cannot be written to or made.
    """
    folder = next(folder for folder in target.absolute().parents if folder.exists())
    if target.is_dir():
        raise _unwritable(target, "it is a folder")
    if not folder.is_dir():
        raise _unwritable(target, f"{folder.name} is no folder")
    if not os.access(folder, os.W_OK):
        raise _unwritable(target, "permission denied")


def write(target: Path, content: bytes) -> None:
    """Writes ``content`` to ``target``, making the folders above it. What is no file, such as a pipe, is written into.

    Raises:
        ReportUnwritable: it cannot be written there.
    """
    try:
        _write(target, content)
    except OSError as error:
        raise _unwritable(target, (error.strerror or str(error)).lower()) from error


def _unwritable(target: Path, reason: str) -> ReportUnwritable:
    return ReportUnwritable(
        f"{target.name} cannot be written: {reason}", hint="name another file", where=str(target)
    )


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    resolved = target.resolve()
    temporary = resolved.with_name(f".{resolved.name}.{secrets.token_hex(6)}.tmp")
    try:
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666
        )
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        temporary.replace(resolved)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
