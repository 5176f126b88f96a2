"""Taking over what another tool has, with the wizard."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from catalog.documents import CatalogRequest
from provisioner.cli import wizard
from tests.cli.wizard.conftest import assert_ctrl_c_leaves_no_trace
from tests.cli.wizard.conversation import DOWN, ENTER, ESC, SPACE, UP, conversation

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.app import App
    from provisioner.demo.server import Demo
    from tests.cli.wizard.conftest import Run

STEPS = [
    ("What do you want to add?", [DOWN, ENTER]),
    ("The keys and headers that opencode has", [ENTER]),
    ("Which of its providers?", [ENTER]),
    ("Which model does Kimi Code start with?", [ENTER]),
    ("Write this to", [ENTER]),
]


@pytest.fixture
def tool_app(wizard_app: App, demo: Demo, tmp_path: Path) -> App:
    """An App whose user has opencode with two providers that can be taken over, and two that cannot."""
    home = tmp_path / "other-home"
    file = home / ".config" / "opencode" / "opencode.json"
    file.parent.mkdir(parents=True)

    def provider(wire: str, **options: str) -> dict[str, object]:
        models = {name: {"name": name, "limit": {"context": 128_000}} for name in ("echo", "thinker")}
        return {"npm": "@ai-sdk/openai-compatible", "options": options, "models": models, "name": wire}

    document = {
        "provider": {
            "mine": provider("mine", baseURL=f"{demo.url}/openai/v1", apiKey=demo.model_key),
            "other": provider("other", baseURL="https://other.example/v1", apiKey="sk-other-0123456789"),
            "kimi-code": provider("own", baseURL="https://own.example/v1"),
            "lost": {"npm": "@ai-sdk/openai-compatible", "models": {"m": {}}},
        }
    }
    file.write_text(json.dumps(document))
    return wizard_app._replace(env={"TERM": "xterm", "HOME": str(home)})


@pytest.fixture
def run(tool_app: App, demo: Demo, nothing_local: None) -> Run:
    return lambda: wizard.run(tool_app, access=lambda: CatalogRequest(url=demo.catalog_url))


def test_its_providers_are_listed_with_why_not_the_rest_and_written_with_names_for_their_keys(
    run: Run, tool_app: App, demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    with conversation(run, columns=100) as talk:
        talk.sees("From opencode", "mine, other")
        assert "kimi-code" not in talk.everything
        talk.types(DOWN, ENTER)
        talk.sees(STEPS[1][0], "Leave them there").types(ENTER)
        talk.sees("Which of its providers?", "2 chosen", "not taken over").types(DOWN, DOWN)
        talk.sees("its id is reserved for Kimi Code itself").types(UP, SPACE, ENTER)
        talk.sees("Which model does Kimi Code start with?", "keys by name", "1 provider").types(ENTER)
        talk.sees("Write this to", "api_key_env").types(ENTER)
        talk.sees("Try it now?").types(DOWN, ENTER)
        assert talk.ends() == 0
        drawn = talk.everything
    data = tomllib.loads(tool_app.config_path.read_text())
    assert data["providers"] == {
        "mine": {"type": "openai", "base_url": f"{demo.url}/openai/v1", "api_key_env": "MINE_API_KEY"}
    }
    printed = capsys.readouterr().out
    assert "Took over 1 provider with 2 models from opencode" in printed
    assert "--from=opencode --only=mine" in " ".join(printed.split())
    assert f"--url={demo.catalog_url}" in printed
    assert demo.model_key not in drawn + printed


def test_keys_are_copied_when_asked_and_the_model_answers(
    run: Run, tool_app: App, demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    with conversation(run, columns=100) as talk:
        talk.sees("From opencode").types(DOWN, ENTER)
        talk.sees(STEPS[1][0], "Copy them").types(DOWN, ENTER)
        talk.sees("Which of its providers?").types(ENTER)
        talk.sees("Which model does Kimi Code start with?", "with its keys").types(ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?").types(ENTER)
        assert talk.ends() == 0
        drawn = talk.everything
    assert tomllib.loads(tool_app.config_path.read_text())["providers"]["mine"]["api_key"] == demo.model_key
    printed = capsys.readouterr().out
    assert "mine/echo answers" in printed
    assert "--with-keys" in printed
    assert demo.model_key not in drawn + printed


def test_esc_goes_back_to_the_keys_and_to_the_first_question(run: Run) -> None:
    with conversation(run, columns=100) as talk:
        talk.sees("From opencode").types(DOWN, ENTER)
        talk.sees(STEPS[1][0]).types(ENTER)
        talk.sees("Which of its providers?").types(ESC)
        talk.sees(STEPS[1][0]).types(ESC)
        talk.sees("What do you want to add?").types(ESC)
        assert talk.ends() == 130


def test_ctrl_c_leaves_no_trace(run: Run, tool_app: App) -> None:
    assert_ctrl_c_leaves_no_trace(run, tool_app, STEPS)
