"""config.toml as it is: its exact text and what the text means. A missing file means nothing is configured."""

from __future__ import annotations

import gc
import stat
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner import seen_keys
from provisioner.config import toml, whole
from provisioner.config.whole import Reading
from provisioner.errors import ConfigInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from provisioner.config.whole import FileStamp

_LOOKS = 60  # at a file that goes on changing, with a pause of 50 ms between them

BOM = "\ufeff"


class ConfigFile(NamedTuple):
    """One reading of config.toml.

    Attributes:
        path: as it was given; it may be a symlink.
        text: the whole file with its own line ends and byte order mark; ``None`` when there is no file.
        data: what the text means; empty without a file. Shared, never changed in place.
        stamp: of the file when it was read; ``None`` without a file.
    """

    path: Path
    text: str | None
    data: dict[str, Any]
    stamp: FileStamp | None = None

    def __repr__(self) -> str:  # text and data may hold keys
        return f"ConfigFile(path={self.path!r}, stamp={self.stamp!r})"


def read(path: Path, known: ConfigFile | None = None) -> ConfigFile:
    """Read and parse config.toml; creates nothing. A text that is ``known`` is neither parsed nor held again.

    Raises:
        ConfigInvalid: it is not a regular file, may not be read, is not UTF-8 or is not TOML; ``where`` is
            ``path:line`` where there is a line to name.
        Busy: another program does not stop writing it.
    """
    reading = read_bytes(path)
    for _ in range(_LOOKS):
        try:
            file = _understood(path, reading, known)
        except ConfigInvalid:
            following = whole.read_again(path, reading)
            if following is None:
                raise
        else:
            following = whole.read_again(path, reading) if whole.looks_cut(reading) else None
            if following is None:
                return file
        reading = following
    raise whole.busy(path)


def read_bytes(path: Path) -> Reading:
    """The exact bytes of config.toml, of one moment.

    Raises:
        ConfigInvalid: it is not a regular file, or may not be read.
        Busy: another program does not stop writing it.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise ConfigInvalid(
                f"config.toml is {_kind(mode)}, not a file",
                hint="name a regular file with --config",
                where=str(path),
            )
        return whole.read(path)
    except FileNotFoundError:
        return Reading(None, None)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigInvalid(
            f"config.toml cannot be read: {reason}",
            hint="correct the path or its permissions, or name another file with --config",
            where=str(path),
        ) from error


def decode(content: bytes, path: Path) -> str:
    """The text of config.toml, with its line ends and byte order mark.

    Raises:
        ConfigInvalid: it is not UTF-8.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        before = content[content.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8")
        raise ConfigInvalid(
            f"config.toml is not UTF-8: byte 0x{content[error.start]:02x}",
            hint="save the file as UTF-8; it was left as it is",
            where=f"{path}:{line}",
            place=(line, len(before.removeprefix(BOM)) + 1),
        ) from None


def parse(text: str, path: Path, *, keep: bool = True) -> dict[str, Any]:
    """What ``text`` means, as tomllib has it; a leading byte order mark is allowed, as in Kimi Code.

    ``keep``: another part of the command will ask for it; else neither text nor meaning stays in memory.

    Raises:
        ConfigInvalid: it is not TOML.
    """
    try:
        return (_meaning if keep else _parsed)(text.removeprefix(BOM))
    except RecursionError:
        reason, place = "values are nested too deeply", None
    except ValueError as error:  # TOMLDecodeError, or a number that Python refuses
        from provisioner.config.fault import explained

        reason, place = explained(text.removeprefix(BOM), str(error))
    raise ConfigInvalid(
        f"config.toml is not valid TOML: {reason}",
        hint="correct that line by hand; the file was left as it is",
        where=f"{path}:{place.line}" if place else str(path),
        place=place or (1, 1),
    )


def _parsed(text: str) -> dict[str, Any]:
    with _no_collecting():
        return toml.loads(text)


_meaning = lru_cache(maxsize=1)(_parsed)  # several parts of a command read the file


def _understood(path: Path, reading: Reading, known: ConfigFile | None) -> ConfigFile:
    if reading.content is None:
        return ConfigFile(path, None, {})
    text = decode(reading.content, path)
    if known and known.text == text:
        return ConfigFile(path, known.text, known.data, reading.stamp)
    seen_keys.read(path, text)  # what is wrong with it may be said in its own words
    data = parse(text, path)
    seen_keys.read(path, text, data)
    return ConfigFile(path, text, data, reading.stamp)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep the garbage collector out: parsing builds tens of thousands of tables, none of them garbage.

    Looking through them again and again takes a quarter of the time that parsing a large file takes.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a FIFO"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"
