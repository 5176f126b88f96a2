"""An editor saves while commands change the same config.toml: counts the saves that were lost.

``python -m tests.faults.foreign_saves [SAVES]``; exit code 1 if one was lost or the file was ever broken. The editor
knows no lock. It saves in four ways in turn: in another file that it renames, in place with a pause between emptying
the file and filling it, in place at once, and by appending. A save is kept if it stands in the file, or whole among
the backups because another save came in the same moment.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
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
WAYS = ("by renaming", "in place with a pause", "in place", "by appending")


def save(path: Path, number: int) -> str:
    """One save of the editor, which keeps what it finds between its own lines; returns what must be there then."""
    if number % 4 == 3:
        mark = f"# appended {number}\n"
        with path.open("a") as file:
            file.write(mark)
        return mark
    mark = f"# save {number}\n"
    lines = path.read_text().splitlines(keepends=True)
    new = mark + "".join(line for line in lines[1:] if not line.startswith("# appended"))
    if number % 4 == 0:
        path.with_name("editor~").write_text(new)
        path.with_name("editor~").replace(path)
        return mark
    with path.open("w") as file:
        if number % 4 == 1:
            time.sleep(0.02)
        file.write(new)
    return mark


def main(saves: int) -> int:
    """Runs the editor against one process that changes the file without rest."""
    chance = random.Random(4711)
    lost, kept, broken = Counter[str](), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        path, backups = Path(folder) / "kimi" / "config.toml", Path(folder) / "backups"
        path.parent.mkdir()
        path.write_text("# save 0\n" + REST)
        with subprocess.Popen([sys.executable, "-c", WORKER, str(path), str(backups)]) as worker:
            for number in range(1, saves + 1):
                mark = save(path, number)
                time.sleep(chance.uniform(0.02, 0.15))
                text = path.read_text()
                if mark not in text:
                    in_backup = any(mark in file.read_text() for file in backups.glob("*/*.toml"))
                    kept += in_backup
                    lost[WAYS[number % 4]] += not in_backup
                try:
                    broken += "a" not in tomllib.loads(text)["providers"]
                except (tomllib.TOMLDecodeError, KeyError):
                    broken += 1
            worker.kill()
        changes = max((int(record.stem) for record in backups.glob("*/*.json")), default=0)
    print(
        f"{saves} saves, {changes} changes: {lost.total()} lost, {kept} only in a backup, "
        f"the file broken {broken} times"
    )
    print("".join(f"  {count} saved {way}\n" for way, count in lost.items() if count), end="")
    return 1 if lost.total() or broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
