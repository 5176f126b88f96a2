"""A new key wherever the old one stands, and nowhere else."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from catalog.errors import CredentialRefused
from provisioner.app import Http
from provisioner.errors import NotFound, ProviderManaged, UsageError
from provisioner.workflows import key
from provisioner.workflows.credential import Credential
from tests.workflows.test_check_key import refusing

if TYPE_CHECKING:
    from provisioner.app import App

OLD, NEW, OTHER = "sk-oldoldoldoldold", "sk-newnewnewnewnew", "sk-otherotherother"

CONFIG = f"""\
# mine
[providers.a]  # from the registry
type = "openai"
base_url = "https://a.example/v1"
api_key = "{OLD}"
source = {{ kind = "apiJsonProvider", url = "https://r.example/api.json", apiKey = "{OLD}", id = "a" }}

[providers.b]
type = "openai"
base_url = "https://b.example/v1"
api_key = "{OLD}"

[providers.b.source]
kind = "apiJson"
url = "https://r.example/api.json"
apiKey = "{OLD}"

[providers.b.custom_headers]
Authorization = "Bearer {OLD}"

[providers.elsewhere]
type = "openai"
api_key = "{OLD}"
source = {{ kind = "apiJson", url = "https://other.example/api.json", apiKey = "{OLD}" }}

[providers.own]
type = "openai"
base_url = "https://own.example/v1"
api_key = "{OTHER}"
source = {{ kind = "apiJson", url = "https://r.example/api.json", apiKey = "{OLD}" }}

[providers.variable]
type = "openai"
api_key_env = "MY_KEY"

[providers.table]
type = "anthropic"
env = {{ ANTHROPIC_API_KEY = "{OTHER}", X = "y" }}

[providers.none]
type = "openai"
base_url = "http://127.0.0.1:9/v1"
api_key = "unused"

[providers.login]
type = "kimi"
oauth = {{ storage = "file", key = "x" }}

[models."a/m"]
provider = "a"
model = "m"
max_context_size = 1000

