"""`test --history`, `--report` and `--junit`, against the demo's servers."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from catalog import schema
from provisioner.cli.test_history import block
from provisioner.demo.server import Demo, Pace
from provisioner.history import store
from provisioner.history.chart import ASCII, BLOCKS
from provisioner.workflows.history import Past
from tests.history.runs import anything, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from provisioner.history.run import Run
    from tests.cli.conftest import Cli, Machine


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Demo.start(Pace(first=0.01, each=0.001, slow=0.05)) as demo:
        yield demo


@pytest.fixture
def aliases(demo: Demo, machine: Machine) -> tuple[str, str, str]:
    """One that passes, one that fails, one that cannot be told."""
    faults = demo.endpoints["openai"].replace("/openai/", "/faults/")
    tables = ['default_model = "good/echo"']
    tables += [
        f'[providers.{name}]\ntype = "openai"\nbase_url = "{url}"\napi_key = "{demo.model_key}"\n'
        for name, url in (("good", demo.endpoints["openai"]), ("bad", faults))
    ]
    tables += [
        f'[models."{provider}/{model}"]\nprovider = "{provider}"\nmodel = "{model}"\nmax_context_size = 131072\n'
        for provider, model in (("good", "echo"), ("bad", "cut"), ("bad", "failing"))
    ]
    machine.write("\n".join(tables))
    return "good/echo", "bad/cut", "bad/failing"


def kept(machine: Machine) -> dict[str, list[Run]]:
    return store.load(store.file_of(machine.app.state_dir, machine.app.config_path))


def test_each_test_is_recorded_and_shown(machine: Machine, cli: Cli, aliases: tuple[str, ...]) -> None:
    good, cut, failing = aliases
    assert cli("test", *aliases).code == 1
    assert cli("test", good).code == 0
    done = cli("test", "--history")
    assert (done.code, done.err) == (0, "")
    blocks = done.out.split("\n\n")
    assert [block.splitlines()[0] for block in blocks[:3]] == [cut, failing, good]
    assert "2 runs since" in blocks[2]
    assert "verdict     ●●  last pass" in blocks[2]
    assert "last error  truncated" in blocks[0]
    assert "1 unknown" in blocks[1]
    assert cli("test", "--history", cut).out.startswith(f"{cut}\n  1 run since")


def test_history_as_json_is_one_document(cli: Cli, aliases: tuple[str, ...]) -> None:
    cli("test", *aliases)
    document = cli("test", "--history", "--json", aliases[0]).json("test-history")
    assert document["aliases"][0]["summary"] == {"passed": 1, "failed": 0, "unknown": 0}
    assert cli("test", "--history", "--json", "nope").error()["code"] == "not_found"


def test_history_of_nothing(cli: Cli) -> None:
    done = cli("test", "--history")
    assert (done.code, done.out) == (0, "No test is on record yet: kimi provider test ALIAS\n")
    assert cli("test", "--history", "--json").json("test-history") == {"aliases": []}


@pytest.mark.parametrize(
    "option", [("--all",), ("-j", "2"), ("--junit", "x.xml"), ("--check", "text"), ("--minimal",)]
)
def test_history_takes_no_options_of_a_test(cli: Cli, option: tuple[str, ...]) -> None:
    done = cli("test", "--history", *option)
    assert done.code == 2
    assert option[0] in done.err


def test_the_reports_are_written_whatever_the_verdicts(
    machine: Machine, cli: Cli, aliases: tuple[str, ...], demo: Demo, tmp_path: Path
) -> None:
    page, junit = tmp_path / "out" / "report.html", tmp_path / "out" / "junit.xml"
    cli("test", *aliases)
    done = cli("test", *aliases, "--json", "--report", str(page), "--junit", str(junit))
    assert done.code == 1
    assert schema.problems(json.loads(done.out), "output/test") == []
    html = page.read_text()
    assert "Model test: 1 failed, 1 could not be told, 1 passed" in html
    assert "1 of the last 2 runs passed" not in html
    assert "2 of the last 2 runs passed" in html
    root = ET.fromstring(junit.read_bytes())
    assert [root.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]
    for text in (html, junit.read_text()):
        assert demo.model_key not in text
        assert demo.model_key[-8:] not in text


def test_the_page_can_be_made_of_the_history_alone(
    cli: Cli, aliases: tuple[str, ...], tmp_path: Path
) -> None:
    cli("test", *aliases)
    cli("test", *aliases)
    page = tmp_path / "models.html"
    assert cli("test", "--history", "--report", str(page)).code == 0
    html = page.read_text()
    assert "Model test: 1 failed, 1 could not be told, 1 passed" in html
    assert "truncated" in html
    assert "2 of the last 2 runs passed" in html


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_sent(
    machine: Machine, cli: Cli, aliases: tuple[str, ...], tmp_path: Path
) -> None:
    done = cli("test", *aliases, "--json", "--junit", str(tmp_path))
    assert (done.code, done.out, done.error()["code"]) == (2, "", "report_unwritable")
    assert kept(machine) == {}


def test_no_history_is_no_reason_to_fail(machine: Machine, cli: Cli, aliases: tuple[str, ...]) -> None:
    machine.app.state_dir.parent.mkdir()
    machine.app.state_dir.write_text("a file where the folder should be")
    done = cli("test", aliases[0])
    assert done.code == 0
    assert "note: no history is kept in" in done.err
    assert cli("test", aliases[0], "--json").err == ""


def test_history_in_an_encoding_without_blocks_is_plain(machine: Machine) -> None:
    store.append(store.file_of(machine.app.state_dir, machine.app.config_path), [run(), run()])
    code = (
        "from pathlib import Path\nfrom provisioner.app import App\nfrom provisioner.cli.main import run\n"
        f"app = App(Path({str(machine.app.config_path)!r}), Path('c'), Path({str(machine.app.state_dir)!r}), {{}})\n"
        "raise SystemExit(run(['test', '--history'], 'kimi', app))"
    )
    for encoding, mark in (("ascii", "oo"), ("utf-8", "●●"), ("cp1252", "oo")):
        done = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONIOENCODING": encoding}, capture_output=True, check=True
        )
        assert f"verdict     {mark}  last pass" in done.stdout.decode(encoding)


def test_history_loads_nothing_heavy(machine: Machine) -> None:
    store.append(store.file_of(machine.app.state_dir, machine.app.config_path), [run()])
    heavy = ("httpx", "asyncio", "rich", "jsonschema", "tomlkit", "xml", "prompt_toolkit")
    code = (
        "import sys\nfrom pathlib import Path\nfrom provisioner.app import App\nfrom provisioner.cli.main import run\n"
        f"app = App(Path({str(machine.app.config_path)!r}), Path('c'), Path({str(machine.app.state_dir)!r}), {{}})\n"
        "assert run(['test', '--history'], 'kimi', app) == 0\n"
        f"print([name for name in {heavy!r} if sys.modules.get(name)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@given(anything, anything)
def test_whatever_the_figures_a_line_fits_80_columns(first: Run, last: Run) -> None:
    runs = tuple(
        run(**{**_figures(one), "alias": "p/m", "error": "model_not_found"}) for one in (first, last) * 20
    )
    for glyphs in (BLOCKS, ASCII):
        for line in block(Past("p/m", runs), glyphs):
            assert len(_plain(line)) <= 80


def _figures(one: Run) -> dict[str, object]:
    names = ("at", "verdict", "first_token_ms", "total_ms", "tokens_per_second")
    return {name: getattr(one, name) for name in names}


def _plain(line: str) -> str:
    from click import unstyle

    return unstyle(line)
