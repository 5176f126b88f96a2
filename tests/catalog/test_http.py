"""What a fetch costs, whom it talks to, and what it says when it fails; over real sockets."""

from __future__ import annotations

import datetime as dt
import gzip
import ipaddress
import itertools
import json
import socket
import ssl
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from catalog.errors import CatalogError, CredentialRefused, DocumentInvalid, FetchFailed
from catalog.http import fetch
from catalog.limits import KIB, Limits
from tests.catalog.loopback import Request, closed_port, open_client, redirect, reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = Limits(connect=2, read=2, total=5, body=64 * KIB, error_body=1000)
HASTY = Limits(connect=2, read=0.15, total=0.4, body=64 * KIB)


def failure(url: str, **arguments: Any) -> CatalogError:
    with pytest.raises(CatalogError) as caught:
        fetch(open_client, url, **{"limits": SMALL, **arguments})
    error = caught.value
    assert "\n" not in error.message
    assert "\n" not in (error.hint or "")
    return error


def test_a_document_arrives_with_its_validators() -> None:
    with serving(reply(b"{}", ETag='"v1"', Last_Modified="Tue, 01 Sep 2026 10:00:00 GMT")) as server:
        got = fetch(open_client, server.url())
    assert (got.status, got.body, got.etag) == (200, b"{}", '"v1"')
    assert got.last_modified == "Tue, 01 Sep 2026 10:00:00 GMT"
    [request] = server.requests
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert "authorization" not in request.headers


def test_validators_are_sent_and_a_304_returns() -> None:
    with serving(reply(b"", "304 Not Modified", ETag='"v1"')) as server:
        got = fetch(open_client, server.url(), etag='W/"v1"', last_modified="then")
    assert (got.status, got.body) == (304, b"")
    assert server.requests[0].headers["if-none-match"] == 'W/"v1"'
    assert server.requests[0].headers["if-modified-since"] == "then"


def test_a_validator_that_no_header_can_carry_is_not_sent() -> None:
    with serving(reply(b"{}")) as server:
        fetch(open_client, server.url(), etag='"é"', last_modified="a\r\nX: y")
    assert "if-none-match" not in server.requests[0].headers
    assert "if-modified-since" not in server.requests[0].headers


def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    with serving(reply(b"", "304 Not Modified")) as server:
        error = failure(server.url())
    assert isinstance(error, FetchFailed)
    assert error.status == 304


# Credentials


def test_a_token_is_sent_as_bearer_and_stripped() -> None:
    with serving(reply(b"{}")) as server:
        fetch(open_client, server.url(), token=" tok-1\n")
    assert server.requests[0].headers["authorization"] == "Bearer tok-1"


def test_a_token_takes_the_place_of_a_user_name_in_the_url() -> None:
    with serving(reply(b"{}")) as server:
        fetch(open_client, server.url().replace("//", "//user:pw@"), token="tok-1")
        fetch(open_client, server.url().replace("//", "//user:pw@"))
    assert [request.headers["authorization"][:6] for request in server.requests] == ["Bearer", "Basic "]


@pytest.mark.parametrize("token", ["", "  ", "sk-\x1b[31m", "clé", "a\r\nX-Evil: 1"])
def test_an_unusable_token_is_named_before_any_io(token: str) -> None:
    with serving(reply(b"{}")) as server:
        error = failure(server.url(), token=token)
    assert error.message.startswith("the token")
    assert server.requests == []
    assert token.strip() not in error.message or not token.strip()


def test_the_token_does_not_follow_to_another_origin() -> None:
    with serving(reply(b"{}")) as other, serving(lambda _: redirect(other.url())) as first:
        got = fetch(open_client, first.url(), token="tok-1", headers={"X-Key": "k"})
        fetch(open_client, first.url(), token="tok-1", carrier="x-api-key")
    assert got.url == other.url()
    sent = [
        {name for name in request.headers if "key" in name or "auth" in name} for request in first.requests
    ]
    assert sent == [{"authorization", "x-key"}, {"x-api-key"}]
    assert not any("key" in name or "auth" in name for request in other.requests for name in request.headers)


