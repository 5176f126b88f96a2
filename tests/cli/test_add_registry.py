from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.cli.conftest import REGISTRY_URL, TOKEN, registry

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

ADD = ("add", "--registry", REGISTRY_URL)


def test_every_provider_is_written_as_kimi_code_writes_it(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD, "--token", TOKEN)
    assert done.code == 0, done.err
    assert machine.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    data = tomllib.loads(machine.config.read_text())
    source = {"kind": "apiJson", "url": REGISTRY_URL, "apiKey": TOKEN}
    assert data["providers"]["alpha"] == {
        "type": "openai",
        "base_url": "https://alpha.example/v1",
        "api_key": TOKEN,
        "source": source,
    }
    assert data["models"]["alpha/big"] == {
        "provider": "alpha",
        "model": "alpha-big-1",
        "max_context_size": 200000,
        "capabilities": ["tool_use", "thinking", "image_in"],
        "display_name": "Alpha Big",
    }
    assert data["models"]["beta/one"]["capabilities"] == ["tool_use"]
    assert "Imported 2 providers (3 models)" in done.out
    assert TOKEN not in done.out + done.err


@pytest.mark.parametrize(
    ("arguments", "stdin", "env"),
    [
        (("--token-stdin",), f"  {TOKEN}\n", {}),
        (("--api-key", TOKEN), "", {}),
        ((), "", {"KIMI_REGISTRY_API_KEY": TOKEN}),
    ],
)
def test_the_token_comes_from_where_it_is_given(
    machine: Machine, cli: Cli, arguments: tuple[str, ...], stdin: str, env: dict[str, str]
) -> None:
    machine.serves((REGISTRY_URL, registry()))
    assert cli(*ADD, *arguments, stdin=stdin, env=env).code == 0
    assert tomllib.loads(machine.config.read_text())["providers"]["alpha"]["api_key"] == TOKEN


def test_kimi_codes_own_form_means_the_same(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    assert cli(*ADD, "--token", TOKEN).code == 0
    ours = machine.config.read_bytes()
    machine.config.unlink()
    assert cli("add", REGISTRY_URL, "--api-key", TOKEN).code == 0
    assert machine.config.read_bytes() == ours


def test_twice_leaves_the_same_bytes_and_says_so(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN)
    before = machine.config.stat().st_mtime_ns, machine.config.read_bytes()
    done = cli(*ADD, "--token", TOKEN)
    assert done.code == 0
    assert "nothing written" in done.out
    assert (machine.config.stat().st_mtime_ns, machine.config.read_bytes()) == before


def test_without_a_token_the_one_of_the_last_import_is_used(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN)
    assert cli(*ADD).code == 0
    assert machine.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_public_registry_gets_an_empty_key_and_no_header(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD)
    assert done.code == 0
    assert "authorization" not in machine.requests[0].headers
    provider = tomllib.loads(machine.config.read_text())["providers"]["alpha"]
    assert (provider["api_key"], provider["source"]["apiKey"]) == ("", "")
    assert "api_key is empty" in done.err


def test_a_key_of_the_users_own_is_named_when_the_token_replaces_it(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN)
    assert "own_key" not in cli(*ADD, "--token", "tok-second-0123456789", "--json").out
    text = machine.config.read_text()
    machine.config.write_text(
        text.replace('api_key = "tok-second-0123456789"', 'api_key = "sk-own-0123456789"', 1)
    )
    document = cli(*ADD, "--json").json("change")
    (note,) = [note for note in document["notes"] if note["code"] == "own_key"]
    assert note["message"].startswith("the api_key of alpha is another")


def test_only_picks_and_leaves_its_siblings_alone(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN)
    assert cli(*ADD, "--only", "alpha", "--token", "tok-rotated-0123456").code == 0
    providers = tomllib.loads(machine.config.read_text())["providers"]
    assert providers["alpha"]["api_key"] == "tok-rotated-0123456"
    assert providers["beta"]["api_key"] == TOKEN


def test_only_with_an_unknown_id_names_a_near_one(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD, "--only", "alpa")
    assert done.code == 1
    assert "did you mean alpha?" in done.err
    assert not machine.config.exists()


def test_what_vanished_upstream_goes_and_a_hand_written_provider_stays(machine: Machine, cli: Cli) -> None:
    machine.write('[providers.mine]\ntype = "openai"\napi_key = "sk-mine"\n')
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN)
    shorter = registry()
    del shorter["second"]
    machine.serves((REGISTRY_URL, shorter))
    done = cli(*ADD, "--token", TOKEN)
    assert "Removed beta" in done.out
    data = tomllib.loads(machine.config.read_text())
    assert list(data["providers"]) == ["mine", "alpha"]
    assert not any(alias.startswith("beta/") for alias in data["models"])


