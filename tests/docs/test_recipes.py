"""The recipes do what their pages promise, as far as that goes without the service that runs them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.docs import pages
from tests.docs.recipes import Machine, instructions, substituted

if TYPE_CHECKING:
    from tests.docs.console import Served

RECIPES = pages.DOCS / "recipes"
REGISTRY = "https://registry.example/api.json"


@pytest.fixture
def machine(tmp_path: Path, programs: Path) -> Machine:
    return Machine(tmp_path / "machine", programs)


def token(demo: Served) -> str:
    """The token of the demo's registry, as its shell file has it."""
    (found,) = re.findall(r"KIMI_REGISTRY_API_KEY=(\S+)", Path(demo.environment).read_text())
    return str(found)


def totals(report: Path) -> dict[str, str]:
    suites = ET.parse(report).getroot()
    return {name: suites.get(name, "") for name in ("tests", "failures", "errors")}


def configured(machine: Machine) -> dict[str, Any]:
    return tomllib.loads((machine.home / ".kimi-code" / "config.toml").read_text())


def test_github(machine: Machine, demo: Served) -> None:
    # `on` is a truth value in YAML 1.1, which PyYAML reads.
    workflow: Any = yaml.load((RECIPES / "github.yml").read_text(), yaml.BaseLoader)
    assert set(workflow) == {"name", "on", "permissions", "env", "jobs"}
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["env"] == {"REGISTRY_URL": REGISTRY}
    secrets = {"${{ secrets.REGISTRY_TOKEN }}": token(demo)}
    (job,) = workflow["jobs"].values()
    ran = 0
    for step in job["steps"]:
        assert ("run" in step) is not ("uses" in step)
        machine.exported = {
            "REGISTRY_URL": f"{demo.url}/registry/api.json",
            **{name: secrets[value] for name, value in step.get("env", {}).items()},
        }
        if "run" in step:
            machine.run(step["run"])
            ran += 1
    assert ran == 5
    kept = job["steps"][-1]["with"]["path"].split()
    assert all((machine.home / name).is_file() for name in kept)
    assert totals(machine.home / "results.xml") == {"tests": "7", "failures": "0", "errors": "0"}
    cached = next(step["with"]["path"] for step in job["steps"] if "actions/cache" in step.get("uses", ""))
    assert (machine.home / cached.removeprefix("~/")).is_dir()


def test_gitlab(machine: Machine, demo: Served) -> None:
    (job,) = yaml.safe_load((RECIPES / "gitlab-ci.yml").read_text()).values()
    # The commands are those that ran above; the last of them, which takes longest, need not run again.
    steps = yaml.safe_load((RECIPES / "github.yml").read_text())["jobs"]["models"]["steps"]
    export, *commands = job["script"]
    assert [*job["before_script"], *commands] == [step["run"] for step in steps if "run" in step]
    own = {"CI_PROJECT_DIR": str(machine.home)}
    assert job["variables"]["REGISTRY_URL"] == REGISTRY
    machine.exported = {name: substituted(value, own) for name, value in job["variables"].items()}
    machine.exported |= {"REGISTRY_URL": f"{demo.url}/registry/api.json", "REGISTRY_TOKEN": token(demo)}
    machine.run("\n".join([*job["before_script"], export, *commands[:-1]]))
    assert all((machine.home / name).is_dir() for name in job["cache"]["paths"])
    for path in (*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]):
        assert path in commands[-1].split()


def test_dockerfile(machine: Machine) -> None:
    arguments: dict[str, str] = {}
    for word, rest in instructions((RECIPES / "Dockerfile").read_text()):
        if word == "ARG":
            name, _, value = rest.partition("=")
            arguments[name] = value
        elif word == "RUN":
            machine.exported = arguments
            machine.run(rest, ("sh", "-ec"))
        else:
            assert word in ("FROM", "ENV", "USER", "WORKDIR", "CMD")
    provider = configured(machine)["providers"]["openai"]
    assert provider["api_key_env"] == "OPENAI_API_KEY"
    assert "api_key" not in provider
    assert configured(machine)["default_model"] == "openai/gpt-5"
    machine.run("kimi", ("sh", "-ec"))


def test_devcontainer(machine: Machine) -> None:
    container = json.loads((RECIPES / "devcontainer.json").read_text())
    machine.exported = dict.fromkeys(container["remoteEnv"], "sk-test-0123456789")
    for name in ("onCreateCommand", "postCreateCommand", "postStartCommand"):
        machine.run(container[name], ("sh", "-ec"))
    assert configured(machine)["providers"]["openai"]["api_key_env"] in container["remoteEnv"]


def test_a_step_that_fails_fails_the_recipe(machine: Machine) -> None:
    with pytest.raises(AssertionError, match="command not found"):
        machine.run("kimi-provider list")  # nothing has installed it
    with pytest.raises(AssertionError):
        machine.run("pip install kimi-provder")
    machine.run("pip install kimi-provider")
    with pytest.raises(AssertionError, match="No such option"):
        machine.run("kimi-provider list --nothing | cat")
