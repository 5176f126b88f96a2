"""The wizard against the demo's servers on loopback."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from catalog.documents import CatalogRequest
from provisioner.cli import wizard
from provisioner.demo.server import Demo, Pace
from provisioner.workflows import local_servers
from tests.cli.wizard.conversation import CTRL_C, conversation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from provisioner.app import App

Run = Callable[[], Any]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    with Demo.start(Pace(first=0, each=0)) as running:
        yield running


@pytest.fixture
def nothing_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model server runs on this machine, whatever does."""
    monkeypatch.setattr(local_servers, "run", lambda wait_s: ())


@pytest.fixture
def wizard_app(app: App, demo: Demo) -> App:
    """An App on a terminal, with the demo's key in a variable."""
    return app._replace(env={"TERM": "xterm", "DEMO_API_KEY": demo.model_key})


@pytest.fixture
def run(wizard_app: App, demo: Demo, nothing_local: None) -> Run:
    """Runs the wizard on the demo's catalog."""
    return lambda: wizard.run(wizard_app, access=lambda: CatalogRequest(url=demo.catalog_url))


def digest(path: Path) -> str:
    """The file's fingerprint; of nothing when there is none."""
    return hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()


def assert_ctrl_c_leaves_no_trace(run: Run, app: App, steps: list[tuple[str, list[str]]]) -> None:
    """``steps`` are the questions by what is seen, each with the keys that answer it: Ctrl-C at each, the others answered."""
    app.config_path.parent.mkdir()
    app.config_path.write_text("# mine\n")
    before = digest(app.config_path)
    for asked in range(len(steps)):
        with conversation(run) as talk:
            for title, keys in steps[:asked]:
                talk.sees(title).types(*keys)
            talk.sees(steps[asked][0]).types(CTRL_C)
            with pytest.raises(KeyboardInterrupt):
                talk.ends()
        assert digest(app.config_path) == before
