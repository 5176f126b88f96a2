"""Asks a Kimi Code and provisioner/kimi_code the same of odd config files: does the alias run, and with what?

Usage: python tests/peer/compare_view.py --kimi COMMAND [--only REGEX] [-j N]

A loopback server refuses every request, and keeps its URL and its key. Exit code 0 when all agree, else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from provisioner.kimi_code.auth import EffectiveCredential
from provisioner.kimi_code.finding import Unusable
from provisioner.kimi_code.view import View
from provisioner.smoke.probe import Probe
from provisioner.smoke.wires import protocol_of
from tests.peer.view_cases import CASES, Case
from tests.smoke.server import reply, serving

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS = 120
_KEY_HEADERS = ("x-api-key", "x-goog-api-key", "authorization")


def theirs(kimi: list[str], case: Case) -> tuple[str, str, str]:
    """The path that Kimi Code asked, the key it sent (both empty where it sent nothing), and what it said."""
    refusal = reply("401 Unauthorized", {"error": {"message": "no", "type": "authentication_error"}})
    with serving(refusal) as server, tempfile.TemporaryDirectory(prefix="view-") as home:
        Path(home, "config.toml").write_text(case.text.replace("SERVER", server.url), encoding="utf-8")
        env = {name: value.replace("SERVER", server.url) for name, value in case.env.items()}
        try:
            done = subprocess.run(
                [*kimi, "-p", "say hi", "-m", case.alias],
                env={"PATH": os.environ["PATH"], "HOME": home, "KIMI_CODE_HOME": home, **env},
                cwd=home,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
            said = (done.stdout + done.stderr).strip()
        except subprocess.TimeoutExpired:
            said = "no end"
        if not server.requests:
            return "", "", said
        asked = server.requests[0]
        key = next((asked.headers[name] for name in _KEY_HEADERS if name in asked.headers), "")
        return asked.path.partition("?")[0], key.removeprefix("Bearer "), said


def ours(case: Case) -> tuple[str, str, str]:
    """The same by the view: nothing is sent."""
    env = {name: value.replace("SERVER", "http://h") for name, value in case.env.items()}
    text = case.text.replace("SERVER", "http://h")
    try:
        target = View.of(tomllib.loads(text), env).check(case.alias)
    except Unusable as error:
        if error.code not in ("shell_redirect", "shell_vertex"):
            return "", "", f"{error.code}: {error.message}"
        return _elsewhere(text, case.alias, env, error.message)
    if target.shell_key is not None:
        target = target._replace(credential=EffectiveCredential("key", env[target.shell_key], "the shell"))
    sent = protocol_of(target).request(target, Probe("Hi"))
    headers = {name.lower(): value for name, value in sent.headers.items()}
    key = next((headers[name] for name in _KEY_HEADERS if name in headers), "")
    return urlsplit(sent.url).path, key.removeprefix("Bearer "), ""


def _elsewhere(text: str, alias: str, env: dict[str, str], said: str) -> tuple[str, str, str]:
    """What is sent where an exported variable decides the host: the same as without it, to what it names."""
    variable = said.split(" ", 1)[0]
    here = View.of(
        tomllib.loads(text), {name: value for name, value in env.items() if name != variable}
    ).check(alias)
    there = here._replace(base_url=env[variable]) if variable.endswith("_URL") else here._replace(vertex=True)
    sent = protocol_of(there).request(there, Probe("Hi"))
    assert here.credential is not None
    return urlsplit(sent.url).path, here.credential.value, said


def disagreements(kimi: list[str], cases: Sequence[Case], jobs: int = 2) -> list[str]:
    """A line for each case of which Kimi Code makes something else than the view: what each of the two makes of it."""
    with ThreadPoolExecutor(jobs) as pool:
        compared = zip(cases, pool.map(lambda case: theirs(kimi, case), cases), map(ours, cases), strict=True)
        return [
            json.dumps({"case": case.name, "kimi": there, "ours": here})
            for case, there, here in compared
            if there[:2] != here[:2]
        ]


def main() -> None:
    """Compares all cases and prints those that differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kimi", required=True, help="the command that starts Kimi Code")
    parser.add_argument("--only", default="", help="cases whose name matches")
    parser.add_argument("-j", type=int, default=2, help="cases at once")
    arguments = parser.parse_args()
    cases = [case for case in CASES if re.search(arguments.only, case.name)]
    differ = disagreements(shlex.split(arguments.kimi), cases, arguments.j)
    for line in differ:
        print(line)
    print(f"{len(cases) - len(differ)} of {len(cases)} agree")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
