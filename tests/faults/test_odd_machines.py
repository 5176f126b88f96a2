"""Machines that are not as one expects: each says one line, and what does not need the missing thing works."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.cache import Cache

CONFIG = '[providers.p]\ntype = "openai"\nbase_url = "https://h.test/v1"\napi_key = "sk-0123456789abcdef"\n'
# As in a container that is run under an id of nobody's: no HOME, and no entry in passwd.
NOBODY = """
import os, pwd, sys
os.environ.pop("HOME", None)
def unknown(_):
    raise KeyError
pwd.getpwuid = unknown
from provisioner.cli.main import run
sys.exit(run(sys.argv[1:], "kimi-provider"))
"""


def nobody(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "KIMI_"))}
    return subprocess.run(
        [sys.executable, "-c", NOBODY, *arguments],
        env=given | env | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_home_the_file_can_be_named(tmp_path: Path) -> None:
    done = nobody("list")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: there is no home folder: HOME is not set")
    assert "--config" in done.stderr
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    assert "p" in nobody("list", "--config", str(path)).stdout
    assert "p" in nobody("list", KIMI_CODE_HOME=str(tmp_path)).stdout
    assert nobody("remove", "p", "--config", str(path)).returncode == 0
    assert nobody("undo", "--config", str(path)).returncode == 0
    assert path.read_text() == CONFIG
    assert not Path("~").exists()


def put(cache: Cache, value: bytes = b"v") -> bool:
    return cache.write(lambda rows: rows.put("k", value, group="g"))


def get(cache: Cache) -> bytes | None:
    return cache.read(lambda rows: rows.get("k"))


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX's")
def test_a_cache_folder_of_another_owner_is_neither_read_nor_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    cache = Cache(folder)
    assert put(cache)
    before = (folder / "cache.db").read_bytes()
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    assert get(cache) is None
    assert not put(cache, b"w")
    assert (folder / "cache.db").read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX's")
def test_what_lies_in_a_folder_that_others_could_write_is_not_believed(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    cache = Cache(folder)
    assert put(cache, b"planted")
    for mode in (0o777, 0o770, 0o1777):
        folder.chmod(mode)
        assert get(cache) is None
    assert cache.write(lambda rows: rows.put("other", b"v", group="g"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert get(cache) is None


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX's")
def test_a_cache_home_that_is_missing_is_made_for_the_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert put(Cache(tmp_path / "home" / ".cache" / "kimi-provider"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "home" / ".cache").stat().st_mode) == 0o700
