"""What people install: one package, that neither gets in the way of their modules nor minds them."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from email.parser import BytesParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hatch_build import elsewhere

if TYPE_CHECKING:
    from email.message import Message

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("catalog", "provisioner", "schemas")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installed wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A project whose modules are called like our folders, and say so."""
    for name in FOLDERS:
        (tmp_path / "project" / name).mkdir(parents=True)
        (tmp_path / "project" / name / "__init__.py").write_text("OWNER = 'the project'\n")
    return tmp_path / "project"


def python(*arguments: str, theirs: Path, ours: Path) -> str:
    """Runs Python in the project, with the project's modules first and ours last."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(theirs), str(ours)])}
    done = subprocess.run(
        [sys.executable, *arguments], check=False, cwd=theirs, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def metadata(wheel: Path) -> Message:
    (folder,) = wheel.glob("*.dist-info")
    return BytesParser().parsebytes((folder / "METADATA").read_bytes())


def test_the_wheel_holds_one_package_with_all_files_of_the_checkout(wheel: Path) -> None:
    assert {path.name for path in wheel.iterdir() if path.suffix != ".dist-info"} == {"kimi_provider"}
    checkout = {path for folder in FOLDERS for path in files(ROOT / folder)}
    names = {str(path.relative_to(ROOT)).removeprefix("provisioner/") for path in checkout}
    package = wheel / "kimi_provider"
    assert {str(path.relative_to(package)) for path in files(package)} == names


def test_no_import_in_the_wheel_leads_out_of_the_package(wheel: Path) -> None:
    for path in wheel.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            named += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in named if name.partition(".")[0] in FOLDERS], path


def test_lines_keep_their_numbers(wheel: Path) -> None:
    for path in (wheel / "kimi_provider" / "catalog").glob("*.py"):
        assert path.read_bytes().count(b"\n") == (ROOT / "catalog" / path.name).read_bytes().count(b"\n")


def test_every_module_of_the_wheel_loads_beside_a_project_with_such_names(wheel: Path, theirs: Path) -> None:
    sources = [path.relative_to(wheel).with_suffix("") for path in wheel.rglob("*.py")]
    modules = [".".join(path.parts).removesuffix(".__init__") for path in sources]
    code = (
        "import importlib, json, sys\n"
        f"[importlib.import_module(name) for name in {modules!r}]\n"
        f"print(json.dumps([name for name in {FOLDERS!r} if name in sys.modules]))\n"
    )
    assert json.loads(python("-c", code, theirs=theirs, ours=wheel)) == []


@pytest.mark.parametrize("installed", ["wheel", "checkout"])
class TestBesideTheirModules:
    @pytest.fixture
    def ours(self, installed: str, wheel: Path) -> Path:
        return wheel if installed == "wheel" else ROOT

    def test_commands_work(self, ours: Path, theirs: Path) -> None:
        def command(*arguments: str) -> str:
            return python("-m", "kimi_provider", *arguments, theirs=theirs, ours=ours)

        assert "No providers configured" in command("list")
        assert json.loads(command("schema", "config"))["title"]
        assert "built-in snapshot" in command("catalog", "info", "--offline")

    def test_entry_points_lead_to_the_package(self, ours: Path, theirs: Path, wheel: Path) -> None:
        (folder,) = wheel.glob("*.dist-info")
        targets = re.findall(
            r"^([\w-]+) = ([\w.]+):(\w+)$", (folder / "entry_points.txt").read_text(), re.MULTILINE
        )
        assert [name for name, _, _ in targets] == ["kimi", "kimi-provider"]
        for _, module, function in targets:
            code = f"import sys; from {module} import {function}; sys.argv = ['x', '--version']; {function}()"
            assert python("-c", code, theirs=theirs, ours=ours).startswith("kimi-provider ")

    def test_their_modules_stay_theirs(self, ours: Path, theirs: Path) -> None:
        code = (
            "import kimi_provider, catalog, provisioner, schemas\n"
            "from kimi_provider.catalog import wire\n"
            "print(catalog.OWNER, provisioner.OWNER, schemas.OWNER, sep=', ')\n"
            "print(kimi_provider.load(offline=True).kind)\n"
        )
        said = python("-c", code, theirs=theirs, ours=ours)
        assert said == "the project, the project, the project\ncatalog\n"

    def test_a_traceback_names_a_line_as_it_stands_in_the_checkout(self, ours: Path, theirs: Path) -> None:
        code = (
            "import traceback\n"
            "from kimi_provider.catalog import urls\n"
            "try: urls.check('ftp://x')\n"
            "except Exception as error: print(traceback.extract_tb(error.__traceback__)[-1].line)\n"
        )
        line = python("-c", code, theirs=theirs, ours=ours).strip()
        assert line
        assert line in (ROOT / "catalog" / "urls.py").read_text()


def test_a_file_of_the_checkout_is_cached_apart_under_each_of_its_names(
    tmp_path: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "cache"))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    code = "from kimi_provider.catalog import urls; print(urls.__name__)"
    for _ in range(2):
        assert python("-c", code, theirs=theirs, ours=ROOT) == "kimi_provider.catalog.urls\n"
        plain = python("-c", "from catalog import wire; print(wire.__name__)", theirs=ROOT, ours=ROOT)
        assert plain == "catalog.wire\n"
    kept = {path.name for path in (tmp_path / "cache").rglob("urls*.pyc")}
    assert kept >= {f"urls.{sys.implementation.cache_tag}.kimi_provider.pyc"}


def test_metadata_is_whole(wheel: Path) -> None:
    said = metadata(wheel)
    assert said["Author"]
    assert said.get_all("Project-URL")
    classifiers = said.get_all("Classifier", [])
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 15)} <= set(classifiers)


def test_no_link_of_the_description_needs_the_checkout(wheel: Path) -> None:
    text = str(metadata(wheel).get_payload())
    assert "# kimi-provider" in text
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    assert not [link for link in links if not link.startswith("https://")]


def test_relative_links_lead_to_the_repository_once_it_is_known() -> None:
    text = "[a](docs/a.md), ![b](b.svg), [c](https://c.example), [d](#d)"
    assert elsewhere(text, None) == "a, , [c](https://c.example), d"
    assert elsewhere(text, "https://r.example/") == (
        "[a](https://r.example/blob/main/docs/a.md), ![b](https://r.example/raw/main/b.svg), "
        "[c](https://c.example), [d](https://r.example#d)"
    )
