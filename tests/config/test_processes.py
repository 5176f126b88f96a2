"""Several processes at once, and processes killed at any moment: nothing is lost, nothing is broken."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

WORKER = """
import sys, time
from pathlib import Path
from provisioner.config import apply, tables

path, backups, name, rounds = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
provider = {"type": "openai", "api_key": "sk-0123456789abcdef"}
aliases = {f"{name}/m{i}": {"provider": name, "model": f"m{i}", "max_context_size": 1000} for i in range(20)}

def change(edit):
    apply.change(path, edit, backups=backups, clock=time.time)

print("ready", flush=True)
for _ in range(rounds):
    change(lambda data: tables.with_provider(data, name, provider, aliases))
    change(lambda data: tables.without_providers(data, [name]))
change(lambda data: tables.with_provider(data, name, provider, aliases))
"""

TEXT = (
    '# mine\ndefault_model = "a/m" # best\n\n[providers.a]\ntype = "kimi"\n\n[models."a/m"]\nprovider = "a"\n'
)


def start(path: Path, name: str, rounds: int) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-c",
        WORKER,
        str(path),
        str(path.parent.parent / "backups"),
        name,
        str(rounds),
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "kimi"
    folder.mkdir()
    (folder / "config.toml").write_text(TEXT)
    return folder / "config.toml"


def test_four_processes_lose_nothing_of_each_other(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    workers = [start(link if number % 2 else path, f"p{number}", 6) for number in range(4)]
    for worker in workers:
        _, errors = worker.communicate(timeout=60)
        assert (worker.returncode, errors) == (0, b"")
    text = path.read_text()
    data = tomllib.loads(text)
    assert sorted(data["providers"]) == ["a", "p0", "p1", "p2", "p3"]
    assert len(data["models"]) == 81
    for line in TEXT.splitlines():
        assert f"{line}\n" in text
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]


def test_a_killed_process_never_leaves_a_broken_file(path: Path) -> None:
    chance = random.Random(4711)
    for _ in range(12):
        worker = start(path, "p", 10_000)
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(chance.uniform(0, 0.06))
        worker.kill()
        worker.communicate(timeout=60)
        text = path.read_text()
        assert text.startswith(TEXT[:40])
        assert len(tomllib.loads(text)["models"]) in {1, 21}
        assert all(child.stat().st_mode & 0o077 == 0 for child in path.parent.glob(".*"))
    # The next change finds no lock that still holds and leaves nothing of the killed ones.
    worker = start(path, "q", 0)
    assert worker.communicate(timeout=60)[1] == b""
    assert [child.name for child in path.parent.iterdir()] == ["config.toml"]
    assert "q" in tomllib.loads(path.read_text())["providers"]
