"""The reference says what the program says, and leaves nothing out."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, get_args

import click
import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix

from provisioner import lock
from provisioner.cli import error_table
from provisioner.cli.help_topics import TOPICS
from provisioner.cli.root import root
from provisioner.smoke.problem import Kind
from tests.docs import pages, reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MADE = reference.reference()


@pytest.mark.parametrize("name", MADE)
def test_a_page_of_the_reference_is_fresh(name: str) -> None:
    path = pages.ROOT / name
    assert path.is_file(), "python -m tests.docs.generate writes it"
    assert path.read_text() == MADE[name], "python -m tests.docs.generate writes it anew"


def test_no_page_is_left_of_what_is_gone() -> None:
    there = {
        path.relative_to(pages.ROOT).as_posix()
        for path in (pages.ROOT / reference.FOLDER).rglob("*.md")
        if "<!-- made by" in path.read_text()
    }
    assert there == set(MADE)


def test_a_new_option_changes_the_page() -> None:
    command = reference.subcommands(root)["list"]
    before = dict(reference._commands())["commands/list.md"]
    command.params.append(click.Option(["--brand-new"], help="Something."))
    try:
        after = dict(reference._commands())["commands/list.md"]
    finally:
        command.params.pop()
    assert before == MADE["docs/reference/commands/list.md"]
    assert "--brand-new" in after


def sources(*roots: str) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of the program's source, the demo's servers aside."""
    for folder in roots:
        for path in sorted((pages.ROOT / folder).rglob("*.py")):
            if not path.is_relative_to(pages.ROOT / "provisioner" / "demo"):
                yield from ((path, node) for node in ast.walk(ast.parse(path.read_text())))


def test_every_error_of_a_command_has_its_cause_and_cure() -> None:
    # `system` and `interrupted` have no class: main.py words them.
    assert set(error_table.COMMANDS) == {*reference.error_classes(), "system", "interrupted"}


def test_every_kind_of_a_test_has_its_cause_and_cure() -> None:
    assert set(error_table.TESTS) == set(get_args(Kind))


def finding_codes() -> set[str]:
    """The codes that the source gives to findings."""
    found = {"invalid_utf8", "invalid_toml", "file_readable"}  # these three are given by name
    for _, node in sources("provisioner/doctor", "provisioner/kimi_code", "provisioner/workflows"):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        given = [
            word.value for word in node.keywords if word.arg == "code" and called in ("Unusable", "Finding")
        ]
        if called in ("error", "warning", "Finding"):
            given += node.args[:1]
        for code in given:
            if isinstance(code, ast.Constant):
                found.add(str(code.value))
            elif isinstance(code, ast.JoinedStr):
                found |= {
                    f"{key}{ast.literal_eval(code.values[1])}"
                    for key in ("max_input_size", "max_output_size")
                }
    return found


def test_every_finding_of_doctor_has_its_cause_and_cure() -> None:
    assert set(error_table.FINDINGS) == finding_codes()


def registry_codes() -> set[str]:
    """The codes that the source gives to what is amiss in a registry."""
    place = {"_error": 1, "_warning": 1, "_only": 1, "RegistryFinding": 3}
    found = set()
    for path, node in sources("catalog"):
        if (
            path.name.startswith("registry")
            and isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
        ):
            code = node.args[place[node.func.id]] if node.func.id in place else None
            if isinstance(code, ast.Constant):
                found.add(str(code.value))
    return found


def test_every_finding_in_a_registry_has_its_cause_and_cure() -> None:
    assert set(error_table.REGISTRY) == registry_codes()


def note_codes() -> set[str]:
    """The codes that the source gives to notes which a command prints with `--json`."""
    found = set()
    for path, node in sources("provisioner"):
        if path.name == "registry_init.py":  # prints a registry, and the messages alone beside it
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Note":
            code = node.args[0]
            if isinstance(code, ast.Constant):
                found.add(str(code.value))
            else:
                assert ast.unparse(code) == "flaw.code", f"{path}:{node.lineno}"  # a finding's
        if isinstance(node, ast.Dict):  # what is no Note before it is printed
            values = [
                value
                for key, value in zip(node.keys, node.values, strict=True)
                if key and ast.unparse(key) == "'code'"
            ]
            found |= {str(one.value) for one in values if isinstance(one, ast.Constant) and one.value}
    return found


