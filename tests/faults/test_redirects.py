"""A credential reaches the origin that it was given for, and after a redirect elsewhere nobody, not even on the way back."""

from __future__ import annotations

import httpx
import pytest

from catalog.http import fetch

A, B = "https://a.test", "https://b.test"
TOKEN = "t-0123456789abcdef"


@pytest.mark.parametrize("carrier", ["Authorization", "x-api-key"])
@pytest.mark.parametrize(
    ("chain", "trusted"),
    [
        ((f"{A}/1", f"{A}/2", f"{A}/3"), [True, True, True]),
        ((f"{A}/1", f"{B}/2", f"{B}/3"), [True, False, False]),
        ((f"{A}/1", f"{B}/2", f"{A}/3"), [True, False, False]),
        ((f"{A}/1", f"{A}/2", f"{B}/3"), [True, True, False]),
        ((f"{A}/1", f"{A}:8443/2", f"{A}/3"), [True, False, False]),
        ((f"{A}/1", "https://A.test:443/2", f"{A}/3"), [True, True, True]),
    ],
    ids=["A-A-A", "A-B-B", "A-B-A", "A-A-B", "another port", "the same in other words"],
)
def test_a_credential_goes_to_its_own_origin_only(
    chain: tuple[str, ...], trusted: list[bool], carrier: str
) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        if len(sent) < len(chain):
            return httpx.Response(302, headers={"Location": chain[len(sent)]})
        return httpx.Response(200, json={})

    def client(timeout: httpx.Timeout) -> httpx.Client:
        return httpx.Client(timeout=timeout, transport=httpx.MockTransport(answer), follow_redirects=False)

    fetch(client, chain[0], token=TOKEN, carrier=carrier, headers={"X-Tenant": TOKEN})
    assert [TOKEN in str(request.headers.raw) for request in sent] == trusted
