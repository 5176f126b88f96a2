from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.kimi_code.finding import Unusable
from provisioner.kimi_code.view import View
from tests.smoke.streams import BASES, config

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target

KEY = "sk-0123456789abcdef"


def target(text: str, alias: str = "p/m", **env: str) -> Target:
    return View.of(tomllib.loads(text), env).target(alias)


def unusable(text: str, alias: str = "p/m", **env: str) -> Unusable:
    with pytest.raises(Unusable) as caught:
        target(text, alias, **env)
    assert caught.value.hint
    return caught.value


def provider(lines: str, wire: str = "openai", model: str = "") -> str:
    if wire == "vertexai":
        model = f'protocol = "google-genai"\n{model}'
    return (
        f'[providers.p]\ntype = "{wire}"\n{lines}\n[models."p/m"]\nprovider = "p"\nmodel = "m"\n'
        f"max_context_size = 1000\n{model}\n"
    )


def key_of(text: str, **env: str) -> str:
    credential = target(text, **env).credential
    assert credential is not None
    return credential.value


def test_the_key_is_stripped_and_found_in_its_order() -> None:
    env_table = 'env = {OPENAI_API_KEY = "three"}'
    assert key_of(provider('api_key = " one\\n"\n' + env_table)) == "one"
    assert key_of(provider('api_key_env = "MINE"\n' + env_table), MINE=" two ") == "two"
    assert key_of(provider('api_key = "  "\n' + env_table)) == "three"
    assert key_of(provider('api_key = "one"', model='api_key = "own"')) == "own"


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("kimi", "KIMI_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("openai_responses", "OPENAI_API_KEY"),
        ("google-genai", "GOOGLE_API_KEY"),
        ("google-genai", "VERTEXAI_API_KEY"),
    ],
)
def test_each_wire_has_its_own_name_in_the_env_table(wire: str, name: str) -> None:
    assert key_of(provider(f'env = {{{name} = "{KEY}"}}', wire)) == KEY


def test_vertexai_reads_no_key_in_its_env_table() -> None:
    table = f'env = {{VERTEXAI_API_KEY = "{KEY}", GOOGLE_CLOUD_PROJECT = "x", GOOGLE_CLOUD_LOCATION = "eu"}}'
    assert target(provider(table, "vertexai"), GOOGLE_CLOUD_PROJECT="x").credential is None


@pytest.mark.parametrize("lines", ["", 'api_key = ""', 'api_key = "  "', "env = {ANTHROPIC_API_KEY = 'x'}"])
def test_without_a_key_a_word_is_sent_and_never_the_shells_key(lines: str) -> None:
    found = target(provider(lines))
    assert found.credential is not None
    assert (found.credential.kind, found.credential.value, found.shell_key) == ("none", "unused", None)
    exported = target(provider(lines), OPENAI_API_KEY=KEY)
    assert exported.credential is not None
    assert (exported.credential.value, exported.shell_key) == ("unused", "OPENAI_API_KEY")


def test_google_cannot_be_asked_without_a_key() -> None:
    assert "no key" in unusable(provider("", "google-genai")).message
    assert target(provider("", "google-genai"), GEMINI_API_KEY=KEY).shell_key == "GEMINI_API_KEY"


def test_an_unset_variable_is_named() -> None:
    assert "MINE" in unusable(provider('api_key_env = "MINE"')).message
    assert "MINE" in unusable(provider('api_key_env = "MINE"'), MINE=" ").message


@pytest.mark.parametrize(
    "lines", ['api_key = "a"\napi_key_env = "B"', 'api_key = "a"\noauth = {storage = "file", key = "k"}']
)
def test_two_credentials_contradict_each_other(lines: str) -> None:
    assert "both" in unusable(provider(lines), B="b").message


def test_a_login_of_kimi_code_is_not_ours_to_judge() -> None:
    assert unusable(provider('oauth = {storage = "file", key = "k"}', "kimi")).untestable


@pytest.mark.parametrize("key", ["sk-ü", "sk\\t1", "sk-\u200b1", "“sk”"])
def test_a_key_that_no_header_can_carry_is_said_so_and_not_shown(key: str) -> None:
    error = unusable(provider(f'api_key = "{key}"'))
    assert "characters" in error.message
    assert key not in error.message


@pytest.mark.parametrize(
    ("wire", "base", "url"),
    [
        ("openai", "", "https://api.openai.com/v1"),
        ("kimi", "", "https://api.moonshot.ai/v1"),
        ("anthropic", "", "https://api.anthropic.com"),
        ("google-genai", "", "https://generativelanguage.googleapis.com"),
        ("openai", 'base_url = " http://h/v1/ "', "http://h/v1"),
        ("openai", 'env = {OPENAI_BASE_URL = "http://e"}', "http://e"),
        ("openai", 'base_url = "http://h"\nenv = {OPENAI_BASE_URL = "http://e"}', "http://h"),
    ],
)
def test_the_base_url(wire: str, base: str, url: str) -> None:
    assert target(provider(f'api_key = "{KEY}"\n{base}', wire)).base_url == url


