"""What was tried on Kimi Code 2.1.0, as a table; tests/peer/compare_view.py tries it again."""

from __future__ import annotations

import tomllib

import pytest

from provisioner.kimi_code.finding import Unusable
from provisioner.kimi_code.shell import notes
from provisioner.kimi_code.view import View

DEFAULT = """
[providers.d]
type = "openai"
base_url = "http://h/v1"
api_key = "sk-default"
[models."d/m"]
provider = "d"
model = "m"
max_context_size = 100000
"""
GOOD = (
    DEFAULT
    + """
[providers.q]
type = "openai"
base_url = "http://q/v1"
api_key = "sk-q-0123456789"
[models."q/m"]
provider = "q"
model = "qm"
max_context_size = 100000
"""
)


def view(text: str, **env: str) -> View:
    return View.of(tomllib.loads(text), env)


def refusal(text: str, alias: str = "q/m", **env: str) -> Unusable:
    with pytest.raises(Unusable) as caught:
        view(text, **env).check(alias)
    return caught.value


def with_model(line: str) -> str:
    return 'default_model = "d/m"\n' + GOOD + f'[models.odd]\nprovider = "d"\nmodel = "x"\n{line}\n'


def with_provider(line: str) -> str:
    return 'default_model = "d/m"\n' + GOOD + f"[providers.odd]\n{line}\n"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('max_context_size = "5"', "max_context_size"),
        ("max_context_size = 0", "max_context_size"),
        ("max_context_size = 1.5", "max_context_size"),
        ("max_context_size = true", "max_context_size"),
        ("max_context_size = inf", "max_context_size"),
        ("max_context_size = 1979-05-27", "max_context_size"),
        ("maxContextSize = 0", "maxContextSize"),
        ("max_output_size = 0", "max_output_size"),
        ('capabilities = "thinking"', "capabilities"),
        ("capabilities = [1]", "capabilities"),
        ('protocol = "kimi"', "protocol"),
        ('protocol = "vertexai"', "protocol"),
        ('beta_api = "yes"', "beta_api"),
        ("adaptive_thinking = 1", "adaptive_thinking"),
        ("display_name = 5", "display_name"),
        ("overrides = 5", "overrides"),
        ("overrides = {max_output_size = 0}", "max_output_size"),
        ('oauth = "x"', "oauth"),
        ('oauth = {storage = "x", key = "k"}', "oauth"),
        ("provider_id = 5", "provider_id"),
        ('support_efforts = "high"', "support_efforts"),
        ("off_effort = false", "off_effort"),
    ],
)
def test_one_wrong_value_of_one_alias_drops_all_of_them(line: str, key: str) -> None:
    error = refusal(with_model(line))
    assert error.code == "section_dropped"
    assert error.path[:2] == ("models", "odd")
    assert error.path[-1] == key
    assert "ignores all of [models]" in error.message
    assert key in str(error.hint)


@pytest.mark.parametrize(
    "line",
    [
        "max_context_size = 1",
        "max_context_size = 100000.0",
        "overrides = {foo = 5}",
        'overrides = {protocol = "x"}',
        "foo = 5",
        'oauth = {storage = "file", key = "k"}',
        'aliases = ["a"]',
        "",
    ],
)
def test_what_drops_nothing(line: str) -> None:
    assert view(with_model(line)).check("q/m").model == "qm"


@pytest.mark.parametrize(
    ("line", "fine"),
    [
        ('type = "nope"', True),
        ("foo = 5", True),
        ("source = {kind = 5}", True),
        ("env = {}", True),
        ("type = 5", False),
        ("base_url = 5", False),
        ("api_key = 5", False),
        ("custom_headers = {a = 1}", False),
        ('custom_headers = "x"', False),
        ("env = {A = 1}", False),
        ('source = "x"', False),
        ('oauth = {storage = "file"}', False),
        ('oauth = {storage = "file", key = ""}', False),
        ('model_source = "nope"', False),
        ("default_model = 5", False),
    ],
)
def test_one_wrong_value_of_one_provider_drops_all_of_them(line: str, *, fine: bool) -> None:
    if fine:
        assert view(with_provider(line)).check("q/m").model == "qm"
        return
    error = refusal(with_provider(line))
    assert error.path[:2] == ("providers", "odd")
    assert "ignores all of [providers]" in error.message


def test_no_finding_shows_a_value_that_may_be_a_key() -> None:
    error = refusal(with_provider('custom_headers = "sk-0123456789abcdef"'))
    assert "sk-0123" not in f"{error.message} {error.hint}"


@pytest.mark.parametrize("text", ["providers = 5\n", "models = 5\n", "[models]\nz = 5\n"])
def test_sections_that_are_no_tables(text: str) -> None:
    assert view(text).blocked is not None


def test_a_wrong_thinking_section_goes_alone() -> None:
    found = view('default_model = "d/m"\n' + GOOD + '[thinking]\nenabled = "no"\n')
    assert found.check("q/m").turn.effort == "off"
    assert [finding.path for finding in found.findings()] == [("thinking", "enabled")]


