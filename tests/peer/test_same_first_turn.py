"""What Kimi Code sends first, and whether it gets an answer, as tests: they take minutes, and need one to compare with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KIMI_CODE = os.environ.get("KIMI_CODE", "")


@pytest.mark.skipif(not KIMI_CODE, reason="KIMI_CODE names no command that runs a Kimi Code to compare with")
@pytest.mark.parametrize("script", ["compare_requests.py", "compare_verdicts.py"])
def test_our_test_predicts_the_first_turn(script: str) -> None:
    command = [sys.executable, str(Path(__file__).with_name(script)), "--kimi", KIMI_CODE]
    done = subprocess.run(
        [*command, "-j", str(os.cpu_count() or 2)], capture_output=True, text=True, timeout=3600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
