"""Which URLs are accepted, where a redirect may lead, and what of a URL is shown."""

from __future__ import annotations

import pytest

from catalog import urls
from catalog.errors import FetchFailed

ACCEPTED = [
    "https://models.dev/api.json",
    "http://127.0.0.1:8080/api.json?x=1",
    "http://[::1]:8080/",
    "HTTPS://user:pw@Registry.Example/",
]
REFUSED = ["", "x", "//h/p", "/etc/passwd", "file:///etc/passwd", "ftp://h/", "https://", "https:///p",
           "https://:80/", "http://[::1", "http://h:99999/", "http://h:x/", "http://a b/", "http://h/\n", "http://ü/"]  # fmt: skip


@pytest.mark.parametrize("url", ACCEPTED)
def test_http_and_https_urls_with_a_host_are_accepted(url: str) -> None:
    assert urls.check(url) == url


@pytest.mark.parametrize("url", REFUSED)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(FetchFailed):
        urls.check(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://models.dev/api.json", "https://models.dev/api.json"),
        ("https://u:pw@h.example:8/p", "https://h.example:8/p"),
        ("https://u@p@h.example/p", "https://h.example/p"),
        ("https://h/p?key=s&b=&flag#top", "https://h/p?key=•••&b=•••&•••"),
        ("https://h:bad/?key=s", "•••"),
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("mailto:a?subject=s", "mailto:a?subject=•••"),
        ("https://h/\x1b[2J\u202e", "https://h/�[2J�"),
        ("https://h/" + "a" * 999, "https://h/" + "a" * 290 + "…"),
    ],
)
def test_what_may_be_secret_is_not_shown(url: str, shown: str) -> None:
    assert urls.shown(url) == shown


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        ("https://a/", "https://b/", True),
        ("http://a/", "https://a/", True),
        ("http://127.0.0.1:1/", "http://127.8.9.1:2/", True),
        ("http://localhost/", "http://[::1]/", True),
        ("https://a/", "http://a/", False),
        ("https://a/", "http://127.0.0.1/", False),
        ("https://127.0.0.1/", "http://127.0.0.1/", False),
        ("http://a/", "http://a/", False),
        ("http://a/", "http://localhost/", False),
        ("http://localhost/", "http://a/", False),
        ("http://127.0.0.1/", "http://127.0.0.1.evil.example/", False),
        ("http://127.0.0.1/", "http://localhost.evil.example/", False),
        ("http://127.0.0.1/", "http://0.0.0.0/", False),
    ],
)
def test_redirects_lead_to_https_or_stay_on_loopback(source: str, target: str, allowed: bool) -> None:
    assert urls.may_redirect(source, target) is allowed


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://h/a", "https://h:443/b?c", True),
        ("http://h/", "http://H:80/", True),
        ("https://h/", "http://h/", False),
        ("https://h/", "https://h:8443/", False),
        ("https://h/", "https://sub.h/", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    assert (urls.origin(one) == urls.origin(other)) is same
