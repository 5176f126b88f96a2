"""Lets Kimi Code's start-up refresh and ours follow each other ten times on one config.toml: nothing may flip.

Usage: python tests/peer/compare_refresh.py --kimi COMMAND [--rounds N]

The registry changes twice: once before Kimi Code starts, once before ours runs. Kimi Code runs in a pseudo-terminal;
a pick out of a registry must stay a pick. Exit code 0 when whoever comes first writes and the other leaves the same
bytes, else 1.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

import pexpect

from tests.peer.kimi_code import OURS, called, environment_of, serve

_TOKEN = "tok-0123456789abcdef"
_SETTLED_S = 8.0  # Kimi Code asks its sources within the first seconds
_TRUST = b"Trust this"


def _registry(context: int) -> dict[str, Any]:
    def provider(name: str) -> dict[str, Any]:
        models = {"m": {"id": "m", "name": "M", "limit": {"context": context}}, "n": {"id": "n"}}
        return {"id": name, "name": name, "api": "http://127.0.0.1:9/v1", "type": "openai", "models": models}

    return {name: provider(name) for name in ("alpha", "beta", "gamma")}


def start(kimi: list[str], home: Path, environment: dict[str, str]) -> None:
    """Starts Kimi Code's terminal interface, trusts the folder, waits and ends it."""
    work = home / "work"
    work.mkdir(exist_ok=True)
    child = pexpect.spawn(
        kimi[0], kimi[1:], env=environment | {"TERM": "xterm-256color"}, cwd=str(work), dimensions=(40, 120)
    )
    seen, answered, deadline = b"", False, time.monotonic() + 90
    ends = deadline
    while time.monotonic() < min(deadline, ends):
        try:
            seen += child.read_nonblocking(4096, timeout=0.5)
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            break
        if _TRUST in seen and not answered:
            child.send("\r")
            answered = True
        if b"context:" in seen and ends == deadline:
            ends = time.monotonic() + _SETTLED_S
    child.terminate(force=True)


def main() -> int:
    """Runs the rounds, prints what each left, and says whether anything flipped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kimi", required=True, type=shlex.split, help="command that runs a Kimi Code")
    parser.add_argument("--ours", default=OURS, type=shlex.split, help="command that runs our kimi-provider")
    parser.add_argument("--rounds", type=int, default=10, help="how often the two follow each other")
    options = parser.parse_args()
    flips = 0
    whole = _registry(100000)
    picked = {name: value | {"id": f"p-{name}"} for name, value in _registry(100000).items()}
    with (
        tempfile.TemporaryDirectory(prefix="peer-") as folder,
        serve({"/whole.json": whole, "/picked.json": picked}) as base,
    ):
        home = Path(folder)
        config = home / "kimi" / "config.toml"
        environment = environment_of(home, config)

        def ours(*arguments: str) -> None:
            done = called([*options.ours, *arguments], environment)
            assert done.returncode == 0, done.stdout + done.stderr

        ours("add", "--registry", f"{base}/whole.json", "--token", _TOKEN, "--default-model", "alpha/m")
        ours("add", "--registry", f"{base}/picked.json", "--token", _TOKEN, "--only", "p-beta")
        text = config.read_text().replace("= 131072\n", "= 131072\nmax_output_size = 77\n", 1)
        config.write_text(text.replace("[providers.beta]", "# of mine\n[providers.beta]"))
        for number in range(options.rounds):
            theirs_first = number == options.rounds // 3
            ours_first = number == 2 * options.rounds // 3
            if theirs_first or ours_first:
                whole |= _registry(200000 if theirs_first else 300000)
            order = ("ours", "Kimi Code") if ours_first else ("Kimi Code", "ours")
            for who in order:
                before = config.read_bytes()
                if who == "ours":
                    ours("refresh")
                else:
                    start(options.kimi, home, environment)
                wrote = config.read_bytes() != before
                print(f"round {number + 1}: {who} {'wrote' if wrote else 'left it'}", flush=True)
                flips += wrote != ((theirs_first or ours_first) and who == order[0])
        data = tomllib.loads(config.read_text())
        kept = (
            {"p-beta"} == {name for name in data["providers"] if name.startswith("p-")}
            and "max_output_size = 77" in config.read_text()
            and "# of mine" in config.read_text()
            and data["default_model"] == "alpha/m"
        )
    print(f"{flips} flips; what is the user's is {'there' if kept else 'LOST'}")
    return 1 if flips or not kept else 0


if __name__ == "__main__":
    sys.exit(main())
