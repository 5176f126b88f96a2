"""Odd config.toml files for compare_view.py. SERVER stands for the URL of the loopback server."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One file, and the alias and the environment that it is run with."""

    name: str
    text: str
    env: dict[str, str] = field(default_factory=dict)
    alias: str = "p/m"


def _file(
    wire: str | None = "openai",
    *,
    provider: str = 'api_key = "k-file"',
    base: str | None = "SERVER/v1",
    model: str = "",
    names: str = 'provider = "p"\nmodel = "m"\nmax_context_size = 128000',
    top: str = 'default_model = "p/m"',
    rest: str = "",
) -> str:
    kind = f'type = "{wire}"\n' if wire else ""
    url = f'base_url = "{base}"\n' if base else ""
    return f'{top}\n[providers.p]\n{kind}{url}{provider}\n[models."p/m"]\n{names}\n{model}\n{rest}\n'


# A provider of default_model that runs, so that another one can be looked at.
_GOOD = '[providers.good]\ntype = "openai"\nbase_url = "SERVER/good/v1"\napi_key = "k-good"\n[models.good]\nprovider = "good"\nmodel = "m"\nmax_context_size = 128000\n'
_BESIDE = 'default_model = "good"'
_WIRES = {"kimi": "/v1", "openai": "/v1", "openai_responses": "/v1", "anthropic": "", "google-genai": ""}
_SHELL_KEYS = {
    "OPENAI_API_KEY": "k-openai",
    "ANTHROPIC_API_KEY": "k-anthropic",
    "KIMI_API_KEY": "k-kimi",
}
_MODEL = 'model = "m"\nmax_context_size = 128000\n'
_VERTEX = 'env = {GOOGLE_CLOUD_PROJECT = "x", GOOGLE_CLOUD_LOCATION = "us-east1"'
_SHELL_MODEL = {
    "KIMI_MODEL_NAME": "shell",
    "KIMI_MODEL_API_KEY": "k-shell",
    "KIMI_MODEL_BASE_URL": "SERVER/shell/v1",
    "KIMI_MODEL_PROVIDER_TYPE": "openai",
}

