"""``add --from TOOL``: what is taken over from another tool's files, what is said of the rest, and where keys go."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.workflows import local_servers
from tests.terminal import Terminal
from tests.workflows.test_local_servers import LIST, server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli, Machine

KEY = "sk-secret-0123456789"
CATALOG = {
    "deepseek": {
        "id": "deepseek",
        "name": "DeepSeek",
        "npm": "@ai-sdk/openai-compatible",
        "api": "https://api.deepseek.example/v1",
        "env": ["DEEPSEEK_API_KEY"],
        "models": {
            name: {
                "id": name,
                "name": name,
                "tool_call": True,
                "limit": {"context": 64000, "output": 8000},
                "modalities": {"input": ["text"], "output": ["text"]},
            }
            for name in ("chat", "reasoner")
        },
    }
}
CATALOG_URL = "https://catalog.example/api.json"
CONFIG = {
    "provider": {
        "gw": {
            "npm": "@ai-sdk/openai-compatible",
            "options": {
                "baseURL": "https://gw.example/v1",
                "apiKey": "{env:GW_KEY}",
                "headers": {"X-Team": "team-secret"},
            },
            "models": {"big": {"limit": {"context": 200000}}},
        },
        "lists": {
            "npm": "@ai-sdk/openai-compatible",
            "options": {"baseURL": "https://lists.example/v1", "apiKey": KEY},
        },
        "rock": {"npm": "@ai-sdk/amazon-bedrock"},
    }
}
AUTH = {"deepseek": {"type": "api", "key": KEY}}


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def opencode(private_home: Path, machine: Machine) -> Path:
    """opencode's files in the home, and hosts that know its endpoints; returns opencode.json."""
    put(private_home / ".local/share/opencode/auth.json", json.dumps(AUTH))

    def host(request: httpx.Request) -> httpx.Response:
        if str(request.url) == CATALOG_URL:
            return httpx.Response(200, json=CATALOG)
        if str(request.url) == "https://lists.example/v1/models":
            if request.headers["authorization"] != f"Bearer {KEY}":
                return httpx.Response(401)
            return httpx.Response(200, json={"data": [{"id": "listed", "context_length": 32768}]})
        return httpx.Response(404)

    machine.host = host
    return put(private_home / ".config/opencode/opencode.json", json.dumps(CONFIG))


def take(cli: Cli, *more: str, tool: str = "opencode", **env: str) -> Any:
    return cli("add", "--from", tool, "--url", CATALOG_URL, *more, env=env)


def saved(machine: Machine) -> dict[str, Any]:
    return tomllib.loads(machine.config.read_text())


@pytest.mark.usefixtures("opencode")
def test_all_that_can_be_taken_over_is_and_the_rest_is_named(machine: Machine, cli: Cli) -> None:
    done = take(cli)
    assert done.code == 0, done.err
    providers = saved(machine)["providers"]
    assert providers["gw"] == {
        "type": "openai",
        "base_url": "https://gw.example/v1",
        "api_key_env": "GW_KEY",
    }
    assert providers["lists"]["api_key_env"] == "LISTS_API_KEY"
    assert providers["deepseek"]["api_key_env"] == "DEEPSEEK_API_KEY"
    assert providers["deepseek"]["source"] == {"kind": "modelsDev", "url": CATALOG_URL, "id": "deepseek"}
    assert set(saved(machine)["models"]) == {"gw/big", "lists/listed", "deepseek/chat", "deepseek/reasoner"}
    assert saved(machine)["models"]["lists/listed"]["max_context_size"] == 32768
    assert "rock" in done.out
    assert "Amazon Bedrock" in done.out
    assert "X-Team" in done.err
    assert "DEEPSEEK_API_KEY, which is not set" in done.err


@pytest.mark.usefixtures("opencode")
def test_a_variable_with_another_key_than_the_tool_s_is_named(cli: Cli) -> None:
    for value, named in ((KEY, False), ("sk-another-0123456789", True)):
        done = take(cli, "--only", "deepseek", "--dry-run", DEEPSEEK_API_KEY=value)
        assert ("DEEPSEEK_API_KEY, which holds another key" in done.err) == named
        assert value not in done.err


@pytest.mark.usefixtures("opencode")
@pytest.mark.parametrize("flags", [(), ("--dry-run",), ("--json",), ("--dry-run", "--json", "--with-keys")])
def test_no_secret_is_printed(cli: Cli, flags: tuple[str, ...]) -> None:
    done = take(cli, "--with-keys", *flags)
    assert done.code == 0, done.err
    assert KEY not in done.out + done.err
    assert "team-secret" not in done.out + done.err


@pytest.mark.usefixtures("opencode")
def test_keys_and_headers_are_copied_where_that_is_asked(machine: Machine, cli: Cli) -> None:
    assert take(cli, "--with-keys").code == 0
    providers = saved(machine)["providers"]
    assert providers["deepseek"]["api_key"] == providers["lists"]["api_key"] == KEY
    assert providers["gw"]["api_key_env"] == "GW_KEY"
    assert providers["gw"]["custom_headers"] == {"X-Team": "team-secret"}


