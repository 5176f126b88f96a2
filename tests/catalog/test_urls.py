"""Which URLs are accepted, where a redirect may lead, and what of a URL is shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        ("https://u:pw@h.example:8/p", "https://•••@h.example:8/p"),
        ("https://u@p@h.example/p", "https://•••@h.example/p"),
        ("https://h/p?key=s&b=&flag#top", "https://h/p?key=•••&•••&•••#•••"),
        ("https://h:bad/?key=s", "•••"),
        (
            "https://h.example/mirror/https://u:pw@b.example/p?key=s",
            "https://h.example/mirror/https://•••@b.example/p?key=•••",
        ),
        ("https://pass/word@h.example/", "•••"),
        ("u:pw@h.example:8/v1", "u:•••@h.example:8/v1"),
        ("//u:pw@h.example/v1", "//•••@h.example/v1"),
        ("http://" * 5000, "http://http:•••"),
        ("https://h/?c2VjcmV0==", "https://h/?•••"),
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


SECRET = "s3cr3tPassw0rd"
# What may stand around it in a user name or password, where nobody percent-encoded it, and in a query.
_AROUND = st.text("ab :@'\"&$!é\\\t", max_size=6)
_PLACES = (
    "https://{}@h.example:8/v1",
    "https://me:{}@h.example/v1?x=1",
    "https://h.example/v1?{}",
    "https://h.example/v1?a=1&key={}&b",
    "https://h.example/v1#{}",
    "https://me:p@h.example/v1?k={}#x",
    "https://me:p/{}@localhost/v1",
    "https://me:p#{}@h.example/v1",
    "https://h.example/https://me:{}@b.example/",
    "https:me:{}@h.example/v1",
    "me:{}@h.example/v1",
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_PLACES), _AROUND, _AROUND)
def test_a_secret_at_any_place_of_a_url_never_shows(place: str, before: str, behind: str) -> None:
    url = place.format(f"{before}{SECRET}{behind}")
    assert SECRET not in urls.shown(url)
    if "://" in url:
        assert SECRET not in urls.masked_urls(url)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(_PLACES[:7]),
    st.text("ab :@$!", max_size=4),
    st.sampled_from(['say "{}" and', "see {}", "'{}'"]),
)
def test_a_secret_in_a_url_in_a_text_never_shows(place: str, before: str, text: str) -> None:
    assert SECRET not in urls.masked_urls(text.format(place.format(before.replace(" ", "") + SECRET)))


@pytest.mark.parametrize(
    "text", ["no URL at all", "a/b@c", "see https://h.example/v1/models, please", "x://", ""]
)
def test_a_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert urls.masked_urls(text) == text
