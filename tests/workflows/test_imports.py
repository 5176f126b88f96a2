"""The record of what imports wrote: commands that run at once lose nothing of each other's."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

from provisioner.workflows import imports
from provisioner.workflows.imports import Record

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.app import App

CONFIG = "".join(f'[providers.p{number}]\ntype = "openai"\n' for number in range(4))

# Each process writes the record of a provider of its own, again and again, and looks for it each time.
WORKER = """
import sys, tomllib
from pathlib import Path

from provisioner.app import App
from provisioner.workflows import imports

home, name = Path(sys.argv[1]), sys.argv[2]
app = App(home / "config.toml", home / "cache", home / "state", {})
data = tomllib.loads(app.config_path.read_text())
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    failure = imports.save(app, {name: imports.Record(name, name, "", number)}, data)
    assert failure is None, failure
    found = imports.load(app).get(name)
    assert found is not None and found.offered == number, found
"""


def test_four_processes_lose_no_record_of_each_other(private_home: Path) -> None:
    (private_home / "config.toml").write_text(CONFIG)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(private_home), f"p{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(b"\n")
        worker.stdin.flush()
    for worker in workers:
        _, errors = worker.communicate(timeout=60)
        assert (worker.returncode, errors) == (0, b"")
    (record,) = (private_home / "state" / "imports").iterdir()
    assert all(f'"p{number}"' in record.read_text() for number in range(4))


def test_what_another_command_added_meanwhile_is_no_provider_that_is_gone(app: App) -> None:
    app.config_path.parent.mkdir(parents=True)
    app.config_path.write_text(CONFIG)
    seen: dict[str, Any] = {"providers": {"p0": {}}}
    imports.save(app, {"p1": Record("one", "one", "", 1), "gone": Record("x", "x", "", 1)}, {})
    assert set(imports.load(app)) == {"p1"}
    imports.save(app, {"p0": Record("zero", "zero", "", 1)}, seen)
    assert set(imports.load(app)) == {"p0", "p1"}


def test_a_record_that_cannot_be_kept_is_said_and_no_failure(app: App) -> None:
    app.state_dir.parent.mkdir(parents=True)
    app.state_dir.write_text("a file")
    (note,) = imports.save_notes(imports.save(app, {}, {}))
    assert note.code == "not_remembered"
