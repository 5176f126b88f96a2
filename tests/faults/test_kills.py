"""A change killed before each single thing that it asks of the system: the file is the old one or the new one.

Python tells an audit hook of every file that is opened, renamed, removed and so on; the process kills itself there.
"""

from __future__ import annotations

import os
import signal
import sys
import tomllib
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.config import apply, backups, tables

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and fork are POSIX's")

TEXT = '# mine\n[providers.a]\ntype = "kimi"\napi_key = "sk-aaaaaaaaaaaaaaaa"\n'
FOREIGN = TEXT + '\n[providers.b]\ntype = "kimi"\n'


def add(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return tables.with_provider(data, name, {"type": "openai", "api_key": "sk-0123456789abcdef"}, {})


def change(path: Path, name: str) -> apply.Applied:
    return apply.change(path, partial(add, name), backups=path.parent.parent / "saved", clock=lambda: 1.0)


def dies(path: Path, at: int, texts: list[str]) -> bool:
    """Whether a process is killed before what it asks as number ``at``.

    Before each exchange of files it saves the next of ``texts`` as an editor does, and notes in ``done`` that it has.
    """
    if pid := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    count, saving = 0, False
    waiting = iter(texts)

    def hook(event: str, _: Any) -> None:
        nonlocal count, saving
        if saving or event.partition(".")[0] not in ("open", "os", "fcntl", "ctypes"):
            return
        if event == "ctypes.dlsym":
            saving = True
            save(path, next(waiting, None))
            saving = False
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.addaudithook(hook)
        change(path, "p")
        os._exit(0)
    finally:
        os._exit(1)


def save(path: Path, text: str | None) -> None:
    if text is not None:
        editor = path.parent.parent / "editor~"
        editor.write_text(text)
        editor.replace(path)
        with (path.parent.parent / "done").open("a") as done:
            done.write("x")


def everything(path: Path) -> list[str]:
    """What stands in the file, and what is kept of it."""
    saved = path.parent.parent / "saved"
    kept = [backups.content(saved, path, entry) or b"" for entry in backups.entries(saved, path)]
    return [path.read_text(), *(content.decode() for content in kept)]


@pytest.mark.parametrize("saves", [0, 2])
def test_a_kill_at_any_moment_loses_nothing(tmp_path: Path, saves: int) -> None:
    texts = [FOREIGN.replace("mine", f"save {number}") for number in range(saves)]
    killed, at = True, 0
    while killed:
        at += 1
        folder = tmp_path / str(at)
        path = folder / "kimi" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(TEXT)
        path.chmod(0o644)
        os.utime(path, (1e9, 1e9))
        (folder / "done").touch()
        killed = dies(path, at, texts)
        assert list(tomllib.loads(path.read_text())["providers"]) in (
            ["a"],
            ["a", "p"],
            ["a", "b"],
            ["a", "b", "p"],
        )
        for left in path.parent.glob(".*"):
            assert left.stat().st_mode & 0o077 == 0
        assert change(path, "q").written
        assert [child.name for child in path.parent.iterdir()] == ["config.toml"]
        found = everything(path)
        done = len((folder / "done").read_text())
        assert [any(text in one for one in found) for text in texts[:done]] == [True] * done
    assert at > 40
    assert done == saves
