"""An editor saves while commands change the same config.toml: counts the saves that were lost.

``python -m tests.faults.foreign_saves [SAVES]``; exit code 1 if one was lost or the file was ever broken. The editor
knows no lock. It saves in three ways in turn: in another file that it renames, in place, and in place with a pause
between emptying the file and filling it.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

WORKER = """
import sys, time
from pathlib import Path
from provisioner.config import apply, tables
from provisioner.errors import ProvisionerError

path, backups = Path(sys.argv[1]), Path(sys.argv[2])
aliases = {f"p/m{i}": {"provider": "p", "model": f"m{i}", "max_context_size": 1000} for i in range(20)}
edits = (
    lambda data: tables.with_provider(data, "p", {"type": "openai"}, aliases),
    lambda data: tables.without_providers(data, [name for name in ("p",) if name in data.get("providers", {})]),
)
while True:
    for edit in edits:
        try:
            apply.change(path, edit, backups=backups, clock=time.time)
        except ProvisionerError as error:
            print(error.message, file=sys.stderr)
"""
REST = (
    '[providers.a]\ntype = "kimi"\n\n[models."a/m"]\nprovider = "a"\nmodel = "m"\nmax_context_size = 1000\n'
)


WAYS = ("by renaming", "in place with a pause", "in place")


def save(path: Path, number: int) -> None:
    """One save of the editor, which keeps what it finds below its own line."""
    old = path.read_text()
    new = f"# save {number}\n" + old.partition("\n")[2]
    if number % 3 == 0:
        path.with_name("editor~").write_text(new)
        path.with_name("editor~").replace(path)
        return
    with path.open("w") as file:
        if number % 3 == 1:
            time.sleep(0.02)
        file.write(new)


def main(saves: int) -> int:
    """Runs the editor against one process that changes the file without rest."""
    chance = random.Random(4711)
    lost = broken = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kimi" / "config.toml"
        path.parent.mkdir()
        path.write_text("# save 0\n" + REST)
        command = [sys.executable, "-c", WORKER, str(path), str(Path(folder) / "backups")]
        with subprocess.Popen(command) as worker:
            for number in range(1, saves + 1):
                save(path, number)
                time.sleep(chance.uniform(0.02, 0.2))
                text = path.read_text()
                if not text.startswith(f"# save {number}\n"):
                    lost += 1
                    print(f"save {number} was lost, saved {WAYS[number % 3]}")
                try:
                    broken += "a" not in tomllib.loads(text)["providers"]
                except (tomllib.TOMLDecodeError, KeyError):
                    broken += 1
            worker.kill()
        changes = len(list(Path(folder).glob("backups/*/*.json")))
    print(
        f"{saves} saves: {lost} lost, the file broken {broken} times, {changes} changes on record at the end"
    )
    return 1 if lost or broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
