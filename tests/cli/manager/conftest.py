"""Config files for the manager, and states over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from provisioner.app import Http
from provisioner.cli.manager.actions import Actions
from provisioner.cli.manager.state import State, opening
from provisioner.workflows import add_registry

if TYPE_CHECKING:
    from prompt_toolkit.input import PipeInput

    from provisioner.app import App

REGISTRY = '{ kind = "apiJson", url = "https://registry.example/api.json", apiKey = "tok-secret" }'
CATALOG = '{ kind = "modelsDev", url = "https://models.dev/api.json", id = "x" }'

# Two providers of the catalog, three of one registry, one of another, one written by hand, and a login.
MIXED = f"""\
default_model = "beta/b2"

[providers.openai]
type = "openai"
api_key = "sk-openai-0123456789"
source = {CATALOG}

[providers.anthropic]
type = "anthropic"
api_key_env = "ANTHROPIC_KEY"
source = {CATALOG}

[providers.beta]
type = "kimi"
base_url = "https://beta.example/v1"
api_key = "tok-secret"
source = {REGISTRY}

[providers.alpha]
type = "openai_responses"
base_url = "https://alpha.example/v1"
api_key = "tok-secret"
source = {REGISTRY}

[providers.gamma]
type = "openai"
base_url = "https://gamma.example/v1"
api_key = "tok-secret"
source = {REGISTRY}

[providers.delta]
type = "openai"
base_url = "https://delta.example/v1"
api_key = "tok-secret"
source = {{ kind = "apiJson", url = "https://zoo.example/api.json", apiKey = "tok-secret" }}

[providers.ollama]
type = "openai"
base_url = "http://127.0.0.1:11434/v1"

[providers.kimi]
type = "kimi"
oauth = {{ storage = "file", key = "login-secret" }}

[models."openai/gpt"]
provider = "openai"
model = "gpt"
max_context_size = 400000
max_output_size = 128000
capabilities = ["image_in", "tool_use"]

[models."beta/b1"]
provider = "beta"
model = "b1"
max_context_size = 131072

[models."beta/b2"]
provider = "beta"
model = "b2"
max_context_size = 262144
max_output_size = 32768
capabilities = ["thinking", "tool_use"]
display_name = "Beta Two"

[models."beta/b2".overrides]
max_output_size = 8192

[models."alpha/a1"]
provider = "alpha"
model = "a1"
max_context_size = 131072

[models."gamma/kimi-k2"]
provider = "gamma"
model = "kimi-k2"
max_context_size = 131072

[models."ollama/llama3:8b"]
provider = "ollama"
model = "llama3:8b"
max_context_size = 131072
"""


def many(providers: int, models: int = 1) -> str:
    """A config.toml of so many providers with so many models each."""
    parts = []
    for number in range(providers):
        name = f"provider-{number:03}"
        parts.append(f'[providers.{name}]\ntype = "openai"\napi_key = "sk-{number:012}"\n')
        parts += [
            f'[models."{name}/m{model}"]\nprovider = "{name}"\nmodel = "m{model}"\nmax_context_size = 1000\n'
            for model in range(models)
        ]
    return "\n".join(parts)


def written(app: App, text: str) -> App:
    """The same machine with this text in its config.toml, private as Kimi Code keeps it."""
    app.config_path.parent.mkdir(exist_ok=True)
    app.config_path.touch(0o600)
    app.config_path.write_text(text, encoding="utf-8")
    return app


REGISTRY_URL = "https://registry.example/api.json"


class Upstream:
    """A registry whose document may change, and may be out of order."""

    def __init__(self) -> None:
        self.contexts = {"a1": 1000, "a2": 2000}
        self.status = 200
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        models = {name: {"id": name, "limit": {"context": limit}} for name, limit in self.contexts.items()}
        entry = {"id": "acme", "name": "Acme", "api": "https://acme.example/v1", "type": "openai"}
        return httpx.Response(self.status, json={"acme": {**entry, "models": models}})


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
def imported(app: App, upstream: Upstream) -> App:
    """A machine whose config.toml was imported from ``upstream``, which has changed since."""
    app.config_path.parent.mkdir()
    there = app._replace(http=Http(transport=httpx.MockTransport(upstream)), command="manager")
    add_registry.run(there, add_registry.Request(url=REGISTRY_URL, token="tok-secret-1"))
    upstream.contexts = {"a1": 3000}
    return there


@pytest.fixture
def mixed(app: App) -> App:
    return written(app, MIXED)


@pytest.fixture
def pipe() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


Opens = Callable[..., State]


@pytest.fixture
def opened(app: App) -> Opens:
    """The state of the manager over a config.toml with the given text."""

    def open_(text: str = MIXED, lines: int = 24) -> State:
        return opening(Actions(written(app, text)).load(), {}, lines)

    return open_
