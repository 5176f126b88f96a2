"""The wizard speaks its own language: options are for the command line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from provisioner.cli.wizard.wizard import in_words, useful

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("left out: X-Team (--with-keys)", "left out: X-Team"),
        (
            "the registry names K as the variable of a, b; to use it import with --api-key-env K",
            "the registry names K as the variable of a, b",
        ),
        ("its id is Kimi Code's: --only ID with --as NAME gives it another", "its id is Kimi Code's"),
        (
            "https://x.example:8/v1 is not asked: use --type, --base-url and --as",
            "https://x.example:8/v1 is not asked",
        ),
        ("not set: export it, or copy the key (--with-keys)", "not set: export it, or copy the key"),
        (
            "it stays: kimi provider key a --to-env NAME keeps one",
            "it stays: kimi provider key a --to-env NAME keeps one",
        ),
        (
            "replaced: kimi provider undo brings it back; --api-key-env NAME keeps its own",
            "replaced: kimi provider undo brings it back",
        ),
        ("the model x--y of a--b stays", "the model x--y of a--b stays"),
    ],
)
def test_what_is_said_of_options_is_left_out(message: str, said: str) -> None:
    assert in_words(message) == said


def messages() -> dict[str, str]:
    """What notes say, and why a provider of another tool is refused, with NAME for what is filled in."""
    found = {}
    for folder in ("workflows", "importers"):
        for path in (ROOT / "provisioner" / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                given = (
                    node.args[1:] if node.func.id == "Note" else node.args if node.func.id == "_No" else []
                )
                for value in (*given, *(word.value for word in node.keywords if word.arg == "refused")):
                    found[f"{path.name}:{node.lineno}"] = filled(value)
    return found


def filled(text: ast.AST) -> str:
    if isinstance(text, ast.JoinedStr):
        return "".join(map(filled, text.values))
    return str(text.value) if isinstance(text, ast.Constant) else "NAME"


def test_no_note_and_no_refusal_names_an_option_without_its_command() -> None:
    said = {place: in_words(message) for place, message in messages().items()}
    assert len(said) > 30
    assert [text for text in said.values() if not useful(text)] == []
    assert [text for text in said.values() if not text.strip()] == []
