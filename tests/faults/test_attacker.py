"""An attacker's registry, catalog, model servers, cache and environment together.

They move no byte and no key that the user did not agree to: what stands in config.toml by hand stays as it is, every
provider keeps its endpoint, and each server is sent the keys that were given for it and no other.
"""

from __future__ import annotations

import json
import shutil
import time
import tomllib
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.app import App, Http
from provisioner.cli import main
from tests.smoke.server import Request, Server, reply, serving, stream
from tests.smoke.streams import chunk, data

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.smoke.server import Chunks

KEYS = {
    "by hand": "sk-hand-0123456789abcdef",
    "header": "hdr-hand-0123456789abcdef",
    "registry": "tok-registry-0123456789abcdef",
    "catalog": "sk-catalog-0123456789abcdef",
    "environment": "sk-environment-0123456789abcdef",
}
BY_HAND = """\
# mine, and none of their business
default_model = "hand/m"   # best
theme = "dark"

[providers.hand]
type = "openai"
base_url = "{hand}/v1"
api_key = "{key}"
custom_headers = {{ "X-Tenant" = "{header}" }}

[models."hand/m"]
provider = "hand"
model = "m"
max_context_size = 128000

[[hooks]]
event = "stop"
command = "true"
"""


class Servers:
    """Where the user's providers are, the registry and catalog that they came from, and the attacker's own host."""

    def __init__(self, stack: ExitStack) -> None:
        self.hostile = False
        names = ("hand", "registry", "registry models", "catalog", "catalog models", "attacker")
        self.by_name: dict[str, Server] = {
            name: stack.enter_context(serving(partial(self.answer, name), lists=True)) for name in names
        }

    def url(self, name: str) -> str:
        return self.by_name[name].url

    def received(self, name: str) -> str:
        return "\n".join(
            f"{request.method} {request.path} {request.headers} {request.body}"
            for request in self.by_name[name].requests
        )

    def answer(self, name: str, request: Request) -> Chunks:
        if name == "registry":
            if self.hostile and request.path == "/moved.json":
                return reply("302 Found", Location=f"{self.url('attacker')}/registry.json")
            return reply("200 OK", self.registry())
        if request.path == "/registry.json":
            return reply("200 OK", self.registry())
        if name == "catalog" or request.path.endswith("api.json"):
            return reply("200 OK", self.catalog())
        if self.hostile and name != "attacker":
            return reply("307 Temporary Redirect", Location=f"{self.url('attacker')}{request.path}")
        if request.method == "GET":
            return reply("200 OK", {"data": [{"id": "m"}, {"id": "\x1b[2Jm"}]})
        sent = request.headers.get("authorization", "")
        return stream(data(chunk({"content": f"hello {sent}"}, finish="stop")), b"data: [DONE]\n\n")

    def registry(self) -> dict[str, Any]:
        models = self.url("attacker" if self.hostile else "registry models")
        own = {
            "id": "reg",
            "name": "Reg",
            "type": "openai",
            "api": f"{models}/v1",
            "models": {"m": model("m")},
        }
        if not self.hostile:
            return {"reg": own}
        own |= {"env": ["OPENAI_API_KEY"], "headers": {"X-Tenant": "$X"}, "name": "\x1b]0;owned\x07Reg"}
        return {
            "reg": own,
            "hand": {**own, "id": "hand"},
            "cat": {**own, "id": "cat"},
            "new": {**own, "id": "new", "models": {"m": model("m", alias="hand/m")}},
            "hand\u200b": {**own, "id": "hand\u200b"},
            "__proto__": {**own, "id": "../../config"},
        }

    def catalog(self) -> dict[str, Any]:
        api = self.url("attacker" if self.hostile else "catalog models")
        cat = {
            "id": "cat",
            "name": "Cat",
            "npm": "@ai-sdk/openai-compatible",
            "api": f"{api}/v1",
            "env": ["OPENAI_API_KEY"] if self.hostile else ["CAT_KEY"],
            "models": {"m": model("m")},
        }
        return {"cat": cat, "other": {**cat, "id": "other"}, "hand": {**cat, "id": "hand"}}


def model(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "limit": {"context": 128000, "output": 8000}, "tool_call": True, **more}


@pytest.fixture
def servers() -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack)


def environment(servers: Servers) -> dict[str, str]:
    """Keys of the user's for other programs, and addresses that the attacker has put there."""
    attacker = servers.url("attacker")
    keys = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "CAT_KEY", "KIMI_API_KEY", "GOOGLE_API_KEY")
    addresses = ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "KIMI_BASE_URL", "KIMI_MODEL_BASE_URL")
    return {
        **dict.fromkeys(keys, KEYS["environment"]),
        **dict.fromkeys(addresses, f"{attacker}/v1"),
        "KIMI_CATALOG_URL": f"{attacker}/api.json",
    }


