"""The kit for registry authors: registry validate, init and diff, and schema."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from catalog import schema
from catalog.registry_check import check
from tests.cli.conftest import REGISTRY_URL, TOKEN, Cli, Machine, registry

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[providers.a]
type = "openai"
base_url = "https://a.example/v1"
api_key = "sk-secret-1"

[providers.a.env]
OPENAI_API_KEY = "sk-secret-2"

[providers.a.custom_headers]
X-Team = "secret-3"

[models."a/m"]
provider = "a"
model = "m-1"
max_context_size = 200000
max_output_size = 32000
capabilities = ["tool_use", "thinking", "image_in"]
display_name = "M"
support_efforts = ["low", "high"]
default_effort = "high"

[models."a/m".overrides]
max_context_size = 100000

[models.short]
provider = "a"
model = "m-2"
max_context_size = 64000
capabilities = []
display_name = "Short"

[models.m]
provider = "a"
model = "m-3"
max_context_size = 64000

[models."a/other"]
provider = "a"
model = "m-4"
max_context_size = 64000
protocol = "anthropic"

[providers.b]
type = "anthropic"
api_key_env = "B_KEY"

[models."b/c"]
provider = "b"
model = "c"
max_context_size = 200000
capabilities = ["tool_use"]
display_name = "c"

[providers.g]
type = "google-genai"
api_key = "sk-secret-4"

[models."g/x"]
provider = "g"
model = "x"
max_context_size = 200000

[providers.hidden]
type = "openai"
base_url = "https://user:secret-5@h.example/v1"

[models."hidden/x"]
provider = "hidden"
model = "x"
max_context_size = 200000

[providers."managed:kimi-code"]
type = "kimi"
oauth = { storage = "file", key = "secret-6" }
"""


@pytest.fixture
def folder(machine: Machine) -> Path:
    path = machine.config.parent
    path.mkdir(parents=True, exist_ok=True)
    return path


def test_a_faultless_registry(cli: Cli, machine: Machine) -> None:
    faultless = {"a": registry()["first"] | {"models": {"m": registry()["first"]["models"]["big"]}}}
    machine.serves((REGISTRY_URL, faultless))
    done = cli("registry", "validate", REGISTRY_URL, "--token", TOKEN)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{REGISTRY_URL}: 0 errors, 0 warnings; an import brings 1 provider with 1 model\n"
    assert machine.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_findings_as_lines_that_editors_follow(cli: Cli, folder: Path) -> None:
    path = folder / "api.json"
    path.write_text(json.dumps(registry(broken={"id": "x"}, small=5), indent=2))
    done = cli("registry", "validate", str(path))
    assert done.code == 4
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if '"broken"' in text)
    assert f"{path}:{line}:3: error: /broken: skipped: name and api must be a non-empty string\n" in done.out
    found = cli("registry", "validate", str(path), "--json")
    document = found.json("registry-validate")
    assert found.code == 4
    assert not document["valid"]
    assert document["summary"]["errors"] == 2
    assert len(document["findings"]) == document["summary"]["listed"]
    assert document["findings"][-1]["pointer"] == "/small"


def test_warnings_alone_are_no_failure(cli: Cli, machine: Machine) -> None:
    document = cli("registry", "validate", "-", "--json", stdin=json.dumps(registry())).json(
        "registry-validate"
    )
    assert document["valid"]
    assert document["source"] == "-"
    assert document["summary"]["warnings"] > 0
    assert cli("registry", "validate", "-", stdin=json.dumps(registry())).code == 0


def test_what_is_no_registry_is_named_with_its_command(cli: Cli, machine: Machine) -> None:
    done = cli("registry", "validate", "-", stdin='{"data": [{"id": "m"}]}')
    assert done.code == 4
    assert "list of models" in done.out
    assert "kimi provider add --type openai --base-url URL --as NAME" in done.err
    machine.serves(("https://x.example/v1/models", ["m"]))
    done = cli("add", "--registry", "https://x.example/v1/models", "--json")
    assert done.code == 4
    assert done.error()["hint"] == "kimi provider add --type openai --base-url https://x.example/v1 --as NAME"


def test_what_cannot_be_read(cli: Cli, machine: Machine) -> None:
    assert cli("registry", "validate", REGISTRY_URL).code == 5
    machine.host = lambda _: httpx.Response(401)
    assert cli("registry", "validate", REGISTRY_URL).code == 6
    missing = cli("registry", "validate", "nowhere.json", "--json")
    assert (missing.code, missing.error()["code"]) == (1, "not_found")
    assert cli("registry", "validate", "-", "--token-stdin").code == 2
    assert cli("registry", "diff", "-", "-").code == 2