def test_an_integer_that_javascript_cannot_hold_spoils_the_whole_file() -> None:
    assert refusal(with_model("foo = 9007199254740992")).code == "integer_too_large"
    assert view(with_model("foo = 9007199254740991")).blocked is None


@pytest.mark.parametrize(
    ("top", "code"),
    [
        ("", "no_default_model"),
        ('default_model = ""', "no_default_model"),
        ('default_model = "gone"', "default_model_unknown"),
        ("default_model = 5", "default_invalid"),
        ('default_provider = 5\ndefault_model = "d/m"', "default_invalid"),
    ],
)
def test_without_a_default_model_nothing_runs(top: str, code: str) -> None:
    assert refusal(f"{top}\n{GOOD}").code == code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('api_key = "sk-default"', "", "credential_missing"),
        ('api_key = "sk-default"', 'api_key = " "', "credential_missing"),
        ('api_key = "sk-default"', 'env = {ANTHROPIC_API_KEY = "k"}', "credential_missing"),
        ('api_key = "sk-default"', 'api_key_env = "NOPE"', "variable_unset"),
        ('api_key = "sk-default"', 'api_key = "k"\napi_key_env = "NOPE"', "credential_conflict"),
        ('type = "openai"', 'type = "vertexai"', "protocol_missing"),
        ('type = "openai"', 'type = "nope"', "type_unknown"),
        ('provider = "d"', 'provider = "gone"', "provider_missing"),
        ('model = "m"', 'model = " "', "model_missing"),
        ('model = "m"\nmax_context_size = 100000', 'model = "m"', "context_missing"),
    ],
)
def test_a_default_model_that_is_not_ready_stops_every_alias(old: str, new: str, code: str) -> None:
    error = refusal('default_model = "d/m"\n' + GOOD.replace(old, new, 1), OPENAI_API_KEY="shell")
    assert error.code == code
    assert "default_model" in error.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('api_key = "sk-default"', 'env = {OPENAI_API_KEY = "k"}'),
        ('model = "m"', 'model = "m"\napi_key = "own"'),
        ('base_url = "http://h/v1"', 'base_url = "ftp://h"'),
        ('api_key = "sk-default"', 'oauth = {storage = "file", key = "k"}'),
    ],
)
def test_the_check_of_the_default_model_asks_no_more(old: str, new: str) -> None:
    assert view('default_model = "d/m"\n' + GOOD.replace(old, new, 1)).blocked is None


def test_an_exported_model_stands_in_for_the_default_and_is_told() -> None:
    shell = {"KIMI_MODEL_NAME": "x", "KIMI_MODEL_API_KEY": "k", "OPENAI_ORG_ID": "o"}
    found = view(GOOD, **shell)
    assert found.blocked is None
    assert [note.code for note in notes(found.check("q/m"), shell)] == ["shell_model", "shell_headers"]
    assert refusal(GOOD, KIMI_MODEL_NAME="x").code == "shell_model_without_key"


