"""``kimi provider demo`` as a process: what it shows, what it keeps up, and that nothing is left of it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = [sys.executable, "-m", "provisioner"]


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo makes its folder."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def served(temp: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*PROGRAM, "demo", "--serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        yield running
        running.kill()


def until_served(running: subprocess.Popen[str]) -> str:
    """Its output up to the last line of how to use it."""
    assert running.stdout is not None
    lines: list[str] = []
    while not lines or not lines[-1].startswith("kimi-provider test --all"):
        lines.append(running.stdout.readline())
        assert lines[-1], running.communicate()[1]
    return "".join(lines)


def test_the_demo_tests_the_wires_and_leaves_nothing(temp: Path, private_home: Path) -> None:
    done = subprocess.run([*PROGRAM, "demo"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "5 passed, 0 failed" in done.stderr
    assert "~ demo-kimi/echo: max_context_size 131072 → 65536" in done.stdout
    assert "- demo-openai/thinker: retired upstream" in done.stdout
    assert done.stdout.count("config.toml is as it was before change") == 2
    assert "config.toml: 0 errors" in done.stdout
    assert list(temp.iterdir()) == []
    assert list(private_home.rglob("*")) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_served_models_answer_until_a_signal_ends_them(
    served: subprocess.Popen[str], temp: Path, number: int, code: int
) -> None:
    told = until_served(served)
    (environment,) = re.findall(r"^\. (\S+)$", told, re.MULTILINE)
    assert Path(environment).stat().st_mode & 0o077 == 0
    test = f"{sys.executable} -m provisioner test"
    script = f". {environment} && {test} demo-google/echo demo-kimi/echo demo-faults/unstreamed"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert "2 passed, 1 failed" in done.stderr, done.stdout + done.stderr
    assert done.returncode == 1
    assert not re.search("demo-(key|token)-", told + done.stdout + done.stderr)
    served.send_signal(number)
    assert served.wait(60) == code
    assert list(temp.iterdir()) == []
