from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

URL = "https://catalog.example/api.json"
KEY = "sk-0123456789abcdef"


def model(name: str, **extra: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": name.title(),
        "tool_call": True,
        "reasoning": False,
        "modalities": {"input": ["text"], "output": ["text"]},
        "limit": {"context": 128000, "output": 8192},
        "cost": {"input": 1, "output": 2},
        **extra,
    }


CATALOG = {
    "acme": {
        "id": "acme",
        "name": "Acme",
        "npm": "@ai-sdk/openai-compatible",
        "api": "https://api.acme.example/v1",
        "env": ["ACME_API_KEY"],
        "models": {"fast": model("fast"), "slow": model("slow"), "old": model("old", status="deprecated")},
    },
    "guess": {
        "id": "guess",
        "name": "Guess",
        "npm": "x",
        "api": "https://g.example/v1",
        "models": {"m": model("m")},
    },
    "cloud": {
        "id": "cloud",
        "name": "Cloud",
        "npm": "@ai-sdk/openai-compatible",
        "api": "https://${CLOUD_HOST}/v1",
        "models": {"m": model("m")},
    },
    "bedrock": {"id": "bedrock", "name": "B", "npm": "@ai-sdk/amazon-bedrock", "models": {"m": model("m")}},
    "google-vertex": {
        "id": "google-vertex",
        "name": "Vertex",
        "npm": "@ai-sdk/google-vertex",
        "models": {"m": model("m")},
    },
}


@pytest.fixture(autouse=True)
def catalog(machine: Machine) -> None:
    machine.serves((URL, CATALOG))


def add(cli: Cli, *arguments: str, **settings: Any) -> Any:
    return cli("add", *arguments, "--url", URL, **settings)


def data(machine: Machine) -> dict[str, Any]:
    return tomllib.loads(machine.config.read_text())


def test_one_provider_with_its_models_and_its_source(machine: Machine, cli: Cli) -> None:
    done = add(cli, "acme", "--api-key", KEY)
    assert done.code == 0, done.err
    assert data(machine)["providers"]["acme"] == {
        "type": "openai",
        "base_url": "https://api.acme.example/v1",
        "api_key": KEY,
        "source": {"kind": "modelsDev", "url": URL, "id": "acme"},
    }
    assert list(data(machine)["models"]) == ["acme/fast", "acme/slow"]
    assert data(machine)["models"]["acme/fast"]["max_output_size"] == 8192
    assert "1 model skipped" in done.err
    assert "kimi provider set-default acme/slow" in done.err
    assert KEY not in done.out + done.err


def test_kimi_codes_own_form_means_the_same(machine: Machine, cli: Cli) -> None:
    add(cli, "acme", "--api-key", KEY, "--default-model", "slow")
    ours = machine.config.read_bytes()
    machine.config.unlink()
    assert cli("catalog", "add", "acme", "--api-key", KEY, "--default-model", "slow", "--url", URL).code == 0
    assert machine.config.read_bytes() == ours
    assert data(machine)["default_model"] == "acme/slow"


def test_the_key_may_stay_out_of_the_file(machine: Machine, cli: Cli) -> None:
    assert add(cli, "acme", "--api-key-env", "ACME_API_KEY").code == 0
    provider = data(machine)["providers"]["acme"]
    assert provider["api_key_env"] == "ACME_API_KEY"
    assert "api_key" not in provider


@pytest.mark.parametrize(
    ("arguments", "stdin", "env"),
    [(("--api-key-stdin",), f"{KEY}\n", {}), ((), "", {"KIMI_REGISTRY_API_KEY": KEY})],
)
def test_the_key_may_come_from_elsewhere(
    machine: Machine, cli: Cli, arguments: tuple[str, ...], stdin: str, env: dict[str, str]
) -> None:
    assert add(cli, "acme", *arguments, stdin=stdin, env=env).code == 0
    assert data(machine)["providers"]["acme"]["api_key"] == KEY


def test_without_a_key_the_flags_are_named_and_nothing_is_written(machine: Machine, cli: Cli) -> None:
    done = add(cli, "acme")
    assert done.code == 2
    assert "--api-key-stdin" in done.err
    assert not machine.config.exists()


def test_a_second_import_keeps_the_key_for_the_same_endpoint_only(machine: Machine, cli: Cli) -> None:
    add(cli, "acme", "--api-key", KEY)
    assert add(cli, "acme", "--model", "fast").code == 0
    assert data(machine)["providers"]["acme"]["api_key"] == KEY
    before = machine.config.read_bytes()
    done = add(cli, "acme", "--base-url", "https://elsewhere.example/v1")
    assert done.code == 2
    assert (
        "endpoint changed from https://api.acme.example/v1 (openai) to https://elsewhere.example/v1"
        in done.err
    )
    assert machine.config.read_bytes() == before


