"""`env ALIAS`: lines for a shell, and what they leave out."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

KEY = "sk-aaaaaaaaaaaaaaaa"
CONFIG = f"""\
[providers.a]
type = "openai"
api_key = "{KEY}"
custom_headers = {{ X-Team = "red-0123456789abcdefgh" }}

[providers.b]
type = "anthropic"
base_url = "https://b.example/v1"
api_key_env = "B_KEY"

[providers.k]
type = "kimi"
base_url = "https://k.example/v1"
api_key = "{KEY}"

[providers.free]
type = "openai"
base_url = "http://127.0.0.1:11434/v1"

[providers.v]
type = "vertexai"
api_key = "{KEY}"
env = {{ GOOGLE_CLOUD_PROJECT = "mine", GOOGLE_CLOUD_LOCATION = "us-central1" }}

[models."a/m"]
provider = "a"
model = "it's $HOME"
max_context_size = 1000
support_efforts = ["low", "high"]
capabilities = ["thinking"]

[models."b/m"]
provider = "b"
model = "large"
max_context_size = 200000
max_output_size = 32000
capabilities = ["thinking", "image_in"]
display_name = "Large"
overrides = {{ max_output_size = 16000 }}

[models."k/m"]
provider = "k"
model = "k2"
max_context_size = 1000
support_efforts = ["low", "high"]
default_effort = "low"
capabilities = ["thinking"]

[models."free/m"]
provider = "free"
model = "tiny"
max_context_size = 1000

[models."v/m"]
provider = "v"
model = "gemini-3"
protocol = "google-genai"
max_context_size = 1000
"""


def exported(lines: str, environment: dict[str, str]) -> dict[str, str]:
    """What a real shell makes of the lines."""
    done = subprocess.run(
        ["sh", "-c", f"{lines}\nenv"],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = (line.partition("=") for line in done.stdout.splitlines())
    return {name: value for name, _, value in pairs if name.startswith("KIMI_MODEL_")}


def test_a_key_of_a_variable_stays_a_reference(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    done = cli("env", "b/m", env={"B_KEY": "sk-bbbb"})
    assert (done.code, done.err) == (0, "")
    assert 'export KIMI_MODEL_API_KEY="$B_KEY"' in done.out.splitlines()
    assert exported(done.out, {"B_KEY": "sk-other"}) == {
        "KIMI_MODEL_NAME": "large",
        "KIMI_MODEL_PROVIDER_TYPE": "anthropic",
        "KIMI_MODEL_BASE_URL": "https://b.example",
        "KIMI_MODEL_API_KEY": "sk-other",
        "KIMI_MODEL_MAX_CONTEXT_SIZE": "200000",
        "KIMI_MODEL_MAX_OUTPUT_SIZE": "16000",
        "KIMI_MODEL_CAPABILITIES": "thinking,image_in",
        "KIMI_MODEL_DISPLAY_NAME": "Large",
    }


def test_a_variable_that_is_not_set_is_named_all_the_same(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    done = cli("env", "b/m")
    assert done.code == 0
    assert 'export KIMI_MODEL_API_KEY="$B_KEY"' in done.out
    assert "B_KEY, which holds the key, is not set here" in done.err


def test_a_key_of_the_file_is_shown_only_when_asked_for(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    done = cli("env", "a/m")
    assert KEY not in done.out + done.err
    assert "kimi provider env a/m --show-key" in done.err
    # Not the key of another endpoint that happens to be exported.
    assert exported(done.out, {"KIMI_MODEL_API_KEY": "sk-other"})["KIMI_MODEL_API_KEY"] == ""
    shown = exported(cli("env", "a/m", "--show-key").out, {})
    assert (shown["KIMI_MODEL_API_KEY"], shown["KIMI_MODEL_NAME"]) == (KEY, "it's $HOME")


def test_what_cannot_be_carried_is_said(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    done = cli("env", "a/m")
    assert "custom_headers of a are not carried (X-Team)" in done.err
    assert "red-0123456789" not in done.err
    assert "no variable carries support_efforts" in done.err
    vertex = cli("env", "v/m")
    assert (vertex.code, vertex.out) == (2, "")
    assert "Vertex AI" in vertex.err


def test_json_is_one_document(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    document = cli("env", "a/m", "--json").json("env")
    assert document["variables"]["KIMI_MODEL_API_KEY"] is None
    assert [note["code"] for note in document["notes"]] == ["headers", "settings", "effort", "key_left_out"]
    assert cli("env", "a/m", "--json", "--show-key").json("env")["variables"]["KIMI_MODEL_API_KEY"] == KEY
    named = cli("env", "b/m", "--json", env={"B_KEY": "sk-bbbb"})
    assert "sk-bbbb" not in named.out
    assert named.json("env")["api_key"] == {"from": "variable", "variable": "B_KEY"}


def test_the_environment_redirects_nothing_and_what_it_has_of_another_model_goes(
    machine: Machine, cli: Cli
) -> None:
    machine.write(CONFIG)
    other = {"OPENAI_BASE_URL": "https://elsewhere.example/v1", "KIMI_MODEL_MAX_OUTPUT_SIZE": "9"}
    lines = cli("env", "a/m", env=other).out
    assert "export KIMI_MODEL_BASE_URL=https://api.openai.com/v1" in lines
    assert exported(lines, other)["KIMI_MODEL_MAX_OUTPUT_SIZE"] == ""


def test_the_effort_is_carried_on_the_wire_that_has_a_variable_for_it(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    variables = cli("env", "k/m", "--json").json("env")["variables"]
    assert variables["KIMI_MODEL_THINKING_EFFORT"] == "low"


def test_a_server_without_key_gets_the_word_that_kimi_code_sends(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG)
    done = cli("env", "free/m")
    assert exported(done.out, {})["KIMI_MODEL_API_KEY"] == "unused"
    assert "the file has no key" in done.err


@pytest.mark.parametrize("variable", ["x$(id)", "my-key"])
def test_a_variable_that_is_no_name_never_reaches_a_shell(machine: Machine, cli: Cli, variable: str) -> None:
    machine.write(CONFIG.replace("B_KEY", variable))
    done = cli("env", "b/m")
    assert (done.code, done.out) == (2, "")


def test_an_unknown_alias_and_a_broken_one(machine: Machine, cli: Cli) -> None:
    machine.write(CONFIG.replace('provider = "free"', 'provider = "gone"'))
    assert cli("env", "b/n").code == 1
    assert "did you mean" in cli("env", "b/n").err
    assert cli("env", "free/m").code == 4
