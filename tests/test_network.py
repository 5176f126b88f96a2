from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from provisioner.app import Http
from provisioner.network import document_trust, model_proxy, model_trust

if TYPE_CHECKING:
    from pathlib import Path

P, Q = "http://p:1", "http://q:2"


@pytest.mark.parametrize(
    ("url", "env", "proxy"),
    [
        ("https://a.example", {"HTTPS_PROXY": P}, P),
        ("https://a.example", {"https_proxy": P, "HTTPS_PROXY": Q}, P),
        ("https://a.example", {"https_proxy": "  ", "HTTPS_PROXY": Q}, Q),
        ("https://a.example", {"HTTP_PROXY": P}, P),  # one for plain HTTP serves both
        ("http://a.example", {"HTTPS_PROXY": P}, None),
        ("http://a.example", {"ALL_PROXY": P}, P),
        ("http://a.example", {"ALL_PROXY": "socks5://p:1"}, "socks5://p:1"),
        ("https://a.example", {"HTTPS_PROXY": "socks5://s:1", "HTTP_PROXY": P}, P),
        ("https://a.example", {"HTTPS_PROXY": "p:1"}, None),  # no URL: ignored
        ("https://a.example", {"HTTPS_PROXY": P, "NO_PROXY": "b.example,.example"}, None),
        ("https://a.example", {"HTTPS_PROXY": P, "NO_PROXY": "x a.example"}, None),
        ("https://a.example", {"HTTPS_PROXY": P, "NO_PROXY": "*"}, None),
        ("https://a.example", {"HTTPS_PROXY": P, "NO_PROXY": "a.examples"}, P),
        ("https://a.example:8443", {"HTTPS_PROXY": P, "NO_PROXY": "a.example:8443"}, None),
        ("https://a.example", {"HTTPS_PROXY": P, "NO_PROXY": "a.example:8443"}, P),
        ("http://localhost:1", {"HTTP_PROXY": P}, None),
        ("http://127.0.0.1:1", {"HTTP_PROXY": P, "NO_PROXY": "a.example"}, None),
        ("http://[::1]:1", {"HTTP_PROXY": P}, None),
        ("http://127.0.0.2:1", {"HTTP_PROXY": P}, P),
        ("https://a.example", {}, None),
    ],
)
def test_which_proxy_a_model_is_asked_through(url: str, env: dict[str, str], proxy: str | None) -> None:
    assert model_proxy(url, env) == proxy


def test_a_certificate_file_that_cannot_be_read_is_passed_over_as_node_does(tmp_path: Path) -> None:
    without = len(model_trust({}).get_ca_certs())
    assert without > 0
    for path in (tmp_path / "missing.pem", tmp_path):
        assert len(model_trust({"NODE_EXTRA_CA_CERTS": str(path)}).get_ca_certs()) == without


def test_only_node_s_own_switch_turns_verification_off() -> None:
    assert model_trust({}).verify_mode == ssl.CERT_REQUIRED
    assert model_trust({"NODE_TLS_REJECT_UNAUTHORIZED": "1"}).verify_mode == ssl.CERT_REQUIRED
    assert model_trust({"NODE_TLS_REJECT_UNAUTHORIZED": "0"}).verify_mode == ssl.CERT_NONE


def test_documents_from_this_machine_take_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    from tests.smoke.server import closed_port, reply, serving

    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    with serving(reply("200 OK"), lists=True) as server, Http().client(httpx.Timeout(5)) as client:
        assert client.get(server.url).status_code == httpx.codes.OK


@pytest.fixture
def authorities_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The file of the public authorities, once for each time that it is asked for."""
    import certifi

    where = certifi.where()
    read: list[str] = []

    def noted() -> str:
        read.append(where)
        return where

    monkeypatch.setattr(certifi, "where", noted)
    return read


def test_the_public_authorities_are_read_when_a_connection_needs_them(authorities_read: list[str]) -> None:
    trust = document_trust({})
    assert not authorities_read
    assert trust.verify_mode == ssl.CERT_REQUIRED
    assert trust.check_hostname
    assert len(trust.get_ca_certs()) > 0
    assert len(authorities_read) == 1


def test_the_authorities_are_read_once_for_all_models_and_not_for_plain_http(
    authorities_read: list[str],
) -> None:
    import httpx

    http = Http()
    http.model_client("http://127.0.0.1:1/v1", httpx.Timeout(1))
    assert not authorities_read
    http.model_client("https://a.example/v1", httpx.Timeout(1))
    http.model_client("HTTPS://b.example/v1", httpx.Timeout(1))
    assert len(authorities_read) == 1


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The file of certificates of each reading."""
    load = ssl.SSLContext.load_verify_locations
    read: list[str] = []

    def noted(context: ssl.SSLContext, cafile: str | None = None, *others: str | None) -> None:
        read.append(str(cafile))
        load(context, cafile, *others)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", noted)
    return read


def test_certificates_that_the_environment_names_are_read_when_needed_and_once(
    files_read: list[str],
) -> None:
    import certifi

    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        assert document_trust({name: ""}).verify_mode == ssl.CERT_REQUIRED
    files_read.clear()
    trust = document_trust({"SSL_CERT_FILE": certifi.where(), "NODE_EXTRA_CA_CERTS": certifi.where()})
    assert not files_read
    assert len(trust.get_ca_certs()) > 0
    assert files_read == [certifi.where()]


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read_end_a_connection_that_needs_them(
    content: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "given.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(OSError, match=r"No such file|no certificate"):
        document_trust({"SSL_CERT_FILE": str(path)}).set_alpn_protocols([])