def test_every_note_says_what_may_be_done() -> None:
    assert set(error_table.NOTES) == note_codes() - set(error_table.FINDINGS)


def test_help_explains_every_code() -> None:
    hidden = {*TOPICS, *reference.subcommands(root)}
    assert [code for rows in error_table.GROUPS.values() for code in rows if code in hidden] == []


def test_no_code_is_said_by_two() -> None:
    every = [code for rows in error_table.GROUPS.values() for code in rows]
    assert len(every) == len(set(every))


# What looks like a variable in the source and is none: words of protocols and of the operating system, and names that
# are put together (MAX_OUTPUT_SIZE of KIMI_MODEL_MAX_OUTPUT_SIZE).
NO_VARIABLES = re.compile(
    r"O_[A-Z]+|.*(_CONTENT|_SAFETY|_UNSPECIFIED)|MAX_TOKENS|HTTP_REQUEST|RECORD_LAYER_FAILURE|UNKNOWN_PROTOCOL|"
    r"WRONG_VERSION_NUMBER|DEFAULT_CATALOG_URL|_API_KEY|ADAPTIVE_THINKING|BASE_URL|DISPLAY_NAME|MAX_CONTEXT_SIZE|"
    r"MAX_OUTPUT_SIZE|PROVIDER_TYPE|REASONING_KEY|THINKING_EFFORT|THINKING_KEEP|TOP_P|DEMO_.*"
)
# Those with which the program and its completion talk to themselves.
INTERNAL = frozenset({"KIMI_PROVIDER_HANDOVER", "_KIMI_PROVIDER_COMPLETE", "COMP_WORDS", "COMP_CURRENT"})
VARIABLE = re.compile(r'"(_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]+_proxy|HOME|PATH|TERM|CLICOLOR)"')


def variables_in_the_source() -> set[str]:
    found = {
        name
        for folder in ("provisioner", "catalog")
        for path in (pages.ROOT / folder).rglob("*.py")
        if not path.is_relative_to(pages.ROOT / "provisioner" / "demo")
        for name in VARIABLE.findall(path.read_text())
    }
    return {name.upper() for name in found if not NO_VARIABLES.fullmatch(name)} - INTERNAL


def documented(name: str, page: set[str]) -> bool:
    """Whether the page has the name, as it is or by the beginning that several share."""
    return name in page or any(name.startswith(known.rstrip("*")) for known in page if known.endswith("*"))


def test_every_variable_that_is_read_is_on_the_page() -> None:
    page = reference.variables()
    assert {name for name in variables_in_the_source() if not documented(name, page)} == set()
    assert not documented("KIMI_NEW_VARIABLE", page)
    assert "KIMI_CODE_HOME" in variables_in_the_source()


def test_files_are_where_the_page_says(private_home: Path) -> None:
    page = (pages.DOCS / "reference" / "files.md").read_text()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("XDG_CACHE_HOME")
        patch.delenv("XDG_STATE_HOME")
        for kind in (Unix, MacOS):
            folders = kind("kimi-provider", appauthor=False)
            cache, state = (
                f"~/{path.relative_to(private_home)}"
                for path in (folders.user_cache_path, folders.user_state_path)
            )
            assert f"`{cache}/`" in page
            assert f"`{state}/backups/`" in page
    with lock.held(private_home / "config.toml", wait_s=0):
        (sidecar,) = private_home.glob(".*.lock")
    assert f"`{sidecar.name}`" in page
    assert "`$XDG_CACHE_HOME`" in page
    assert "`$XDG_STATE_HOME`" in page


def test_schemas_describe_every_property() -> None:
    bare = [
        (name, line)
        for name, text in MADE.items()
        if "/schemas/" in name
        for line in text.splitlines()
        if line.startswith("| `") and line.endswith("|  |")
    ]
    assert bare == []