def test_init_writes_what_an_import_brings_back(cli: Cli, machine: Machine, folder: Path) -> None:
    before = machine.write(CONFIG)
    target = folder / "api.json"
    done = cli("registry", "init", "--output", str(target))
    assert done.code == 0, done.err
    text = target.read_text()
    assert not any(secret in text + done.out + done.err for secret in ("secret-", "X-Team"))
    assert machine.config.read_bytes() == before
    result = check(text.encode(), "api.json")
    assert (result.errors, result.providers, result.models) == (0, 2, 3)
    for reason in (
        "g was left out",
        "managed:kimi-code was left out",
        "hidden was left out",
        "a/other was left out",
        "note: m was left out: another alias of a becomes a/m too",
        "short will be called a/short",
        "max_output_size (1)",
    ):
        assert reason in done.err

    machine.config.unlink()
    machine.serves((REGISTRY_URL, json.loads(text)))
    assert cli("add", "--registry", REGISTRY_URL).code == 0
    was, now = tomllib.loads(CONFIG), tomllib.loads(machine.config.read_text())
    expected = {
        "a/m": {k: v for k, v in was["models"]["a/m"].items() if k not in ("max_output_size", "overrides")}
        | {"max_context_size": 100000},
        "a/short": was["models"]["short"],
        "b/c": was["models"]["b/c"],
    }
    assert now["models"] == expected
    assert now["providers"]["a"]["base_url"] == "https://a.example/v1"
    assert now["providers"]["b"]["base_url"] == "https://api.anthropic.com"


def test_init_prints_and_never_overwrites_by_itself(cli: Cli, machine: Machine, folder: Path) -> None:
    machine.write(CONFIG)
    document = json.loads(cli("registry", "init", "--provider", "b").out)
    assert schema.problems(document, "registry") == []
    assert list(document) == ["$schema", "b"]
    assert document["b"]["env"] == ["B_KEY"]
    target = folder / "api.json"
    target.write_text("mine")
    assert cli("registry", "init", "--output", str(target)).code == 2
    assert target.read_text() == "mine"
    assert cli("registry", "init", "--output", str(target), "--yes").code == 0
    assert target.read_text() != "mine"


def test_init_of_what_is_not_there(cli: Cli, machine: Machine) -> None:
    assert cli("registry", "init").code == 1
    machine.write(CONFIG)
    done = cli("registry", "init", "--provider", "aa", "--json")
    assert done.code == 2
    assert cli("registry", "init", "--provider", "hiden").err.splitlines()[1] == "  try: did you mean hidden?"
    assert "cannot name the wire google-genai" in cli("registry", "init", "--provider", "g").err


def test_init_from_an_endpoints_own_list(cli: Cli, machine: Machine) -> None:
    models = {"data": [{"id": "big", "context_length": 200000}, {"id": "small"}, {"id": "text-embedding-1"}]}
    machine.serves(("https://e.example/v1/models", models))
    endpoint = ("--type", "openai", "--base-url", "https://e.example/v1", "--as", "mine")
    done = cli("registry", "init", *endpoint, "--api-key-env", "E_KEY", env={"E_KEY": "sk-secret-7"})
    assert machine.requests[0].headers["Authorization"] == "Bearer sk-secret-7"
    assert "sk-secret-7" not in done.out + done.err
    assert "small is not known" in done.err
    document = json.loads(done.out)
    assert document["mine"]["env"] == ["E_KEY"]
    assert list(document["mine"]["models"]) == ["big", "small"]
    assert check(done.out.encode(), "x").errors == 0
    for wrong in (
        ("--type", "vertexai", *endpoint[2:]),
        (*endpoint[:5], "kimi-code"),
        endpoint[:4],
        (*endpoint, "--provider", "a"),
        ("--api-key-env", "E_KEY"),
        ("--type", "openai", "--base-url", "https://e.example/v1?key=secret", "--as", "mine"),
    ):
        assert cli("registry", "init", *wrong).code == 2


def test_diff_says_what_subscribers_see(cli: Cli, machine: Machine, folder: Path) -> None:
    new: dict[str, Any] = registry()
    new["first"]["api"] = "https://user:secret@moved.example/v1"
    new["second"]["models"]["one"]["limit"] = {"context": 5000}
    path = folder / "new.json"
    path.write_text(json.dumps(new))
    machine.serves((REGISTRY_URL, registry()))
    done = cli("registry", "diff", REGISTRY_URL, str(path))
    assert done.code == 3
    assert done.out.splitlines() == [
        "moved    alpha (provider)  base_url: https://alpha.example/v1 → https://•••@moved.example/v1",
        "changed  beta/one  max_context_size: 131072 → 5000",
        "Subscribers see 2 differences; where a token would go to a new host, refresh asks for --accept-endpoint-change.",
    ]
    document = cli("registry", "diff", REGISTRY_URL, str(path), "--json").json("registry-diff")
    assert document["summary"] == {"moved": 1, "removed": 0, "added": 0, "changed": 1}
    assert "secret" not in json.dumps(document)
    same = cli("registry", "diff", REGISTRY_URL, "-", "--json", stdin=json.dumps(registry()))
    assert same.code == 0
    assert same.json("registry-diff")["differences"] == []


def test_diff_of_what_cannot_be_imported(cli: Cli, machine: Machine) -> None:
    machine.serves((REGISTRY_URL, registry()))
    assert cli("registry", "diff", REGISTRY_URL, "-", stdin="{}").code == 4
    two_hosts = cli("registry", "diff", REGISTRY_URL, "https://other.example/api.json", "--token", TOKEN)
    assert two_hosts.code == 2
    assert machine.requests[1:] == []


def test_schema_prints_what_is_published(cli: Cli) -> None:
    listed = cli("schema").out
    for name in schema.names():
        assert name in listed
        assert json.loads(cli("schema", name).out) == schema.load(name)
    assert json.loads(cli("schema", "test").out) == schema.load("output/test")
    done = cli("schema", "regisrty")
    assert done.code == 1
    assert done.err.splitlines()[1] == "  try: did you mean registry, registry-diff?"
    assert cli("schema", "../pyproject").code == 1
