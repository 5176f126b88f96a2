"""The program as a process, with the standard streams that scripts give it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="what a shell does with streams")

MAIN = "from provisioner.cli import kimi_provider; kimi_provider()"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "kimi"
    home.mkdir()
    many = "".join(
        f'[providers.p{n}]\ntype = "openai"\nbase_url = "https://{n}.example/v1"\n' for n in range(3000)
    )
    (home / "config.toml").write_text(many)
    folders = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CACHE", "STATE")}
    return {**os.environ, **folders, "KIMI_CODE_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}


def shell(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = f'"$PYTHON" -c "{MAIN}"'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("PROGRAM", program)],
        env={**environment, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", ["list", "list --json"])
def test_a_closed_pipe_is_no_failure(environment: dict[str, str], arguments: str) -> None:
    done = shell(f"PROGRAM {arguments} | head -n 1", environment)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("list", 0),
        ("list --json", 0),
        ("remove nobody", 1),
        ("doctor", 0),
        ("test nobody/x", 1),
        ("catalog list anthropic --offline", 0),
        ("key p0 --api-key-stdin", 2),
        ("--version", 0),
    ],
)
@pytest.mark.parametrize("closed", ["<&- >&-", "<&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_exit_code(
    environment: dict[str, str], arguments: str, code: int, closed: str
) -> None:
    done = shell(f"PROGRAM {arguments} {closed}", environment)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)


def test_a_change_is_said_on_stderr_where_stdout_is_closed(environment: dict[str, str]) -> None:
    path = Path(environment["KIMI_CODE_HOME"]) / "config.toml"
    done = shell("PROGRAM remove p0 >&-", environment)
    assert "providers.p0]" not in path.read_text()
    assert (done.returncode, done.stderr) == (0, f"nobody reads the output; {path} has been changed\n")
    done = shell("PROGRAM remove p1 --dry-run >&-", environment)
    assert (done.returncode, "has been changed" in done.stderr) == (0, False)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110  a device
def test_a_full_disk_is_one_line(environment: dict[str, str]) -> None:
    done = shell("PROGRAM list > /dev/full", environment)
    assert (done.returncode, done.stderr) == (1, "error: No space left on device\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110  a device
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("PROGRAM remove nobody 2> /dev/full", 1),
        ("PROGRAM remove nobody --json 2> /dev/full", 1),
        ("PROGRAM list > /dev/full 2>&1", 1),
        ("PROGRAM catalog list anthropic --offline 2> /dev/full", 0),
    ],
)
def test_errors_that_cannot_be_written_change_no_exit_code(
    environment: dict[str, str], command: str, code: int
) -> None:
    assert shell(command, environment).returncode == code


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_what_stdout_cannot_encode_is_escaped(environment: dict[str, str], encoding: str) -> None:
    path = Path(environment["KIMI_CODE_HOME"]) / "config.toml"
    path.write_text('[providers."é•😀"]\ntype = "openai"\nbase_url = "https://h.test"\n', encoding="utf-8")
    code = f"import sys; sys.stdout.reconfigure(encoding={encoding!r}); {MAIN}"
    for arguments in (["list"], ["list", "--json"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, check=True
        )
    assert list(json.loads(done.stdout.decode(encoding))["providers"]) == ["é•😀"]


def test_an_interrupt_while_modules_are_loaded_is_130_without_a_word(environment: dict[str, str]) -> None:
    press = """
import os, signal, sys
class Press:
    def find_spec(self, name, *_):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Press())
"""
    done = subprocess.run(
        [sys.executable, "-c", press + MAIN], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, "", "")
