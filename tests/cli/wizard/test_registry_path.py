"""A custom registry: URL, token, what it would change, which of its providers."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.app import Http
from provisioner.cli import wizard
from tests.cli.wizard.conftest import assert_ctrl_c_leaves_no_trace
from tests.cli.wizard.conversation import CTRL_C, DOWN, ENTER, ESC, SPACE, UP, conversation

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.demo.server import Demo
    from tests.cli.wizard.conftest import Run
    from tests.cli.wizard.conversation import Conversation


@pytest.fixture
def steps(demo: Demo) -> list[tuple[str, list[str]]]:
    """The questions in their order, each with the keys that answer it."""
    return [
        ("What do you want to add?", [UP, UP, ENTER]),
        ("The registry's URL", [demo.registry_url, ENTER]),
        ("The registry's token", [demo.token, ENTER]),
        ("Which of its providers?", [ENTER]),
        ("Which model does Kimi Code start with?", [ENTER]),
        ("Write this to", [ENTER]),
    ]


Steps = list[tuple[str, list[str]]]


def test_a_registry_is_previewed_written_and_tried(
    run: Run, wizard_app: App, demo: Demo, steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    with conversation(run, columns=120) as talk:
        for title, keys in steps[:3]:
            talk.sees(title).types(*keys)
        talk.sees("Which of its providers?", "4 chosen", "Demo (kimi)", "new").types(ENTER)
        for title, keys in steps[4:]:
            talk.sees(title).types(*keys)
        talk.sees("Try it now?").types(ENTER)
        assert talk.ends() == 0
        drawn = talk.everything
    data = tomllib.loads(wizard_app.config_path.read_text())
    assert len(data["providers"]) == 4
    assert data["default_model"] == "demo-kimi/echo"
    printed = capsys.readouterr()
    assert "demo-kimi/echo answers" in printed.out
    assert f"--registry={demo.registry_url}" in printed.out
    assert "--token-stdin" in printed.out
    for shown in (drawn, printed.out, printed.err):
        assert demo.token not in shown


def test_ctrl_c_at_every_question(run: Run, wizard_app: App, steps: Steps) -> None:
    assert_ctrl_c_leaves_no_trace(run, wizard_app, steps)


def test_back_from_every_question(run: Run, wizard_app: App, steps: Steps) -> None:
    with conversation(run) as talk:
        for title, keys in steps[:-1]:
            talk.sees(title).types(*keys)
        talk.sees(steps[-1][0])
        for title, _ in reversed(steps[:-1]):
            talk.types(ESC).sees(title)
        talk.types(ESC)
        assert talk.ends() == 130
    assert not wizard_app.config_path.exists()


def test_some_of_its_providers(run: Run, wizard_app: App, demo: Demo, steps: Steps) -> None:
    with conversation(run) as talk:
        for title, keys in steps[:3]:
            talk.sees(title).types(*keys)
        talk.sees("Which of its providers?").types("anthropic", SPACE, ENTER)
        talk.sees("Which model does Kimi Code start with?", "3 providers").types(ENTER)
        talk.sees("Write this to", "adds 3 providers").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    assert list(tomllib.loads(wizard_app.config_path.read_text())["providers"]) == [
        "demo-kimi",
        "demo-openai",
        "demo-responses",
    ]


def test_a_refused_token_is_asked_for_again(run: Run, demo: Demo, steps: Steps) -> None:
    with conversation(run) as talk:
        for title, keys in steps[:2]:
            talk.sees(title).types(*keys)
        talk.sees("The registry's token").types("another-token", ENTER)
        talk.sees("That did not work", "invalid token").types(ENTER)
        talk.sees("The registry's token").types(demo.token, ENTER)
        talk.sees("Which of its providers?").types(CTRL_C)


def test_an_address_that_is_none_is_said(run: Run) -> None:
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(UP, UP, ENTER)
        talk.sees("The registry's URL").types(ENTER)
        talk.sees("it is empty").types("registry.example", ENTER)
        talk.sees("URL that a document can be fetched from").types(CTRL_C)


def test_the_token_of_the_last_import_or_of_the_environment(
    wizard_app: App, demo: Demo, steps: Steps, nothing_local: None
) -> None:
    app = wizard_app._replace(env={**wizard_app.env, "KIMI_REGISTRY_API_KEY": demo.token})
    with conversation(lambda: wizard.run(app)) as talk:
        for title, keys in steps[:2]:
            talk.sees(title).types(*keys)
        talk.sees("Use KIMI_REGISTRY_API_KEY").types(ENTER)
        for title, keys in steps[3:]:
            talk.sees(title).types(*keys)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    with conversation(lambda: wizard.run(wizard_app)) as talk:
        for title, keys in steps[:2]:
            talk.sees(title).types(*keys)
        talk.sees("Keep what config.toml has").types(ENTER)
        talk.sees("Which of its providers?", "as it is").types(ENTER)
        talk.sees("Which model does Kimi Code start with?", "keep demo-kimi/echo").types(ENTER)
        talk.sees("says all of this already").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0


PUBLIC = {
    name: {
        "id": name,
        "name": name.title(),
        "api": f"https://{name}.example/v1",
        "type": "openai",
        "env": [f"{name.upper()}_KEY"],
        "models": {id_: {"id": id_} for id_ in ("gpt-4o", "gpt-5", "gpt-5-mini")},
    }
    for name in ("one", "two")
}


@pytest.fixture
def tokens() -> list[str | None]:
    """What the public registry was asked with, in order."""
    return []


@pytest.fixture
def public(wizard_app: App, nothing_local: None, tokens: list[str | None]) -> App:
    """An App where every URL is a registry that needs no token, and no model answers."""

    def answer(request: httpx.Request) -> httpx.Response:
        tokens.append(request.headers.get("authorization"))
        return httpx.Response(200, json=PUBLIC)

    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    return wizard_app._replace(
        http=Http(httpx.MockTransport(answer), httpx.MockTransport(unreachable)),
        env={"TERM": "xterm", "ONE_KEY": "k-1234"},
    )


def up_to_the_key(talk: Conversation) -> Conversation:
    talk.sees("What do you want to add?").types(UP, UP, ENTER)
    talk.sees("The registry's URL").types("https://registry.example/api.json", ENTER)
    talk.sees("The registry's token").types(ENTER)
    talk.sees("Which of its providers?").types(ENTER)
    return talk.sees("The key for one, two", "https://one.example/v1, https://two.example/v1")


def test_a_registry_without_a_token_is_asked_for_its_providers_key(
    public: App, tokens: list[str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    with conversation(lambda: wizard.run(public), columns=160) as talk:
        up_to_the_key(talk).sees("usually kept in ONE_KEY or TWO_KEY").types(
            DOWN, ENTER
        )  # the one that is set
        talk.sees("Could not tell").types(DOWN, ENTER)  # go on
        talk.sees("Which model does Kimi Code start with?", "key from ONE_KEY").types(ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    data = tomllib.loads(public.config_path.read_text())
    assert [table["api_key_env"] for table in data["providers"].values()] == ["ONE_KEY", "ONE_KEY"]
    assert data["default_model"] == "one/gpt-5"
    assert set(tokens) == {None}
    assert "--api-key-env=ONE_KEY" in capsys.readouterr().out


def test_a_typed_key_becomes_the_token_that_kimi_code_keeps(public: App, tokens: list[str | None]) -> None:
    with conversation(lambda: wizard.run(public), columns=160) as talk:
        up_to_the_key(talk).sees("goes to the registry too").types(DOWN, DOWN, ENTER)
        talk.sees("The key for one, two").types("sk-0123456789", ENTER)
        talk.sees("Could not tell").types(DOWN, ENTER)
        talk.sees("Which model does Kimi Code start with?").types(ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    for table in tomllib.loads(public.config_path.read_text())["providers"].values():
        assert table["api_key"] == table["source"]["apiKey"] == "sk-0123456789"
    assert tokens[0] is None
