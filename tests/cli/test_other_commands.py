from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.cli.main import run
from tests.cli.test_add_catalog import CATALOG, KEY, URL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli, Machine

CONFIG = """\
# mine
default_model = "a/one"

[providers.a]
type = "openai"
base_url = "https://a.example/v1"
api_key = "sk-aaaaaaaaaaaaaaaa"  # work

[providers.b]
type = "anthropic"
api_key_env = "B_KEY"

[models."a/one"]
provider = "a"
model = "one"
max_context_size = 1000

[thinking]
enabled = true
"""


def test_list_shows_each_provider_with_its_credential_but_no_key(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    done = cli("list")
    assert done.code == 0
    assert done.out.splitlines()[:2] == [
        "a  type=openai     models=1  source=hand  credential=key",
        "b  type=anthropic  models=0  source=hand  credential=env B_KEY",
    ]
    assert "Default model: a/one" in done.out
    assert "sk-aaaa" not in done.out


def test_list_json_keeps_the_tables_and_masks_keys(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    document = cli("list", "--json").json("list")
    assert document["models"]["a/one"] == {"provider": "a", "model": "one", "max_context_size": 1000}
    assert document["providers"]["a"]["api_key"] == "sk-•••aaaa"
    assert document["providers"]["b"]["api_key_env"] == "B_KEY"


def test_list_without_a_file_creates_none(machine: Machine, cli: Cli) -> None:
    assert "No providers configured" in cli("list").out
    assert cli("list", "--json").json("list")["providers"] == {}
    assert not machine.config.exists()
    assert not machine.config.parent.exists()


def test_remove_takes_all_that_named_the_provider_and_says_so(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    done = cli("remove", "a")
    assert done.code == 0
    assert 'default_model was "a/one"' in done.err
    text = machine.config.read_text()
    assert tomllib.loads(text) == {
        "thinking": {"enabled": True},
        "providers": {"b": {"type": "anthropic", "api_key_env": "B_KEY"}},
    }
    assert text.startswith("# mine\n")


def test_remove_is_all_or_nothing(machine: Machine, cli: Cli) -> None:
    before = machine.write(CONFIG)
    done = cli("remove", "a", "bb")
    assert done.code == 1
    assert "did you mean b?" in done.err
    assert machine.config.read_bytes() == before


def test_set_default(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG.replace('default_model = "a/one"\n', ""))
    assert cli("set-default", "a/one").code == 0
    assert tomllib.loads(machine.config.read_text())["default_model"] == "a/one"
    assert cli("set-default", "a/won").code == 1


def test_json_of_a_removal(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    document = cli("remove", "a", "--json").json("change")
    assert document["providers"]["removed"] == ["a"]
    assert document["models"]["removed"] == ["a/one"]
    assert document["default_model"] is None
    assert document["backup"]


def test_catalog_list(machine: Machine, cli: Cli) -> None:
    machine.serves((URL, CATALOG))
    done = cli("catalog", "list", "--url", URL)
    assert "acme           wire=openai            models=3     Acme" in done.out
    assert "guess          wire=openai (guessed)" in done.out
    assert "bedrock        wire=?" in done.out
    assert cli("catalog", "list", "--url", URL, "--filter", "ACM").out.count("wire=") == 1


def test_catalog_list_of_one_provider(machine: Machine, cli: Cli) -> None:
    machine.serves((URL, CATALOG))
    done = cli("catalog", "list", "acme", "--url", URL)
    assert "fast  ctx=128000  out=8192  [tool_use]  $1/$2" in done.out
    assert "old" not in done.out
    assert cli("catalog", "list", "acne", "--url", URL).code == 1


def test_catalog_list_json_is_the_slice_as_published(machine: Machine, cli: Cli) -> None:
    machine.serves((URL, CATALOG))
    assert cli("catalog", "list", "acme", "--url", URL, "--json").json("catalog-list") == {
        "acme": CATALOG["acme"]
    }
    assert cli("catalog", "list", "--url", URL, "--json").json("catalog-list") == CATALOG


def test_catalog_info_and_refresh(machine: Machine, cli: Cli) -> None:
    machine.serves((URL, CATALOG), etag='"1"')
    info = cli("catalog", "info", "--url", URL, "--json").json("catalog-info")
    assert info["source"]["kind"] == "live"
    assert info["counts"] == {"providers": 5, "models": 7, "importable": 4, "usable_models": 5}
    machine.host = lambda request: httpx.Response(
        304 if request.headers.get("if-none-match") == '"1"' else 500
    )
    done = cli("catalog", "refresh", "--url", URL, "--json").json("catalog-info")
    assert done["source"]["kind"] == "not_modified"


def test_offline_and_refresh_exclude_each_other(cli: Cli) -> None:
    assert cli("catalog", "list", "--offline", "--refresh").code == 2


def test_a_failed_refresh_is_an_error_and_the_copy_stays(machine: Machine, cli: Cli) -> None:
    machine.serves((URL, CATALOG))
    cli("catalog", "list", "--url", URL)
    machine.host = lambda _: httpx.Response(503)
    assert cli("catalog", "refresh", "--url", URL).code == 5
    assert cli("catalog", "list", "--url", URL).code == 0


def test_catalog_validate(tmp_path: Path, cli: Cli) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(CATALOG))
    bad.write_text(json.dumps({"p": {"id": "p", "models": {"m": {"id": "m", "limit": {"context": "big"}}}}}))
    assert cli("catalog", "validate", str(good)).code == 0
    done = cli("catalog", "validate", str(bad))
    assert done.code == 4
    assert "/p/models/m/limit/context" in done.err
    assert cli("catalog", "validate", str(bad), "--json").json("catalog-validate")["valid"] is False
    assert cli("catalog", "validate", str(tmp_path / "none.json")).code == 1


@pytest.mark.parametrize("text", ["", "[1]", "<html>", '{"p": {"x": NaN}}', '{"p": 1'])
def test_what_could_not_be_fetched_as_a_catalog_is_not_valid_either(
    tmp_path: Path, cli: Cli, text: str
) -> None:
    file = tmp_path / "catalog.json"
    file.write_text(text)
    done = cli("catalog", "validate", str(file), "--json")
    assert (done.code, done.error()["where"]) == (4, str(file))


def test_any_endpoint_is_asked_for_its_models(machine: Machine, cli: Cli) -> None:
    listed = {"object": "list", "data": [{"id": "llama", "object": "model", "max_model_len": 32768}]}
    machine.serves(("http://127.0.0.1:8000/v1/models", listed))
    done = cli("add", "--type", "openai", "--base-url", "http://127.0.0.1:8000/v1", "--as", "local")
    assert done.code == 0, done.err
    data = tomllib.loads(machine.config.read_text())
    assert data["models"]["local/llama"]["max_context_size"] == 32768
    assert "source" not in data["providers"]["local"]
    assert data["providers"]["local"]["api_key"] == "unused"
    assert "authorization" not in machine.requests[0].headers
    assert 'api_key = "unused" stands in for a key' in done.err


def test_models_of_an_endpoint_may_be_named(machine: Machine, cli: Cli) -> None:
    endpoint = ("--type", "openai", "--base-url", "http://127.0.0.1:8000/v1", "--as", "local")
    done = cli("add", *endpoint, "--model", "llama3:8b:8192", "--model", "phi", "--api-key", KEY)
    assert done.code == 0, done.err
    models = tomllib.loads(machine.config.read_text())["models"]
    assert models["local/llama3:8b"]["max_context_size"] == 8192
    assert models["local/phi"]["max_context_size"] == 131072
    assert "--model ID:CONTEXT" in done.err
    assert machine.requests == []


def test_adding_nothing_without_a_terminal_names_the_flags(cli: Cli) -> None:
    done = cli("add")
    assert done.code == 2
    assert "--registry URL --token-stdin" in done.err
    assert cli("add", "--json").error()["code"] == "terminal_needed"


def test_usage_errors_are_json_too(cli: Cli) -> None:
    assert cli("list", "--json", "--nonsense").error()["code"] == "usage"
    assert cli("nonsense").code == 2


def test_server_text_cannot_drive_the_terminal(machine: Machine, cli: Cli) -> None:
    machine.serves((URL, {"e": {"id": "e", "name": "\x1b]0;owned\x07\u202eevil", "npm": "x", "models": {}}}))
    out = cli("catalog", "list", "--url", URL).out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_key_that_no_header_can_carry_is_refused_before_anything(machine: Machine, cli: Cli) -> None:
    done = cli("add", "acme", "--api-key", "sk-“quoted”", "--url", URL)
    assert done.code == 2
    assert machine.requests == []


@pytest.mark.parametrize(
    ("provider", "code"),
    [
        ('type = "openai"', "credential_missing"),
        ('type = "vertexai"\napi_key = "k"', "protocol_missing"),
        ('type = 5\napi_key = "k"', "section_dropped"),
        ('type = "openai"\napi_key = "k"', None),
        ('type = "openai"\napi_key_env = "NOT_SET_HERE"', None),
    ],
)
def test_a_default_with_which_kimi_code_runs_nothing_is_said(
    machine: Machine, cli: Cli, provider: str, code: str | None
) -> None:
    machine.write(
        f'[providers.p]\n{provider}\n[models.m]\nprovider = "p"\nmodel = "m"\nmax_context_size = 9\n'
    )
    notes = json.loads(cli("set-default", "m", "--json").out)["notes"]
    codes = [note["code"] for note in notes if note["code"] != "file"]  # that the file was readable by all
    assert codes == ([code] if code else [])


@pytest.mark.parametrize("arguments", [("remove", "x"), ("set-default", "x"), ("list",)])
def test_a_broken_file_is_exit_4_for_every_command(
    machine: Machine, cli: Cli, arguments: tuple[str, ...]
) -> None:
    before = machine.write("[providers\n")
    done = cli(*arguments)
    assert done.code == 4
    assert f"{machine.config}:1" in done.err
    assert machine.config.read_bytes() == before


def test_interrupted_is_130(machine: Machine, cli: Cli) -> None:
    def interrupt(_: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    machine.host = interrupt
    assert cli("catalog", "list", "--url", URL).code == 130


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"], "kimi-provider") == 0
    assert capsys.readouterr().out.startswith("kimi-provider ")


def test_catalog_info_names_what_was_left_out(machine: Machine, cli: Cli) -> None:
    machine.serves((URL, {**CATALOG, "odd": 3}))
    done = cli("catalog", "info", "--url", URL, "--json").json("catalog-info")
    assert {"pointer": "", "message": "'odd' was left out: it is not an object"} in done["problems"]


def test_hints_name_the_program_as_it_was_called(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.write(CONFIG.replace('default_model = "a/one"\n', ""))
    machine.serves((URL, CATALOG))
    assert run(["set-default", "x"], "kimi-provider", machine.app) == 1
    assert "try: kimi-provider list" in capsys.readouterr().err
    assert run(["add", "acme", "--api-key", KEY, "--url", URL], "kimi-provider", machine.app) == 0
    assert "kimi-provider set-default acme/slow" in capsys.readouterr().err


def test_the_default_of_an_import_is_an_alias_or_a_model_id(machine: Machine, cli: Cli) -> None:
    models = {"m": {"id": "m"}}
    entry = {"name": "N", "api": "https://x.example/v1", "type": "openai"}
    two = {name: {"id": name, "models": models, **entry} for name in ("one", "two")}
    machine.serves(("https://registry.example/api.json", two))
    add = ("add", "--registry", "https://registry.example/api.json", "--default-model")
    done = cli(*add, "m")
    assert (done.code, "one/m or two/m" in done.err) == (2, True)
    assert cli(*add, "two/m").code == 0
    assert cli(*add, "m", "--only", "one").code == 0
    assert tomllib.loads(machine.config.read_text())["default_model"] == "one/m"
