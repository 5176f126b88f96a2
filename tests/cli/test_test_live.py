"""What a person sees while a test runs, on a real pseudo-terminal."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from typing import TYPE_CHECKING, Any

import pexpect
import pyte
import pytest

from tests.smoke.server import Chunks, Request, serving, stream
from tests.smoke.streams import CHAT_USAGE, DONE, chunk, config, data

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


def spawn(path: Path, *arguments: str, columns: int = 100) -> Any:
    command = ["-m", "provisioner", "test", *arguments, "--config", str(path)]
    return pexpect.spawn(sys.executable, command, timeout=60, encoding="utf-8", dimensions=(24, columns))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_the_answer_of_one_model_is_seen_as_it_arrives(path: Path) -> None:
    seen = threading.Event()

    def answer(_: Request) -> Chunks:
        yield from stream(
            data(chunk({"reasoning_content": "Pondering. "})), data(chunk({"content": "Hello \x1b[31m "}))
        )
        seen.wait(60)
        yield data(chunk({"content": "there."}), chunk(finish="stop"), {"choices": [], "usage": CHAT_USAGE})
        yield DONE

    with serving(answer) as server:
        path.write_text(config("openai", f"{server.url}/v1"))
        screen = spawn(path, "p/m")
        screen.expect_exact("Pondering.")
        screen.expect_exact("Hello \\x1b[31m")
        seen.set()
        screen.expect_exact("there.")
        screen.expect("PASS.*p/m")
        screen.expect(pexpect.EOF)
        screen.close()
    assert screen.exitstatus == 0


def test_each_answer_has_lines_of_its_own_and_its_check_is_named(path: Path) -> None:
    def answer(request: Request) -> Chunks:
        what = "I see" if "image_url" in json.dumps(request.body) else "I say"
        return stream(
            data(chunk({"reasoning_content": "Hm"}), chunk({"content": what}), chunk(finish="stop")),
            data({"choices": [], "usage": CHAT_USAGE}),
            DONE,
        )

    with serving(answer) as server:
        claims = 'capabilities = ["thinking", "image_in"]\noff_effort = "none"'
        path.write_text(config("openai", f"{server.url}/v1", model=claims))
        screen = spawn(path, "p/m", "--check", "thinking,vision", "--fix")
        screen.expect(pexpect.EOF)
        screen.close()
    shown = re.sub(r"\x1b\[[0-9;]*m", "", screen.before).split("\r\n")
    said, seen = ["Hm", "I say"], ["Hm", "I see"]
    before = [*said, "thinking:", *said, *said, "vision:", *seen]  # thinking is tried on and off
    after = ["text:", *said, "thinking:", *said, "vision:", *seen]
    assert shown[: len(before) + len(after)] == [*before, *after]
    assert shown[len(before) + len(after)].startswith("PASS")
    assert screen.exitstatus == 0


def test_lines_end_between_words(path: Path) -> None:
    answer = "These are words of an answer that is longer than a line of a terminal of sixty columns."

    def stream_it(_: Request) -> Chunks:
        pieces = [chunk({"content": answer[at : at + 7]}) for at in range(0, len(answer), 7)]
        return stream(data(*pieces, chunk(finish="stop"), {"choices": [], "usage": CHAT_USAGE}), DONE)

    with serving(stream_it) as server:
        path.write_text(config("openai", f"{server.url}/v1"))
        screen = spawn(path, "p/m", columns=60)
        screen.expect(pexpect.EOF)
        screen.close()
    shown = re.sub(r"\x1b\[[0-9;]*m", "", screen.before).split("\r\n")
    assert shown[:2] == [
        "These are words of an answer that is longer than a line of a",
        "terminal of sixty columns.",
    ]
    says = next(number for number, line in enumerate(shown) if line.startswith("        says:"))
    assert " ".join(line.strip() for line in shown[says : says + 2]) == f"says: {answer}"
    assert all(line.startswith("        ") and len(line) <= 60 for line in shown[3:] if line)


def test_the_table_counts_and_names_those_that_wait(path: Path) -> None:
    seen = threading.Event()

    def answer(request: Request) -> Chunks:
        yield from stream(data(chunk({"content": "Hi"})))
        if request.body["model"] != "m":
            seen.wait(60)
        yield data(chunk(finish="stop"), {"choices": [], "usage": CHAT_USAGE})

    more = "".join(
        f'[models."p/a-name-that-is-longer-than-the-terminal-is-wide-{n}"]\nprovider = "p"\nmodel = "slow"\n'
        "max_context_size = 128000\n"
        for n in range(33)
    )
    with serving(answer) as server:
        path.write_text(config("openai", f"{server.url}/v1") + more)
        screen = pexpect.spawn(
            sys.executable,
            ["-m", "provisioner", "test", "--all", "--config", str(path)],
            timeout=60,
            encoding="utf-8",
            dimensions=(20, 60),
            env={**os.environ, "COLUMNS": "60", "LINES": "20"},  # pytest's own are in the environment
        )
        terminal = pyte.Screen(60, 20)
        drawn = pyte.Stream(terminal)
        for _ in range(600):
            drawn.feed(screen.read_nonblocking(4096, timeout=60))
            if "1 of 34" in terminal.display[0] and "waits its turn" in "".join(terminal.display):
                break
        rows = [line.rstrip() for line in terminal.display if line.strip()]
        assert len([row for row in rows if row.endswith("waits its turn")]) == 3
        assert any(row.startswith("p/m") and row.endswith("pass") for row in rows)
        assert all(row.startswith(("p/", "1 of 34")) for row in rows)
        seen.set()
        screen.expect_exact("34 passed, 0 failed, 0 could not be told.")
        screen.close()


def test_many_models_are_seen_in_a_table_that_goes_away(path: Path) -> None:
    seen = threading.Event()

    def answer(request: Request) -> Chunks:
        yield from stream(data(chunk({"content": "Hi"})))
        if request.body["model"] == "m":
            seen.wait(60)
        yield data(chunk(finish="stop"), {"choices": [], "usage": CHAT_USAGE})

    second = '[models."p/quick"]\nprovider = "p"\nmodel = "quick"\nmax_context_size = 128000\n'
    with serving(answer) as server:
        path.write_text(config("openai", f"{server.url}/v1") + second)
        screen = spawn(path, "--all")
        screen.expect("text is streaming")
        seen.set()
        screen.expect("2 passed, 0 failed, 0 could not be told.")
        screen.expect(pexpect.EOF)
        screen.close()
    assert screen.exitstatus == 0