def test_the_token_stays_away_after_a_detour() -> None:
    def at_home(request: Request) -> tuple[bytes, ...]:
        return reply(b"{}") if request.path == "/back" else redirect(other.url())

    with serving(at_home) as home, serving(lambda _: redirect(home.url("/back"))) as other:
        fetch(open_client, home.url(), token="tok-1")
    assert ["authorization" in request.headers for request in home.requests] == [True, False]


def test_the_token_follows_within_its_origin() -> None:
    answers = {"/api.json": redirect("/v2/api.json", "308 Permanent Redirect"), "/v2/api.json": reply(b"{}")}
    with serving(lambda request: answers[request.path]) as server:
        fetch(open_client, server.url(), token="tok-1")
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer tok-1"] * 2


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_refused_token_names_the_flags_and_masks_what_the_server_echoes(status: str) -> None:
    said = json.dumps({"error": {"message": "key tok-secret\nis \x1b[31mnot known"}}).encode()
    with serving(reply(said, status)) as server:
        error = failure(server.url(), token="tok-secret")
    assert isinstance(error, CredentialRefused)
    assert error.status == int(status[:3])
    assert "tok-secret" not in error.message
    assert error.message.endswith("key ••• is [31mnot known")
    assert error.hint
    assert all(flag in error.hint for flag in ("--token", "--token-stdin", "KIMI_REGISTRY_API_KEY"))


def test_a_missing_token_is_asked_for() -> None:
    with serving(reply(b"no", "401 Unauthorized")) as server:
        error = failure(server.url())
        other = failure(server.url(), token_hint="none can be given")
    assert error.message == "127.0.0.1 wants a token (HTTP 401)"
    assert (error.hint or "").startswith("give a token")
    assert other.hint == "none can be given"


def test_a_401_after_a_redirect_says_that_the_token_was_kept_back() -> None:
    with serving(reply(b"", "401 Unauthorized")) as other, serving(lambda _: redirect(other.url())) as first:
        error = failure(first.url(), token="tok-1")
    assert isinstance(error, CredentialRefused)
    assert "the host it was given for only" in (error.hint or "")


# Redirects


def test_five_redirects_are_followed_and_no_more() -> None:
    def answer(request: Request) -> tuple[bytes, ...]:
        left = int(request.path[1:])
        return redirect(f"/{left - 1}") if left else reply(b"{}")

    with serving(answer) as server:
        assert fetch(open_client, server.url("/5")).url == server.url("/0")
        asked = len(server.requests)
        error = failure(server.url("/6"))
    assert error.message == "more than 5 redirects"
    assert len(server.requests) - asked == 6


@pytest.mark.parametrize(
    "location",
    [
        "http://registry.example/api.json?key=s3cret",
        "file:///etc/passwd",
        "ftp://x/y",
        "http://[::1",
        "https://",
        "javascript:1",
    ],
)
def test_a_redirect_that_leads_astray_is_not_followed(location: str) -> None:
    with serving(redirect(location)) as server:
        error = failure(server.url())
    assert isinstance(error, FetchFailed)
    assert "not followed" in error.message
    assert "s3cret" not in error.message


# Sizes


def test_a_body_above_the_limit_is_refused_by_its_declared_length() -> None:
    with serving(reply(b"", length=SMALL.body + 1)) as server:
        error = failure(server.url())
    assert isinstance(error, DocumentInvalid)
    assert error.message == "the document is larger than 0.0625 MiB"


def test_an_endless_body_is_cut_off_at_the_limit() -> None:
    sent = 0

    def endless(_: Request) -> Iterator[bytes]:
        nonlocal sent
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            sent += 8192
            yield b"x" * 8192

    with serving(endless) as server:
        assert isinstance(failure(server.url()), DocumentInvalid)
    assert sent < 16 * 1024 * KIB  # what sockets hold in flight, not what the server would send


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "GZIP"])
def test_a_body_that_is_compressed_all_the_same_is_inflated(encoding: str) -> None:
    document = b'{"a": %s}' % (b"1" * 30_000)
    packed = zlib.compress(document) if encoding == "deflate" else gzip.compress(document)
    with serving(reply(packed, Content_Encoding=encoding)) as server:
        assert fetch(open_client, server.url()).body == document


