from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.cli.handover import next_kimi

KIMI_CODE = '#!/bin/sh\necho "Kimi Code got: $*"\nexit 7\n'
OURS = f"#!{sys.executable}\nfrom provisioner.cli import kimi\nkimi()\n"


def script(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "kimi"
    path.write_text(text)
    path.chmod(0o755)
    return path


def kimi(*arguments: str, path: list[Path]) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PATH": os.pathsep.join(map(str, path)), "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(
        ["kimi", *arguments], env=env, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("arguments", [(), ("-p", "say hi"), ("--version",), ("login", "--json")])
def test_everything_else_goes_to_kimi_code_with_its_exit_code(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    script(tmp_path / "ours", OURS)
    script(tmp_path / "theirs", KIMI_CODE)
    done = kimi(*arguments, path=[tmp_path / "ours", tmp_path / "theirs"])
    assert (done.returncode, done.stdout) == (7, f"Kimi Code got: {' '.join(arguments)}\n")


def test_provider_is_ours(tmp_path: Path) -> None:
    script(tmp_path / "ours", OURS)
    script(tmp_path / "theirs", KIMI_CODE)
    done = kimi("provider", "--version", path=[tmp_path / "ours", tmp_path / "theirs"])
    assert done.stdout.startswith("kimi-provider ")


def test_alone_it_says_so(tmp_path: Path) -> None:
    script(tmp_path / "ours", OURS)
    done = kimi("-p", "say hi", path=[tmp_path / "ours"])
    assert done.returncode == 2
    assert "no Kimi Code was found" in done.stderr
    assert kimi("--version", path=[tmp_path / "ours"]).stdout.startswith("kimi-provider ")


def test_two_installations_never_hand_over_in_a_circle(tmp_path: Path) -> None:
    script(tmp_path / "one", OURS)
    script(tmp_path / "two", OURS)
    assert kimi("login", path=[tmp_path / "one", tmp_path / "two"]).returncode == 2


def test_a_shim_that_leads_back_here_is_taken_once(tmp_path: Path) -> None:
    ours = script(tmp_path / "hidden", OURS)
    script(tmp_path / "shims", f'#!/bin/sh\nexec "{ours}" "$@"\n')
    script(tmp_path / "theirs", KIMI_CODE)
    done = kimi("login", path=[tmp_path / "shims", tmp_path / "theirs"])
    assert done.returncode == 7


def test_what_is_not_executable_is_passed_over(tmp_path: Path) -> None:
    script(tmp_path / "one", KIMI_CODE).chmod(0o644)
    two = script(tmp_path / "two", KIMI_CODE)
    path = os.pathsep.join([str(tmp_path / "one"), "", str(tmp_path / "two")])
    assert next_kimi(path, "/nowhere", []) == str(two)


@pytest.mark.parametrize("text", ["#!/nowhere/node\n", "no shebang\n", ""])
def test_a_kimi_that_cannot_be_run_is_passed_over(tmp_path: Path, text: str) -> None:
    script(tmp_path / "ours", OURS)
    script(tmp_path / "broken", text)
    script(tmp_path / "theirs", KIMI_CODE)
    done = kimi("login", path=[tmp_path / "ours", tmp_path / "broken", tmp_path / "theirs"])
    assert (done.returncode, done.stdout) == (7, "Kimi Code got: login\n")
    done = kimi("login", path=[tmp_path / "ours", tmp_path / "broken"])
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "no Kimi Code was found" in done.stderr


def test_on_windows_a_launcher_knows_itself_although_it_hides_its_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = (script(tmp_path / name, "").rename(tmp_path / name / "kimi.exe") for name in ("a", "b"))
    path = os.pathsep.join(str(found.parent) for found in (ours, theirs))
    monkeypatch.setattr("provisioner.cli.handover._WINDOWS", True)
    assert next_kimi(path, str(ours.with_suffix("")), []) == str(theirs)
    assert next_kimi(path, str(theirs.with_suffix("")), []) is None


def test_on_windows_ctrl_c_is_for_kimi_code_and_its_exit_code_counts(tmp_path: Path) -> None:
    """There is no exec there: this program waits, and the console tells both of Ctrl-C."""
    child = """\
import os, signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(7))
os.kill(os.getppid(), signal.SIGINT)
os.kill(os.getpid(), signal.SIGINT)
time.sleep(60)
"""
    theirs = script(tmp_path / "theirs", f"#!{sys.executable}\n{child}")
    theirs.rename(theirs.with_suffix(".exe"))
    program = "from provisioner.cli import handover; handover._WINDOWS = True; import sys; sys.exit(handover.hand_over(['login']))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": str(tmp_path / "theirs"), "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (7, "")
