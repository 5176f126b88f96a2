"""Each text is parsed once a command: the file as it is, and the file as it is to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.cli.exit_codes import USAGE
from provisioner.demo.server import Demo
from tests.parses import parses_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.app import App


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Demo.start() as demo:
        yield demo


@pytest.fixture
def imported(app: App, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A config.toml with a registry in it; returns the ids of its providers."""
    monkeypatch.setenv("KIMI_REGISTRY_API_KEY", demo.token)
    done = parses_of("add", "--registry", demo.registry_url)
    assert done.exit_code == 0
    assert done.texts == [app.config_path.read_text()], "there was no file: only the new text is looked at"
    return [
        line.split(".")[1].rstrip("]") for line in app.config_path.read_text().splitlines() if _heads(line)
    ]


def _heads(line: str) -> bool:
    return line.startswith("[providers.") and line.count(".") == 1


@pytest.mark.parametrize(
    ("command", "texts"),
    [
        ("list", 1),
        ("list --json", 1),
        ("set-default {alias} --dry-run", 2),
        ("set-default {alias}", 2),
        ("remove {id} --dry-run", 2),
        ("remove {id}", 2),
        ("remove {id} {id2}", 2),
        ("add --registry {registry}", 1),
        ("add --registry {registry} --only {id2}", 1),
        ("refresh", 1),
        ("refresh --check", 1),
        ("doctor", 1),
        ("doctor --fix", 1),
        ("env {alias}", 1),
        ("test {alias}", 1),
    ],
)
def test_no_text_is_parsed_twice_by_a_command(
    command: str, texts: int, imported: list[str], app: App, demo: Demo
) -> None:
    alias = next(
        line[9:-2] for line in app.config_path.read_text().splitlines() if line.startswith("[models.")
    )
    words = command.format(id=imported[0], id2=imported[1], alias=alias, registry=demo.registry_url)
    done = parses_of(*words.split())
    assert done.exit_code != USAGE
    assert (len(done.texts), len(set(done.texts))) == (texts, texts)
    assert not set(done.left) & set(done.texts), "what this program writes is read without tomllib"


def test_undo_parses_what_it_leaves_and_what_it_brings_back(imported: list[str]) -> None:
    assert parses_of("remove", imported[0]).exit_code == 0
    done = parses_of("undo")
    assert done.exit_code == 0
    assert len(done.texts) == len(set(done.texts)) <= 2


def test_an_import_with_changes_parses_the_file_and_what_it_is_to_be(imported: list[str], demo: Demo) -> None:
    assert parses_of("remove", imported[0]).exit_code == 0
    done = parses_of("add", "--registry", demo.registry_url)
    assert done.exit_code == 0
    assert len(done.texts) == len(set(done.texts)) == 2
