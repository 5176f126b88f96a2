"""The comparisons with Kimi Code as tests: they take minutes, and need one to compare with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KIMI_CODE = os.environ.get("KIMI_CODE", "")


@pytest.mark.skipif(not KIMI_CODE, reason="KIMI_CODE names no command that runs a Kimi Code to compare with")
@pytest.mark.parametrize("script", ["compare_refresh", "compare_month"])
def test_refresh_and_kimi_codes_start_do_not_fight(script: str) -> None:
    command = [sys.executable, "-m", f"tests.peer.{script}", "--kimi", KIMI_CODE]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not KIMI_CODE, reason="KIMI_CODE names no command that runs a Kimi Code to compare with")
@pytest.mark.parametrize("script", ["compare_catalog.py", "compare_registry.py"])
def test_we_write_the_tables_that_kimi_code_writes(script: str) -> None:
    command = [sys.executable, str(Path(__file__).with_name(script)), "--kimi", KIMI_CODE]
    done = subprocess.run(
        [*command, "-j", str(os.cpu_count() or 2)], capture_output=True, text=True, timeout=1800, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
