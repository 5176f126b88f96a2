"""Completion, asked for as the scripts ask, and in the real shells that are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from provisioner.cli.completion_shells import SCRIPTS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="what shells of POSIX do")

CONFIG = """\
[providers.ollama]
type = "openai"

[providers.other]
type = "openai"

[models."ollama/qwen3:7b"]
provider = "ollama"
model = "qwen3:7b"
max_context_size = 1000

[models."ollama/qwen3:14b"]
provider = "ollama"
model = "qwen3:14b"
max_context_size = 1000

[models."other/$(touch pwned)"]
provider = "other"
model = "m"
max_context_size = 1000

[models."other/bell\\u0007"]
provider = "other"
model = "m"
max_context_size = 1000
"""


@pytest.fixture
def programs(private_home: Path, tmp_path: Path) -> Path:
    """A folder with both programs, and a config.toml where they look for it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, function in (("kimi", "kimi"), ("kimi-provider", "kimi_provider")):
        script = folder / name
        path = os.pathsep.join(sys.path)
        script.write_text(
            f"#!/bin/sh\nPYTHONPATH='{path}' exec '{sys.executable}' "
            f'-c "from provisioner.cli import {function}; {function}()" "$@"\n'
        )
        script.chmod(0o700)
    home = private_home / ".kimi-code"
    home.mkdir()
    (home / "config.toml").write_text(CONFIG)
    return folder


def bash(programs: Path, line: str) -> list[str]:
    """What bash would offer after ``line``, by its own rules of what a word is."""
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{SCRIPTS['bash']}\n{_BASH_ASKS}", "bash", line],
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        cwd=programs.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


# The variables as readline sets them: words end at COMP_WORDBREAKS, of which the colon and the equals sign stand
# as words of their own.
_BASH_ASKS = r"""
compopt() { echo "compopt $*"; }
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=()
rest=$1
while [[ -n $rest ]]; do
    if [[ $rest =~ ^([^[:space:]:=]+|[:=]+)[[:space:]]*(.*)$ ]]; then
        COMP_WORDS+=("${BASH_REMATCH[1]}")
        rest=${BASH_REMATCH[2]}
    fi
done
[[ $1 == *[[:space:]] ]] && COMP_WORDS+=("")
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
current=${COMP_WORDS[COMP_CWORD]}
[[ $current == [:=] ]] && current=
if [[ ${COMP_WORDS[0]} == kimi ]]; then
    _kimi_with_provider kimi "$current" x
else
    _kimi_provider kimi-provider "$current" x
fi
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize("program", ["kimi-provider", "kimi provider"])
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("set", ["set-default"]),
        ("catalog in", ["info"]),
        ("test --minim", ["--minimal"]),
        ("test --check text,th", ["text,thinking"]),
        ("test --check=vis", ["vision"]),
        ("add --type op", ["openai", "openai_responses"]),
        ("add --from ll", ["llm"]),
        ("remove o", ["ollama", "other"]),
        ("remove ollama o", ["other"]),
        ("key ol", ["ollama"]),
        ("env ollama/qwen3:", ["7b", "14b"]),
        ("set-default ollama/qwen3:1", ["14b"]),
        ("test ollama/qwen3:7b ollama/", ["ollama/qwen3:14b"]),
        ("set-default --first-passing ollama/qwen3:7b,ol", ["7b,ollama/qwen3:14b"]),
        ("test other/", [r"other/\$\(touch\ pwned\)"]),
        ("add openrou", ["openrouter"]),
        ("schema output/und", ["output/undo", "output/undo-list"]),
        ("test --config ", ["compopt -o default"]),
    ],
)
def test_bash(programs: Path, program: str, typed: str, offered: list[str]) -> None:
    assert [line for line in bash(programs, f"{program} {typed}") if line] == offered


def test_bash_leaves_the_other_commands_of_kimi_alone(programs: Path) -> None:
    assert bash(programs, "kimi pro") == ["provider"]
    assert "compopt -o default" in bash(programs, "kimi chat ")


def test_config_before_the_command_is_heeded(programs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[providers.elsewhere]\ntype = "openai"\n')
    assert bash(programs, f"kimi-provider --config {other} remove ") == ["elsewhere"]
    assert bash(programs, f"kimi-provider remove --config {other} ") == ["elsewhere"]


def zsh(programs: Path, *lines: str) -> list[str]:
    """What zsh makes of each of ``lines`` and a Tab in a terminal."""
    return _typed(programs, "zsh", ["-f"], "autoload -Uz compinit && compinit -u -D\nPS1='> '", *lines)


def fish(programs: Path, line: str) -> str:
    """What fish offers for ``line``."""
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"{SCRIPTS['fish']}\ncomplete -C '{line}'"],
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _typed(programs: Path, shell: str, options: list[str], start: str, *lines: str) -> list[str]:
    child = pexpect.spawn(
        shell,
        options,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb"},
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 200),
    )
    script = programs / "completion"
    script.write_text(SCRIPTS[shell])
    child.sendline(f"{start}\nsource {script}\necho rea''dy")
    child.expect("ready")
    made = []
    for line in lines:
        child.send(f"{line}\t\x01echo '[\x05]'\r")
        child.expect(r"\[(kimi[^]'\x1b]*)\]\r")
        made.append(str(child.match.group(1)))
    child.close(force=True)
    return made


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize("program", ["kimi-provider", "kimi provider"])
def test_zsh(programs: Path, program: str) -> None:
    typed = ("set-d", "env ollama/qwen3:1", "test --check=vis", "add openrou")
    made = ("set-default", "env ollama/qwen3:14b", "test --check=vision", "add openrouter")
    found = zsh(programs, *(f"{program} {line}" for line in typed))
    assert [line.rstrip() for line in found] == [f"{program} {line}" for line in made]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize("program", ["kimi-provider", "kimi provider"])
def test_fish(programs: Path, program: str) -> None:
    assert fish(programs, f"{program} set-d").startswith("set-default\t")
    assert fish(programs, f"{program} env ollama/qwen3:").split() == ["ollama/qwen3:7b", "ollama/qwen3:14b"]
    assert fish(programs, f"{program} test --check=vis").split() == ["--check=vision"]
    assert fish(programs, f"{program} add openrou").split() == ["openrouter"]