@pytest.mark.parametrize(
    ("wire", "name", "standard"),
    [
        ("openai", "OPENAI_BASE_URL", "https://api.openai.com/v1"),
        ("openai_responses", "OPENAI_BASE_URL", "https://api.openai.com/v1"),
        ("anthropic", "ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
        ("google-genai", "GOOGLE_GEMINI_BASE_URL", "https://generativelanguage.googleapis.com"),
    ],
)
def test_an_exported_address_that_takes_the_key_elsewhere_is_named_and_nothing_sent(
    wire: str, name: str, standard: str
) -> None:
    text = 'default_model = "d/m"\n' + GOOD.replace(
        'type = "openai"\nbase_url = "http://q/v1"', f'type = "{wire}"', 1
    )
    error = refusal(text, **{name: "https://elsewhere.example/v1"})
    assert error.untestable
    assert name in error.message
    assert "elsewhere.example" in error.message
    assert f'base_url = "{standard}" in [providers.q]' in str(error.hint)
    assert view(text, **{name: standard}).check("q/m").base_url == standard
    assert view(text, KIMI_BASE_URL="https://elsewhere.example").check("q/m").base_url == standard


@pytest.mark.parametrize(
    ("provider", "model", "wire", "base_url"),
    [
        ('type = "anthropic"\nbase_url = "http://q/v1/"', "", "anthropic", "http://q"),
        ('type = "foo"\nbase_url = "http://q/v1"', 'protocol = "openai"', "openai", "http://q/v1"),
        ('base_url = "http://q/v1"', 'protocol = "openai_responses"', "openai_responses", "http://q/v1"),
        ('type = "google-genai"\nbase_url = "http://q/v1"', 'protocol = "openai"', "openai", "http://q/v1"),
        ('type = "kimi"', 'protocol = "anthropic"', "anthropic", "https://api.moonshot.ai"),
        ('type = "kimi"', 'protocol = "openai"', "kimi", "https://api.moonshot.ai/v1"),
        ('type = "openai"', 'base_url = "http://own/v1"', "openai", "http://own/v1"),
        ('baseUrl = "http://q/v1"\ntype = "openai"', "", "openai", "http://q/v1"),
    ],
)
def test_wire_and_endpoint(provider: str, model: str, wire: str, base_url: str) -> None:
    text = (
        f'default_model = "d/m"\n{DEFAULT}\n[providers.q]\n{provider}\napi_key = "k"\n'
        f'[models."q/m"]\nprovider = "q"\nmodel = "m"\nmax_context_size = 1000\n{model}\n'
    )
    found = view(text).check("q/m")
    assert (found.wire.name, found.base_url) == (wire, base_url)


def test_a_model_may_do_without_a_provider() -> None:
    own = (
        'default_model = "m"\n[models.m]\nmodel = "x"\nmax_context_size = 1000\n'
        'protocol = "openai"\nbase_url = "http://own/v1"\napi_key = "k"\n'
    )
    found = view(own).check("m")
    assert (found.provider, found.base_url, found.wire.name) == ("", "http://own/v1", "openai")
    assert refusal(own.replace('protocol = "openai"\n', ""), "m").code == "protocol_missing"
    assert refusal(own.replace('base_url = "http://own/v1"\n', ""), "m").code == "provider_missing"


def test_the_names_that_outrank_others() -> None:
    text = 'default_model = "d/m"\n' + GOOD.replace('model = "qm"', 'model = "qm"\nname = " sent "')
    assert view(text).check("q/m").model == " sent "
    both = 'default_model = "d/m"\n' + GOOD.replace('provider = "q"', 'provider = "d"\nprovider_id = "q"')
    assert view(both).check("q/m").provider == "q"


def test_every_cause_is_found_once() -> None:
    text = GOOD + '[models."q/n"]\nprovider = "gone"\nmodel = "m"\nmax_context_size = 1\n'
    codes = [finding.code for finding in view(text).findings()]
    assert codes == ["no_default_model", "provider_missing"]


def test_a_key_under_a_name_that_nobody_reads_is_told_with_the_name_that_is_read() -> None:
    provider = {"type": "openai", "env": {"PROXY_API_KEY": "kp-0123456789"}}
    model = {"provider": "p", "model": "m", "max_context_size": 131072}
    data = {"default_model": "p/m", "providers": {"p": provider}, "models": {"p/m": model}}
    blocked = View.of(data, {}).blocked
    assert blocked is not None
    assert "OPENAI_API_KEY in its env table, not PROXY_API_KEY" in blocked.message


OWN = """
[models.own]
model = "m"
protocol = "openai"
base_url = "http://own/v1"
api_key = "sk-own-0123456789"
max_context_size = 100000
"""


def test_a_model_without_a_provider_runs_although_providers_are_dropped() -> None:
    text = 'default_model = "own"\n' + GOOD + OWN + "[providers.odd]\ntype = 5\n"
    assert view(text).check("own").base_url == "http://own/v1"
    assert refusal(text).path == ("providers", "odd", "type")
    assert refusal(text.replace('"own"', '"d/m"', 1), "own").path == ("providers", "odd", "type")


@pytest.mark.parametrize("section", ["providers.odd", "thinking", "mine"])
def test_a_number_too_large_anywhere_leaves_nothing_of_the_file(section: str) -> None:
    text = 'default_model = "own"\n' + OWN + f"[{section}]\nx = 9007199254740992\n"
    assert refusal(text, "own").code == "integer_too_large"


SHELL = {"KIMI_MODEL_NAME": "x", "KIMI_MODEL_API_KEY": "k"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, None),
        ({"KIMI_MODEL_MAX_CONTEXT_SIZE": "1000", "KIMI_MODEL_TEMPERATURE": "0.5"}, None),
        ({"KIMI_MODEL_MAX_CONTEXT_SIZE": "0"}, "no_default_model"),
        ({"KIMI_MODEL_MAX_OUTPUT_SIZE": "many"}, "no_default_model"),
        ({"KIMI_MODEL_TEMPERATURE": "hot"}, "no_default_model"),
        ({"KIMI_MODEL_API_KEY": ""}, "shell_model_without_key"),
    ],
)
def test_the_shells_model_stands_in_for_default_model_unless_a_figure_is_wrong(
    more: dict[str, str], code: str | None
) -> None:
    blocked = view(GOOD, **(SHELL | more)).blocked
    assert (blocked and blocked.code) == code


def test_what_the_shell_asks_of_every_model_is_a_note() -> None:
    found = view('default_model = "d/m"\n' + GOOD).check("q/m")
    assert [note.code for note in notes(found, {"KIMI_MODEL_TEMPERATURE": "1"})] == ["shell_parameters"]
    assert notes(found, {"KIMI_MODEL_TEMPERATURE": " "}) == ()