def test_overrides_survive_and_the_rest_of_an_alias_is_rebuilt(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN)
    with machine.config.open("a") as file:
        file.write('\n[models."alpha/big".overrides]\nmax_context_size = 1000\n')
    changed = registry()
    changed["first"]["models"]["big"]["name"] = "Alpha Bigger"
    machine.serves((REGISTRY_URL, changed))
    assert cli(*ADD, "--token", TOKEN).code == 0
    alias = tomllib.loads(machine.config.read_text())["models"]["alpha/big"]
    assert alias["display_name"] == "Alpha Bigger"
    assert alias["overrides"] == {"max_context_size": 1000}


def test_a_moved_endpoint_never_gets_the_users_variable(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN)
    text = machine.config.read_text().replace(f'api_key = "{TOKEN}"', 'api_key_env = "MY_KEY"', 1)
    machine.config.write_text(text)
    assert cli(*ADD, "--token", TOKEN).code == 0
    assert 'api_key_env = "MY_KEY"' in machine.config.read_text()
    moved = registry()
    moved["first"]["api"] = "https://elsewhere.example/v1"
    machine.serves((REGISTRY_URL, moved))
    before = machine.config.read_bytes()
    done = cli(*ADD, "--token", TOKEN)
    assert done.code == 4
    assert "api_key_env" in done.err
    assert machine.config.read_bytes() == before


def test_a_partly_broken_registry_imports_its_good_siblings(machine: Machine, cli: Cli) -> None:
    broken = registry(third={"id": "gamma"}, fourth="nonsense")
    machine.serves((REGISTRY_URL, broken))
    done = cli(*ADD)
    assert done.code == 0
    assert "/third: skipped" in done.err
    assert "/fourth: skipped" in done.err
    assert list(tomllib.loads(machine.config.read_text())["providers"]) == ["alpha", "beta"]


@pytest.mark.parametrize("amiss", [{"id": "alpha", "type": "opneai"}, {"id": 7}, {"api": "alpha.example"}])
def test_a_second_import_removes_nothing_whose_entry_cannot_be_read(
    machine: Machine, cli: Cli, amiss: dict[str, Any]
) -> None:
    machine.serves((REGISTRY_URL, registry(version=3)))
    cli(*ADD, "--token", TOKEN)
    before = machine.config.read_bytes()
    broken = registry(version=3)
    broken["first"] |= amiss
    machine.serves((REGISTRY_URL, broken))
    done = cli(*ADD)
    assert (done.code, machine.config.read_bytes() == before) == (0, True)
    assert "alpha: its entry in the registry cannot be read; it stays as it is" in done.err
    machine.serves((REGISTRY_URL, {"version": 3, "second": registry()["second"]}))
    assert "alpha" in cli(*ADD, "--yes").out
    assert list(tomllib.loads(machine.config.read_text())["providers"]) == ["beta"]


def test_a_second_import_keeps_a_model_whose_entry_cannot_be_read(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN)
    before = machine.config.read_bytes()
    broken = registry()
    broken["first"]["models"]["big"]["id"] = 7
    machine.serves((REGISTRY_URL, broken))
    done = cli(*ADD)
    assert (done.code, machine.config.read_bytes() == before) == (0, True)
    assert "/first/models/big: skipped" in done.err


def test_dry_run_shows_a_masked_diff_and_writes_nothing(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD, "--token", TOKEN, "--dry-run")
    assert done.code == 0
    assert "+ [providers.alpha]" in done.out
    assert TOKEN not in done.out + done.err
    assert not machine.config.exists()


def test_json_is_one_document_with_a_schema(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    document = cli(*ADD, "--token", TOKEN, "--json").json("change")
    assert document["providers"]["added"] == ["alpha", "beta"]
    assert document["written"] is True
    assert document["source"]["kind"] == "live"
    again = cli(*ADD, "--token", TOKEN, "--json").json("change")
    assert (again["written"], again["models"]["added"]) == (False, [])


HTML = "<!doctype html><title>Sign in</title>"
BAD = [
    (lambda _: httpx.Response(200, text=HTML, headers={"content-type": "text/html"}), 4, "document_invalid"),
    (lambda _: httpx.Response(200, text="{"), 4, "document_invalid"),
    (lambda _: httpx.Response(200, json=[registry()]), 4, "document_invalid"),
    (lambda _: httpx.Response(200, text=""), 4, "document_invalid"),
    (lambda _: httpx.Response(200, json={}), 4, "document_invalid"),
    (lambda _: httpx.Response(401, json={"error": "no"}), 6, "credential_refused"),
    (lambda _: httpx.Response(404), 5, "fetch_failed"),
    (lambda _: httpx.Response(500), 5, "fetch_failed"),
    (
        lambda _: httpx.Response(302, headers={"location": "http://registry.example/api.json"}),
        5,
        "fetch_failed",
    ),
]


@pytest.mark.parametrize(("host", "code", "name"), BAD)
def test_bad_registries_are_one_line_and_leave_the_file_alone(
    machine: Machine, cli: Cli, host: object, code: int, name: str
) -> None:
    before = machine.write("# mine\n")
    machine.host = host  # type: ignore[assignment]  # lambdas of one argument
    done = cli(*ADD, "--token", TOKEN)
    assert done.code == code
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert len(done.err.splitlines()) <= 2
    assert cli(*ADD, "--token", TOKEN, "--json").error()["code"] == name
    assert machine.config.read_bytes() == before


def test_an_unreachable_registry_is_exit_5(cli: Cli) -> None:
    assert cli(*ADD).code == 5


def test_a_reserved_id_is_refused_before_anything_is_written(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry(bad={**registry()["first"], "id": "kimi-code"})))
    assert cli(*ADD).code == 4
    assert not machine.config.exists()


