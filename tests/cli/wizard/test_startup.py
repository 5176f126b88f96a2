"""The first question stands before anything heavy but prompt_toolkit is loaded."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = (
    "httpx",
    "tomlkit",
    "jsonschema",
    "questionary",
    "rich",
    "catalog.documents",
)

# Stands where the first question would be asked, and tells what is loaded by then.
PROGRAM = f"""
import json, sys
from types import SimpleNamespace
from provisioner.cli import add, main
from provisioner.cli.prompts.pick import Picker

def run(self):
    print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
    raise KeyboardInterrupt

Picker.run = run
add.interactive = lambda: True
sys.exit(main.run(["add"], "kimi provider"))
"""


def test_the_first_question_needs_no_more_than_prompt_toolkit() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"TERM": "xterm", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130, done.stderr
    assert json.loads(done.stdout) == []