[models."b/m"]
provider = "b"
model = "m"
max_context_size = 1000
api_key = "{OLD}"
"""


@pytest.fixture
def here(app: App) -> App:
    app.config_path.parent.mkdir()
    app.config_path.write_text(CONFIG)
    return app._replace(http=Http(async_transport=httpx.MockTransport(unreachable)))


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("unreachable", request=request)


def run(app: App, provider: str, credential: Credential | None = None, **more: Any) -> key.Result:
    return key.run(app, key.Request(provider, credential or Credential(key=NEW), **more))


def providers(app: App) -> dict[str, Any]:
    tables: dict[str, Any] = tomllib.loads(app.config_path.read_text())["providers"]
    return tables


def codes(result: key.Result) -> list[str]:
    return [note.code for note in result.notes]


def test_every_provider_of_the_registry_with_the_same_key_changes_in_all_places(here: App) -> None:
    result = run(here, "a")
    assert result.providers == ("a", "b", "own")
    assert result.aliases == ("b/m",)
    after = providers(here)
    assert [after[name]["api_key"] for name in ("a", "b", "own")] == [NEW, NEW, OTHER]
    assert {after[name]["source"]["apiKey"] for name in ("a", "b", "own")} == {NEW}
    assert after["b"]["custom_headers"] == {"Authorization": f"Bearer {NEW}"}
    assert after["elsewhere"]["api_key"] == OLD
    lines = zip(CONFIG.splitlines(), here.config_path.read_text().splitlines(), strict=True)
    assert all(new in (old, old.replace(OLD, NEW)) for old, new in lines)
    assert codes(result) == ["tried", "still_there"]
    assert "providers.elsewhere.api_key" in result.notes[1].message
    assert OLD not in repr(result)
    assert NEW not in repr(result)


def test_a_provider_of_no_registry_changes_alone(here: App) -> None:
    here.config_path.write_text(CONFIG.replace('kind = "apiJson"', 'kind = "modelsDev"'))
    assert run(here, "a").providers == ("a",)


def test_a_key_that_differs_from_the_registrys_is_changed_alone_and_it_is_said(here: App) -> None:
    result = run(here, "own")
    assert result.providers == ("own",)
    assert providers(here)["own"]["source"]["apiKey"] == OLD
    assert "registry_token" in codes(result)


def test_a_key_for_a_provider_of_a_registry_without_token_may_not_stay_and_it_is_said(here: App) -> None:
    here.config_path.write_text(CONFIG.replace(OLD, ""))
    result = run(here, "b")
    assert providers(here)["b"]["api_key"] == NEW
    (note,) = [note for note in result.notes if note.code == "registry_token"]
    assert "source.apiKey is empty" in note.message


def test_a_key_in_the_env_table_changes_there(here: App) -> None:
    assert run(here, "table").providers == ("table",)
    assert providers(here)["table"] == {"type": "anthropic", "env": {"ANTHROPIC_API_KEY": NEW, "X": "y"}}


def test_a_placeholder_gives_way_to_a_key(here: App) -> None:
    assert run(here, "none").providers == ("none",)
    assert providers(here)["none"]["api_key"] == NEW


def test_a_variable_is_replaced_by_a_key_only_with_consent(here: App) -> None:
    with pytest.raises(UsageError, match="MY_KEY"):
        run(here, "variable")
    assert here.config_path.read_text() == CONFIG
    run(here, "variable", accept=True)
    assert providers(here)["variable"] == {"type": "openai", "api_key": NEW}


def test_to_env_takes_the_key_out_and_says_what_stays(here: App) -> None:
    result = run(here, "a", Credential(variable="A_KEY"))
    assert result.providers == ("a", "b")
    after = providers(here)
    for name in ("a", "b"):
        assert after[name]["api_key_env"] == "A_KEY"
        assert "api_key" not in after[name]
        assert after[name]["source"]["apiKey"] == OLD
    assert "api_key" not in tomllib.loads(here.config_path.read_text())["models"]["b/m"]
    assert codes(result) == ["tried", "still_there", "registry_token", "in_backups"]
    assert "A_KEY, which is not set" in result.notes[0].message


def test_to_env_takes_it_out_of_the_env_table_too(here: App) -> None:
    run(here, "table", Credential(variable="T"))
    assert providers(here)["table"] == {"type": "anthropic", "env": {"X": "y"}, "api_key_env": "T"}


def test_logins_and_unknown_providers_are_refused(here: App) -> None:
    with pytest.raises(ProviderManaged, match="login"):
        run(here, "login")
    with pytest.raises(NotFound):
        run(here, "nowhere")
    assert here.config_path.read_text() == CONFIG


def test_the_same_key_again_asks_and_writes_nothing(here: App) -> None:
    asked: list[httpx.Request] = []

    def host(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401)

    heard = here._replace(http=Http(async_transport=httpx.MockTransport(host)))
    result = run(heard, "a", Credential(key=OLD))
    assert (result.outcome.written, result.providers, asked) == (False, (), [])
    assert not here.backups.exists()


def test_a_refused_key_is_not_written_without_consent(here: App) -> None:
    asked: list[httpx.Request] = []

    def host(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return refusing(401, {"message": f"bad key {NEW}", "code": "invalid_api_key"})(request)

    heard = here._replace(http=Http(async_transport=httpx.MockTransport(host)))
    with pytest.raises(CredentialRefused, match="nothing was written") as caught:
        run(heard, "a")
    assert NEW not in caught.value.message
    assert here.config_path.read_text() == CONFIG
    assert asked[0].headers["authorization"] == f"Bearer {NEW}"
    assert run(heard, "a", dry_run=True).outcome.plan
    assert here.config_path.read_text() == CONFIG
    result = run(heard, "a", accept=True)
    assert result.outcome.written
    assert "the key was refused" in result.notes[0].message


@pytest.mark.parametrize(("default", "asked"), [("", "gpt-5"), ("a/gpt-4o", "gpt-4o"), ("b/m", "gpt-5")])
def test_the_key_is_tried_on_the_default_model_else_on_the_best(here: App, default: str, asked: str) -> None:
    seen: list[str] = []

    def host(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content)["model"])
        return refusing(401, {"message": "bad key"})(request)

    more = [
        f'[models."a/{id_}"]\nprovider = "a"\nmodel = "{id_}"\nmax_context_size = 1000\n'
        for id_ in ("gpt-3.5-turbo", "gpt-5", "gpt-4o")
    ]
    here.config_path.write_text(f'default_model = "{default}"\n{CONFIG}\n' + "\n".join(more))
    with pytest.raises(CredentialRefused):
        run(here._replace(http=Http(async_transport=httpx.MockTransport(host))), "a")
    assert seen == [asked]