def test_a_login_of_kimi_code_is_never_replaced(machine: Machine, cli: Cli) -> None:
    before = machine.write(
        '[providers.alpha]\ntype = "kimi"\n[providers.alpha.oauth]\nstorage = "file"\nkey = "k"\n'
    )
    machine.serves((REGISTRY_URL, registry()))
    assert cli(*ADD).code == 2
    assert machine.config.read_bytes() == before


def test_a_broken_config_is_named_with_its_line_and_left_alone(machine: Machine, cli: Cli) -> None:
    before = machine.write("a = 1\nb = = 2\n")
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD)
    assert done.code == 4
    assert f"{machine.config}:2" in done.err
    assert machine.config.read_bytes() == before


@pytest.mark.parametrize(
    ("kept", "refused"),
    [
        ('custom_headers = { Authorization = "Bearer mine" }', True),
        ('env = { OPENAI_API_KEY = "mine" }', True),
        ('custom_headers = { X-Team = "blue" }', True),
        ('custom_headers = { User-Agent = "mine" }', False),
        ('env = { OPENAI_API_KEY = "" }', False),
    ],
)
@pytest.mark.parametrize("base_url", ["https://mine.example/v1", "https://alpha.example/v1/"])
def test_a_registry_never_gets_a_credential_that_another_endpoint_was_given(
    machine: Machine, cli: Cli, base_url: str, kept: str, *, refused: bool
) -> None:
    before = machine.write(f'[providers.alpha]\ntype = "openai"\nbase_url = "{base_url}"\n{kept}\n')
    machine.serves((REGISTRY_URL, registry()))
    done = cli("add", "--registry", REGISTRY_URL, "--yes", "--accept-endpoint-change")
    if refused and "mine.example" in base_url:
        assert (done.code, machine.config.read_bytes() == before) == (4, True)
        assert "kimi provider remove alpha" in done.err
    else:
        assert done.code == 0
        table = tomllib.loads(machine.config.read_text())["providers"]["alpha"]
        assert tomllib.loads(kept).items() <= table.items()


def _moved() -> dict[str, object]:
    document = registry()
    document["first"]["api"] = "https://elsewhere.example/v1"
    return document


@pytest.mark.parametrize("given", [("--token", TOKEN), ()])
def test_a_token_follows_a_moved_endpoint_only_where_that_is_said(
    machine: Machine, cli: Cli, given: tuple[str, ...]
) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN)
    before = machine.config.read_bytes()
    machine.serves((REGISTRY_URL, _moved()))
    done = cli(*ADD, *given, "--yes")
    assert (done.code, machine.config.read_bytes() == before) == (2, True)
    assert "elsewhere.example" in done.err
    assert "--accept-endpoint-change" in done.err
    assert cli(*ADD, *given, "--accept-endpoint-change").code == 0
    moved = tomllib.loads(machine.config.read_text())["providers"]["alpha"]
    assert (moved["base_url"], moved["api_key"]) == ("https://elsewhere.example/v1", TOKEN)


TAKEN = {
    "a provider by hand": '[providers.alpha]\ntype = "openai"\nbase_url = "https://alpha.example/v1"\n',
    "another registry's": '[providers.alpha]\ntype = "openai"\n[providers.alpha.source]\nkind = "apiJson"\n'
    'url = "https://other.example/api.json"\napiKey = "k"\n',
    "an alias of another": '[providers.mine]\ntype = "openai"\n[models."alpha/big"]\nprovider = "mine"\nmodel = "m"\n'
    "max_context_size = 5\n",
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN.keys())
def test_what_is_somebody_elses_is_taken_over_with_consent_only(
    machine: Machine, cli: Cli, text: str
) -> None:
    before = machine.write(text)
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD, "--token", TOKEN, "--json")
    error = done.error()
    assert (done.code, error["code"], machine.config.read_bytes() == before) == (2, "consent_needed", True)
    assert "alpha" in error["message"]
    assert "--yes" in error["hint"]
    document = cli(*ADD, "--token", TOKEN, "--yes", "--json").json("change")
    assert "taken_over" in {note["code"] for note in document["notes"]}
    assert tomllib.loads(machine.config.read_text())["models"]["alpha/big"]["provider"] == "alpha"


