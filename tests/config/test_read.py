from __future__ import annotations

import os
import re
import socket
from typing import TYPE_CHECKING

import pytest

from provisioner.config.read import read
from provisioner.errors import ConfigInvalid

if TYPE_CHECKING:
    from pathlib import Path


def test_a_missing_file_means_nothing_and_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "no" / "config.toml"
    file = read(path)
    assert (file.path, file.text, file.data) == (path, None, {})
    assert not path.parent.exists()


def test_the_text_is_kept_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 'x'\r\nb = 1")
    file = read(path)
    assert file.text == "\ufeffa = 'x'\r\nb = 1"
    assert file.data == {"a": "x", "b": 1}


def test_keys_are_not_in_the_repr(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("api_key = 'sk-0123456789'")
    assert "sk-0123456789" not in repr(read(path))


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"a = 1\nb = = 2\n", 2, "not valid TOML: invalid value"),
        (b"a = 1\r\n\r\na = 2\r\n", 3, "not valid TOML: a stands there twice, first in line 1"),
        (b"a = 1\n\xef\xbb\xbfb = 2\n", 2, "U+FEFF ZERO WIDTH NO-BREAK SPACE (a byte order mark)"),
        (b"a = 1\nb = [1,\n", 3, "not valid TOML: "),
        (b"\n\nx = 'caf\xe9'\n", 3, "not UTF-8: byte 0xe9"),
        (b"a = 1\nb = '\x00'\n", 2, "not valid TOML: found invalid character '\\x00'"),
        (b"a = 1\n# \x00\n", 2, "not valid TOML: found invalid character '\\x00'"),
        (b"\xff\xfea\x00", 1, "not UTF-8: byte 0xff"),
        (b"a = " + b"[" * 100_000, None, "nested too deeply"),
        (b"a = " + b"9" * 10_000, None, "not valid TOML: exceeds the limit"),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_left_alone(
    tmp_path: Path, content: bytes, line: int | None, reason: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigInvalid, match=re.escape(reason)) as caught:
        read(path)
    assert caught.value.where == (f"{path}:{line}" if line else str(path))
    assert caught.value.hint
    assert path.read_bytes() == content


def test_what_is_no_file_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "fifo")  # reading it would wait for ever
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_text("")
    server = socket.socket(socket.AF_UNIX)
    with server:
        monkeypatch.chdir(tmp_path)  # a socket's path is short
        server.bind("socket")
        for name, what in [
            (".", "a folder"),
            ("fifo", "a FIFO"),
            ("socket", "a socket"),
            ("/dev/null", "a device"),
            ("loop", "levels of symbolic links"),
            ("file/config.toml", "not a directory"),
        ]:
            with pytest.raises(ConfigInvalid, match=what):
                read(tmp_path / name)


def test_a_file_that_may_not_be_read_is_refused(as_mortal: Path) -> None:
    path = as_mortal / "config.toml"
    path.touch(mode=0)
    with pytest.raises(ConfigInvalid, match="permission denied"):
        read(path)


def test_reading_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    heavy = "httpx tomlkit jsonschema questionary rich difflib"
    code = f"import sys, provisioner.config.read; print([m for m in '{heavy}'.split() if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"