@pytest.mark.usefixtures("opencode")
def test_a_key_that_the_shell_exports_is_referred_to(machine: Machine, cli: Cli) -> None:
    assert take(cli, MY_DEEPSEEK=KEY).code == 0
    assert saved(machine)["providers"]["deepseek"]["api_key_env"] == "MY_DEEPSEEK"


@pytest.mark.usefixtures("opencode")
def test_a_dry_run_writes_nothing_and_twice_is_once(machine: Machine, cli: Cli) -> None:
    assert take(cli, "--dry-run").code == 0
    assert not machine.config.exists()
    assert take(cli).code == 0
    before = machine.config.read_bytes()
    assert "already says so" in take(cli).out
    assert machine.config.read_bytes() == before


@pytest.mark.usefixtures("opencode")
def test_a_key_in_config_toml_stays(machine: Machine, cli: Cli) -> None:
    assert take(cli, "--with-keys").code == 0
    assert take(cli).code == 0
    assert saved(machine)["providers"]["deepseek"]["api_key"] == KEY


@pytest.mark.usefixtures("opencode")
def test_a_key_in_config_toml_goes_to_no_host_that_a_model_brings(
    machine: Machine, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert take(cli, "--with-keys").code == 0
    before = machine.config.read_bytes()
    elsewhere = {"npm": "@ai-sdk/openai-compatible", "api": "https://elsewhere.example/v1"}
    models: dict[str, Any] = CATALOG["deepseek"]["models"]  # type: ignore[assignment]  # a mixed dictionary
    monkeypatch.setitem(models["reasoner"], "provider", elsewhere)
    done = take(cli, "--refresh", "--yes")
    assert done.code == 2
    assert "elsewhere.example" in done.err
    assert machine.config.read_bytes() == before


@pytest.mark.usefixtures("opencode")
def test_one_is_picked_renamed_and_made_the_default(machine: Machine, cli: Cli) -> None:
    done = take(cli, "--only", "gw", "--as", "mine", "--default-model", "big")
    assert done.code == 0, done.err
    assert set(saved(machine)["providers"]) == {"mine"}
    assert saved(machine)["default_model"] == "mine/big"
    assert machine.requests == []  # neither the catalog nor another endpoint is needed for it
    assert take(cli, "--as", "mine").code == 2
    assert "did you mean lists" in take(cli, "--only", "list").err


@pytest.mark.usefixtures("opencode")
def test_what_somebody_else_put_there_needs_consent(machine: Machine, cli: Cli) -> None:
    before = machine.write('[providers.gw]\ntype = "openai"\nbase_url = "https://else.example/v1"\n')
    done = take(cli)
    assert done.code == 2
    assert 'provider "gw"' in done.err
    assert machine.config.read_bytes() == before
    assert take(cli, "--yes").code == 0


@pytest.mark.usefixtures("opencode")
def test_the_document_says_what_was_found(cli: Cli) -> None:
    found = {one["id"]: one for one in take(cli, "--json").json("change")["found"]}
    assert [one["taken"] for one in found.values()] == [True, True, False, True]
    assert "Amazon Bedrock" in found["rock"]["reason"]
    assert (found["deepseek"]["from_catalog"], found["deepseek"]["models"]) == (True, 2)


def test_a_list_that_cannot_be_had_leaves_the_others(opencode: Path, machine: Machine, cli: Cli) -> None:
    opencode.write_text(opencode.read_text().replace("lists.example", "gone.example"))
    done = take(cli)
    assert done.code == 0
    assert "its list of models could not be had" in done.out
    assert set(saved(machine)["providers"]) == {"gw", "deepseek"}


def test_a_named_file_comes_alone_and_sends_no_key(
    opencode: Path, tmp_path: Path, machine: Machine, cli: Cli
) -> None:
    other = put(tmp_path / "elsewhere.json", opencode.read_text())
    opencode.unlink()
    done = take(cli, "--file", str(other), LISTS_KEY=KEY)
    assert done.code == 0, done.err
    assert set(saved(machine)["providers"]) == {"gw"}
    assert "is not asked for them" in done.out
    assert machine.requests == []


def test_a_model_that_the_catalog_does_not_have_makes_it_an_import_of_its_own(
    private_home: Path, machine: Machine, cli: Cli
) -> None:
    machine.serves((CATALOG_URL, CATALOG))
    config = {"model": "deepseek/chat", "weak-model": "deepseek/unheard-of"}
    put(private_home / ".aider.conf.yml", json.dumps(config))
    assert take(cli, tool="aider").code == 0
    assert "source" not in saved(machine)["providers"]["deepseek"]
    assert set(saved(machine)["models"]) == {"deepseek/chat", "deepseek/unheard-of"}
    put(private_home / ".aider.conf.yml", json.dumps({"model": "deepseek/chat"}))
    machine.config.unlink()
    assert take(cli, tool="aider").code == 0
    assert saved(machine)["providers"]["deepseek"]["source"]["models"] == ["chat"]
    assert set(saved(machine)["models"]) == {"deepseek/chat"}


@pytest.mark.parametrize("url", ["https://user:pw@gw.example/v1", "https://gw.example/v1?key=pw", "ftp://x"])
def test_an_address_that_kimi_code_cannot_use_is_refused(
    private_home: Path, machine: Machine, cli: Cli, url: str
) -> None:
    document = json.dumps([{"model_id": "m", "model_name": "m", "api_base": url}])
    put(private_home / ".config/io.datasette.llm/extra-openai-models.yaml", document)
    done = take(cli, "--json", tool="llm")
    assert done.code == 1
    assert "can be taken over" in done.error()["message"]
    assert "pw" not in done.err
    assert not machine.config.exists()


def test_a_server_without_a_key_gets_the_placeholder(private_home: Path, machine: Machine, cli: Cli) -> None:
    document = json.dumps([{"model_id": "m", "model_name": "m", "api_base": "http://127.0.0.1:9/v1"}])
    put(private_home / ".config/io.datasette.llm/extra-openai-models.yaml", document)
    assert take(cli, tool="llm").code == 0
    assert saved(machine)["providers"]["local"]["api_key"] == "unused"


@pytest.mark.parametrize("arguments", [("--from",), ("--from", "list")])
def test_the_tools_of_this_machine_are_listed(
    opencode: Path, private_home: Path, machine: Machine, cli: Cli, arguments: tuple[str, ...]
) -> None:
    put(private_home / ".codex/config.toml", "= broken")
    done = cli("add", *arguments)
    assert done.code == 0
    assert "gw, lists, deepseek" in done.out
    assert "cannot be read" in done.out
    tools = {one["name"]: one for one in cli("add", *arguments, "--json").json("add-from-list")["tools"]}
    assert set(tools) == {"opencode", "codex"}
    assert tools["opencode"]["providers"] == ["gw", "lists", "deepseek"]
    assert tools["opencode"]["refused"][0]["id"] == "rock"
    assert str(opencode) in tools["opencode"]["files"]
    assert machine.requests == []


def test_a_server_that_answers_is_listed_with_its_command(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    look = local_servers.run
    with server(200, json.dumps(LIST).encode()) as port:
        usual = (local_servers.Usual("Ollama", "ollama", port),)
        monkeypatch.setattr(local_servers, "run", lambda: look(usual, wait_s=5))
        said = cli("add", "--from").out
        [found] = cli("add", "--from", "--json").json("add-from-list")["servers"]
    assert f"add --type openai --base-url http://127.0.0.1:{port}/v1 --as ollama" in said
    assert (found["name"], found["models"]) == ("Ollama", 2)


def test_a_machine_without_any_says_so(cli: Cli) -> None:
    assert "has anything on this machine" in cli("add", "--from").out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--from", "opencod"), 2, "did you mean opencode?"),
        (("--from", "codex"), 1, "no configuration of Codex"),
        (("--from", "litellm", "--file", "none.yaml"), 1, "no such file"),
        (("--from", "env", "--file", "x"), 2, "reads no file"),
        (("x", "--from", "codex"), 2, "goes without an id"),
        (("--from", "codex", "--api-key", "k"), 2, "--api-key does not go"),
        (("x", "--with-keys"), 2, "--with-keys does not go"),
    ],
)
def test_what_is_asked_wrongly_is_said(cli: Cli, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = cli("add", *arguments)
    assert done.code == code
    assert said in done.err


def test_a_broken_file_is_named_without_what_is_in_it(private_home: Path, cli: Cli) -> None:
    path = put(private_home / ".local/share/opencode/auth.json", f'{{"x": {{"key": "{KEY}"')
    done = take(cli, "--json")
    assert done.code == 4
    assert done.error()["where"] == str(path)
    assert KEY not in done.err


@pytest.mark.parametrize(("keys", "code", "written"), [(("enter",), 0, True), (("escape",), 130, False)])
def test_on_a_terminal_the_change_is_shown_and_confirmed(
    private_home: Path, machine: Machine, keys: tuple[str, ...], code: int, written: bool
) -> None:
    document = json.dumps([{"model_id": "m", "model_name": "m", "api_base": "http://127.0.0.1:9/v1"}])
    put(private_home / ".config/io.datasette.llm/extra-openai-models.yaml", document)
    machine.write('[providers.local]\ntype = "openai"\nbase_url = "https://else.example/v1"\n')
    with Terminal("add", "--from", "llm") as terminal:
        terminal.wait("Write this to config.toml?", "taken over").press(*keys)
        assert terminal.end() == code
    assert ("models" in saved(machine)) is written
