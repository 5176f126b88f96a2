"""One writer at a time: an advisory lock on a sidecar file beside the file that is written."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from provisioner.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_POLL_S = 0.05
_HELD = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})


@contextmanager
def held(target: Path, *, wait_s: float, on_wait: Callable[[Path], None] | None = None) -> Iterator[bool]:
    """Hold the lock on ``target`` for the length of a ``with`` block; the sidecar goes with the lock.

    Yields false, and holds nothing, where the file system has no locks: an advisory lock is no reason to fail.
    ``on_wait`` is called once, with ``target``, when somebody else holds the lock.

    Raises:
        Busy: it was not free within ``wait_s`` seconds.
        OSError: the sidecar cannot be made.
    """
    sidecar = target.with_name(f".{target.name}.lock")
    deadline = time.monotonic() + wait_s
    while (descriptor := _try(sidecar)) is None:
        if on_wait:
            on_wait(target)
            on_wait = None
        if time.monotonic() >= deadline:
            raise Busy(
                f"another process has been changing {target.name} for more than {wait_s:g} s",
                hint="try again when it is done",
                where=str(target),
            )
        time.sleep(_POLL_S)
    try:
        yield descriptor >= 0
    finally:
        if descriptor >= 0:
            _release(sidecar, descriptor)


_NO_LOCKS = -1


def _try(sidecar: Path) -> int | None:
    """The descriptor that holds the lock, ``None`` when somebody else does, -1 where there are no locks."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(sidecar, flags, 0o600)
    try:
        _lock(descriptor)
        # The last holder may have removed the sidecar between our open and our lock: that lock guards no name.
        current = sidecar.stat()
        if os.path.samestat(current, os.fstat(descriptor)):
            return descriptor
    except FileNotFoundError:
        pass
    except OSError as error:
        if error.errno not in _HELD:
            os.close(descriptor)
            sidecar.unlink(missing_ok=True)
            return _NO_LOCKS
    os.close(descriptor)
    return None


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _release(sidecar: Path, descriptor: int) -> None:  # noqa: ARG001 - an open file cannot be removed there
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        os.close(descriptor)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(sidecar: Path, descriptor: int) -> None:
        # Removed while it is still locked: who waits for it sees that and starts over with a new one.
        sidecar.unlink(missing_ok=True)
        os.close(descriptor)