def test_a_model_may_have_a_url_and_a_protocol_of_its_own() -> None:
    found = target(
        provider(
            f'api_key = "{KEY}"\nbase_url = "http://h"', model='protocol = "anthropic"\nbase_url = "http://m"'
        )
    )
    assert (found.wire.name, found.provider_type, found.base_url) == ("anthropic", "openai", "http://m")


VERTEX = 'env = {GOOGLE_CLOUD_PROJECT = "x", GOOGLE_CLOUD_LOCATION = "us-east1"}'


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("", "aiplatform.googleapis.com"),
        ("global", "aiplatform.googleapis.com"),
        ("us", "aiplatform.us.rep.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
        ("europe-west1", "europe-west1-aiplatform.googleapis.com"),
    ],
)
def test_vertex_without_a_key_is_asked_where_the_shell_says(location: str, host: str) -> None:
    found = target(
        provider(VERTEX, "google-genai"), GOOGLE_CLOUD_PROJECT="mine", GOOGLE_CLOUD_LOCATION=location
    )
    assert found.base_url == f"https://{host}"
    assert (found.project, found.location) == ("mine", location or "global")
    assert found.credential is None


def test_vertex_without_a_key_needs_a_project_in_the_shell() -> None:
    assert unusable(provider(VERTEX, "google-genai")).code == "shell_project_missing"
    assert target(provider(VERTEX + '\nbase_url = "http://h"', "google-genai")).project is None
    assert target(provider(VERTEX, "google-genai"), VERTEXAI_API_KEY=KEY).shell_key == "VERTEXAI_API_KEY"


def test_vertex_with_a_key_is_asked_at_the_global_host() -> None:
    found = target(provider(f'api_key = "{KEY}"\n{VERTEX}', "google-genai"), GOOGLE_CLOUD_LOCATION="eu")
    assert (found.vertex, found.base_url) == (True, "https://aiplatform.googleapis.com")


def test_google_turns_into_vertex_with_project_and_location_and_not_without() -> None:
    key = f'api_key = "{KEY}"\n'
    assert target(provider(key + VERTEX, "google-genai")).vertex
    assert not target(provider(key + 'env = {GOOGLE_CLOUD_PROJECT = "x"}', "google-genai")).vertex
    host = 'base_url = "https://us-east1-aiplatform.googleapis.com"\nenv = {GOOGLE_CLOUD_PROJECT = "x"}'
    assert target(provider(key + host, "google-genai")).vertex


def test_the_shell_turns_the_gemini_api_into_vertex() -> None:
    text = provider(f'api_key = "{KEY}"\nbase_url = "http://h"', "google-genai")
    error = unusable(text, GOOGLE_GENAI_USE_VERTEXAI="True")
    assert (error.code, error.untestable) == ("shell_vertex", True)
    assert target(text, GOOGLE_GENAI_USE_VERTEXAI="false").base_url == "http://h"


def test_a_name_with_a_blank_value_hides_the_next_one() -> None:
    both = 'env = {VERTEXAI_API_KEY = " ", GOOGLE_API_KEY = "k"}'
    assert unusable(provider(both, "google-genai")).code == "credential_missing"
    assert key_of(provider(both.replace('" "', '""'), "google-genai")) == "k"


@pytest.mark.parametrize(
    ("wire", "protocol", "name"),
    [
        ("kimi", "anthropic", "KIMI_API_KEY"),
        ("kimi", "openai_responses", "KIMI_API_KEY"),
        ("openai", "anthropic", "ANTHROPIC_API_KEY"),
        ("anthropic", "openai", "OPENAI_API_KEY"),
    ],
)
def test_which_exported_key_stands_in_for_a_missing_one(wire: str, protocol: str, name: str) -> None:
    exported = {f"{vendor}_API_KEY": KEY for vendor in ("KIMI", "OPENAI", "ANTHROPIC", "GOOGLE", "VERTEXAI")}
    found = target(provider('base_url = "http://h"', wire, f'protocol = "{protocol}"'), **exported)
    assert found.shell_key == name


def test_vertexai_without_a_protocol_is_refused() -> None:
    error = unusable(provider("", "vertexai").replace('protocol = "google-genai"\n', ""))
    assert (error.code, error.hint) == ("protocol_missing", 'protocol = "google-genai" in [models."p/m"]')


