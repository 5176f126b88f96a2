"""What a fetch says when no document comes of it; over real sockets."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from catalog.errors import FetchFailed
from catalog.http import fetch
from provisioner.app import Http
from tests.catalog.fetching import failure
from tests.catalog.loopback import closed_port, open_client, redirect, reply, serving

if TYPE_CHECKING:
    from pathlib import Path


def test_a_closed_port_is_named() -> None:
    port = closed_port()
    error = failure(f"http://127.0.0.1:{port}/")
    assert error.message == f"nothing listens at 127.0.0.1:{port}: connection refused"


def test_an_unknown_host_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert failure("https://nowhere.example/").message == "the host name nowhere.example cannot be resolved"


def test_plain_http_behind_https_is_named() -> None:
    with serving(reply(b"{}")) as server:
        error = failure(server.url().replace("http:", "https:"))
    assert "does not answer with TLS: most likely it speaks plain HTTP" in error.message


def test_a_server_that_speaks_no_http_is_named() -> None:
    with serving([b"SSH-2.0-OpenSSH_9.6\r\n"]) as server:
        error = failure(server.url())
    assert "does not speak HTTP" in error.message


def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(reply(b"", "407 Proxy Authentication Required")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url(""))
        error = failure("https://registry.example/api.json")
    assert "the proxy 127.0.0.1" in error.message
    assert "HTTPS_PROXY" in (error.hint or "")
    assert proxy.requests[0].method == "CONNECT"


def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    port = closed_port()
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    assert f"127.0.0.1:{port}" in failure("http://registry.example/api.json").message


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SSL_CERT_FILE", "/nowhere.pem", "SSL_CERT_FILE"),
        ("ALL_PROXY", "socks5://127.0.0.1:1080", "SOCKS"),
        ("ALL_PROXY", "gopher://x", "proxy settings"),
        ("NO_PROXY", "[::1]", "proxy settings"),
    ],
)
def test_settings_with_which_no_client_can_be_built(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    error = failure("http://127.0.0.1:1/")
    assert isinstance(error, FetchFailed)
    assert said in error.message


@pytest.mark.parametrize(
    "url",
    ["", "api.json", "/etc/passwd", "file:///etc/passwd", "ftp://x/y", "https://", "http://[::1", "http://h:99999/",
     "http://a b/", "http://x/\r\nHost: y", "http://ünï.example/", "http://" + "a" * 70 + ".example/", "http://x..y/"],
)  # fmt: skip
def test_what_is_no_url_is_refused(url: str) -> None:
    assert isinstance(failure(url), FetchFailed)


@pytest.mark.parametrize("url", ["http://u:pw@127.0.0.1:{}/p?key=pw#pw", "http://pw@127.0.0.1:{}/?pw"])
def test_no_message_shows_what_a_url_hides(url: str) -> None:
    error = failure(url.format(closed_port()))
    assert "pw" not in f"{error.message} {error.hint} {error.where}"


def private_ca(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1 that no system trusts: what a server presents, and the PEM file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "registry.example")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, both = folder / "ca.pem", folder / "server.pem"
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both.write_bytes(secret + pem.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, pem


def test_a_private_ca_is_named_and_trusted_through_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, pem = private_ca(tmp_path)
    with serving(reply(b"{}"), tls=context) as server:
        error = failure(server.url())
        assert "certificate of 127.0.0.1" in error.message
        assert "SSL_CERT_FILE" in (error.hint or "")
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert fetch(open_client, server.url()).body == b"{}"


def test_certificates_that_cannot_be_read_are_named_where_https_is_asked_and_not_read_for_http(
    tmp_path: Path,
) -> None:
    context, _ = private_ca(tmp_path)
    http = Http(env={"SSL_CERT_FILE": str(tmp_path / "missing.pem")})
    with serving(reply(b"{}")) as plain, serving(reply(b"{}"), tls=context) as safe:
        assert fetch(http.client, plain.url()).body == b"{}"
        with pytest.raises(FetchFailed, match="CA certificates named by SSL_CERT_FILE"):
            fetch(http.client, safe.url())
        plain.answer = lambda _: redirect(safe.url())
        with pytest.raises(FetchFailed, match="CA certificates named by SSL_CERT_FILE"):
            fetch(http.client, plain.url())


def test_https_is_redirected_to_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, pem = private_ca(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with serving(reply(b"{}")) as plain, serving(reply(b"{}"), tls=context) as safe:
        plain.answer = lambda _: redirect(safe.url())
        assert fetch(open_client, plain.url()).url == safe.url()
        safe.answer = lambda _: redirect(plain.url())
        assert "not followed" in failure(safe.url()).message


def test_an_authority_that_kimi_code_trusts_is_trusted_beside_the_public_ones(tmp_path: Path) -> None:
    context, pem = private_ca(tmp_path)
    with serving(reply(b"{}"), tls=context) as server:
        with pytest.raises(FetchFailed, match=r"certificate of 127\.0\.0\.1"):
            fetch(Http().client, server.url())
        trusting = Http(env={"NODE_EXTRA_CA_CERTS": str(pem)})
        assert fetch(trusting.client, server.url()).body == b"{}"
