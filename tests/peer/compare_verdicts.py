"""Asks the demo's models with Kimi Code and with `kimi-provider test`, and compares who gets an answer.

Usage: python tests/peer/compare_verdicts.py --kimi COMMAND [--seconds N] [-j N]

Kimi Code tries ten times where we try once: after ``--seconds`` without an answer it counts as failed. A pass of
ours must be an answer there, and anything else none. Exit code 0 when all agree, else 1. The one known exception,
``type = "vertexai"``, which Kimi Code 2.1.0 writes and refuses to run, is not among the aliases: our test says so in
a note.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from provisioner.demo.server import Demo
from tests.peer.kimi_code import OURS

_ROOT = Path(__file__).resolve().parents[2]
_THINKS = 'capabilities = ["tool_use", "thinking"]'
_FAULTS = ("modest", "web-page", "unstreamed", "slow", "cut", "out-of-quota")


@dataclass(frozen=True)
class Alias:
    """One alias: a provider's type and path below the demo's URL, a model, and what else is in its table."""

    type: str
    path: str
    model: str
    more: str = ""
    key: bool = True
    right_key: bool = True

    def tables(self, number: int, demo: Demo) -> str:
        """Its two tables in config.toml; the alias is ``a<number>/m``."""
        key = (
            f'api_key = "{demo.model_key if self.right_key else "sk-wrong-0123456789"}"\n' if self.key else ""
        )
        return (
            f'[providers.a{number}]\ntype = "{self.type}"\nbase_url = "{demo.url}{self.path}"\n{key}'
            f'[models."a{number}/m"]\nprovider = "a{number}"\nmodel = "{self.model}"\n'
            f"max_context_size = 128000\n{self.more}\n"
        )


_WIRES = {
    "kimi": "/kimi/v1",
    "openai": "/openai/v1",
    "openai_responses": "/responses/v1",
    "anthropic": "/anthropic",
    "google-genai": "/google",
}
ALIASES = (
    *(Alias(wire, path, "echo") for wire, path in _WIRES.items()),
    *(Alias(wire, path, "thinker", _THINKS) for wire, path in _WIRES.items()),
    *(Alias(wire, path, "nobody") for wire, path in _WIRES.items()),
    *(Alias(wire, path, "echo", right_key=False) for wire, path in _WIRES.items()),
    *(Alias("openai", "/faults/v1", fault) for fault in _FAULTS),
    Alias("openai", "/faults/v1", "modest", "max_output_size = 4096"),
    Alias("openai", "/openai", "echo"),
    Alias("openai", "/anthropic", "echo"),
    Alias("anthropic", "/anthropic/v1", "echo"),
    Alias("anthropic", "/openai", "echo"),
    Alias("google-genai", "/google/v1beta", "echo"),
    Alias("openai", "/openai/v1", "echo", key=False),
    Alias("openai", "/openai/v1", "echo", 'capabilities = ["tool_use"]\nsupport_efforts = ["low", "high"]'),
    Alias("kimi", "/kimi/v1", "echo", 'protocol = "anthropic"\nbase_url = "DEMO/anthropic"'),
)


def answers(kimi: list[str], config: str, alias: str, seconds: float) -> tuple[bool, str]:
    """Whether Kimi Code answers a prompt, and the last line that it said."""
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        Path(folder, "config.toml").write_text(config, encoding="utf-8")
        work = Path(folder, "work")
        work.mkdir()
        try:
            done = subprocess.run(
                [*kimi, "-p", "say hi", "-m", alias],
                env={"PATH": os.environ["PATH"], "HOME": folder, "KIMI_CODE_HOME": folder},
                cwd=work,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False, f"nothing within {seconds:g} s"
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    said = [line for line in lines if not line.startswith("See log:")]
    return done.returncode == 0, said[-1] if said else ""


def main() -> int:
    """Compares, prints a line for each alias and the count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kimi", required=True, type=shlex.split, help="command that runs a Kimi Code")
    parser.add_argument("--ours", default=OURS, type=shlex.split, help="command that runs our kimi-provider")
    parser.add_argument("--seconds", type=float, default=45, help="patience with Kimi Code")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="how many at once")
    args = parser.parse_args()
    agree = 0
    with Demo.start() as demo, tempfile.TemporaryDirectory(prefix="peer-") as folder:
        tables = "".join(alias.tables(number, demo) for number, alias in enumerate(ALIASES))
        config = f'default_model = "a0/m"\ntelemetry = false\n{tables}'.replace("DEMO", demo.url)
        path = Path(folder, "config.toml")
        path.write_text(config, encoding="utf-8")
        names = [f"a{number}/m" for number in range(len(ALIASES))]
        done = subprocess.run(
            [*args.ours, "test", *names, "--json", "--config", str(path)],
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        ours = json.loads(done.stdout)["results"]
        with ThreadPoolExecutor(args.jobs) as pool:
            theirs = list(pool.map(lambda name: answers(args.kimi, config, name, args.seconds), names))
        for alias, result, (answered, said) in zip(ALIASES, ours, theirs, strict=True):
            same = (result["verdict"] == "pass") == answered
            agree += same
            kind = result["error"]["kind"] if result["error"] else "-"
            print(
                f"{'same' if same else 'DIFFER':7}{alias.type:17}{alias.path:16}{alias.model:13}{result['verdict']:8}{kind:16}{said[:70]}"
            )
    print(f"{agree} of {len(ALIASES)} agree")
    return 0 if agree == len(ALIASES) else 1


if __name__ == "__main__":
    sys.exit(main())
