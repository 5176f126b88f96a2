"""Machines that are not as one expects: each says one line, and what does not need the missing thing works."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from catalog.cache import Cache
from provisioner.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.app import App

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


LIMITED = """
import resource, sys
from provisioner.cli import kimi_provider
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv[1:] = sys.argv[2:]
kimi_provider()
"""
ADD = ("add", "anthropic", "--api-key", "sk-ant-0123456789", "--offline")


def program(
    code: str,
    *arguments: str,
    home: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "KIMI_"))}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**given, "HOME": str(home), "PYTHONPATH": str(Path.cwd()), **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "a home"
    (home / ".kimi-code").mkdir(parents=True)
    (home / ".kimi-code" / "config.toml").write_text(CONFIG)
    return home


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX's")
@pytest.mark.parametrize("size", [0, 4096])
def test_where_nothing_can_be_written_the_file_stays_and_it_is_said_why(home: Path, size: int) -> None:
    """A full disk in miniature: no file may grow beyond ``size`` bytes."""
    done = program(LIMITED, str(size), *ADD, home=home)
    config = home / ".kimi-code" / "config.toml"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: config.toml cannot be written: ")
    assert "ulimit" in done.stderr
    assert config.read_text() == CONFIG
    assert [child.name for child in config.parent.iterdir()] == ["config.toml"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("names", [(), ("XDG_STATE_HOME", "XDG_CACHE_HOME")])
def test_without_state_and_cache_a_change_is_made_and_says_what_is_missing(
    home: Path, names: tuple[str, ...]
) -> None:
    # A file, where a folder must be made.
    places = {name: str(home / ".kimi-code" / "config.toml") for name in names}
    (home / ".local").write_text("")
    (home / ".cache").write_text("")
    done = program("from provisioner.cli import kimi_provider; kimi_provider()", *ADD, home=home, env=places)
    assert done.returncode == 0
    assert "no backup of the version before could be kept" in done.stderr
    assert all(line.startswith("note: ") for line in done.stderr.splitlines())


def test_a_home_that_is_no_absolute_path_is_called_so(tmp_path: Path) -> None:
    done = program(
        "from provisioner.cli import kimi_provider; kimi_provider()", "list", home=Path("here"), cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: there is no home folder: HOME is no absolute path")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the folder that one is in cannot be removed")
@pytest.mark.parametrize(
    "arguments", [("list",), ADD, (*ADD, "--config", "x.toml"), ("remove", "p", "--config", "x")]
)
def test_in_a_folder_that_is_gone_what_needs_no_folder_works(
    home: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = f"import os; os.rmdir({str(gone)!r}); from provisioner.cli import kimi_provider; kimi_provider()"
    done = program(code, *arguments, home=home, cwd=gone)
    assert done.returncode == (1 if "--config" in arguments else 0), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("at", [-1e12, 0, 4e9, 1e15, 1e300])
def test_a_clock_that_is_wrong_fails_no_command(
    app: App, at: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changes, copies and tests are dated by it; later ones by a clock that is right again."""
    app.config_path.parent.mkdir()
    app.config_path.write_text(CONFIG)
    wrong = app._replace(clock=lambda: at)
    for clock in (wrong, app, wrong):
        for command in (
            ADD,
            ("undo", "--list"),
            ("test", "--history"),
            ("undo",),
        ):
            assert run([*command], "kimi-provider", clock) == 0, command
    assert run(["catalog", "info", "--offline"], "kimi-provider", wrong) == 0
    assert "Traceback" not in capsys.readouterr().err
    assert app.config_path.read_text() == CONFIG