def test_a_bare_deflate_stream_and_several_gzip_members_are_inflated() -> None:
    packer = zlib.compressobj(wbits=-15)
    bare = packer.compress(b"{}" * 500) + packer.flush()
    with serving(reply(bare, Content_Encoding="deflate")) as server:
        assert fetch(open_client, server.url()).body == b"{}" * 500
    two = gzip.compress(b'{"a":') + gzip.compress(b"1}") + b"\0" * 20
    with serving(reply(two, Content_Encoding="gzip")) as server:
        assert fetch(open_client, server.url()).body == b'{"a":1}'


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_refused_before_it_unpacks(encoding: str) -> None:
    zeros = b"\0" * (32 * 1024 * KIB)
    bomb = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)
    assert len(bomb) < SMALL.body
    with serving(reply(bomb, Content_Encoding=encoding)) as server:
        error = failure(server.url())
    assert isinstance(error, DocumentInvalid)
    assert "larger than" in error.message


@pytest.mark.parametrize(
    "packed", [gzip.compress(b"{}" * 9999)[:-4], b"not gzip", b"", b"\x1f\x8b\x08\x00broken"]
)
def test_broken_compression_is_a_failure(packed: bytes) -> None:
    with serving(reply(packed, Content_Encoding="gzip")) as server:
        error = failure(server.url())
    assert isinstance(error, FetchFailed)
    assert "broken or stops short" in error.message


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_an_encoding_nobody_asked_for_is_refused(encoding: str) -> None:
    with serving(reply(b"{}", Content_Encoding=encoding)) as server:
        assert isinstance(failure(server.url()), DocumentInvalid)


def test_a_body_that_breaks_off_is_a_failure() -> None:
    with serving(reply(b'{"a"', length=100)) as server:
        error = failure(server.url())
    assert isinstance(error, FetchFailed)
    assert "broke off" in error.message


def test_of_an_endless_error_only_the_start_is_read() -> None:
    def endless(_: Request) -> Iterator[bytes]:
        yield b"HTTP/1.1 500 Internal Server Error\r\n\r\n"
        yield from itertools.repeat(b"x" * 8192)

    with serving(endless) as server:
        error = failure(server.url())
    assert isinstance(error, FetchFailed)
    assert error.status == 500
    assert error.message == "127.0.0.1 answered HTTP 500 instead of a document"


@pytest.mark.parametrize(
    ("status", "hint"),
    [("404 Not Found", "nothing is there"), ("429 Too Many Requests", "later"), ("503 Unavailable", "later")],
)
def test_other_statuses_are_failures(status: str, hint: str) -> None:
    with serving(reply(b'{"message": "what happened"}', status)) as server:
        error = failure(server.url("/x?token=s3cret"))
    assert type(error) is FetchFailed
    assert error.status == int(status[:3])
    assert error.message.endswith(": what happened")
    assert hint in (error.hint or "")
    assert error.where == server.url("/x?token=•••")


def test_204_is_not_a_document() -> None:
    with serving([b"HTTP/1.1 204 No Content\r\n\r\n"]) as server:
        assert isinstance(failure(server.url()), FetchFailed)


# Time


def test_silence_ends_after_the_read_timeout() -> None:
    def silent(_: Request) -> Iterator[bytes]:
        time.sleep(1)
        yield b""

    with serving(silent) as server:
        error = failure(server.url(), limits=HASTY)
    assert "sent nothing for 0.15 s" in error.message


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Drip: "])
def test_the_total_time_holds_against_a_server_that_drips(head: bytes) -> None:
    def drip(_: Request) -> Iterator[bytes]:
        yield head
        while True:
            time.sleep(0.05)
            yield b"x"

    with serving(drip) as server:
        began = time.monotonic()
        error = failure(server.url(), limits=HASTY)
    assert error.message == "no complete answer within 0.4 s"
    assert time.monotonic() - began < 1


def test_the_total_time_covers_name_resolution(monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(*_: object, **__: object) -> list[object]:
        time.sleep(0.8)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    error = failure("http://slow.example/", limits=HASTY)
    assert "no complete answer" in error.message


# What is wrong with a connection


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


def test_https_is_redirected_to_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, pem = private_ca(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with serving(reply(b"{}")) as plain, serving(reply(b"{}"), tls=context) as safe:
        plain.answer = lambda _: redirect(safe.url())
        assert fetch(open_client, plain.url()).url == safe.url()
        safe.answer = lambda _: redirect(plain.url())
        assert "not followed" in failure(safe.url()).message
