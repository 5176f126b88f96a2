"""Registries rich, poor and partly broken, and the config.toml that each is imported into.

Where Kimi Code 2.1.0 imports what is unsafe (a ``file:`` endpoint, ids with control characters) or gives up on the
whole document for one figure, we differ on purpose: no such case is in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TOKEN = "t0ken"


@dataclass(frozen=True)
class Case:
    """A registry (bytes are served as they are), and the file before; ``{url}`` stands for the registry's URL."""

    document: Any
    config: str | None = None
    token: str | None = TOKEN


def _provider(id_: str, models: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    sound = {"id": id_, "name": id_.title(), "api": f"https://{id_}.example/v1", "type": "openai"}
    return sound | {"models": {"m": {"id": "m"}} if models is None else models} | fields


def _model(**fields: Any) -> dict[str, Any]:
    return {"id": "m"} | fields


_RICH = {
    "any key": _provider(
        "rich",
        {
            "m": _model(
                name="M",
                limit={"context": 1000.7, "output": 50},
                tool_call=True,
                reasoning=True,
                modalities={
                    "input": ["text", "image", "video", "audio"],
                    "output": ["text", "image", "audio"],
                },
                support_efforts=["low", "high"],
                default_effort="low",
                cost={"input": 1},
            ),
            "a/b:c@d.e": _model(id="real/id", limit={"output": 50.9}),
        },
        env=["RICH_KEY", "OTHER"],
    ),
    "responses": _provider("responses", type="openai_responses"),
    "claude": _provider("claude", type="anthropic", api="https://claude.example/anthropic/v1"),
    "kimi": _provider("own-kimi", type="kimi", name='Kimi \N{SNOWMAN} \t"quoted"'),
}

_FIELDS = {
    "no-limit": _model(limit=None),
    "limit-list": _model(limit=[5]),
    "limit-text": _model(limit={"context": "5", "output": "5"}),
    "limit-below-one": _model(limit={"context": 0.5, "output": 0.5}),
    "limit-negative": _model(limit={"context": -5, "output": 7}),
    "limit-true": _model(limit={"context": True}),
    "limit-largest": _model(limit={"context": 2**53 - 1}),
    "tools-false": _model(tool_call=False),
    "tools-text": _model(tool_call="yes"),
    "thinks-not": _model(reasoning=False),
    "thinks-number": _model(reasoning=1),
    "efforts-empty": _model(support_efforts=[]),
    "efforts-mixed": _model(support_efforts=["low", 5]),
    "efforts-only": _model(support_efforts=["low"], default_effort=""),
    "effort-unknown": _model(support_efforts=["low"], default_effort="max"),
    "sees": _model(modalities={"input": ["image"]}),
    "sees-nothing": _model(modalities={}),
    "sees-text": _model(modalities="image"),
    "sees-mixed": _model(modalities={"input": ["image", None], "output": ["audio"]}),
    "name-empty": _model(name=""),
    "name-number": _model(name=5),
}

_PARTLY_BROKEN: dict[str, Any] = {
    "list": [],
    "null": None,
    "no-id": _provider("x") | {"id": None},
    "no-name": _provider("x", name=""),
    "no-api": _provider("x", api=5),
    "no-type": _provider("x", type=None),
    "google": _provider("x", type="google-genai"),
    "models-list": _provider("x") | {"models": []},
    "good": _provider("good", {"none": None, "text": "m", "no-id": {}, "empty": {"id": ""}, "m": _model()}),
    "env-mixed": _provider("other", env=["A", 5]),
}

_IMPORTED = """
default_model = "gone/m"
default_provider = "gone"

[thinking]
enabled = true

[providers.gone]
type = "openai"
base_url = "https://gone.example/v1"
api_key = "old"

[providers.gone.source]
kind = "apiJson"
url = "{url}"
apiKey = "old"

[providers.good]
type = "openai"
base_url = "https://good.example/v1"
api_key = "old"

[providers.good.source]
kind = "apiJson"
url = "{url}"
apiKey = "old"

[providers.mine]
type = "openai"
api_key = "mine"

[models."gone/m"]
provider = "gone"
model = "m"
max_context_size = 5

[models."good/m"]
provider = "good"
model = "m"
max_context_size = 5

[models."good/old"]
provider = "good"
model = "old"
max_context_size = 5

[models."mine/m"]
provider = "mine"
model = "m"
max_context_size = 5
"""
_WITH_VARIABLE = _IMPORTED.replace(
    'v1"\napi_key = "old"\n\n[providers.good.source]', 'v1"\napi_key_env = "GOOD"\n\n[providers.good.source]'
)
_GOOD = {"good": _provider("good")}

CASES: dict[str, Case] = {
    "rich": Case(_RICH),
    "rich, no token": Case(_RICH, token=None),
    "poor": Case({"p": _provider("poor")}),
    "odd fields": Case({"p": _provider("odd", _FIELDS)}),
    "partly broken": Case(_PARTLY_BROKEN),
    "without models": Case({"p": _provider("bare", {})}),
    "one id twice": Case(
        {"a": _provider("p", {"a": _model(name="1")}), "b": _provider("p", {"b": _model(name="2")})}
    ),
    "a doubtful endpoint": Case({"p": _provider("p", api="https://p.example/v1/chat/completions/")}),
    "empty": Case({}),
    "nothing usable": Case({"p": _provider("p", type="x")}),
    "a list": Case([_provider("p")]),
    "null": Case(None),
    "a web page": Case(b"<!doctype html><title>Sign in</title>"),
    "a reserved id": Case({"good": _provider("good"), "bad": _provider("kimi-code")}),
    "another reserved id": Case({"bad": _provider("moonshot-ai")}),
    "again, one gone": Case(_GOOD, _IMPORTED),
    "again, the default stays": Case(
        _GOOD, _IMPORTED.replace("gone/m", "good/m", 1).replace('r = "gone"', 'r = "good"', 1)
    ),
    "again, with a variable": Case(_GOOD, _WITH_VARIABLE),
    "again, with a variable and a slash": Case(
        {"good": _provider("good", api="https://good.example/v1/")}, _WITH_VARIABLE
    ),
    "again, with a variable, elsewhere": Case(
        {"good": _provider("good", api="https://evil.example/v1")}, _WITH_VARIABLE
    ),
    "with a schema": Case({"$schema": "./registry.schema.json", **_GOOD}),
    "a schema alone": Case({"$schema": "./registry.schema.json"}),
    "keys that get lost": Case(
        {"__proto__": _provider("lost"), "p": _provider("p", {"__proto__": _model(), "m": _model()})}
    ),
    "a key twice": Case(
        b'{"p": {}, "p": {"id": "p", "name": "1", "api": "https://p.example/v1", "type": "openai", "models": '
        b'{"m": {"id": "a"}, "m": {"id": "b"}}}}'
    ),
    "one alias twice": Case(
        {
            "a": _provider("p", {"q/m": _model(name="1", id="x")}),
            "b": _provider("p/q", {"m": _model(name="2")}),
        }
    ),
    "a list of models": Case({"object": "list", "data": [{"id": "m", "object": "model"}]}),
    "over one by hand": Case({"mine": _provider("mine")}, _IMPORTED),
    "over a login": Case(
        _GOOD, '[providers.good]\ntype = "kimi"\noauth = {{ storage = "file", key = "k" }}\n'
    ),
}
