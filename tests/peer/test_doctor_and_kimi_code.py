"""What ``doctor`` finds is what Kimi Code stumbles over, and what ``--fix`` leaves behind it runs."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from provisioner.demo.server import Demo
from tests.peer.kimi_code import OURS

KIMI_CODE = os.environ.get("KIMI_CODE", "")
_SECONDS = 60

BROKEN = """\
default_model = "good/M"

[providers.good]
type = "OpenAI"
base_url = "{url}/openai/v1/v1/chat/completions"

[providers.good.env]
MY_API_KEY = "{key}\u200b"

[models."good/m"]
provider = "Good"
model = "thinker"
max_context_size = "131_072"
max_ouput_size = 4096
capabilities = "tool_use"
support_efforts = ["low", "high"]
"""


def _run(command: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*shlex.split(command), *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "KIMI_CODE_HOME": str(home / "kimi")},
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


@pytest.mark.skipif(not KIMI_CODE, reason="KIMI_CODE names no command that runs a Kimi Code to compare with")
def test_kimi_code_runs_what_was_fixed(tmp_path: Path) -> None:
    with Demo.start() as demo:
        config = tmp_path / "kimi" / "config.toml"
        config.parent.mkdir()
        config.write_text(BROKEN.format(url=demo.url, key=demo.model_key), encoding="utf-8")
        ask = ("-p", "say hi", "-m", "good/m")
        assert _run(KIMI_CODE, tmp_path, *ask).returncode != 0
        fixed = _run(OURS, tmp_path, "doctor", "--fix")
        assert fixed.returncode == 0, fixed.stdout
        answer = _run(KIMI_CODE, tmp_path, *ask)
        assert (answer.returncode, bool(answer.stdout.strip())) == (0, True), fixed.stdout + answer.stderr
