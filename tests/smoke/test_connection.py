from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.smoke.client import RequestOutcome, Runtime, ask
from provisioner.smoke.connection import unbuildable
from provisioner.smoke.wires.base import HttpRequest
from provisioner.smoke.wires.chat_reader import ChatReader
from tests.smoke.server import closed_port, reply, serving

if TYPE_CHECKING:
    from provisioner.smoke.client import OpenClient


def asked(url: str, open_client: OpenClient | None = None, **env: str) -> RequestOutcome:
    def plain(_url: str, timeout: httpx.Timeout) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=timeout, follow_redirects=False)

    runtime = Runtime(open_client or plain, env, lambda: 0.0)
    return asyncio.run(ask(runtime, HttpRequest(url, {}, {}), ChatReader(), total_s=10, secrets=()))


def kind(outcome: RequestOutcome) -> str:
    assert outcome.problem is not None
    return outcome.problem.kind


def test_nothing_listens() -> None:
    outcome = asked(f"http://127.0.0.1:{closed_port()}/v1")
    assert kind(outcome) == "refused"
    assert outcome.problem is not None
    assert outcome.problem.transient


def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    outcome = asked("http://no-such-host.example/v1")
    assert kind(outcome) == "dns"
    assert "no-such-host.example" in str(outcome.problem)


def test_plain_http_behind_https() -> None:
    with serving(reply("200 OK")) as server:
        outcome = asked(server.url.replace("http:", "https:") + "/v1/chat/completions")
    assert kind(outcome) == "tls"
    assert outcome.problem is not None
    assert outcome.problem.hint == f'base_url = "{server.url}/…"'


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            str(path),
            "-out",
            str(path) + ".crt",
        ],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + Path(str(path) + ".crt").read_bytes())
    return path


def test_a_private_authority_is_named_with_the_variable_that_trusts_it(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(reply("200 OK"), tls=context) as server:
        outcome = asked(server.url)
    assert kind(outcome) == "tls"
    assert outcome.problem is not None
    assert "NODE_EXTRA_CA_CERTS" in str(outcome.problem.hint)


def test_no_http_at_all() -> None:
    with serving([b"SSH-2.0-OpenSSH_9.6\r\n\r\n"]) as server:
        assert kind(asked(server.url)) == "protocol"


def test_a_server_that_hangs_up_at_once() -> None:
    with serving([]) as server:
        assert kind(asked(server.url)) == "truncated"


@pytest.mark.parametrize("error", [httpx.ConnectTimeout("x"), httpx.ReadTimeout("x"), httpx.PoolTimeout("x")])
def test_time_outs(error: httpx.TimeoutException) -> None:
    def stalling(_url: str, _timeout: httpx.Timeout) -> httpx.AsyncClient:
        def handler(request: httpx.Request) -> httpx.Response:
            raise error

        return httpx.AsyncClient(transport=httpx.MockTransport(handler))

    assert kind(asked("http://h", stalling)) == "timeout"


def test_a_failing_proxy_is_told_from_a_failing_server() -> None:
    port = closed_port()

    def proxied(_url: str, timeout: httpx.Timeout) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=timeout, proxy=f"http://127.0.0.1:{port}")

    outcome = asked("http://h.example/v1", proxied, HTTP_PROXY=f"http://user:secret@127.0.0.1:{port}")
    assert kind(outcome) == "proxy"
    assert "secret" not in str(outcome.problem)


@pytest.mark.parametrize(
    ("error", "kind", "hint"),
    [
        (ImportError("socksio"), "proxy", "pip install 'kimi-provider[socks]'"),
        (FileNotFoundError(2, "No such file"), "tls", "unset SSL_CERT_FILE"),
        (ssl.SSLError("bad PEM"), "tls", "unset SSL_CERT_FILE"),
        (ValueError("Invalid port: ':1]'"), "proxy", "check HTTPS_PROXY and NO_PROXY"),
    ],
)
def test_a_client_that_cannot_be_built_is_diagnosed(error: Exception, kind: str, hint: str) -> None:
    def broken(_url: str, _timeout: httpx.Timeout) -> httpx.AsyncClient:
        raise error

    outcome = asked("http://h", broken)
    assert outcome.problem is not None
    assert (outcome.problem.kind, outcome.problem.hint) == (kind, hint)
    assert unbuildable(error, {}).kind == kind
