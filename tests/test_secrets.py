"""What counts as a key, by the name it stands under and by its looks, and what is shown of one."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.secrets import (
    holds_secret,
    is_secret_key,
    looks_like_key,
    mask,
    mask_prefixed,
    masked,
    scrub,
    typed_keys,
    unprefixed_keys,
)

KEY = "sk-0123456789abcdef"
MIXED = "aB3dE5fG7hI9jK1lM3nO5pQ7"  # 24 characters
HEXADECIMAL = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("", ""),
        ("k", "••••••••"),
        ("12345678901", "••••••••"),
        ("123456789012", "123•••9012"),
        (KEY, "sk-•••cdef"),
    ],
)
def test_of_a_key_its_ends_are_shown_where_it_can_spare_them(secret: str, shown: str) -> None:
    assert mask(secret) == shown


@pytest.mark.parametrize(
    "name",
    [
        *(
            "api_key",
            "API_KEY",
            "apikey",
            "apiKey",
            "OPENAI_API_KEY",
            "signing_key",
            "key",
            "token",
            "x-auth-token",
        ),
        *(
            "client_secret",
            "db_password",
            "Authorization",
            "X-Goog-Api-Key",
            "x-my-key",
            "proxy-authorization",
        ),
    ],
)
def test_the_name_of_a_credential(name: str) -> None:
    assert is_secret_key(name)


@pytest.mark.parametrize(
    "name",
    [
        "reasoning_key",
        "Reasoning_Key",
        "api_key_env",
        "keyboard",
        "monkey",
        "my-key",
        "x-key-id",
        "model",
        "",
    ],
)
def test_the_name_of_no_credential(name: str) -> None:
    assert not is_secret_key(name)


CASES: list[tuple[Any, Any]] = [
    ({"api_key": KEY}, {"api_key": mask(KEY)}),
    ({"api_key": ["a", KEY], "n": 7}, {"api_key": [mask("a"), mask(KEY)], "n": 7}),
    ({"api_key": (KEY,)}, {"api_key": [mask(KEY)]}),
    ({"env": {"A": KEY, "B": {"C": [KEY]}}}, {"env": {"A": mask(KEY), "B": {"C": [mask(KEY)]}}}),
    ({"env": {"B": {"C": [KEY]}}}, {"env": {"B": {"C": [mask(KEY)]}}}),
    ({"custom_headers": {"X-A": KEY}}, {"custom_headers": {"X-A": mask(KEY)}}),
    ({"headers": {"X-A": KEY}}, None),
    ({"env": {"A_URL": "https://h.test", "A_PROJECT": "p", "A_LOCATION": "l"}}, None),
    ({"custom_headers": {"User-Agent": "a", "accept": "b"}}, None),
    ({"env": {"A_URLS": "x"}}, {"env": {"A_URLS": mask("x")}}),
    ({"env": {"A": 7, "B": True}}, None),
    ({"base_url": "https://me:pw@h.test/v1?key=abc"}, {"base_url": "https://•••@h.test/v1?key=•••"}),
    ({"env": {"A_URL": "https://me:pw@h.test"}}, {"env": {"A_URL": "https://•••@h.test"}}),
    ({"model": KEY, "x": [KEY, {"y": "z"}]}, None),
]


@pytest.mark.parametrize(("value", "shown"), CASES)
def test_values_are_masked_by_their_names(value: Any, shown: Any) -> None:
    assert masked(value) == (value if shown is None else shown)
    assert holds_secret(value) == (shown is not None)


def test_a_single_value_is_masked_by_the_name_it_is_given() -> None:
    assert masked(KEY, "token") == mask(KEY)
    assert masked(KEY, "X-A", inside_secrets=True) == mask(KEY)
    assert masked(KEY) == KEY
    assert holds_secret([KEY], "token")
    assert holds_secret([KEY], "X-A", inside_secrets=True)
    assert not holds_secret([KEY])


@pytest.mark.parametrize(
    "word",
    [
        *(
            KEY,
            "sk-01234567",
            "gsk_abcdefgh1",
            "ghp_abcdefgh1",
            "xoxb-12345678",
            "AIzaSyA-12345",
            "AKIA12345678",
        ),
        *("eyJhbGciOi.J1", "hf_abcdefgh", MIXED, HEXADECIMAL, f"{HEXADECIMAL}.Ab1"),
    ],
)
def test_the_looks_of_a_key(word: str) -> None:
    assert looks_like_key(word)
    assert typed_keys(["--name", word, f"--key={word}"]) == (word, word)


@pytest.mark.parametrize(
    "start",
    [
        *(
            "csk-",
            "sk-",
            "pk-",
            "rk-",
            "gsk_",
            "rsk_",
            "sk_",
            "gho_",
            "ghp_",
            "ghr_",
            "ghs_",
            "ghu_",
            "github_pat_",
        ),
        *(
            "glpat-",
            "hf_",
            "xoxb-",
            "xai-",
            "nvapi-",
            "pplx-",
            "tvly-",
            "r8_",
            "fw_",
            "vck_",
            "tgp_v1_",
            "jina_",
        ),
        *("AIza", "AQ.", "AKIA", "eyJ", "ya29.", "bce-v3/"),
    ],
)
def test_the_beginning_of_a_vendors_keys(start: str) -> None:
    key = f"{start}abcdefgh"
    assert looks_like_key(key)
    assert mask_prefixed(f"a {key} b") == f"a {mask(key)} b"


@pytest.mark.parametrize(
    "word",
    ["", "sk-0123456", "claude-sonnet-4-20250514", "qwen/qwen3-coder", MIXED[1:], HEXADECIMAL[1:], "x" * 40],
)
def test_the_looks_of_no_key(word: str) -> None:
    assert not looks_like_key(word)
    assert typed_keys([word, f"--model={word}"]) == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (KEY, mask(KEY)),
        (f"a {KEY}, {KEY}.", f"a {mask(KEY)}, {mask(f'{KEY}.')}"),
        (f'"{KEY}"', f'"{mask(KEY)}"'),
        (
            f"\\n{KEY} \x1b[31m{KEY} \x1b[0;1m{KEY}",
            f"\\n{mask(KEY)} \x1b[31m{mask(KEY)} \x1b[0;1m{mask(KEY)}",
        ),
        ("task-0123456789abcdef", None),
        ("sk-short", None),
        ("", None),
    ],
)
def test_words_that_begin_as_keys_do_are_masked(text: str, shown: str | None) -> None:
    assert mask_prefixed(text) == (text if shown is None else shown)


def test_words_without_a_prefix_are_found_but_not_in_addresses() -> None:
    assert unprefixed_keys(f"a {MIXED}, {HEXADECIMAL}.Ab1!") == {MIXED, f"{HEXADECIMAL}.Ab1"}
    assert unprefixed_keys(f"https://h.test/{MIXED} {HEXADECIMAL}") == {HEXADECIMAL}
    assert unprefixed_keys(MIXED) == {MIXED}
    assert unprefixed_keys(MIXED[1:]) == set()
    assert unprefixed_keys("nothing here " * 3) == set()


def test_known_keys_are_masked_in_the_text_of_strangers() -> None:
    assert scrub(f"no {KEY}, {KEY.encode().hex()}", [KEY, ""]) == f"no {mask(KEY)}, {mask(KEY)}"
