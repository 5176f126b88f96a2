"""What `--json` prints names the program as it was called, as what is printed for people does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.app import Http
from provisioner.cli.main import run
from tests.smoke.server import reply, serving
from tests.smoke.streams import config

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Machine

FILE = """\
default_model = "p/none"

[providers.p]
type = "openai"
base_url = "https://p.example/v1"
api_key = "sk-0123456789abcdef"
source = { kind = "apiJson", url = "https://registry.example/api.json" }

[models."p/m"]
provider = "q"
model = "m"
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("test", "p/m2"), 1),
        (("doctor",), 4),
        (
            (
                "add",
                "--type",
                "openai",
                "--base-url",
                "https://n.example/v1",
                "--as",
                "n",
                "--model",
                "m:200000",
            ),
            0,
        ),
    ],
)
def test_hints_and_notes_name_the_program_as_it_was_called(
    machine: Machine, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int
) -> None:
    for program in ("kimi provider", "kimi-provider"):
        machine.write(FILE)
        assert run([*arguments, "--json"], program, machine.app) == code
        said = json.loads(capsys.readouterr().out)
        commands = [text for text in texts(said) if "kimi provider " in text or "kimi-provider " in text]
        assert commands
        assert [text for text in commands if f"{program} " not in text] == []


def texts(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [text for item in items for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_a_report_too(machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine.write(FILE)
    page, xml = tmp_path / "page.html", tmp_path / "results.xml"
    arguments = ["test", "p/m2", "--report", str(page), "--junit", str(xml)]
    assert run(arguments, "kimi-provider", machine.app) == 1
    for path in (page, xml):
        text = path.read_text()
        assert "kimi-provider test p/m" in text
        assert "kimi provider test p/m" not in text


def test_what_a_server_says_stays_as_it_is(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    said = "kimi provider is no plan of yours"
    with serving(reply("401 Unauthorized", {"error": {"message": said}})) as server:
        machine.write(config("openai", f"{server.url}/v1"))
        assert run(["test", "p/m", "--json"], "kimi-provider", machine.app._replace(http=Http())) == 6
    assert said in json.loads(capsys.readouterr().out)["results"][0]["error"]["message"]
