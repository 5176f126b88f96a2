"""config.toml under the lock: changed there, with each change on record and the bytes before it kept."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from provisioner import written
from provisioner.config import backups, files, swap, whole
from provisioner.config.swap import ChangedMeanwhile
from provisioner.errors import Busy, ConfigUnwritable
from provisioner.lock import held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from provisioner.config.whole import Reading

WAIT_S = 30.0
TRIES = 8


class History(NamedTuple):
    """Where changes are put on record, and as what: the fields of :func:`provisioner.config.backups.save`."""

    folder: Path
    clock: Callable[[], float]
    command: str


class Locked:
    """The lock on one file.

    Attributes:
        target: the file, all symlinks resolved.
        history: of its changes.
    """

    def __init__(self, target: Path, history: History) -> None:
        self.target = target
        self.history = history
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that the user should read, so far."""
        return tuple(self._notes)

    def put(
        self, old: Reading, content: bytes | None, summary: str, *, private: bool, must_keep: bool = False
    ) -> Path | None:
        """Put ``content`` (``None``: no file) in the place of ``old``, and the change on record.

        Args:
            old: what was read under the lock.
            content: the new bytes.
            summary: what the change does, in a few words.
            private: nobody but the owner keeps access to a file that everybody had.
            must_keep: refuse if the old bytes cannot be kept; else that is said.

        Returns:
            Where the old bytes are kept; ``None`` if there were none, or they could not be.

        Raises:
            ChangedMeanwhile: the file is not ``old`` any more.
            Busy: another program has it open for writing, or does not stop saving.
            ConfigUnwritable: the old bytes cannot be kept; it would get another owner.
            OSError: it cannot be written.
        """
        entry = None
        try:
            entry = self._save(old.content, content, summary)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            if must_keep and old.content is not None:
                raise ConfigUnwritable(
                    f"{self.target.name} was left as it is: what stands there now could not be kept in "
                    f"{self.history.folder}: {reason}",
                    hint=f"copy {self.target}, or make that folder writable",
                    where=str(self.target),
                ) from error
            self._note(f"no backup of the version before could be kept in {self.history.folder}: {reason}")
        try:
            for note in swap.put(self.target, old, content, private=private, keep=self.keep):
                self._note(note)
        except BaseException as error:
            if isinstance(error, ChangedMeanwhile | Busy) or whole.read(self.target).content == old.content:
                if entry:
                    backups.discard(self.history.folder, self.target, entry)
            else:
                written.note(self.target)
            raise
        written.note(self.target)
        if private and content is not None:
            self._note(
                f"{self.target} could be read by everybody; it holds a key, so now only you can read it"
            )
        return backups.path(self.history.folder, self.target, entry) if entry else None

    def keep(self, found: bytes, place: Path) -> bool:
        """Keep a whole file that lies at ``place``, unless it is known; false if it must stay there."""
        known = backups.entries(self.history.folder, self.target)
        digests = {entry.before for entry in known} | {entry.after for entry in known[-1:]}
        if backups.digest(found) in digests:
            return True
        try:
            now = whole.read(self.target).content
            entry = self._save(found, now, "replaced what another program had saved in the same moment")
        except OSError:
            self._note(f"what another program saved while {self.target.name} was changed is kept in {place}")
            return False
        self._note(
            f"another program saved {self.target.name} while it was changed, and that was replaced; what it saved is "
            f"kept: kimi provider undo {entry.id} --force brings it back"
        )
        return True

    def _save(self, before: bytes | None, after: bytes | None, summary: str) -> backups.BackupEntry:
        at, command = self.history.clock(), self.history.command
        return backups.save(
            self.history.folder, self.target, before, after, at=at, command=command, summary=summary
        )

    def _note(self, sentence: str) -> None:
        self._notes[sentence] = None


@contextmanager
def locked(
    path: Path,
    history: History,
    *,
    wait_s: float = WAIT_S,
    on_wait: Callable[[Path], None] | None = None,
) -> Iterator[Locked]:
    """Hold the lock on the file that ``path`` leads to; its folder is made.

    What runs that were killed left beside the file is looked through first.

    Raises:
        ConfigUnwritable: what goes wrong with the file system within.
        Busy: another process kept the lock for longer than ``wait_s``.
    """
    target = path
    try:
        target = files.resolve(path)
        files.make_private(target.parent)
        with held(target, wait_s=wait_s, on_wait=on_wait) as is_held:
            file = Locked(target, history)
            if is_held:
                swap.clean(target, file.keep)
            yield file
    except OSError as error:
        raise files.unwritable(target, error) from error
