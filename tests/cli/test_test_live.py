"""What a person sees while a test runs, on a real pseudo-terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from tests.smoke.server import Chunks, Request, serving, stream
from tests.smoke.streams import CHAT_USAGE, DONE, chunk, config, data

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


def spawn(path: Path, *arguments: str) -> Any:
    command = ["-m", "provisioner", "test", *arguments, "--config", str(path)]
    return pexpect.spawn(sys.executable, command, timeout=60, encoding="utf-8", dimensions=(24, 100))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_the_answer_of_one_model_is_seen_as_it_arrives(path: Path) -> None:
    pieces: list[bytes | float] = [
        data(chunk({"reasoning_content": "Pondering."})),
        data(chunk({"content": "Hello \x1b[31m"})),
        3.0,
        data(chunk({"content": "there."}), chunk(finish="stop"), {"choices": [], "usage": CHAT_USAGE}),
        DONE,
    ]
    with serving(stream(*pieces)) as server:
        path.write_text(config("openai", f"{server.url}/v1"))
        screen = spawn(path, "p/m")
        screen.expect_exact("Pondering.")
        screen.expect_exact("Hello \\x1b[31m")
        with pytest.raises(pexpect.TIMEOUT):
            screen.expect_exact("there.", timeout=0.5)
        screen.expect_exact("there.")
        screen.expect("PASS.*p/m")
        screen.expect(pexpect.EOF)
        screen.close()
    assert screen.exitstatus == 0


def test_many_models_are_seen_in_a_table_that_goes_away(path: Path) -> None:
    def answer(request: Request) -> Chunks:
        pause = 1.5 if request.body["model"] == "m" else 0.0
        return stream(
            data(chunk({"content": "Hi"})),
            pause,
            data(chunk(finish="stop"), {"choices": [], "usage": CHAT_USAGE}),
        )

    second = '[models."p/quick"]\nprovider = "p"\nmodel = "quick"\nmax_context_size = 128000\n'
    with serving(answer) as server:
        path.write_text(config("openai", f"{server.url}/v1") + second)
        screen = spawn(path, "--all")
        screen.expect("text is streaming")
        screen.expect("2 passed, 0 failed, 0 could not be told.")
        screen.expect(pexpect.EOF)
        screen.close()
    assert screen.exitstatus == 0
