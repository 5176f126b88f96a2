"""A provider of the catalog, from the first question to the last line."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from catalog.documents import CatalogRequest
from provisioner.cli import wizard
from tests.cli.wizard.conftest import digest
from tests.cli.wizard.conversation import CTRL_C, DOWN, ENTER, ESC, SPACE, conversation

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.demo.server import Demo
    from tests.cli.wizard.conftest import Run

# The questions in their order, each with the keys that answer it.
STEPS = [
    ("What do you want to add?", [ENTER]),
    ("Which provider?", ["demo-google", ENTER]),
    ("Which models?", [ENTER]),
    ("The key for Demo (google)", [ENTER]),
    ("Which model does Kimi Code start with?", [ENTER]),
    ("Write this to", [ENTER]),
]


def test_from_the_first_question_to_a_streamed_answer(
    run: Run, wizard_app: App, demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    with conversation(run) as talk:
        for title, keys in STEPS:
            talk.sees(title).types(*keys)
        talk.sees("Try it now?").types(ENTER)
        assert talk.ends() == 0
    data = tomllib.loads(wizard_app.config_path.read_text())
    assert data["default_model"] == "demo-google/echo"
    assert data["providers"]["demo-google"] == {
        "type": "google-genai",
        "base_url": f"{demo.url}/google",
        "api_key_env": "DEMO_API_KEY",
        "source": {"kind": "modelsDev", "url": demo.catalog_url, "id": "demo-google"},
    }
    printed = capsys.readouterr().out
    assert "Demo Echo" in printed
    assert "demo-google/echo answers" in printed
    assert "kimi provider add demo-google --api-key-env=DEMO_API_KEY" in printed


@pytest.mark.parametrize("asked", range(len(STEPS)), ids=[title for title, _ in STEPS])
def test_ctrl_c_leaves_the_file_as_it_was(run: Run, wizard_app: App, asked: int) -> None:
    wizard_app.config_path.parent.mkdir()
    wizard_app.config_path.write_text("# mine\n")
    before = digest(wizard_app.config_path)
    with conversation(run) as talk:
        for title, keys in STEPS[:asked]:
            talk.sees(title).types(*keys)
        talk.sees(STEPS[asked][0]).types(CTRL_C)
        with pytest.raises(KeyboardInterrupt):
            talk.ends()
    assert digest(wizard_app.config_path) == before
    assert [path.name for path in wizard_app.config_path.parent.iterdir()] == ["config.toml"]


def test_back_from_every_question(run: Run, wizard_app: App, capsys: pytest.CaptureFixture[str]) -> None:
    with conversation(run) as talk:
        for title, keys in STEPS[:-1]:
            talk.sees(title).types(*keys)
        talk.sees(STEPS[-1][0])
        for title, _ in reversed(STEPS[:-1]):
            talk.types(ESC).sees(title)
        talk.types(ESC)
        assert talk.ends() == 130
    assert not wizard_app.config_path.exists()
    assert "nothing was written" in capsys.readouterr().err


def test_what_was_answered_stands_when_one_comes_back(run: Run, wizard_app: App) -> None:
    with conversation(run) as talk:
        talk.sees("What do you want to add?").types(ENTER)
        talk.sees("Which provider?").types("demo-google", ENTER)
        talk.sees("Which models?", "2 chosen").types(SPACE, ENTER)  # echo is not wanted
        talk.sees("The key for").types(ESC)
        talk.sees("Which models?", "1 chosen").types(ENTER)
        talk.sees("The key for").types(ENTER)
        talk.sees("Write this to", "sets the default model").types(ENTER)
        talk.sees("Try it now?").types(ESC)
        assert talk.ends() == 0
    assert list(tomllib.loads(wizard_app.config_path.read_text())["models"]) == ["demo-google/thinker"]


def test_a_typed_key_is_cleaned_tried_and_never_shown(
    run: Run, wizard_app: App, demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    pasted = f"  {demo.model_key[:9]} {demo.model_key[9:]}\t"
    with conversation(run) as talk:
        for title, keys in STEPS[:3]:
            talk.sees(title).types(*keys)
        talk.sees("Use the variable DEMO_API_KEY").types(DOWN, ENTER)
        talk.sees("The key for Demo (google)").types(pasted, ENTER)
        talk.sees("Which model does Kimi Code start with?", "key works").types(ENTER)
        talk.sees("Write this to").types(ENTER)
        talk.sees("Try it now?").types(DOWN, ENTER)
        assert talk.ends() == 0
        drawn = talk.everything
    table = tomllib.loads(wizard_app.config_path.read_text())["providers"]["demo-google"]
    assert table["api_key"] == demo.model_key
    printed = capsys.readouterr()
    for shown in (drawn, printed.out, printed.err):
        assert demo.model_key not in shown
        assert demo.model_key[9:] not in shown
    assert "--api-key-stdin" in printed.out


def test_a_refused_key_may_be_typed_again_or_taken_all_the_same(run: Run, wizard_app: App) -> None:
    with conversation(run) as talk:
        for title, keys in STEPS[:3]:
            talk.sees(title).types(*keys)
        talk.sees("The key for").types(DOWN, ENTER)
        talk.sees("The key for").types("demo-key-of-somebody-else", ENTER)
        talk.sees("The key was refused", "API key not valid").types(ENTER)  # give another
        talk.sees("The key for", "Use the variable").types(DOWN, ENTER)
        talk.sees("The key for").types("demo-key-of-somebody-else", ENTER)
        talk.sees("The key was refused").types(DOWN, DOWN, ENTER)  # go on
        talk.sees("Which model does Kimi Code start with?").types(CTRL_C)
        with pytest.raises(KeyboardInterrupt):
            talk.ends()
    assert not wizard_app.config_path.exists()


def test_without_a_variable_the_key_is_asked_for_at_once(
    wizard_app: App, demo: Demo, nothing_local: None
) -> None:
    bare = wizard_app._replace(env={"TERM": "xterm"})
    with conversation(lambda: wizard.run(bare, access=lambda: CatalogRequest(url=demo.catalog_url))) as talk:
        for title, keys in STEPS[:3]:
            talk.sees(title).types(*keys)
        talk.sees("usually kept in DEMO_API_KEY", "Enter alone").types(ENTER)
        talk.sees("The variable that holds the key", "DEMO_API_KEY").types(ESC)
        talk.sees("Enter alone").types("short key", ESC)
        talk.sees("Which models?").types(CTRL_C)


def test_a_dry_run_writes_nothing(wizard_app: App, demo: Demo, nothing_local: None) -> None:
    def run() -> int:
        return wizard.run(wizard_app, access=lambda: CatalogRequest(url=demo.catalog_url), dry_run=True)

    with conversation(run) as talk:
        for title, keys in STEPS:
            talk.sees(title).types(*keys)
        assert talk.ends() == 0
    assert not wizard_app.config_path.exists()


def test_a_second_time_there_is_nothing_to_write(run: Run, wizard_app: App) -> None:
    for _ in range(2):
        with conversation(run) as talk:
            for title, keys in STEPS[:2]:
                talk.sees(title).types(*keys)
            talk.sees("Which models?").types(ENTER)
            talk.sees("The key for").types(ENTER)
            talk.sees("Which model does Kimi Code start with?").types(ENTER)
            talk.sees(wizard_app.config_path.name).types(ENTER)
            talk.sees("Try it now?").types(ESC)
            assert talk.ends() == 0
        first = digest(wizard_app.config_path)
    assert digest(wizard_app.config_path) == first
