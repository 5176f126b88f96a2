"""What the readers make of the files of other tools: each test holds a file in the tool's own form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.importers import jsonc
from provisioner.importers.found import Found
from provisioner.importers.prefixes import meaning
from provisioner.importers.tools import SHELL, TOOLS, document_of, merged, parse, places


def found(tool: str, **texts: tuple[str, str]) -> dict[str, Found]:
    """The providers by id; each text is given with the name of its file."""
    documents = {name: parse(file, text) for name, (file, text) in texts.items()}
    return {one.id: one for one in TOOLS[tool].read(documents)}


OPENCODE = """\
{
  // a comment with "quotes" and a // second one
  "provider": {
    "gw": {
      "npm": "@ai-sdk/openai-compatible",
      "options": {"baseURL": "https://gw.example/v1", "apiKey": "{env:GW_KEY}", "headers": {"X-Team": "a"}},
      "models": {
        "big": {
          "id": "vendor/big-1", "name": "Big", "limit": {"context": 200000, "output": 32000},
          "reasoning": true, "tool_call": false, "modalities": {"input": ["text", "image"]}
        },
        "small": {},
      },
    },
    "answers": {"npm": "@ai-sdk/openai", "options": {"baseURL": "https://a.example/v1", "apiKey": "sk-literal"}},
    "gem": {"npm": "@ai-sdk/google", "options": {"baseURL": "https://g.example/v1beta/"}},
    "anthropic": {"options": {"baseURL": "https://proxy.example/v1", "apiKey": "{file:~/.key}"}},
    "cloud": {"npm": "@ai-sdk/amazon-bedrock"},
    "az": {"npm": "@ai-sdk/azure", "options": {"apiKey": "k"}},
    "away": {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": "{env:AWAY_URL}"}},
    "off": {"options": {"apiKey": "k"}},
  },
  "disabled_providers": ["off"], /* the last */
}
"""
OPENCODE_AUTH = {
    "deepseek": {"type": "api", "key": "sk-deepseek"},
    "openai": {"type": "oauth", "refresh": "r", "access": "a", "expires": 1},
}


def test_opencode() -> None:
    all_ = found(
        "opencode", config=("opencode.jsonc", OPENCODE), auth=("auth.json", json.dumps(OPENCODE_AUTH))
    )
    gw = all_["gw"]
    assert (gw.wire, gw.base_url, gw.variable, gw.key) == ("openai", "https://gw.example/v1", "GW_KEY", None)
    assert gw.headers == {"X-Team": "a"}
    big, small = gw.models
    assert (big.key, big.id, big.context, big.output_limit) == ("big", "vendor/big-1", 200000, 32000)
    assert big.capabilities == ("thinking", "image_in")
    assert (small.id, small.context_known, small.capabilities) == ("small", False, ("tool_use",))
    assert all_["answers"].wire == "openai_responses"
    assert all_["answers"].key == "sk-literal"
    assert all_["gem"].base_url == "https://g.example"
    assert (all_["anthropic"].catalog_id, all_["anthropic"].wire) == ("anthropic", None)
    assert all_["anthropic"].needs_key
    assert (all_["deepseek"].catalog_id, all_["deepseek"].key) == ("deepseek", "sk-deepseek")
    assert {name for name, one in all_.items() if one.refused} == {"cloud", "az", "away", "off", "openai"}


CRUSH = {
    "providers": {
        "gw": {
            "type": "openai-compat",
            "base_url": "https://gw.example/v1",
            "api_key": "$GW_KEY",
            "models": [
                {
                    "id": "m",
                    "name": "M",
                    "context_window": 64000,
                    "default_max_tokens": 8000,
                    "can_reason": True,
                    "supports_attachments": True,
                }
            ],
        },
        "local": {"base_url": "http://localhost:8000/v1", "api_key": "$(pass show x)"},
        "gemini": {"api_key": "AIza-literal"},
        "rock": {"type": "bedrock"},
        "off": {"disable": True},
        "account": {"oauth": {"access_token": "x"}},
    }
}


def test_crush() -> None:
    all_ = found("crush", config=("crush.json", json.dumps(CRUSH)))
    assert (all_["gw"].wire, all_["gw"].variable, all_["gw"].key) == ("openai", "GW_KEY", None)
    assert all_["gw"].models[0].capabilities == ("thinking", "image_in", "tool_use")
    assert all_["gw"].models[0].output_limit == 8000
    assert (all_["local"].key, all_["local"].needs_key) == (None, True)
    assert (all_["gemini"].catalog_id, all_["gemini"].key) == ("google", "AIza-literal")
    assert {name for name, one in all_.items() if one.refused} == {"rock", "off", "account"}


CODEX = """\
model = "m-1"
model_provider = "corp"
model_context_window = 65536

[model_providers.corp]
name = "Corp"
base_url = "https://corp.example/v1"
env_key = "CORP_KEY"
env_http_headers = { "X-Project" = "PROJECT" }

[model_providers.old]
base_url = "https://old.example/v1"
wire_api = "chat"
experimental_bearer_token = "sk-old"

[model_providers.azure]
base_url = "https://x.openai.azure.example/openai"
query_params = { api-version = "2025" }

[model_providers.account]
base_url = "https://account.example/v1"
requires_openai_auth = true

[model_providers.nowhere]
name = "Nowhere"

[profiles.other]
model = "m-2"
model_provider = "old"

[profiles.here]
model = "qwen"
model_provider = "ollama"
"""


def test_codex() -> None:
    all_ = found("codex", config=("config.toml", CODEX), auth=("auth.json", '{"OPENAI_API_KEY": "sk-codex"}'))
    corp, old = all_["corp"], all_["old"]
    assert (corp.wire, corp.variable) == ("openai_responses", "CORP_KEY")
    assert [(m.id, m.context) for m in corp.models] == [("m-1", 65536)]
    assert "X-Project" in corp.notes[0]
    assert (old.wire, old.key, [m.id for m in old.models]) == ("openai", "sk-old", ["m-2"])
    assert all_["ollama"].base_url == "http://localhost:11434/v1"
    assert (all_["openai"].catalog_id, all_["openai"].key) == ("openai", "sk-codex")
    assert {name for name, one in all_.items() if one.refused} == {"azure", "account", "nowhere"}


@pytest.mark.parametrize(
    ("auth", "taken"), [('{"OPENAI_API_KEY": null, "tokens": {"access_token": "x"}}', False), ("{}", True)]
)
def test_codex_with_an_account_has_no_key(auth: str, taken: bool) -> None:
    all_ = found("codex", config=("config.toml", 'model = "gpt-5"'), auth=("auth.json", auth))
    assert (all_["openai"].refused is None) is taken


def test_claude_code() -> None:
    settings = {
        "model": "opus",
        "env": {
            "ANTHROPIC_BASE_URL": "https://gw.example",
            "ANTHROPIC_AUTH_TOKEN": "tok-1",
            "ANTHROPIC_MODEL": "big",
            "ANTHROPIC_DEFAULT_HAIKU_MODEL": "small",
        },
    }
    one = found("claude", settings=("settings.json", json.dumps(settings)))["claude-code"]
    assert (one.wire, one.base_url, one.key) == ("anthropic", "https://gw.example", "tok-1")
    assert [m.id for m in one.models] == ["big", "small"]
    assert "x-api-key" in one.notes[0]
    cloud = {"env": {"CLAUDE_CODE_USE_BEDROCK": "1"}}
    assert found("claude", settings=("settings.json", json.dumps(cloud)))["claude-code"].refused
    assert found("claude", settings=("settings.json", '{"model": "opus"}')) == {}


def test_the_shell() -> None:
    shell = {
        "OPENAI_BASE_URL": "https://gw.example/v1",
        "OPENAI_API_KEY": "sk-1",
        "ANTHROPIC_API_KEY": "sk-2",
        "GEMINI_API_KEY": "sk-3",
        "HOME": "/x",
    }
    all_ = {one.id: one for one in TOOLS["env"].read({SHELL: shell})}
    assert (all_["openai"].base_url, all_["openai"].variable) == ("https://gw.example/v1", "OPENAI_API_KEY")
    assert (all_["anthropic"].catalog_id, all_["anthropic"].variable) == ("anthropic", "ANTHROPIC_API_KEY")
    assert (all_["google"].catalog_id, all_["google"].variable) == ("google", "GEMINI_API_KEY")
    assert all(one.key is None for one in all_.values())
    assert TOOLS["env"].read({SHELL: {"HOME": "/x"}}) == ()


LITELLM = """\
model_list:
  - model_name: fast
    litellm_params: {model: deepseek/deepseek-chat, api_key: os.environ/DEEPSEEK_KEY}
  - model_name: slow
    litellm_params: {model: deepseek/deepseek-reasoner, api_key: os.environ/DEEPSEEK_KEY}
  - model_name: other-team
    litellm_params: {model: deepseek/deepseek-chat, api_key: sk-literal}
  - model_name: own
    litellm_params: {model: hosted_vllm/qwen, api_base: "http://gpu.example:8000/v1"}
    model_info: {max_input_tokens: 32768, max_output_tokens: 4096, supports_vision: true}
  - model_name: here
    litellm_params: {model: ollama_chat/llama3, api_base: "http://localhost:11434"}
  - model_name: all
    litellm_params: {model: "groq/*", api_key: os.environ/GROQ_API_KEY}
  - model_name: az
    litellm_params: {model: azure/deployment, api_base: os.environ/AZURE_API_BASE}
  - model_name: away
    litellm_params: {model: openai/m, api_base: os.environ/AWAY}
  - nonsense
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
"""


def test_litellm() -> None:
    all_ = found("litellm", config=("config.yaml", LITELLM))
    first = all_["deepseek"]
    assert (first.catalog_id, first.variable) == ("deepseek", "DEEPSEEK_KEY")
    assert [m.id for m in first.models] == ["deepseek-chat", "deepseek-reasoner"]
    assert (all_["deepseek-2"].key, len(all_["deepseek-2"].models)) == ("sk-literal", 1)
    own = all_["hosted_vllm"]
    assert (own.wire, own.base_url, own.catalog_id) == ("openai", "http://gpu.example:8000/v1", None)
    assert (own.models[0].context, own.models[0].output_limit) == (32768, 4096)
    assert all_["ollama_chat"].base_url == "http://localhost:11434/v1"
    assert (all_["groq"].models, all_["groq"].catalog_id) == ((), "groq")
    assert {name for name, one in all_.items() if one.refused} == {"azure", "openai", "litellm"}


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        ("gpt-4o", "openai", "gpt-4o"),
        ("claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
        ("openrouter/anthropic/claude-3", "openrouter", "anthropic/claude-3"),
        ("together_ai/a/b", "together_ai", "a/b"),
        ("openai/responses/gpt-5", "openai", "gpt-5"),
        ("gemini-2.5-pro", "vertex_ai", "gemini-2.5-pro"),
    ],
)
def test_names_mean_what_they_mean_to_litellm(name: str, provider: str, model: str) -> None:
    assert (meaning(name).provider, meaning(name).model) == (provider, model)


def test_aider() -> None:
    config = """\
model: deepseek/deepseek-chat
weak-model: openai/small
editor-model: bedrock/x
openai-api-key: sk-openai
openai-api-base: https://gw.example/v1
api-key: [deepseek=sk-deepseek, gemini=sk-gemini]
set-env: [UNUSED=1]
"""
    all_ = found("aider", config=(".aider.conf.yml", config))
    assert (all_["deepseek"].catalog_id, all_["deepseek"].key) == ("deepseek", "sk-deepseek")
    assert (all_["openai"].base_url, all_["openai"].key) == ("https://gw.example/v1", "sk-openai")
    assert [m.id for m in all_["openai"].models] == ["small"]
    assert (all_["gemini"].catalog_id, all_["gemini"].models) == ("google", ())
    assert all_["bedrock"].refused


def test_llm() -> None:
    models = """\
- {model_id: a, model_name: qwen3, api_base: "http://localhost:8080/v1", supports_tools: true}
- {model_id: b, model_name: b-1, api_base: "https://corp.example/v1", api_key_name: corp, vision: true}
- {model_id: c, model_name: c-1, api_base: "https://corp.example/v1", api_key_name: corp, responses: true}
- {model_id: d, model_name: d-1, api_base: "https://text.example/v1", completion: true}
- {model_id: e, model_name: e-1, api_base: "https://az.example", api_version: "2025"}
- {model_id: f, model_name: gpt-next}
"""
    keys = {"// Note": "secret", "corp": "sk-corp", "openai": "sk-openai", "claude": "sk-a", "weather": "w"}
    all_ = found("llm", models=("extra-openai-models.yaml", models), keys=("keys.json", json.dumps(keys)))
    assert (all_["local"].key, all_["local"].models[0].capabilities) == (None, ("tool_use",))
    assert (all_["corp"].wire, all_["corp"].key) == ("openai", "sk-corp")
    assert all_["corp"].models[0].capabilities == ("image_in",)
    assert all_["corp-2"].wire == "openai_responses"
    assert (all_["openai"].catalog_id, all_["openai"].key) == ("openai", "sk-openai")
    assert all_["anthropic"].catalog_id == "anthropic"
    assert {name for name, one in all_.items() if one.refused} == {"text.example", "az.example", "weather"}


ODD: list[Any] = [None, 1, "text", [], [1, None, "x", []], {}, {"x": 1}, {"x": {"y": []}}]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("odd", ODD, ids=str)
def test_anything_may_stand_anywhere(tool: str, odd: Any) -> None:
    TOOLS[tool].read(dict.fromkeys(TOOLS[tool].files, odd))
    for name in ("provider", "providers", "model_providers", "model_list", "env", "profiles", "api-key"):
        for value in (odd, {"p": odd}, {"p": {"options": odd, "models": odd, "base_url": odd}}, [odd]):
            TOOLS[tool].read({document: {name: value} for document in TOOLS[tool].files})
    TOOLS[tool].read({document: [{"litellm_params": odd, "api_base": odd}] for document in TOOLS[tool].files})


def test_a_key_is_never_in_what_is_shown_of_a_provider() -> None:
    assert "sk-secret" not in repr(Found("x", key="sk-secret", headers={"a": "sk-secret"}))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "x, ]", }', {"a": "x, ]"}),
        ('{"a": "http://x" // c\n, /* , } */ }', {"a": "http://x"}),
        ("[1, 2, // last\n]", [1, 2]),
        (r'{"a": "\"// no"}', {"a": '"// no'}),
    ],
)
def test_json_with_comments(text: str, value: Any) -> None:
    assert jsonc.loads(text) == value


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.json", "{"),
        ("a.toml", "= 1"),
        ("a.yaml", "a: [1"),
        ("a.yml", "!!python/object:x {}"),
        ("a.json", "[" * 100000),
    ],
)
def test_what_cannot_be_read_is_a_value_error(file: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(file, text)


def test_later_files_lie_over_earlier_ones() -> None:
    assert merged({"a": {"x": 1, "y": 1}, "b": 1}, {"a": {"x": 2}, "c": 3}) == {
        "a": {"x": 2, "y": 1},
        "b": 1,
        "c": 3,
    }


def test_the_tools_own_variables_move_their_folders() -> None:
    env = {"XDG_CONFIG_HOME": "/c", "CODEX_HOME": "/codex", "LLM_USER_PATH": "/llm"}
    assert places(TOOLS["opencode"], env, "/h")["config"][1] == "/c/opencode/opencode.json"
    assert places(TOOLS["opencode"], env, "/h")["auth"] == ("/h/.local/share/opencode/auth.json",)
    assert places(TOOLS["codex"], env, "/h")["auth"] == ("/codex/auth.json",)
    assert places(TOOLS["llm"], env, "/h")["keys"][0] == "/llm/keys.json"
    assert places(TOOLS["llm"], {}, "/h")["keys"][0] == "/h/.config/io.datasette.llm/keys.json"


def test_a_named_file_is_the_document_that_bears_its_name() -> None:
    assert document_of(TOOLS["opencode"], "auth.json") == "auth"
    assert document_of(TOOLS["opencode"], "mine.json") == "config"
