from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from provisioner.app import Http
from tests.smoke.server import Chunks, Request, reply, serving, stream, until
from tests.smoke.streams import BASES, BY_WIRE, CHAT, config

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

KEY = "sk-0123456789abcdef"


@pytest.fixture(autouse=True)
def real_http(machine: Machine) -> None:
    machine.app = machine.app._replace(http=Http())


@pytest.mark.parametrize("wire", BASES)
def test_a_pass_as_a_document(cli: Cli, machine: Machine, wire: str) -> None:
    with serving(stream(BY_WIRE[wire])) as server:
        machine.write(config(wire, server.url + BASES[wire]))
        done = cli("test", "p/m", "--json")
    document = done.json("test")
    assert (done.code, done.err) == (0, "")
    assert document["summary"] == {"passed": 1, "failed": 0, "unknown": 0}
    result = document["results"][0]
    assert (result["alias"], result["provider"], result["model"], result["wire"]) == ("p/m", "p", "m", wire)
    assert (result["verdict"], result["error"], result["finish"]["kind"]) == ("pass", None, "stop")
    assert result["text"].startswith("Hel")
    assert result["usage"]["input"] == 7


@pytest.mark.parametrize(("option", "size"), [("--full", "full"), ("--minimal", "least"), (None, "small")])
def test_the_size_that_was_tested_is_said(cli: Cli, machine: Machine, option: str | None, size: str) -> None:
    chosen = [option] if option else []
    with serving(stream(CHAT)) as server:
        machine.write(config("openai", f"{server.url}/v1", model="max_output_size = 4096"))
        document = cli("test", "p/m", "--json", *chosen).json("test")
        said = cli("test", "p/m", *chosen).out
    sent = document["results"][0]["request"]
    assert sent == {"size": size, "bytes": int(server.requests[0].headers["content-length"])}
    assert {"full": "a first turn's size (84 kB)", "least": "least request", "small": "small request"}[
        size
    ] in said
    assert cli("test", "p/m", "--full", "--minimal").code == 2


@pytest.mark.parametrize(
    ("answer", "code", "kind"),
    [
        (reply("401 Unauthorized", {"error": {"message": f"bad key {KEY}"}}), 6, "auth"),
        (reply("404 Not Found"), 1, "not_found_url"),
        (reply("429 Slow down", retry_after="600"), 7, "rate_limit"),
        (stream(b"<html></html>"), 1, "not_sse"),
        (stream(CHAT[:90]), 1, "truncated"),
    ],
)
def test_a_failure_as_a_document(cli: Cli, machine: Machine, answer: Chunks, code: int, kind: str) -> None:
    with serving(answer) as server:
        machine.write(config("openai", f"{server.url}/v1"))
        done = cli("test", "p/m", "--json")
    document = done.json("test")
    assert (done.code, document["results"][0]["error"]["kind"]) == (code, kind)
    assert KEY not in done.out + done.err


@pytest.mark.parametrize("wire", ["openai", "openai_responses", "anthropic"])
def test_a_404_on_a_path_that_answers_an_empty_request_is_about_the_model(
    cli: Cli, machine: Machine, wire: str
) -> None:
    def answer(request: Request) -> Chunks:
        if request.body == {}:
            return reply("400 Bad Request", {"error": "Missing model in request body"})
        return reply("404 Not Found", {"error": {"message": "No fixture matched"}})

    with serving(answer) as server:
        machine.write(config(wire, server.url + BASES[wire]))
        error = cli("test", "p/m", "--json").json("test")["results"][0]["error"]
    assert (error["kind"], error["hint"]) == ("model_not_found", 'correct model in [models."p/m"]')


def test_lines_for_people(cli: Cli, machine: Machine) -> None:
    def answer(request: Request) -> Chunks:
        return (
            stream(CHAT)
            if request.body["model"] == "m"
            else reply("401 No", {"error": {"message": "wrong\x1b[31m key"}})
        )

    with serving(answer) as server:
        second = '[models."p/bad"]\nprovider = "p"\nmodel = "bad"\nmax_context_size = 128000\n'
        machine.write(config("openai", f"{server.url}/v1") + second)
        done = cli("test", "--all")
    assert done.code == 6
    lines = done.out.splitlines()
    assert lines[0].startswith("PASS    p/m  openai  http://")
    assert "first token" in lines[1]
    assert "7 tokens in, 5 out (2 reasoning)" in lines[1]
    assert lines[2].strip() == "says: Hello"
    assert lines[3].startswith("FAIL    p/bad")
    assert "wrong\\x1b[31m key" in done.out
    assert lines[-1].strip() == "try: correct api_key in [providers.p]"
    assert done.err == "1 passed, 1 failed, 0 could not be told.\n"


def test_a_refused_key_beside_another_failure_is_a_failure(cli: Cli, machine: Machine) -> None:
    with serving(reply("401 No")) as server:
        machine.write(config("openai", f"{server.url}/v1"))
        assert cli("test", "p/m").code == 6
        assert cli("test", "p/m", "p/nobody").code == 1


