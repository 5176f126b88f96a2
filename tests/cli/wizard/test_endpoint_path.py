"""Any endpoint, and a server that was found on this machine."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.app import Http
from provisioner.cli import wizard
from provisioner.cli.wizard.address import name_for
from provisioner.workflows import local_servers
from provisioner.workflows.local_servers import LocalServer
from tests.cli.wizard.conftest import assert_ctrl_c_leaves_no_trace
from tests.cli.wizard.conversation import CTRL_C, CTRL_U, DOWN, ENTER, ESC, SPACE, UP, conversation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from provisioner.app import App
    from provisioner.demo.server import Demo
    from tests.cli.wizard.conftest import Run

OLLAMA = LocalServer("Ollama", "ollama", "http://127.0.0.1:11434/v1", 2)
SHOWN = {
    "llama3:8b": {"capabilities": ["completion", "tools"], "model_info": {"general.architecture": "l", "l.context_length": 8192}},
    "qwen3:4b": {"capabilities": ["completion", "tools", "thinking"], "model_info": {"general.architecture": "q", "q.context_length": 40960}},
}  # fmt: skip


@pytest.fixture
def steps(demo: Demo) -> list[tuple[str, list[str]]]:
    """The questions in their order, each with the keys that answer it."""
    return [
        ("What do you want to add?", [UP, ENTER]),
        ("What does it speak?", [ENTER]),
        ("Its base URL", [f"{demo.url}/openai/v1", ENTER]),
        ("What do you call it?", [ENTER]),
        ("The key for local", [DOWN, ENTER]),
        ("The key for local", [demo.model_key, ENTER]),
        ("Which models?", [ENTER]),
        ("Which model does Kimi Code start with?", [ENTER]),
        ("Write this to", [ENTER]),
    ]


Steps = list[tuple[str, list[str]]]


def saved(app: App) -> dict[str, Any]:
    return tomllib.loads(app.config_path.read_text())


def test_from_wire_to_a_streamed_answer(
    run: Run, wizard_app: App, demo: Demo, steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    with conversation(run) as talk:
        for title, keys in steps:
            talk.sees(title).types(*keys)
        talk.sees("Try it now?").types(ENTER)
        assert talk.ends() == 0
        assert demo.model_key not in talk.everything
    data = saved(wizard_app)
    assert list(data["models"]) == ["local/echo", "local/thinker"]
    assert data["providers"]["local"]["api_key"] == demo.model_key
    printed = capsys.readouterr().out
    assert "local/echo answers" in printed
    assert f"add --type=openai --base-url={demo.url}/openai/v1" in printed


def test_ctrl_c_at_every_question(run: Run, wizard_app: App, steps: Steps) -> None:
    assert_ctrl_c_leaves_no_trace(run, wizard_app, steps)


def test_back_from_every_question(run: Run, wizard_app: App, steps: Steps) -> None:
    with conversation(run) as talk:
        for title, keys in steps[:-1]:
            talk.sees(title).types(*keys)
        talk.sees(steps[-1][0])
        titles = [title for title, _ in steps[:-1]]
        del titles[5]  # how the key is given, and the key, are one step
        for title in reversed(titles):
            talk.types(ESC).sees(title)
        talk.types(ESC)
        assert talk.ends() == 130
    assert not wizard_app.config_path.exists()


def test_a_url_that_looks_wrong_is_questioned(run: Run, demo: Demo, steps: Steps) -> None:
    with conversation(run) as talk:
        for title, keys in steps[:2]:
            talk.sees(title).types(*keys)
        talk.sees("Its base URL").types("ftp://x", ENTER)
        talk.sees("no http or https address").types(CTRL_U, f"{demo.url}/openai", ENTER)
        talk.sees("no version such as /v1").types(ENTER)  # change it
        talk.sees("Its base URL", f"{demo.url}/openai").types("/v1", ENTER)
        talk.sees("What do you call it?").types(CTRL_C)


def test_a_taken_name_is_refused(run: Run, wizard_app: App, steps: Steps) -> None:
    wizard_app.config_path.parent.mkdir()
    wizard_app.config_path.write_text(
        '[providers.local]\ntype = "openai"\nbase_url = "https://x.example/v1"\n'
    )
    with conversation(run) as talk:
        for title, keys in steps[:3]:
            talk.sees(title).types(*keys)
        talk.sees("What do you call it?").types(ENTER)
        talk.sees("a provider of that name at another endpoint").types("2", ENTER)
        talk.sees("The key for local2").types(CTRL_C)


def test_a_refused_key_is_known_by_the_list_already(run: Run, steps: Steps) -> None:
    with conversation(run) as talk:
        for title, keys in steps[:5]:
            talk.sees(title).types(*keys)
        talk.sees("The key for local").types("wrong-key-wrong-key", ENTER)
        talk.sees("The key was refused").types(CTRL_C)


def test_models_are_typed_where_there_is_no_list(wizard_app: App, nothing_local: None, steps: Steps) -> None:
    http = Http(httpx.MockTransport(lambda _: httpx.Response(404)))
    app = wizard_app._replace(http=http)
    with conversation(lambda: wizard.run(app)) as talk:
        for title, keys in steps[:4]:
            talk.sees(title).types(*keys)
        talk.sees("The key for local", "It needs no key").types(ENTER)
        talk.sees("Its list of models could not be had", "404").types(ENTER)
        talk.sees("Which models?", "ID:CONTEXT").types("phi llama3:8b:8192", ENTER)
        talk.sees("How large is the context of phi?", "131072").types(CTRL_U, "0", ENTER)
        talk.sees("a whole number of tokens").types(CTRL_U, "65536", ENTER)
        talk.sees("Which model does Kimi Code start with?").types(DOWN, ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    data = saved(wizard_app)
    assert {alias: table["max_context_size"] for alias, table in data["models"].items()} == {
        "local/phi": 65536,
        "local/llama3:8b": 8192,
    }
    assert data["default_model"] == "local/llama3:8b"
    assert data["providers"]["local"]["api_key"] == "unused"


@pytest.fixture
def ollama_app(wizard_app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """An App on a machine with an Ollama of two models."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/models":
            models = [{"id": name, "object": "model", "owned_by": "library"} for name in SHOWN]
            return httpx.Response(200, json={"object": "list", "data": models})
        if request.url.path == "/api/show":
            return httpx.Response(200, json=SHOWN[json.loads(request.content)["model"]])
        return httpx.Response(404)

    monkeypatch.setattr(local_servers, "run", lambda wait_s: (OLLAMA,))
    return wizard_app._replace(http=Http(httpx.MockTransport(answer)))