@pytest.mark.parametrize(
    ("wire", "base", "right"),
    [
        ("openai", "http://h/v1/chat/completions", "http://h/v1"),
        ("kimi", "http://h/v1/chat/completions/", "http://h/v1"),
        ("openai_responses", "http://h/v1/responses", "http://h/v1"),
        ("anthropic", "http://h/v1/messages", "http://h/v1"),
        ("google-genai", "http://h/v1beta", "http://h"),
        ("google-genai", "http://h/v1beta/models/", "http://h"),
        ("google-genai", "http://h/v1beta1/projects/x/locations/y", "http://h"),
    ],
)
def test_a_pasted_path_is_named_and_not_sent(wire: str, base: str, right: str) -> None:
    assert f'base_url = "{right}"' in str(
        unusable(provider(f'api_key = "{KEY}"\nbase_url = "{base}"', wire)).hint
    )


@pytest.mark.parametrize("base", ["http://h/messages", "http://h/openai/responses", "http://h/google/v2"])
def test_a_gateway_may_use_such_words_in_a_path_of_its_own(base: str) -> None:
    for wire in BASES:
        assert target(provider(f'api_key = "{KEY}"\nbase_url = "{base}"', wire)).base_url == base


@pytest.mark.parametrize(
    "url",
    [
        "h/v1",
        "ftp://h",
        "http://",
        "http://h:x/",
        "http://h/a b",
        "http://h?x=1",
        "http://u:p@h/v1",
        "http://h/#f",
    ],
)
def test_urls_that_nothing_can_be_sent_to(url: str) -> None:
    assert "base_url" in unusable(provider(f'api_key = "{KEY}"\nbase_url = "{url}"')).message


@pytest.mark.parametrize("headers", ['"X Y" = "a"', 'X = "a\\nb"', 'X = "€"'])
def test_headers_that_http_cannot_carry(headers: str) -> None:
    assert (
        "custom_headers" in unusable(provider(f'api_key = "{KEY}"\ncustom_headers = {{{headers}}}')).message
    )


@pytest.mark.parametrize(
    ("text", "alias", "hint"),
    [
        (config("openai", "http://h"), "p/n", "kimi provider test p/m"),
        (config("openai", "http://h"), "zzzzzz", "kimi provider list"),
        (
            config("openai", "http://h").replace('provider = "p"', 'provider = "q"'),
            "p/m",
            "kimi provider add q",
        ),
        (config("openia", "http://h"), "p/m", 'type = "openai" in [providers.p]'),
        (
            config("openai", "http://h").replace('model = "m"', "", 1),
            "p/m",
            'model = "…" in [models."p/m"]',
        ),
        (
            config("openai", "http://h").replace("max_context_size = 128000", ""),
            "p/m",
            'max_context_size = 131072 in [models."p/m"]',
        ),
        (config("openai", "http://h", model='support_efforts = ["low"]'), "p/m", None),
        (config("google-genai", "http://h", name="a/../b"), "p/m", 'model = "gemini-…" in [models."p/m"]'),
        (config("google-genai", "http://h", name="m?key=1"), "p/m", 'model = "gemini-…" in [models."p/m"]'),
    ],
)
def test_what_config_toml_lacks_is_named_with_what_mends_it(text: str, alias: str, hint: str | None) -> None:
    error = unusable(text, alias)
    assert hint is None or error.hint == hint


@pytest.mark.parametrize(
    "document", [{}, {"models": 1}, {"models": {"p/m": 1}}, {"models": {"p/m": {}}, "providers": []}]
)
def test_a_file_of_another_shape_is_no_crash(document: dict[str, Any]) -> None:
    with pytest.raises(Unusable):
        View.of(document, {}).target("p/m")


def test_a_default_provider_stands_in() -> None:
    text = 'default_provider = "p"\n' + provider(f'api_key = "{KEY}"').replace('provider = "p"\n', "")
    assert target(text).provider == "p"


def test_neither_the_target_nor_its_credential_shows_the_key() -> None:
    found = target(provider(f'api_key = "{KEY}"\ncustom_headers = {{X-Token = "tok-0123456789"}}'))
    assert KEY not in repr(found)
    assert "tok-0123456789" not in repr(found)
    assert set(found.secrets) == {KEY, "tok-0123456789"}


def test_placeholder_keys_are_no_secrets() -> None:
    assert target(provider('api_key = "unused"')).secrets == ()


@pytest.mark.parametrize(
    ("headers", "secrets"),
    [
        ('Authorization = "Bearer tok-01234567"', {"Bearer tok-01234567", "tok-01234567"}),
        ('X-Gateway = "0123456789abcdef0123"', {"0123456789abcdef0123"}),
        ('Content-Type = "application/json; charset=utf-8"', set()),
        ('X-Org = "acme"', set()),
    ],
)
def test_headers_that_may_be_credentials_are_secrets(headers: str, secrets: set[str]) -> None:
    found = target(provider(f'api_key = "unused"\ncustom_headers = {{{headers}}}'))
    assert set(found.secrets) == secrets
