from __future__ import annotations

import pytest

from provisioner.smoke.sniff import sniff


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"data: {}", "events"),
        (b"event: x", "events"),
        (b": ping", "events"),
        (b"id: 1", "events"),
        (b"retry: 5", "events"),
        (b"\xef\xbb\xbfdata: {}", "events"),
        (b"\n\n  data:", "events"),
        (b'{"a": 1}', "json"),
        (b"\n[", "json"),
        (b"<!DOCTYPE html>", "html"),
        (b"upstream connect error", "text"),
        (b"database is down", "text"),
    ],
)
def test_the_first_bytes_say_what_a_body_is(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


@pytest.mark.parametrize("head", [b"", b"\n\n", b"da", b"event", b"\xef\xbb", b"\xef\xbb\xbf"])
def test_too_few_bytes_say_nothing_until_they_are_all(head: bytes) -> None:
    assert sniff(head) is None
    assert sniff(head, complete=True) == "text"
