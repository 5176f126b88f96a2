"""A month with Kimi Code: a registry is revised five times, and after each Kimi Code starts and ours refreshes.

Usage: python -m tests.peer.compare_month --kimi COMMAND [--diffs FILE]

Kimi Code runs in a pseudo-terminal, where its own refresh at start-up writes config.toml. The two take turns at being
first; who comes second must find nothing to do. What was edited by hand must be there after each step. Where Kimi Code
changes a provider it writes all of them anew, and a comment between them may go: that is said. Exit code 0 when
nothing else was lost, nothing flipped, and ours has nothing left to do at the end.
"""

from __future__ import annotations

import argparse
import difflib
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.peer.compare_refresh import start
from tests.peer.kimi_code import OURS, called, environment_of, serve

_TOKEN = "tok-0123456789abcdef"
_OWN_KEY = "sk-mine-0123456789"
_EDITS = (
    ('model = "m2"\n', 'model = "m2"\nmax_output_size = 77 # mine\n'),
    ("[providers.beta]", "# of mine\n[providers.beta]"),
)
_MORE = """
[models."alpha/m1".overrides]
max_context_size = 9

[models.short]
provider = "mine"
model = "own"
max_context_size = 5

[providers.beta.custom_headers]
X-Team = "blue"

[providers.mine]
type = "openai"
base_url = "http://127.0.0.1:9/mine"
api_key = "sk-mine-0123456789"

[unrelated] # and foreign
x = 1
"""
_KEPT = (
    *("max_output_size = 77 # mine", "# of mine", "[models.short]", 'X-Team = "blue"', "[providers.mine]"),
    *(f'api_key = "{_OWN_KEY}"', "[unrelated] # and foreign", 'default_model = "alpha/big"', "# my file"),
)


def _provider(name: str, *models: str) -> dict[str, Any]:
    known = {model: {"id": model, "limit": {"context": 100000}} for model in models}
    return {"id": name, "name": name, "api": "http://127.0.0.1:9/v1", "type": "openai", "models": known}


def _revisions(registry: dict[str, Any]) -> list[tuple[str, Any]]:
    """What happens upstream, each with the function that makes it happen."""
    alpha, beta = registry["alpha"], registry["beta"]

    def rename() -> None:
        alpha["models"]["m3-new"] = alpha["models"].pop("m3")

    def takeover() -> None:
        registry["gamma"] = _provider("gamma", "g")
        beta["models"]["evil"] = {"id": "evil"}

    return [
        ("limits change", lambda: alpha["models"]["big"].update(limit={"context": 300000})),
        ("a model retires", lambda: alpha["models"].pop("m0")),
        ("a model is renamed", rename),
        ("an endpoint moves", lambda: alpha.update(api="http://127.0.0.1:9/v2")),
        ("a provider and a model are new", takeover),
    ]


def main() -> int:
    """Runs the month, prints what each step left, and says whether what is the user's is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kimi", required=True, type=shlex.split, help="command that runs a Kimi Code")
    parser.add_argument("--ours", default=OURS, type=shlex.split, help="command that runs our kimi-provider")
    parser.add_argument("--diffs", type=Path, help="file for the masked change of each step, as Markdown")
    options = parser.parse_args()
    registry = {
        "alpha": _provider("alpha", "big", "m0", "m1", "m2", "m3", "m4", "m5"),
        "beta": _provider("beta", "b"),
    }
    wrong: list[str] = []
    told: list[str] = ["# A month of revisions, Kimi Code's own refresh in between\n"]
    with tempfile.TemporaryDirectory(prefix="peer-") as folder, serve({"/api.json": registry}) as base:
        home = Path(folder)
        config = home / "kimi" / "config.toml"
        environment = environment_of(home, config)

        def ours(*arguments: str) -> int:
            done = called([*options.ours, *arguments], environment)
            if done.stdout + done.stderr:
                print(done.stdout + done.stderr, flush=True)
            return done.returncode

        def step(title: str, who: str, *, second: bool) -> None:
            before = config.read_text()
            if who == "Kimi Code":
                start(options.kimi, home, environment)
            else:
                ours("refresh", "--yes", "--accept-endpoint-change")
            after = config.read_text()
            missing = [text for text in _KEPT if text in before and text not in after]
            is_theirs = who == "Kimi Code" and missing == ["# of mine"]
            if (missing and not is_theirs) or (second and after != before):
                wrong.append(f"{title}, {who}")
            change = [
                *difflib.unified_diff(_masked(before), _masked(after), "before", "after", n=0, lineterm="")
            ]
            told.append(f"## {title}: {who}\n\n```diff\n" + "\n".join(change or ["nothing"]) + "\n```\n")
            print(
                f"{title}: {who}: {len(change)} lines of a change, lost: {missing or 'nothing'}", flush=True
            )

        config.parent.mkdir()
        config.write_text("# my file\n")
        ours("add", "--registry", f"{base}/api.json", "--token", _TOKEN, "--default-model", "alpha/big")
        text = config.read_text()
        for old, new in _EDITS:
            assert old in text
            text = text.replace(old, new, 1)
        config.write_text(text + _MORE)
        for number, (title, revise) in enumerate(_revisions(registry)):
            revise()
            order = ["Kimi Code", "ours"] if number % 2 == 0 else ["ours", "Kimi Code"]
            for who in order:
                step(title, who, second=who == order[1])
        rest = ours("refresh", "--check")
    if options.diffs:
        options.diffs.write_text("\n".join(told))
    print(f"{len(wrong)} steps lost an edit or flipped: {wrong}; a last refresh --check exits {rest}")
    return 1 if wrong or rest else 0


def _masked(text: str) -> list[str]:
    return text.replace(_TOKEN, "…").replace(_OWN_KEY, "…").splitlines()


if __name__ == "__main__":
    sys.exit(main())