def test_globs_pick_models_and_as_names_the_provider(machine: Machine, cli: Cli) -> None:
    assert add(cli, "acme", "--api-key", KEY, "--model", "fa*", "--as", "work").code == 0
    assert list(data(machine)["models"]) == ["work/fast"]
    assert data(machine)["providers"]["work"]["source"]["id"] == "acme"


def test_a_placeholder_is_filled_or_asked_for(machine: Machine, cli: Cli) -> None:
    done = add(cli, "cloud", "--api-key", KEY)
    assert done.code == 2
    assert "--var CLOUD_HOST=" in done.err
    assert add(cli, "cloud", "--api-key", KEY, "--var", "CLOUD_HOST=c.example").code == 0
    assert data(machine)["providers"]["cloud"]["base_url"] == "https://c.example/v1"
    misspelt = add(cli, "cloud", "--api-key", KEY, "--var", "CLOUD_HOTS=c.example")
    assert misspelt.code == 2
    assert "--var CLOUD_HOST=" in misspelt.err


def test_a_guessed_wire_is_said(cli: Cli) -> None:
    assert '"openai" is a guess' in add(cli, "guess", "--api-key", KEY).err


def test_a_proprietary_protocol_is_refused(machine: Machine, cli: Cli) -> None:
    assert add(cli, "bedrock", "--api-key", KEY).code == 2
    assert not machine.config.exists()


def test_vertex_needs_no_key_and_says_what_kimi_code_does_with_it(machine: Machine, cli: Cli) -> None:
    done = add(cli, "google-vertex")
    assert done.code == 0, done.err
    assert "GOOGLE_CLOUD_PROJECT" in done.err
    assert data(machine)["providers"]["google-vertex"]["type"] == "vertexai"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("acm", "--api-key", KEY), "did you mean acme?"),
        (("acme", "--api-key", KEY, "--model", "fest"), "did you mean fast?"),
        (("acme", "--api-key", KEY, "--default-model", "slo"), "did you mean slow"),
    ],
)
def test_near_names(machine: Machine, cli: Cli, arguments: tuple[str, ...], hint: str) -> None:
    done = add(cli, *arguments)
    assert done.code == 1
    assert hint in done.err
    assert not machine.config.exists()


def test_a_second_run_is_answered_from_the_cache_and_offline_works(machine: Machine, cli: Cli) -> None:
    add(cli, "acme", "--api-key", KEY)
    asked = len(machine.requests)
    assert add(cli, "acme", "--api-key", KEY).code == 0
    assert add(cli, "acme", "--api-key", KEY, "--offline").code == 0
    assert len(machine.requests) == asked


def test_a_custom_catalog_that_cannot_be_reached_fails_loudly(cli: Cli) -> None:
    done = cli("add", "acme", "--api-key", KEY, "--url", "https://gone.example/api.json")
    assert done.code == 5


def test_the_snapshot_answers_on_the_first_day_without_a_network(machine: Machine, cli: Cli) -> None:
    done = cli("add", "anthropic", "--api-key", KEY, "--offline")
    assert done.code == 0, done.err
    assert "built-in snapshot" in done.out
    assert data(machine)["providers"]["anthropic"]["type"] == "anthropic"


def test_why_it_is_the_snapshot_is_said(cli: Cli, machine: Machine) -> None:
    def unavailable(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503)

    machine.host = unavailable
    done = cli("catalog", "list")
    assert done.code == 0
    assert "built-in snapshot of" in done.err
    assert "models.dev answered HTTP 503" in done.err


def test_options_of_another_form_are_refused(cli: Cli) -> None:
    done = add(cli, "acme", "--api-key", KEY, "--only", "x")
    assert done.code == 2
    assert "--only does not go with this form" in done.err


def test_json_names_skipped_models_and_the_source(cli: Cli) -> None:
    document = add(cli, "acme", "--api-key", KEY, "--json").json("change")
    assert [item["id"] for item in document["skipped"]] == ["old"]
    assert document["source"]["kind"] == "live"


def test_twice_leaves_the_same_bytes(machine: Machine, cli: Cli) -> None:
    add(cli, "acme", "--api-key", KEY)
    before = machine.config.read_bytes()
    assert "nothing written" in add(cli, "acme", "--api-key", KEY).out
    assert machine.config.read_bytes() == before
