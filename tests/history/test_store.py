from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.errors import Busy
from provisioner.history import store
from provisioner.history.run import ALIAS, Run, from_line, to_line
from provisioner.lock import held
from tests.history.runs import PLAIN, anything, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return store.file_of(tmp_path / "state", tmp_path / "config.toml")


def test_what_is_kept_comes_back_in_order(file: Path) -> None:
    first, other, second = run(at=1.0), run(alias="q/n", verdict="fail", error="auth"), run(at=2.0)
    store.append(file, [first, other])
    store.append(file, [second])
    assert store.load(file) == {"p/m": [first, second], "q/n": [other]}


def test_nothing_kept_is_nothing_found(file: Path) -> None:
    assert store.load(file) == {}


def test_the_folders_and_files_are_private(file: Path) -> None:
    store.append(file, [PLAIN])
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (*file.parent.iterdir(), *file.parents[:2])
    }
    assert modes.pop("history") == modes.pop("state") == 0o700
    assert file.name in modes
    assert set(modes.values()) == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="there are no modes elsewhere")
def test_a_file_that_was_open_to_others_is_closed_when_it_is_written_next(file: Path) -> None:
    store.append(file, [PLAIN])
    file.chmod(0o666)
    store.append(file, [PLAIN])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_config_files_do_not_mix(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "config.toml", tmp_path / "other" / "config.toml"
    link = tmp_path / "link.toml"
    link.symlink_to(mine)
    assert store.file_of(tmp_path, mine) != store.file_of(tmp_path, theirs)
    assert store.file_of(tmp_path, mine) == store.file_of(tmp_path, link)


def test_the_oldest_runs_of_an_alias_are_forgotten_and_nobody_elses(file: Path) -> None:
    rare = run(alias="rare")
    store.append(file, [rare])
    for at in range(200):
        store.append(file, [run(at=float(at))])
    kept = store.load(file)
    assert [run.at for run in kept["p/m"]] == [float(at) for at in range(150, 200)]
    assert kept["rare"] == [rare]
    assert len(file.read_bytes().splitlines()) <= 1 + store.KEPT + 25


def test_a_torn_line_does_not_take_the_next_one_with_it(file: Path) -> None:
    store.append(file, [run(at=1.0)])
    file.write_bytes(file.read_bytes() + to_line(run(at=2.0))[:40])
    store.append(file, [run(at=3.0)])
    assert [run.at for run in store.load(file)["p/m"]] == [1.0, 3.0]


@pytest.mark.parametrize(
    "damage",
    [
        b"\n",
        b"\xff\xfe\x00\n",
        b"[]\n",
        b"null\n",
        b"{}\n",
        b"[" * 100_000 + b"\n",
        to_line(PLAIN).replace(b'"pass"', b'"splendid"'),
        to_line(PLAIN).replace(b'"pass"', b'["pass"]'),
        to_line(PLAIN).replace(b'"p/m"', b"7"),
        to_line(PLAIN).replace(b"1760000000.0", b"1e300"),
        to_line(PLAIN).replace(b"1760000000.0", b"true"),
        to_line(PLAIN).replace(b"1760000000.0", b"9" * 5000),
    ],
)
def test_a_damaged_line_is_passed_over(file: Path, damage: bytes) -> None:
    store.append(file, [PLAIN])
    file.write_bytes(damage + file.read_bytes() + damage)
    assert store.load(file) == {"p/m": [PLAIN]}
    store.append(file, [PLAIN])
    assert store.load(file) == {"p/m": [PLAIN, PLAIN]}


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-1", "1.7e308", "1" + "0" * 400, '"9"', "true"])
def test_a_figure_that_cannot_be_drawn_is_none(figure: str) -> None:
    line = to_line(PLAIN).replace(b"412.0", figure.encode())
    assert from_line(line) == run(first_token_ms=None)


def test_members_of_later_versions_are_passed_over_and_kept(file: Path) -> None:
    line = to_line(PLAIN).replace(b"}\n", b',"later":1}\n')
    file.parent.mkdir(parents=True)
    file.write_bytes(line * 200)
    store.append(file, [PLAIN])
    assert len(store.load(file)["p/m"]) == store.KEPT
    assert file.read_bytes().count(b"later") == store.KEPT - 1


def test_a_folder_that_cannot_be_made_is_an_os_error(file: Path) -> None:
    file.parent.parent.write_text("a file where the folder should be")
    with pytest.raises(OSError, match=r"exists|directory"):
        store.append(file, [PLAIN])
    assert store.load(file) == {}


def test_others_who_write_for_too_long_are_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.append(file, [PLAIN])
    monkeypatch.setattr(store, "_WAIT_S", 0.05)
    with held(file, wait_s=0), pytest.raises(Busy):
        store.append(file, [PLAIN])
    assert store.load(file) == {"p/m": [PLAIN]}


def test_without_locks_lines_are_still_added(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(_: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("provisioner.lock._lock", unsupported)
    for _ in range(100):
        store.append(file, [PLAIN])
    assert len(file.read_bytes().splitlines()) == 100
    assert len(store.load(file)["p/m"]) == store.KEPT


WRITER = """\
import sys
from pathlib import Path
from provisioner.history import store
from tests.history.runs import run
name = sys.argv[2]
for at in range(60):
    store.append(Path(sys.argv[1]), [run(alias=name, at=float(at)), run(alias="all", at=float(at))])
"""


def test_processes_that_write_at_once_lose_nothing(file: Path) -> None:
    names = ("a", "b", "c", "d")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), name]) for name in names]
    assert [writer.wait(60) for writer in writers] == [0] * len(names)
    kept = store.load(file)
    for name in names:
        assert [run.at for run in kept[name]] == [float(at) for at in range(10, 60)]
    assert len(kept["all"]) == store.KEPT
    assert all(from_line(line) for line in file.read_bytes().splitlines())


@given(anything)
def test_any_run_survives_its_line(any_run: Run) -> None:
    line = to_line(any_run)
    assert line.count(b"\n") == 1
    assert from_line(line) == any_run


@given(anything)
def test_a_line_names_its_alias_once(any_run: Run) -> None:
    (found,) = ALIAS.findall(to_line(any_run))
    assert json.loads(found) == any_run.alias


def test_a_name_that_looks_like_a_line_is_a_name() -> None:
    odd = run(provider='"alias":"x"', alias='\\","alias":"y"')
    (found,) = ALIAS.findall(to_line(odd))
    assert json.loads(found) == odd.alias


@given(st.binary())
def test_no_bytes_are_an_error(line: bytes) -> None:
    assert from_line(line) is None
