"""Works on one config.toml with Kimi Code and with this project in turn, against real servers on loopback.

First our commands provision every wire and a registry, and Kimi Code checks, lists, runs and removes them; then Kimi
Code imports, and our commands list, refresh, check, test and remove.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.peer.kimi_code import serve
from tests.peer.server_recipes import KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ROOT = Path(__file__).resolve().parents[2]
_TOKEN = "tok-0123456789abcdef"
_SECONDS = 180
_COMMENT = "# a comment of the user's"
_HEAD = f"{_COMMENT}\ntelemetry = false\n\n[loop_control]\nmax_attempts_per_step = 3\n"
_BASES = {"kimi": "/v1", "openai": "/v1", "openai_responses": "/v1", "anthropic": "", "google-genai": ""}


@dataclass(frozen=True)
class Step:
    """What was done, whether it came out as it must, and what was said when it did not."""

    did: str
    holds: bool
    said: str = ""


@dataclass(frozen=True)
class _Done:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Home:
    """A home of its own, in which both programs work on the same config.toml."""

    folder: Path
    kimi: Sequence[str]
    ours: Sequence[str]
    steps: list[Step] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def data(self) -> dict[str, Any]:
        return tomllib.loads(self.config.read_text(encoding="utf-8"))

    def run(self, command: Sequence[str], *arguments: str, stdin: str = "") -> _Done:
        done = subprocess.run(
            [*command, *arguments],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "KIMI_CODE_HOME": str(self.folder),
                "PYTHONPATH": str(_ROOT),
            },
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return _Done(done.returncode, done.stdout, done.stderr)

    def step(self, did: str, holds: bool, done: _Done | None = None) -> None:
        self.steps.append(Step(did, holds, f"{done.out[-300:]}{done.err[-300:]}".strip() if done else ""))

    def ok(self, did: str, command: Sequence[str], *arguments: str, stdin: str = "") -> _Done:
        """Runs it, and notes as a step that it must exit with 0."""
        done = self.run(command, *arguments, stdin=stdin)
        self.step(did, done.code == 0, done)
        return done


def _registry(url: str, context: int = 128_000) -> dict[str, Any]:
    def provider(wire: str) -> dict[str, Any]:
        model = {
            "id": "good",
            "name": "Good",
            "tool_call": True,
            "limit": {"context": context, "output": 4096},
        }
        api = f"{url}{_BASES[wire]}"
        return {"id": f"team-{wire}", "name": wire, "api": api, "type": wire, "models": {"good": model}}

    return {wire: provider(wire) for wire in ("openai", "openai_responses", "anthropic", "kimi")}


def _catalog(url: str) -> dict[str, Any]:
    model = {"id": "good", "name": "Good", "tool_call": True, "limit": {"context": 128_000, "output": 4096}}
    shared = {"env": ["MOCK_KEY"], "doc": "https://mock.example/docs", "models": {"good": model}}
    return {
        "mock": {"id": "mock", "name": "Mock", "npm": "@ai-sdk/openai-compatible", "api": f"{url}/v1", **shared},
        "mock-claude": {
            "id": "mock-claude", "name": "Mock Claude", "npm": "@ai-sdk/anthropic", "api": f"{url}/v1", **shared,
        },
    }  # fmt: skip


def ours_first(
    kimi: Sequence[str], ours: Sequence[str], servers: Mapping[str, tuple[str, str]]
) -> list[Step]:
    """Our commands provision ``{server: (URL, model)}`` on every wire; Kimi Code checks, lists, runs and removes.

    Returns:
        A step for each thing that must hold.
    """
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        home = Home(Path(folder), kimi, ours)
        home.config.write_text(_HEAD, encoding="utf-8")
        for server, (url, model) in servers.items():
            for wire, base in _BASES.items():
                target = ("--type", wire, "--base-url", f"{url}{base}", "--as", f"{server}-{wire}")
                add = ("add", *target, "--model", f"{model}:128000", "--api-key-stdin")
                home.ok(f"we add {model} of {server} on {wire}", ours, *add, stdin=KEY)
        with serve({"/api.json": _registry(servers["aimock"][0])}) as registry:
            url = f"{registry}/api.json"
            home.ok("we add a registry", ours, "add", "--registry", url, "--token-stdin", stdin=_TOKEN)
            _kimi_code_uses(home, servers)
        home.step("the comment is still there", _COMMENT in home.config.read_text(encoding="utf-8"))
        return home.steps


def _kimi_code_uses(home: Home, servers: Mapping[str, tuple[str, str]]) -> None:
    aliases = list(home.data()["models"])
    home.ok("we set the default", home.ours, "set-default", aliases[0])
    home.ok("Kimi Code's doctor finds nothing", home.kimi, "doctor")
    listed = home.ok("Kimi Code lists", home.kimi, "provider", "list", "--json")
    mine = home.ok("we list", home.ours, "list", "--json")
    home.step(
        "both list the same providers",
        set(listed.json()["providers"]) == set(mine.json()["providers"]),
    )
    tested = home.run(home.ours, "test", *aliases, "--json")
    passed = {each["alias"]: each["verdict"] == "pass" for each in tested.json()["results"]}
    with ThreadPoolExecutor(2) as pool:
        answered = pool.map(lambda alias: home.run(home.kimi, "-p", "say hi", "-m", alias), aliases)
        for alias, done in zip(aliases, answered, strict=True):
            home.step(f"kimi -p answers on {alias} as our test says", (done.code == 0) == passed[alias], done)
    home.step("a model passes on every wire", _wires(home, passed) == set(_BASES), tested)
    gone = f"{next(iter(servers))}-openai"  # not the default's
    before = home.data()
    home.ok("Kimi Code removes a provider of ours", home.kimi, "provider", "remove", gone)
    del before["providers"][gone]
    before["models"] = {name: model for name, model in before["models"].items() if model["provider"] != gone}
    after = home.data()
    same = all(after.get(section) == before[section] for section in ("providers", "models"))
    home.step("nothing else is changed", same)
    home.ok("our doctor finds no error afterwards", home.ours, "doctor")


def _wires(home: Home, passed: Mapping[str, bool]) -> set[str]:
    data = home.data()
    return {data["providers"][data["models"][alias]["provider"]]["type"] for alias in passed if passed[alias]}


def theirs_first(kimi: Sequence[str], ours: Sequence[str], url: str) -> list[Step]:
    """Kimi Code imports a registry and two catalog providers at ``url``; our commands keep them.

    Returns:
        A step for each thing that must hold.
    """
    documents = {"/api.json": _registry(url), "/catalog.json": _catalog(url)}
    with tempfile.TemporaryDirectory(prefix="peer-") as folder, serve(documents) as base:
        home = Home(Path(folder), kimi, ours)
        home.config.write_text(_HEAD, encoding="utf-8")
        add = ("provider", "add", f"{base}/api.json", "--api-key", _TOKEN)
        home.ok("Kimi Code imports a registry", kimi, *add)
        catalog = ("--url", f"{base}/catalog.json", "--api-key", KEY)
        for provider in ("mock", "mock-claude"):
            home.ok(
                f"Kimi Code imports {provider} from a catalog",
                kimi, "provider", "catalog", "add", provider, *catalog,
            )  # fmt: skip
        listed = home.ok("we list", ours, "list", "--json")
        expected = {f"team-{wire}" for wire in ("openai", "openai_responses", "anthropic", "kimi")}
        found = set(listed.json()["providers"])
        home.step("we list all of it", found == expected | {"mock", "mock-claude"}, listed)
        home.ok("we set the default", ours, "set-default", "team-openai/good")
        home.ok("our doctor finds no error", ours, "doctor")
        before = home.config.read_bytes()
        home.ok("refresh --check finds it up to date", ours, "refresh", "--check")
        home.ok("refresh has nothing to write", ours, "refresh", "--yes")
        home.step("refresh changed no byte", home.config.read_bytes() == before)
        documents["/api.json"] = _registry(url, context=64_000)
        check = home.run(ours, "refresh", "--check")
        home.step("refresh --check exits with 3 when the registry changed", check.code == 3, check)
        home.ok("refresh writes the change", ours, "refresh", "--yes")
        sizes = {home.data()["models"][f"{name}/good"]["max_context_size"] for name in expected}
        home.step("the change is there", sizes == {64_000})
        home.ok("all pass our test", ours, "test", "--all")
        home.ok("Kimi Code's doctor finds nothing", kimi, "doctor")
        home.ok("Kimi Code runs a refreshed model", kimi, "-p", "say hi", "-m", "team-openai/good")
        home.ok("we remove everything", ours, "remove", *sorted(found), "--yes")
        home.step("no provider is left", not home.data().get("providers") and not home.data().get("models"))
        return home.steps