def test_what_could_not_be_told_has_a_code_of_its_own(cli: Cli, machine: Machine) -> None:
    with serving(reply("429 Slow down", retry_after="600")) as server:
        machine.write(config("openai", f"{server.url}/v1"))
        assert cli("test", "p/m").code == 7
        assert cli("test", "p/m", "--unknown-ok").code == 0
        assert cli("test", "p/m", "p/nobody", "--unknown-ok").code == 1


def test_retries_are_counted_by_the_option(cli: Cli, machine: Machine) -> None:
    with serving(reply("429 Slow down", retry_after_ms="1")) as server:
        machine.write(config("openai", f"{server.url}/v1"))
        assert cli("test", "p/m", "--retries", "0").code == 7
        assert len(server.requests) == 1
        assert cli("test", "p/m", "--retries", "3").code == 7
        assert len(server.requests) == 5


def test_fix_says_what_it_wrote(cli: Cli, machine: Machine) -> None:
    def answer(request: Request) -> Chunks:
        if "tools" not in request.body or request.body["max_tokens"] <= 4096:
            return stream(CHAT)
        return reply("400 Bad", {"error": {"message": "max_tokens must be at most 4096"}})

    with serving(answer) as server:
        machine.write(config("openai", f"{server.url}/v1"))
        shown = cli("test", "p/m", "--fix", "--dry-run")
        done = cli("test", "p/m", "--fix")
        again = cli("test", "p/m", "--fix", "--json")
    line = 'max_output_size = 4096 in [models."p/m"]'
    assert (shown.code, done.code) == (1, 0)
    assert "+ max_output_size = 4096" in shown.out
    assert f"try: {line} (kimi provider test p/m --fix writes it)" in shown.out
    assert f"Set {line}." in done.out
    assert done.out.startswith("PASS")
    assert again.code == 0
    assert again.json("test")["fixed"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to test"),
        (["p/m", "--check", "taste"], "'taste' is none of text, tools, thinking, vision"),
        (["p/m", "--dry-run"], "--dry-run needs --fix"),
        (["p/m", "-j", "0"], "0"),
    ],
)
def test_usage(cli: Cli, machine: Machine, arguments: list[str], message: str) -> None:
    machine.write(config("openai", "http://127.0.0.1:9"))
    done = cli("test", *arguments)
    assert done.code == 2
    assert message in done.err


def test_an_unknown_provider_is_an_error(cli: Cli, machine: Machine) -> None:
    machine.write(config("openai", "http://127.0.0.1:9"))
    done = cli("test", "--provider", "q", "--json")
    assert (done.code, done.out, done.error()["code"]) == (1, "", "not_found")


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT to a process")
def test_ctrl_c_leaves_a_partial_report(machine: Machine) -> None:
    with serving(lambda request: stream(CHAT) if request.body["model"] == "m" else stream(30.0)) as server:
        second = '[models."p/slow"]\nprovider = "p"\nmodel = "slow"\nmax_context_size = 128000\n'
        path = machine.config
        machine.write(config("openai", f"{server.url}/v1") + second)
        # One at a time: once the second is asked for, the first is done.
        command = ["provisioner", "test", "--all", "-j", "1", "--json", "--config", str(path)]
        running = subprocess.Popen(
            [sys.executable, "-m", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        until(lambda: len(server.requests) == 2, 60)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    document = json.loads(out)
    assert running.returncode == 130, err
    assert document["interrupted"]
    assert [result["alias"] for result in document["results"]] == ["p/m"]
    assert "Traceback" not in err


_FILE = """\
default_model = "p/m"
[providers.p]
type = "openai"
base_url = "http://127.0.0.1:9/v1"
api_key = "k"

[models."p/m"]
provider = "p"
model = "m"
max_context_size = 1000
[models.x]
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (_FILE + 'capabilities = "thinking"', 12),
        (_FILE.replace('"k"', "5"), 5),
        (_FILE.replace('type = "openai"\n', ""), 2),
        (_FILE.replace('"p/m"\n', '"none"\n', 1), 1),
        (_FILE.replace('default_model = "p/m"\n', ""), None),
        (_FILE.replace('[models."p/m"]', "[models.other]"), None),
    ],
)
def test_what_in_the_file_keeps_kimi_code_from_asking_is_told_with_its_line(
    cli: Cli, machine: Machine, text: str, line: int | None
) -> None:
    machine.write(text)
    result = cli("test", "p/m", "--json").json("test")["results"][0]
    found = re.search(r"\(.*config\.toml:(\d+)\)$", result["error"]["message"])
    assert (result["verdict"], result["error"]["kind"]) == ("fail", "config")
    assert (int(found[1]) if found else None) == line
    assert result["checks"][0]["detail"] == result["error"]["message"]