def test_a_server_of_this_machine_needs_two_answers(
    ollama_app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    with conversation(lambda: wizard.run(ollama_app)) as talk:
        talk.sees("Ollama on this machine", "http://127.0.0.1:11434/v1, 2 models").types(DOWN, ENTER)
        talk.sees("Which models?", "2 chosen").types(SPACE, ENTER)
        talk.sees("Write this to", "ollama").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    data = saved(ollama_app)
    assert data["models"] == {
        "ollama/qwen3:4b": {
            "provider": "ollama",
            "model": "qwen3:4b",
            "max_context_size": 40960,
            "capabilities": ["thinking", "tool_use"],
        }
    }
    assert data["default_model"] == "ollama/qwen3:4b"
    assert "--api-key=unused" in (printed := capsys.readouterr().out)
    assert "--only=qwen3:4b" in printed


def test_a_server_whose_name_is_taken_is_named_first(ollama_app: App) -> None:
    ollama_app.config_path.parent.mkdir()
    ollama_app.config_path.write_text(
        '[providers.ollama]\ntype = "openai"\nbase_url = "https://x.example/v1"\n'
    )
    with conversation(lambda: wizard.run(ollama_app)) as talk:
        talk.sees("Ollama on this machine").types(DOWN, ENTER)
        talk.sees("What do you call it?").types("-here", ENTER)
        talk.sees("Which models?").types(ENTER)
        talk.sees("Which model does Kimi Code start with?").types(ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    assert list(saved(ollama_app)["providers"]) == ["ollama", "local-here"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8000/v1", "local"),
        ("http://localhost:8000/v1", "local"),
        ("http://10.1.2.3/v1", "local"),
        ("https://api.together.xyz/v1", "together"),
        ("https://gateway.ai.company.example/v1", "company"),
        ("https://company.example/v1", "company"),
    ],
)
def test_a_name_by_the_host(url: str, name: str) -> None:
    assert name_for(url) == name


def test_a_variable_that_is_not_set_yet_may_be_named(run: Run, wizard_app: App, steps: Steps) -> None:
    with conversation(run) as talk:
        for title, keys in steps[:4]:
            talk.sees(title).types(*keys)
        talk.sees("The key for local", "Name another variable").types(UP, ENTER)
        talk.sees("The variable that holds the key").types("LATER_KEY", ENTER)
        talk.sees("Could not tell", "LATER_KEY is not set").types(ENTER)
        talk.sees("Its list of models could not be had").types(ENTER)
        talk.sees("Which models?").types(" , ", ENTER)
        talk.sees("name one at least").types("m:4096", ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    assert saved(wizard_app)["providers"]["local"]["api_key_env"] == "LATER_KEY"


def test_models_of_config_toml_are_marked_when_there_are_many(
    wizard_app: App, nothing_local: None, steps: Steps
) -> None:
    models = [{"id": f"m{i}", "max_model_len": 4096} for i in range(20)]
    listed = httpx.Response(200, json={"object": "list", "data": models})
    wizard_app.config_path.parent.mkdir()
    wizard_app.config_path.write_text(
        '[models."local/m7"]\nprovider = "local"\nmodel = "m7"\nmax_context_size = 1\n'
    )
    app = wizard_app._replace(http=Http(httpx.MockTransport(lambda _: listed)))
    with conversation(lambda: wizard.run(app)) as talk:
        for title, keys in steps[:4]:
            talk.sees(title).types(*keys)
        talk.sees("The key for local").types(ENTER)
        talk.sees("Which models?", "1 chosen", "◉ m7").types(CTRL_C)


@pytest.fixture
def asked_for() -> list[str]:
    """The models that were asked for an answer, in order."""
    return []


@pytest.fixture
def silent_app(wizard_app: App, nothing_local: None, asked_for: list[str]) -> App:
    """An App whose endpoint lists names of models and nothing else, and answers each of them."""
    ids = ("gpt-3.5-turbo", "gpt-5-mini", "gpt-5", "text-embedding-3-large", "gpt-4o")

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            found = {"data": [{"id": id_} for id_ in ids]}
            return httpx.Response(200 if request.url.path.endswith("/v1/models") else 404, json=found)
        asked_for.append(json.loads(request.content)["model"])
        return httpx.Response(401, content=refusal())

    async def refusal() -> AsyncIterator[bytes]:
        yield b'{"error": {"message": "no such key"}}'

    transport = httpx.MockTransport(answer)
    return wizard_app._replace(http=Http(transport, transport))


def test_the_best_model_is_offered_and_the_key_tried_on_it(
    silent_app: App, steps: Steps, asked_for: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with conversation(lambda: wizard.run(silent_app)) as talk:
        for title, keys in steps[:5]:
            talk.sees(title).types(*keys)
        talk.sees("The key for local").types("sk-0123456789", ENTER)
        talk.sees("The key was refused").types(DOWN, DOWN, ENTER)  # go on
        talk.sees("Which models?", "4 chosen").types(ENTER)
        talk.sees("How large is the context of gpt-3.5-turbo, gpt-5-mini, gpt-5, …?").types(ENTER)
        talk.sees("Which model does Kimi Code start with?").types(ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?", "asks local/gpt-5 to say hi").types(ESC)
        assert talk.ends() == 0
    assert asked_for == ["gpt-5"]
    assert saved(silent_app)["default_model"] == "local/gpt-5"
    printed = capsys.readouterr()
    assert "--only=gpt-5:131072" in printed.out
    assert "context window" not in printed.out + printed.err


def test_the_context_is_asked_for_again_on_the_way_back(silent_app: App, steps: Steps) -> None:
    with conversation(lambda: wizard.run(silent_app)) as talk:
        for title, keys in steps[:4]:
            talk.sees(title).types(*keys)
        talk.sees("The key for local").types(ENTER)
        talk.sees("Which models?").types(ENTER)
        talk.sees("How large is the context").types(CTRL_U, "32768", ENTER)
        talk.sees("Which model does Kimi Code start with?").types(ESC)
        talk.sees("How large is the context", "32768").types(ESC)
        talk.sees("Which models?").types(CTRL_C)