def test_a_registry_that_lost_most_of_its_models_is_refused(machine: Machine, cli: Cli) -> None:
    full = registry()
    full["first"]["models"] = {f"m{number}": {"id": f"m{number}"} for number in range(9)}
    machine.serves((REGISTRY_URL, full))
    cli(*ADD, "--token", TOKEN)
    before = machine.config.read_bytes()
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD, "--token", TOKEN)
    assert (done.code, machine.config.read_bytes() == before) == (4, True)
    assert "9 of 10 models" in done.err
    assert cli(*ADD, "--token", TOKEN, "--yes").code == 0


def test_aliases_of_one_registry_that_collide_are_named(machine: Machine, cli: Cli) -> None:
    document = {
        "1": {**registry()["first"], "id": "a", "models": {"b/c": {"id": "one"}}},
        "2": {**registry()["first"], "id": "a/b", "models": {"c": {"id": "two"}}},
    }
    machine.serves((REGISTRY_URL, document))
    done = cli(*ADD, "--token", TOKEN)
    assert 'both make the alias "a/b/c"' in done.err
    assert tomllib.loads(machine.config.read_text())["models"]["a/b/c"]["model"] == "two"


def test_a_pick_is_marked_so_that_kimi_code_does_not_add_the_rest(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD, "--token", TOKEN, "--only", "alpha")
    assert "only alpha of the registry" in done.err
    first = machine.config.read_bytes()
    source = tomllib.loads(first.decode())["providers"]["alpha"]["source"]
    assert source == {"kind": "apiJsonProvider", "url": REGISTRY_URL, "apiKey": TOKEN, "id": "alpha"}
    assert "nothing written" in cli(*ADD, "--only", "alpha").out  # with the token that it left
    assert machine.config.read_bytes() == first
    assert cli(*ADD).code == 0
    kinds = [p["source"]["kind"] for p in tomllib.loads(machine.config.read_text())["providers"].values()]
    assert kinds == ["apiJson", "apiJson"]


def test_a_default_that_goes_is_said_and_thinking_stays(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--token", TOKEN, "--default-model", "beta/one")
    with machine.config.open("a") as file:
        file.write('\n[thinking]\nenabled = true\n\n[secondary_model]\ndefault_model = "beta/one"\n')
    shorter = registry()
    del shorter["second"]
    machine.serves((REGISTRY_URL, shorter))
    done = cli(*ADD)
    assert 'default_model was "beta/one"' in done.err
    assert "secondary_model" in done.err
    assert tomllib.loads(machine.config.read_text())["thinking"] == {"enabled": True}


def test_a_registry_without_a_token_may_take_its_providers_key_from_a_variable(
    machine: Machine, cli: Cli
) -> None:
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD, "--api-key-env", "TEAM_KEY", env={"TEAM_KEY": "k-0123456789"})
    assert done.code == 0, done.err
    assert "authorization" not in machine.requests[0].headers
    for provider in tomllib.loads(machine.config.read_text())["providers"].values():
        assert provider["api_key_env"] == "TEAM_KEY"
        assert "api_key" not in provider
        assert provider["source"]["apiKey"] == ""
    assert "no token was given" not in done.err
    before = machine.config.read_bytes()
    assert cli(*ADD).code == 0
    assert machine.config.read_bytes() == before


def test_without_token_and_variable_the_way_out_is_named(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    done = cli(*ADD)
    assert done.code == 0
    assert "--api-key-env NAME" in done.err


def test_what_is_no_variable_is_refused(machine: Machine, cli: Cli) -> None:
    assert cli(*ADD, "--api-key-env", "not a name").code == 2
    assert machine.requests == []


def test_the_default_that_is_proposed_is_the_best_not_the_first(machine: Machine, cli: Cli) -> None:
    ids = ("gpt-3.5-turbo", "gpt-5-mini", "gpt-5", "gpt-4o")
    models = {id_: {"id": id_, "limit": {"context": 200000}} for id_ in ids}
    one = {"id": "one", "name": "One", "api": "https://one.example/v1", "type": "openai", "models": models}
    machine.serves((REGISTRY_URL, {"one": one}))
    assert "set-default one/gpt-5\n" in cli(*ADD, "--token", TOKEN).err
