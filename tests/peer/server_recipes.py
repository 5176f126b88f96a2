"""How independent servers are started, and the aliases to ask on each: data for ``compare_servers.py``.

In arguments and files ``<port>`` is the server's, ``<folder>`` an empty folder of its own, ``<demo>`` the URL of this
project's demo (what a proxy asks in turn) and ``<demo-key>`` its key. Some servers are started more than once, once
for each way they are to behave.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from provisioner.smoke.first_prompt import full
from tests.peer.tiny_gguf import tiny_gguf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEY = "sk-right-0123456789"
_WRONG = "sk-wrong-0123456789"


@dataclass(frozen=True)
class Alias:
    """A provider at ``path`` below the server's URL and a model there, and how to test it.

    Attributes:
        what: what the server should make of it, in a word or two.
        more: further lines of the model's table.
        test: further options of our test.
    """

    type: str
    path: str
    model: str
    what: str
    key: str = KEY
    more: str = ""
    test: tuple[str, ...] = ()

    def tables(self, name: str, url: str) -> str:
        """Its two tables in config.toml; the alias is ``<name>/m``."""
        size = "" if "max_context_size" in self.more else "max_context_size = 128000\n"
        key = f"api_key = {json.dumps(self.key)}\n" if self.key else ""
        return (
            f'[providers.{name}]\ntype = "{self.type}"\nbase_url = "{url}{self.path}"\n{key}'
            f'[models."{name}/m"]\nprovider = "{name}"\nmodel = {json.dumps(self.model)}\n{size}{self.more}\n'
        )


@dataclass(frozen=True)
class Recipe:
    """A server: the program that the user names, its arguments, the files it needs, and the aliases."""

    program: str
    name: str
    arguments: tuple[str, ...]
    aliases: tuple[Alias, ...]
    files: Mapping[str, str | Callable[[], bytes]] = field(default_factory=dict)


_THINKS = 'capabilities = ["tool_use", "thinking"]'
_LIMIT = "max_output_size = 4096"
_CHAT, _KIMI, _RESPONSES = ("openai", "/v1"), ("kimi", "/v1"), ("openai_responses", "/v1")
_MESSAGES, _GOOGLE = ("anthropic", ""), ("google-genai", "")
_ALL = (_CHAT, _KIMI, _RESPONSES, _MESSAGES, _GOOGLE)


def _each(
    wires: tuple[tuple[str, str], ...],
    model: str,
    what: str,
    *,
    key: str = KEY,
    more: str = "",
    test: tuple[str, ...] = (),
) -> tuple[Alias, ...]:
    return tuple(Alias(wire, path, model, what, key, more, test) for wire, path in wires)


def _usual(wires: tuple[tuple[str, str], ...], model: str, *, unknown: str = "nobody") -> tuple[Alias, ...]:
    """A model on each wire, one that is not there on each, and on one wire each a wrong key, thinking and a limit."""
    return (
        *_each(wires, model, "good"),
        *_each(wires, unknown, "unknown model"),
        *_each(wires[:1], model, "wrong key", key=_WRONG),
        *_each(wires[-1:], model, "wrong key", key=_WRONG),
        *_each(wires[1:2], model, "thinking", more=_THINKS),
        *_each(wires[:1], model, "output limit", more=_LIMIT),
    )


# Bases as people get them wrong: without /v1, with it doubled, with a part that the wire adds by itself.
_MISTAKES = tuple(
    Alias(wire, path, "gpt-4o", "wrong base")
    for wire, path in (("openai", ""), ("openai", "/v1/v1"), ("anthropic", "/v1"), ("openai_responses", ""))
)

_AIMOCK_FIXTURES = {
    "fixtures": [
        {"match": {"model": "calls"}, "response": {"toolCalls": [{"name": "nowhere", "arguments": {}}]}},
        {"match": {"model": "thinks"}, "response": {"content": "Hi.", "reasoning": "A greeting."}},
        {"match": {"model": "only-thinks"}, "response": {"content": "", "reasoning": "A greeting."}},
        {"match": {"model": "empty"}, "response": {"content": ""}},
        {"match": {"model": "cut"}, "response": {"content": "Hello there, friend. " * 9}, "truncateAfterChunks": 2},
        {"match": {"model": "length"}, "response": {"content": "Hi", "finishReason": "length"}},
        {"match": {"model": "filter"}, "response": {"content": "Hi", "finishReason": "content_filter"}},
        *(
            {"match": {"model": f"status-{status}"}, "response": {"error": {"message": words}, "status": status}}
            for status, words in (
                (400, "max_tokens is too large"), (401, "invalid key"), (402, "Insufficient Balance"),
                (403, "forbidden"), (404, "no such model"), (429, "rate limit reached"), (500, "internal error"),
                (503, "overloaded"), (529, "overloaded"),
            )
        ),
        {"match": {"model": "good"}, "response": {"content": "Hello from here."}},
    ]
}  # fmt: skip
_AIMOCK_ODD = (
    "calls", "thinks", "only-thinks", "empty", "cut", "length", "filter",
    "status-400", "status-401", "status-402", "status-403", "status-404", "status-429", "status-500", "status-503",
    "status-529",
)  # fmt: skip

_LITELLM = """
model_list:
  - model_name: canned
    litellm_params: {model: openai/gpt-4o, api_key: none, mock_response: "Hello from the proxy."}
  - model_name: limited
    litellm_params: {model: openai/gpt-4o, api_key: none, mock_response: "litellm.RateLimitError"}
  - model_name: echo
    litellm_params: {model: openai/echo, api_base: <demo>/openai/v1, api_key: <demo-key>}
  - model_name: claude
    litellm_params: {model: anthropic/echo, api_base: <demo>/anthropic, api_key: <demo-key>}
  - model_name: lost
    litellm_params: {model: openai/nobody, api_base: <demo>/openai/v1, api_key: <demo-key>}
  - model_name: locked
    litellm_params: {model: openai/echo, api_base: <demo>/openai/v1, api_key: wrong}