def test_nothing_moves_that_the_user_did_not_agree_to(
    app: App,
    servers: Servers,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry, catalog = f"{servers.url('registry')}/api.json", f"{servers.url('catalog')}/api.json"
    by_hand = BY_HAND.format(hand=servers.url("hand"), key=KEYS["by hand"], header=KEYS["header"])
    app.config_path.parent.mkdir()
    app.config_path.write_text(by_hand)

    def run(*arguments: str, on: App = app) -> tuple[int, str]:
        code = main.run(list(arguments), "kimi-provider", on)
        printed = "".join(capfd.readouterr())
        assert "Traceback" not in printed
        assert "\x1b" not in printed
        return code, printed

    # While everybody is honest: what the user agrees to.
    honest = [
        run("add", "--registry", registry, "--token", KEYS["registry"]),
        run("add", "cat", "--url", catalog, "--api-key", KEYS["catalog"]),
        run("test", "--all", "--retries", "0", "--check", "text"),
    ]
    assert [code for code, _ in honest] == [0, 0, 0], honest
    agreed = tomllib.loads(app.config_path.read_text())
    given = {
        "hand": ("by hand", "header"),
        "registry": ("registry",),
        "registry models": ("registry",),
        "catalog models": ("catalog",),
    }
    for name, keys in given.items():
        assert [KEYS[key] in servers.received(name) for key in keys] == [True] * len(keys)

    # From now on nobody is. The cache is filled with their documents as well, from a minute that is still to come.
    servers.hostile = True
    planted = app._replace(
        config_path=tmp_path / "other.toml",
        cache_dir=tmp_path / "planted",
        clock=lambda: time.time() + 60,
    )
    run("add", "--registry", registry, "--token", KEYS["registry"], "--yes", on=planted)
    for url in (catalog, f"{servers.url('attacker')}/api.json"):
        run("catalog", "list", "--url", url, on=planted)
    env = environment(servers)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    attacked = app._replace(env=env, http=Http(env=env))
    shutil.rmtree(app.cache_dir)
    shutil.copytree(planted.cache_dir, app.cache_dir)
    servers.by_name["attacker"].requests.clear()

    of_token = ("--token", KEYS["registry"])
    commands: list[tuple[str, ...]] = [
        *[
            ("refresh", *more)
            for more in ([], ["--yes"], ["--yes", "--offline"], ["--check"], ["cat", "--url", catalog])
        ],
        ("refresh", "--yes", "--accept-shrink", "--url", catalog),
        ("add", "--registry", registry, *of_token),
        ("add", "--registry", registry, *of_token, "--yes"),
        ("add", "--registry", registry, *of_token, "--yes", "--offline"),
        ("add", "--registry", f"{servers.url('registry')}/moved.json", *of_token, "--yes"),
        ("add", registry, "--api-key", KEYS["registry"]),
        ("add", "cat", "--url", catalog),
        ("add", "cat", "--yes"),
        ("add", "cat", "--yes", "--offline"),
        ("add", "hand", "--url", catalog),
        ("catalog", "add", "cat", "--url", catalog),
        ("catalog", "list", "cat"),
        ("catalog", "refresh"),
        ("catalog", "info", "--url", catalog),
        ("registry", "validate", registry, *of_token),
        ("registry", "diff", registry, f"{servers.url('attacker')}/registry.json"),
        ("test", "--all", "--retries", "0", "--timeout", "5"),
        ("test", "--all", "--retries", "0", "--timeout", "5", "--fix", "--check", "text,tools,thinking"),
        ("doctor", "--fix", "--yes"),
        ("set-default", "--first-passing", "reg/m,cat/m"),
        ("list",),
        ("env", "hand/m"),
        ("registry", "init"),
    ]
    for command in commands:
        code, printed = run(*command, on=attacked)
        shown = f"{command} ended with {code}:\n{printed}"
        for name, server in servers.by_name.items():
            for owner, key in KEYS.items():
                assert owner in given.get(name, ()) or key not in servers.received(name), f"{name}: {shown}"
            assert server.requests or name == "attacker"
        assert not [owner for owner, key in KEYS.items() if key in printed], shown
        text = app.config_path.read_text()
        places = [text.find(part) for part in by_hand.split("\n\n")]
        assert -1 not in places, shown
        assert places == sorted(places), shown
        now = tomllib.loads(text)
        for name, provider in agreed["providers"].items():
            assert now["providers"][name] == provider, shown
        assert now["models"]["hand/m"] == agreed["models"]["hand/m"], shown
        assert now["default_model"] == "hand/m", shown
    assert servers.by_name["attacker"].requests, "nothing asked the attacker: the redirect was not tried"
    assert json.loads(run("list", "--json", on=attacked)[1])["providers"].keys() >= agreed["providers"].keys()
