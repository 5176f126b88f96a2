from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.kimi_code.view import View
from provisioner.smoke.client import Runtime
from provisioner.smoke.options import Options
from provisioner.smoke.runner import check_alias
from tests.smoke.server import Chunks, Request, Server, reply, serving, stream
from tests.smoke.streams import GOOGLE

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.smoke.report import AliasResult

VERTEX = """
default_model = "d/m"
[providers.d]
type = "openai"
api_key = "sk-default"
[models."d/m"]
provider = "d"
model = "m"
max_context_size = 1000
[providers.p]
type = "vertexai"
base_url = "SERVER"
[providers.p.env]
GOOGLE_CLOUD_PROJECT = "proj"
GOOGLE_CLOUD_LOCATION = "us-central1"
[models."p/m"]
provider = "p"
model = "gemini-x"
protocol = "google-genai"
max_context_size = 128000
"""


def answer(request: Request) -> Chunks:
    if request.path == "/token":
        return reply(
            "200 OK", {"access_token": "ya29.0123456789", "expires_in": 3600, "token_type": "Bearer"}
        )
    return stream(GOOGLE)


@pytest.fixture(scope="module")
def private_key() -> str:
    command = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def account(private_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service account whose token server the test sets."""
    path = tmp_path / "account.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "project_id": "proj",
                "private_key_id": "1",
                "private_key": private_key,
                "client_email": "t@proj.example",
                "client_id": "1",
                "token_uri": "http://127.0.0.1:9/token",
            }
        )
    )
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "payer")
    return path


def at(path: Path, server: Server) -> None:
    path.write_text(path.read_text().replace("http://127.0.0.1:9", server.url))


def run(text: str) -> AliasResult:
    # Kimi Code leaves the project and the location to Google's SDK, which asks the shell.
    env = {"GOOGLE_CLOUD_PROJECT": "proj", "GOOGLE_CLOUD_LOCATION": "us-central1"}
    runtime = Runtime(lambda _url, timeout: httpx.AsyncClient(timeout=timeout), env, lambda: 0.0)
    return asyncio.run(
        check_alias(runtime, View.of(tomllib.loads(text), runtime.env), "p/m", Options(timeout_s=10))
    )


def test_a_service_account_asks_for_a_token_and_names_who_pays(account: Path) -> None:
    with serving(answer) as server:
        at(account, server)
        result = run(VERTEX.replace("SERVER", server.url))
    assert result.verdict == "pass"
    token, asked = server.requests
    assert token.path == "/token"
    assert asked.path.startswith(
        "/v1beta1/projects/proj/locations/us-central1/publishers/google/models/gemini-x:"
    )
    assert asked.headers["authorization"] == "Bearer ya29.0123456789"
    assert asked.headers["x-goog-user-project"] == "payer"
    assert "ya29" not in repr(result)


def test_the_token_goes_to_no_other_host(account: Path) -> None:
    del account
    result = run(VERTEX.replace("SERVER", "https://vertex.example"))
    assert result.error is not None
    assert (result.error.kind, result.verdict) == ("config", "fail")
    assert "vertex.example" in result.error.message


def test_a_token_server_that_cannot_be_reached_tells_nothing(account: Path) -> None:
    del account
    result = run(VERTEX.replace("SERVER", "http://127.0.0.1:9"))
    assert result.error is not None
    assert (result.error.kind, result.verdict) == ("config", "unknown")


def test_refused_and_broken_credentials(account: Path) -> None:
    with serving(reply("400 Bad Request", {"error": "invalid_grant", "error_description": "no"})) as server:
        at(account, server)
        result = run(VERTEX.replace("SERVER", server.url))
    assert result.error is not None
    assert (result.error.kind, result.error.hint) == ("config", "gcloud auth application-default login")
    account.write_text("{}")
    assert run(VERTEX.replace("SERVER", "http://127.0.0.1:9")).verdict == "fail"


def test_without_google_auth_the_install_line_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.auth", None)
    result = run(VERTEX.replace("SERVER", "http://127.0.0.1:9"))
    assert result.error is not None
    assert (result.error.kind, result.error.hint) == ("config", "pip install 'kimi-provider[vertex]'")


def test_a_key_means_express_mode_and_no_credentials_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.auth", None)
    with serving(answer) as server:
        text = VERTEX.replace("SERVER", server.url).replace(
            "[providers.p.env]", 'api_key = "k-0123456789"\n[providers.p.env]'
        )
        result = run(text)
    assert result.verdict == "pass"
    assert server.requests[0].path.startswith("/v1beta1/publishers/google/models/gemini-x:")
    assert server.requests[0].headers["x-goog-api-key"] == "k-0123456789"