litellm_settings: {num_retries: 0}
general_settings: {master_key: <key>}
""".replace("<key>", KEY)

_ROUTER = {
    "providers": [
        {"name": "demo", "api_base_url": "<demo>/openai/v1/chat/completions", "api_key": "<demo-key>", "models": ["echo", "thinker", "nobody"]},
        {"name": "locked", "api_base_url": "<demo>/openai/v1/chat/completions", "api_key": "wrong", "models": ["echo"]},
    ]
}  # fmt: skip
_START_ROUTER = """
const {default: Server} = require("@musistudio/llms");
const {providers} = JSON.parse(require("fs").readFileSync(process.argv[1]));
new Server({initialConfig: {providers, HOST: "127.0.0.1", PORT: process.argv[2]}, logger: false}).start();
"""

_START_LLAMA = """
import sys, threading, xllamacpp
given = xllamacpp.CommonParams()
given.model.path, given.port, given.n_ctx, given.n_parallel = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), 1
given.api_keys = [sys.argv[4]]
server = xllamacpp.Server(given)
threading.Event().wait()
"""
_LLAMA_WIRES = (_CHAT, _KIMI, _RESPONSES, _MESSAGES)


def _tiny() -> bytes:
    tools = "".join(f"{tool.description}{json.dumps(tool.parameters)}" for tool in full.tools())
    return tiny_gguf(full.system() + tools)


def _llama(context: int) -> Recipe:
    said = f"max_context_size = {context}"
    wires = (*_LLAMA_WIRES, _GOOGLE)  # Google's is not served: both must say so
    return Recipe(
        "llama.cpp",
        f"llama.cpp, {context:,} tokens",
        ("-c", _START_LLAMA, "<folder>/tiny.gguf", "<port>", str(context), KEY),
        (
            *_each(wires, "tiny", "a first turn in size", more=said, test=("--full",)),
            *_each(wires, "tiny", "small request", more=said),
            *_each((_CHAT, _MESSAGES), "tiny", "wrong key", more=said, key=_WRONG),
            *_each((_CHAT, _MESSAGES), "tiny", "output limit", more=f"{said}\n{_LIMIT}", test=("--full",)),
        ),
        {"tiny.gguf": _tiny},
    )


def _llmock(name: str, *arguments: str, wires: tuple[tuple[str, str], ...] | None = None) -> Recipe:
    own = {"anthropic": "/anthropic", "google-genai": "/gemini"}
    found = tuple((wire, own.get(wire, path)) for wire, path in (wires or _ALL))
    return Recipe(
        "llmock",
        f"llmock, {name}",
        ("serve", "--port", "<port>", "--tool-mode", "off", *arguments),
        _each(found, "gpt-4o", name),
    )


_MOCK_AI = tuple(
    Alias(wire, path, f"{model}:{scenario}", scenario)
    for (wire, path, model), scenario in product(
        (("openai", "/v1", "gpt-4.1"), ("openai_responses", "/v1", "gpt-4.1")),
        ("mock-400", "mock-401", "mock-403", "mock-404", "mock-429", "mock-500"),
    )
)

RECIPES = (
    Recipe(
        "aimock",
        "aimock",
        ("-p", "<port>", "-f", "<folder>/fixtures.json", "--log-level", "silent"),
        (
            *_usual(_ALL, "good"),
            # Each on two wires, the pairs in turn.
            *(
                alias
                for number, model in enumerate(_AIMOCK_ODD)
                for alias in _each((_ALL[number % 5], _ALL[(number + 2) % 5]), model, model)
            ),
            *_MISTAKES,
        ),
        {"fixtures.json": json.dumps(_AIMOCK_FIXTURES)},
    ),
    Recipe(
        "litellm",
        "LiteLLM proxy",
        ("--config", "<folder>/config.yaml", "--port", "<port>", "--host", "127.0.0.1"),
        (
            *_usual(_ALL, "canned"),
            *(
                alias
                for model in ("echo", "claude", "lost", "locked", "limited")
                for alias in _each((_CHAT, _RESPONSES, _MESSAGES), model, model)
            ),
            *_MISTAKES,
        ),
        {"config.yaml": _LITELLM},
    ),
    _llama(8_192),
    _llama(65_536),
    Recipe(
        "claude-code-router",
        "claude-code-router's core",
        ("-e", _START_ROUTER, "<folder>/config.json", "<port>"),
        (
            *_each(_ALL, "demo,echo", "good"),
            *_each((_CHAT, _MESSAGES), "demo,thinker", "thinking", more=_THINKS),
            *_each((_CHAT, _MESSAGES), "demo,nobody", "unknown model"),
            *_each((_CHAT, _MESSAGES), "locked,echo", "wrong key"),
            *_each((_CHAT, _MESSAGES), "nowhere,echo", "unknown provider"),
            *_each((_CHAT, _MESSAGES), "echo", "no provider"),
        ),
        {"config.json": json.dumps(_ROUTER)},
    ),
    _llmock("good"),
    Recipe(
        "llmock",
        "llmock, calls tools",
        ("serve", "--port", "<port>"),
        _each((_CHAT, _RESPONSES, ("anthropic", "/anthropic")), "gpt-4o", "calls a tool"),
    ),
    *(
        _llmock(f"status {status}", "--error-rate", f"{status}=1.0", wires=(_CHAT, _MESSAGES))
        for status in (400, 401, 402, 429, 503)
    ),
    *(
        _llmock(f"stream {fault}", "--stream-fault", f"{fault}=1.0")
        for fault in ("disconnect", "truncate", "malformed")
    ),
    _llmock("context of 8,192", "--context-window", "8192"),
    Recipe(
        "fakellm",
        "fakellm",
        ("serve", "--port", "<port>", "--config", "<folder>/fakellm.yaml"),
        (
            *_usual((_CHAT, _KIMI, _RESPONSES, _MESSAGES), "good"),
            *(
                alias
                for model in ("calls", "broken", "limited", "empty")
                for alias in _each((_CHAT, _MESSAGES), model, model)
            ),
        ),
        {
            "fakellm.yaml": json.dumps(
                {
                    "rules": [
                        {
                            "name": "calls",
                            "when": {"model_matches": "calls"},
                            "respond": {"tool_calls": [{"name": "nowhere", "arguments": {}}]},
                        },
                        {
                            "name": "broken",
                            "when": {"model_matches": "broken"},
                            "respond": {"status": 500, "error": "broken"},
                        },
                        {
                            "name": "limited",
                            "when": {"model_matches": "limited"},
                            "respond": {"status": 429, "error": "too many requests"},
                        },
                        {"name": "empty", "when": {"model_matches": "empty"}, "respond": {"content": ""}},
                        {"name": "rest", "respond": {"content": "Hello from here."}},
                    ]
                }
            )
        },
    ),
    Recipe(
        "llm-mock-api",
        "llm-mock-api",
        ("start", "-p", "<port>", "-f", "Hello from here."),
        _usual((_CHAT, _KIMI, _RESPONSES, _MESSAGES), "gpt-4o"),
    ),
    Recipe(
        "mock-ai-api",
        "mock-ai-api",
        ("--openai-port", "<port>", "--anthropic-port", "<next-port>"),
        (*_usual((_CHAT, _KIMI, _RESPONSES), "gpt-4.1"), *_MOCK_AI),
    ),
    Recipe(
        "mockllm",
        "mockllm",
        ("start", "-p", "<port>", "-r", "<folder>/responses.yml"),
        _usual((_CHAT, _KIMI, _RESPONSES, _MESSAGES), "gpt-4o"),
        {
            "responses.yml": json.dumps(
                {"responses": {}, "defaults": {"unknown_response": "Hello from here."}}
            )
        },
    ),
    Recipe(
        "stubllm",
        "stubllm",
        ("serve", "--port", "<port>"),
        _usual(_ALL, "gpt-4o"),
    ),
)
