"""Start-up stays quick because heavy modules load only where they are needed: asserted in fresh interpreters."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from catalog import schema
from provisioner.demo.server import Demo

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.app import App

HEAVY = {
    *("httpx", "tomlkit", "jsonschema", "questionary", "prompt_toolkit", "rich"),
    *("asyncio", "google.auth", "importlib.metadata", "provisioner.api", "yaml"),
}

CONFIG = """\
[providers.p]
type = "openai"
base_url = "http://127.0.0.1:9/v1"
api_key = "sk-none"

[models."p/m"]
provider = "p"
model = "m"
max_context_size = 1000
"""


def loaded_by(*arguments: str) -> set[str]:
    """The heavy modules that a command has imported when it ends."""
    code = (
        "import sys, json\n"
        "from provisioner.cli.main import run\n"
        f"code = run({list(arguments)!r}, 'kimi-provider')\n"
        f"heavy = {sorted(HEAVY)!r}\n"
        "print()\n"
        "print(json.dumps([code, [name for name in heavy if name in sys.modules]]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    exit_code, modules = json.loads(done.stdout.splitlines()[-1])
    assert exit_code == 0, done.stderr
    return set(modules)


def added_by(*arguments: str) -> set[str]:
    """All modules that the installed command loads for these arguments, beside what Python starts with.

    A module that makes a dataclass of ours has ``@`` before its name: a named tuple is defined four times as quickly.
    """
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from provisioner.cli import kimi_provider\n"
        f"sys.argv = ['kimi-provider', *{list(arguments)!r}]\n"
        "try:\n    kimi_provider()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print()\n"
        "new = {n: m for n, m in sys.modules.items() if n not in before}\n"
        "loaded = {n: m for n, m in new.items() if type(m).__name__ != 'Later'}\n"
        "ours = [(n, m) for n, m in loaded.items() if n.startswith(('provisioner', 'catalog'))]\n"
        "mark = {'@' + n for n, m in ours for c in vars(m).values() if hasattr(c, '__dataclass_fields__')}\n"
        "print(*sorted({*loaded, *mark}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.fixture
def configured(app: App) -> None:
    app.config_path.parent.mkdir()
    app.config_path.write_text(CONFIG)


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("list",),
        ("list", "--json"),
        ("schema",),
        ("schema", "config"),
        ("registry", "init"),
        ("add", "--from"),
    ],
)
def test_reading_commands_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments) == set()


def test_the_version_needs_two_files() -> None:
    assert added_by("--version") == {"__future__", "provisioner", "provisioner.cli"}


@pytest.mark.parametrize("arguments", [("--help",), ("catalog", "--help"), ("registry", "--help")])
def test_a_list_of_commands_imports_none_of_them(arguments: tuple[str, ...]) -> None:
    group = {f"provisioner.cli.{name}" for name in arguments if not name.startswith("-")}
    added = added_by(*arguments)
    assert {name for name in added if name.startswith(("provisioner.", "catalog."))} == {
        *(
            "catalog.errors",
            "provisioner.errors",
            "provisioner.seen_keys",
            "provisioner.written",
            "provisioner.cli",
            "provisioner.cli.later",
            "provisioner.cli.main",
        ),
        *("provisioner.cli.error_text", "provisioner.cli.exit_codes", "provisioner.cli.options"),
        *("provisioner.cli.root", "provisioner.cli.terminal"),
        *group,
    }
    assert not added & {"dataclasses", "inspect", "json", "tempfile"}


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("arguments", [("list",), ("catalog", "list", "--offline"), ("remove", "p")])
def test_a_quick_command_makes_no_dataclass_and_inspects_nothing(arguments: tuple[str, ...]) -> None:
    added = added_by(*arguments)
    assert not added & {"dataclasses", "inspect", "ipaddress", "ssl"}
    assert [name for name in added if name.startswith("@")] == []


def test_only_a_command_puts_off_loading_modules() -> None:
    code = (
        "import sys, kimi_provider, inspect; kimi_provider.App; print(type(sys.modules['inspect']).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "module\n"


def test_a_module_that_was_put_off_is_loaded_once_by_all_who_ask() -> None:
    code = (
        "import sys\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from threading import Barrier\n"
        "for name in ('inspect', 'ipaddress', 'anyio', 'certifi'): sys.modules.pop(name, None)\n"
        "from provisioner.cli.later import Later, delay\n"
        "delay()\n"
        "import anyio, certifi, inspect, ipaddress\n"
        "assert {*map(type, (anyio, certifi, inspect, ipaddress))} == {Later}\n"
        "start = Barrier(8)\n"
        "def ask(_):\n    start.wait()\n    return inspect.Signature, ipaddress.IPv4Address, certifi.where\n"
        "with ThreadPoolExecutor(8) as pool: found = set(pool.map(ask, range(8)))\n"
        "real = sys.modules['inspect'], sys.modules['ipaddress'], sys.modules['certifi']\n"
        "assert found == {(real[0].Signature, real[1].IPv4Address, real[2].where)}, found\n"
        "assert Later not in map(type, real)\n"
        "import anyio.abc\n"
        "assert anyio.abc.ByteStream\n"
        "try: inspect.no_such\nexcept AttributeError as error: print(error)\n"
        "try: Later('no_such').name\nexcept ModuleNotFoundError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "module 'inspect' has no attribute 'no_such'",
        "No module named 'no_such'",
    ], done.stderr


@pytest.mark.usefixtures("configured")
def test_the_catalog_at_hand_is_read_without_http_or_validation() -> None:
    assert loaded_by("catalog", "list", "--offline") == set()


def test_a_registry_without_fault_is_checked_without_http_or_jsonschema(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(schema.load("registry")["examples"][0]))
    assert loaded_by("registry", "validate", str(path)) == set()


@pytest.mark.usefixtures("configured")
def test_removing_loads_nothing_heavy() -> None:
    assert loaded_by("remove", "p") == set()


@pytest.mark.usefixtures("configured")
def test_httpx_comes_without_its_own_command_line() -> None:
    with Demo.start() as demo:
        loaded = loaded_by("catalog", "list", "--url", demo.catalog_url)
    assert "httpx" in loaded
    assert not loaded & {"rich", "jsonschema", "tomlkit"}


@pytest.mark.usefixtures("app")
def test_an_import_over_http_loads_httpx_and_no_authorities_and_no_validator() -> None:
    with Demo.start() as demo:
        added = added_by("add", "--registry", demo.registry_url, "--token", demo.token)
    assert added & HEAVY == {"httpx"}
    assert not added & {"catalog.recognise", "catalog.listing", "catalog.chat_model", "tomllib"}
    # What explains a failure, and what a first prompt asks for.
    assert not added & {"catalog.echoed", "difflib", "provisioner.kimi_code.first_turn"}
    assert not added & {"anyio", "certifi", "trio"}
    assert [name for name in added if name.startswith("@")] == []


@pytest.mark.usefixtures("configured")
def test_a_provider_of_the_built_in_catalog_is_added_without_http() -> None:
    added = added_by("catalog", "add", "anthropic", "--api-key", "k", "--offline")
    assert not added & {*HEAVY, "dataclasses", "inspect"}