CASES = (
    # What stops everything, or not.
    *(Case(f"plain {wire}", _file(wire, base=f"SERVER{path}")) for wire, path in _WIRES.items()),
    Case("no default_model", _file(top="")),
    Case("empty default_model", _file(top='default_model = " "')),
    Case("default_model names nothing", _file(top='default_model = "x"')),
    Case("default_model is a number", _file(top="default_model = 5")),
    Case(
        "camelCase", _file(None, provider='apiKey = "k-camel"\ntype = "openai"', top='defaultModel = "p/m"')
    ),
    Case("both spellings", _file(provider='api_key = "one"\napiKey = "two"')),
    Case("camelCase size", _file(names='provider = "p"\nmodel = "m"\nmaxContextSize = 1000')),
    Case("default without a key", _file(provider="")),
    Case("default with a blank key", _file(provider='api_key = " "')),
    Case("default without a key, key in the shell", _file(provider=""), _SHELL_KEYS),
    Case(
        "default is another, without a key",
        _file(top=_BESIDE, rest=_GOOD.replace('api_key = "k-good"\n', "")),
    ),
    Case(
        "default's variable unset",
        _file(top=_BESIDE, rest=_GOOD.replace('api_key = "k-good"', 'api_key_env = "NO"')),
    ),
    Case(
        "default's type vertexai",
        _file(top=_BESIDE, rest=_GOOD.replace('type = "openai"', 'type = "vertexai"')),
    ),
    Case("default without a size", _file(top=_BESIDE, rest=_GOOD.replace("max_context_size = 128000", ""))),
    Case("another without a size", _file(rest=_GOOD.replace("max_context_size = 128000", ""))),
    # Sections that are dropped.
    *(
        Case(f"model has {line}", _file(model=line))
        for line in (
            'capabilities = "thinking"',
            "capabilities = [1]",
            "max_output_size = 0",
            "max_output_size = 1.5",
            "max_output_size = 4096.0",
            "max_output_size = 1e3",
            "max_output_size = true",
            "max_output_size = nan",
            "max_output_size = 9007199254740992",
            "max_output_size = 9007199254740991",
            'protocol = "kimi"',
            'protocol = "vertexai"',
            'protocol = "openai"',
            'beta_api = "yes"',
            "display_name = 5",
            "display_name = 2024-01-01",
            "unknown_key = 5",
            'overrides = "x"',
            'overrides = {max_output_size = "x"}',
            "overrides = {model = 5}",
            'overrides = {model = "other", base_url = "http://127.0.0.1:9"}',
            "overrides = {capabilities = [1]}",
            'oauth = {storage = "file", key = "k"}',
            'oauth = {storage = "cloud", key = "k"}',
            "aliases = [1]",
            "provider_id = 5",
            'provider_id = "nobody"',
            'name = "wire-name"',
            "base_url = 5",
            'base_url = ""',
            'api_key = ""',
            'api_key = "k-model"',
            "adaptive_thinking = 1",
            'support_efforts = ["low", "high"]',
            'support_efforts = ["low", "high"]\noff_effort = "none"',
            'support_efforts = ["low", "high"]\ncapabilities = ["thinking"]',
            "support_efforts = []",
            'reasoning_key = ""',
        )
    ),
    *(
        Case(f"provider has {line}", _file(provider='api_key = "k-file"\n' + line))
        for line in (
            "custom_headers = {X = 5}",
            'custom_headers = {X = "5"}',
            'custom_headers = {Authorization = "Bearer k-header"}',
            'custom_headers = "x"',
            "env = {X = 5}",
            'env = "x"',
            'source = "x"',
            'source = {kind = 5, url = "x"}',
            'model_source = "static"',
            'model_source = "x"',
            'oauth = {storage = "file", key = "k"}',
            'oauth = {storage = "file"}',
            "oauth = true",
            'api_key_env = "MINE"',
            'api_key_env = ""',
            "default_model = 5",
            "unknown = 5",
        )
    ),
    *(
        Case(f"rest has {name}", _file(rest=rest))
        for name, rest in {
            "a bad neighbour model": '[models.x]\nprovider = "p"\nmodel = "m"\nmax_context_size = 0',
            "a neighbour that is no table": "[models]\nx = 5",
            "a neighbour without model": '[models.x]\nprovider = "p"\nmax_context_size = 5',
            "a bad neighbour provider": "[providers.x]\ntype = 5",
            "a neighbour of an unknown type": '[providers.x]\ntype = "x"',
            "a bad thinking": '[thinking]\nenabled = "yes"',
            "a bad thinking effort": "[thinking]\neffort = 5",
            "a bad secondary model": "[secondary_model]\ndefault_model = 5",
            "a secondary model of nothing": '[secondary_model]\ndefault_model = "x"\n[secondary_model.models.x]',
            "a bad loop_control": '[loop_control]\nmax_steps_per_turn = "x"',
            "a number too large elsewhere": "[mine]\nx = 9007199254740992",
            "a number too small elsewhere": "[mine]\nx = -9007199254740993",
        }.items()
    ),
    Case("models is no table", 'models = 5\ndefault_model = "p/m"\n[providers.p]\ntype = "openai"\n'),
    Case(
        "a bad providers beside a model of its own",
        f'default_model = "own"\n[providers.x]\ntype = 5\n[models.own]\n{_MODEL}protocol = "openai"\nbase_url = "SERVER/v1"\napi_key = "k-own"\n',
        alias="own",
    ),
    # Types, protocols, providers.
    Case("no type", _file(None)),
    Case("no type, protocol", _file(None, model='protocol = "openai"')),
    Case("empty type", _file("")),
    Case("unknown type", _file("openia")),
    Case("unknown type, protocol", _file("openia", model='protocol = "openai_responses"')),
    Case("vertexai", _file("vertexai", base="SERVER")),
    Case("vertexai, protocol google", _file("vertexai", base="SERVER", model='protocol = "google-genai"')),
    Case(
        "vertexai, protocol google, project",
        _file(
            "vertexai",
            base="SERVER",
            provider='api_key = "k-file"\n' + _VERTEX + "}",
            model='protocol = "google-genai"',
        ),
    ),
    Case(
        "vertexai, protocol google, all in env",
        _file(
            "vertexai",
            base=None,
            provider=_VERTEX + ', VERTEXAI_API_KEY = "k-env", GOOGLE_VERTEX_BASE_URL = "SERVER"}',
            model='protocol = "google-genai"',
        ),
    ),
    Case(
        "vertexai, protocol google, key in env",
        _file(
            "vertexai",
            base="SERVER",
            provider=_VERTEX + ', VERTEXAI_API_KEY = "k-env"}',
            model='protocol = "google-genai"',
        ),
    ),
    Case(
        "google, vertex names in env",
        _file(
            "google-genai",
            base=None,
            provider=_VERTEX + ', VERTEXAI_API_KEY = "k-env", GOOGLE_VERTEX_BASE_URL = "SERVER"}',
        ),
    ),
    Case(
        "google, both keys in env",
        _file(
            "google-genai", base="SERVER", provider='env = {VERTEXAI_API_KEY = "k-v", GOOGLE_API_KEY = "k-g"}'
        ),
    ),
    Case(
        "google, blank first key in env",
        _file(
            "google-genai", base="SERVER", provider='env = {VERTEXAI_API_KEY = " ", GOOGLE_API_KEY = "k-g"}'
        ),
    ),
    Case(
        "google, project only",
        _file(
            "google-genai", base="SERVER", provider='api_key = "k-file"\nenv = {GOOGLE_CLOUD_PROJECT = "x"}'
        ),
    ),
    Case(
        "google, USE_VERTEXAI exported",
        _file("google-genai", base="SERVER"),
        {"GOOGLE_GENAI_USE_VERTEXAI": "true"},
    ),
    *(
        Case(
            f"{kind}, protocol {protocol}",
            _file(kind, base="SERVER" + _WIRES[protocol], model=f'protocol = "{protocol}"'),
        )
        for kind in ("kimi", "openai", "anthropic")
        for protocol in ("openai", "openai_responses", "anthropic", "google-genai")
        if kind != protocol
    ),
    Case(
        "protocol anthropic, key in the env of openai",
        _file(
            "openai",
            base="SERVER",
            provider='env = {OPENAI_API_KEY = "k-o", ANTHROPIC_API_KEY = "k-a"}',
            model='protocol = "anthropic"',
        ),
    ),
    Case(
        "base_url of the model without protocol",
        _file(base="SERVER/provider/v1", model='base_url = "SERVER/model/v1"'),
    ),
    Case(
        "base_url of the env table",
        _file(base=None, provider='api_key = "k"\nenv = {OPENAI_BASE_URL = "SERVER/env/v1"}'),
    ),
    Case("base_url with blanks", _file(base=" SERVER/v1/ ")),
    Case("anthropic base with /v1/", _file("anthropic", base="SERVER/v1/")),
    Case(
        "base_url empty, env table",
        _file(base=None, provider='api_key = "k"\nbase_url = ""\nenv = {OPENAI_BASE_URL = "SERVER/env/v1"}'),
    ),
    Case(
        "no provider anywhere",
        f'default_model = "own"\n[models.own]\n{_MODEL}protocol = "anthropic"\nbase_url = "SERVER"\napi_key = "k-own"\n',
        alias="own",
    ),
    Case(
        "no provider, no key",
        f'default_model = "own"\n[models.own]\n{_MODEL}protocol = "openai"\nbase_url = "SERVER/v1"\n',
        alias="own",
    ),
    Case(
        "no provider, no key, not the default",
        f'{_BESIDE}\n{_GOOD}[models.own]\n{_MODEL}protocol = "openai"\nbase_url = "SERVER/v1"\n',
        alias="own",
    ),
    Case(
        "no provider, no protocol",
        f'default_model = "own"\n[models.own]\n{_MODEL}base_url = "SERVER/v1"\napi_key = "k"\n',
        alias="own",
    ),
    Case(
        "no provider, no base_url",
        f'default_model = "own"\n[models.own]\n{_MODEL}protocol = "openai"\napi_key = "k"\n',
        alias="own",
    ),
    Case(
        "no provider among providers",
        f'{_BESIDE}\n{_GOOD}[models.own]\n{_MODEL}protocol = "openai"\nbase_url = "SERVER/own/v1"\napi_key = "k-own"\n',
        alias="own",
    ),
    Case("default_provider", _file(names=_MODEL, top='default_model = "p/m"\ndefault_provider = "p"')),
    Case("default_provider names nothing", _file(top='default_model = "p/m"\ndefault_provider = "x"')),
    Case(
        "default_provider names nothing and is needed",
        _file(names=_MODEL, top='default_model = "p/m"\ndefault_provider = "x"'),
    ),
    Case("default_provider is a number", _file(top='default_model = "p/m"\ndefault_provider = 5')),
    Case("empty provider", _file(names='provider = ""\n' + _MODEL)),
    Case("provider that is not there", _file(names='provider = "q"\n' + _MODEL)),
    Case("no model", _file(names='provider = "p"\nmax_context_size = 5')),
    Case("empty model", _file(names='provider = "p"\nmodel = ""\nmax_context_size = 5')),
    Case(
        "size only in overrides",
        _file(names='provider = "p"\nmodel = "m"', model="overrides = {max_context_size = 1000}"),
    ),
    Case("alias that is not there", _file(), alias="p/n"),
    # Keys and the shell.
    Case("two credentials", _file(provider='api_key = "a"\napi_key_env = "B"'), {"B": "b"}),
    Case(
        "two credentials beside the default",
        _file(top=_BESIDE, rest=_GOOD, provider='api_key = "a"\napi_key_env = "B"'),
        {"B": "b"},
    ),
    Case(
        "a model's key beside two credentials",
        _file(provider='api_key = "a"\napi_key_env = "B"', model='api_key = "k-model"'),
        {"B": "b"},
    ),
    Case("api_key_env", _file(provider='api_key_env = "MINE"'), {"MINE": " k-mine "}),
    Case("api_key_env unset", _file(top=_BESIDE, rest=_GOOD, provider='api_key_env = "MINE"')),
    Case("key with blanks", _file(provider='api_key = " k-file "')),
    Case("env table blank key", _file(provider='env = {OPENAI_API_KEY = " "}')),
    *(
        Case(
            f"keyless {wire} beside the default",
            _file(wire, base=f"SERVER{path}", provider="", top=_BESIDE, rest=_GOOD),
            env,
        )
        for wire, path in _WIRES.items()
        for env in ({}, _SHELL_KEYS)
        if wire != "google-genai" or not env
    ),
    Case(
        "keyless kimi with protocol anthropic, keys exported",
        _file("kimi", base="SERVER", provider="", top=_BESIDE, rest=_GOOD, model='protocol = "anthropic"'),
        _SHELL_KEYS,
    ),
    Case(
        "keyless openai with protocol anthropic, keys exported",
        _file("openai", base="SERVER", provider="", top=_BESIDE, rest=_GOOD, model='protocol = "anthropic"'),
        _SHELL_KEYS,
    ),
    *(
        Case(f"{wire} redirected by {name}", _file(wire, base=None), {name: f"SERVER/shell{path}"})
        for wire, name, path in (
            ("openai", "OPENAI_BASE_URL", "/v1"),
            ("openai_responses", "OPENAI_BASE_URL", "/v1"),
            ("anthropic", "ANTHROPIC_BASE_URL", ""),
            ("google-genai", "GOOGLE_GEMINI_BASE_URL", ""),
        )
    ),
    Case(
        "vertex redirected",
        _file("google-genai", base=None, provider='api_key = "k-file"\n' + _VERTEX + "}"),
        {"GOOGLE_VERTEX_BASE_URL": "SERVER/shell"},
    ),
    Case("not redirected where the file names one", _file(), {"OPENAI_BASE_URL": "SERVER/shell/v1"}),
    Case(
        "protocol decides what redirects",
        _file("openai", base=None, model='protocol = "anthropic"'),
        {"ANTHROPIC_BASE_URL": "SERVER/shell", "OPENAI_BASE_URL": "SERVER/other/v1"},
    ),
    Case("the shell's model leaves -m alone", _file(), _SHELL_MODEL),
    Case("the shell's model without a key", _file(), {"KIMI_MODEL_NAME": "shell"}),
    Case("the shell's model stands in for default_model", _file(top=""), _SHELL_MODEL),
    Case(
        "the shell's model has a bad size", _file(top=""), _SHELL_MODEL | {"KIMI_MODEL_MAX_CONTEXT_SIZE": "x"}
    ),
    Case("the shell's model beside dropped models", _file(top="", model="max_output_size = 0"), _SHELL_MODEL),
)
