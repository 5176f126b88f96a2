"""Whom a fetch talks to, and with what; over real sockets."""

from __future__ import annotations

import json

import pytest

from catalog.errors import CredentialRefused, FetchFailed
from catalog.http import fetch
from tests.catalog.fetching import failure
from tests.catalog.loopback import Request, open_client, redirect, reply, serving


def test_a_document_arrives_with_its_validators() -> None:
    with serving(reply(b"{}", ETag='"v1"', Last_Modified="Tue, 01 Sep 2026 10:00:00 GMT")) as server:
        got = fetch(open_client, server.url())
    assert (got.status, got.body, got.etag) == (200, b"{}", '"v1"')
    assert got.last_modified == "Tue, 01 Sep 2026 10:00:00 GMT"
    [request] = server.requests
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
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


@pytest.mark.parametrize("named", ["user:pw", "user", ":pw"])
def test_a_token_takes_the_place_of_a_user_name_in_the_url(named: str) -> None:
    with serving(reply(b"{}")) as server:
        fetch(open_client, server.url().replace("//", f"//{named}@"), token="tok-1")
        fetch(open_client, server.url().replace("//", f"//{named}@"))
    assert [request.headers["authorization"][:6] for request in server.requests] == ["Bearer", "Basic "]


def test_another_header_carries_the_token_as_it_is() -> None:
    with serving(reply(b"{}")) as server:
        fetch(open_client, server.url(), token="tok-1", carrier="x-api-key")
    assert server.requests[0].headers["x-api-key"] == "tok-1"
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("value", ["12345678", "secret-in-a-header", "Token secret-in-a-header"])
def test_what_a_header_carries_is_masked_when_it_is_echoed(value: str) -> None:
    secret = value.rpartition(" ")[2]
    said = json.dumps({"error": {"message": f"no {secret}, not {value}"}}).encode()
    with serving(reply(said, "400 Bad Request")) as server:
        error = failure(server.url(), headers={"X-Key": value})
    assert server.requests[0].headers["x-key"] == value
    assert secret not in error.message
    assert "no •••, not" in error.message


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
