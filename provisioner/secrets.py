"""Keys never reach a screen, a log or a file that is not config.toml: what masks them.

Source of the rule: everything that is shown or reported is masked unless the user asks for it by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from catalog.patterns import compiled
from catalog.urls import masked_urls

if TYPE_CHECKING:
    from catalog.echoed import Echoes

# `source.apiKey` is camelCase in config.toml; everything else is snake_case.
_SECRET_KEYS = re.compile(r"(?i)(api_?key$|_key$|^key$|token|secret|password|authorization|^x-.*-key$)")
_NOT_SECRET_KEYS = frozenset({"reasoning_key", "api_key_env"})
_SHORT = 12
# How the keys of vendors begin, and how they go on.
_STARTS = (
    "csk-", "sk-", "pk-", "rk-", "gsk_", "rsk_", "sk_", "gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_", "glpat-",
    "hf_", "xai-", "nvapi-", "pplx-", "tvly-", "r8_", "fw_", "vck_", "tgp_v1_", "jina_", "AIza", "AQ.", "AKIA", "eyJ",
    "ya29.", "bce-v3/", *(f"xox{kind}-" for kind in "abcdefghijklmnopqrstuvwxyz"),
)  # fmt: skip
_REST = r"[A-Za-z0-9_./+=-]{8,}"
# Keys without a prefix: hexadecimal, or a long word of small and capital letters and digits, which no id is.
_UNPREFIXED = r"[0-9a-f]{32,}(?:\.\w+)?|(?=\w*[a-z])(?=\w*[A-Z])(?=\w*[0-9])\w{24,}"
_SHORTEST_UNPREFIXED = 24
_URL = r"://\S*"
_LONG_WORD = r"(?a:\b\w{24,}(?:\.\w+)?)"
# What a key in a text may stand behind: nothing that a word goes on with, but an escape of JSON or of a terminal's colour.
_BEFORE = r"(?:^|[^A-Za-z0-9]|\\[nrt]|[\[;]\d{1,2}m)\Z"


def mask(secret: str) -> str:
    """The form in which a key may be shown: its first and last characters when it is long enough to spare them.

    An empty key stays empty: there is nothing to hide, and saying so helps.
    """
    if not secret:
        return ""
    if len(secret) < _SHORT:
        return "•" * 8
    return f"{secret[:3]}•••{secret[-4:]}"


def is_secret_key(key: str) -> bool:
    """Whether a value under this key of config.toml, or this HTTP header, is a credential."""
    return key.lower() not in _NOT_SECRET_KEYS and _SECRET_KEYS.search(key) is not None


def masked(value: Any, key: str = "", *, inside_secrets: bool = False) -> Any:
    """A copy of a parsed TOML or JSON value with every credential masked.

    ``env`` and ``custom_headers`` tables hold credentials under names of the user's own choice: every string
    below them is masked unless its name is one that never holds a secret (a project, a location, a base URL).
    URLs are masked as everywhere.
    """
    if isinstance(value, Mapping):
        below = inside_secrets or key in {"env", "custom_headers"}
        return {k: masked(v, k, inside_secrets=below) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [masked(v, key, inside_secrets=inside_secrets) for v in value]
    if isinstance(value, str) and (is_secret_key(key) or (inside_secrets and not _plain(key))):
        return mask(value)
    return masked_urls(value) if isinstance(value, str) and "://" in value else value


def holds_secret(value: Any, key: str = "", *, inside_secrets: bool = False) -> bool:
    """Whether there is a credential in a parsed value: something that :func:`masked` would change."""
    if isinstance(value, Mapping):
        below = inside_secrets or key in {"env", "custom_headers"}
        return any(holds_secret(v, k, inside_secrets=below) for k, v in value.items())
    if isinstance(value, list | tuple):
        return any(holds_secret(v, key, inside_secrets=inside_secrets) for v in value)
    return bool(masked(value, key, inside_secrets=inside_secrets) != value)


def _plain(key: str) -> bool:
    return key.endswith(("_URL", "_PROJECT", "_LOCATION")) or key.lower() in {"user-agent", "accept"}


def echoes(secrets: Iterable[str]) -> Echoes:
    """What masks known secrets in texts of strangers: providers echo keys in their messages and models in answers."""
    from catalog.echoed import Echoes

    return Echoes(secrets, mask)


def scrub(text: str, secrets: Iterable[str]) -> str:
    """``text`` with every known secret in it masked, in whatever form it is echoed. Mask first, then shorten."""
    return echoes(secrets).hide(text)


def looks_like_key(text: str) -> bool:
    """Whether a word that was typed is a key, as far as can be told from its form."""
    start = next(filter(text.startswith, _STARTS), "")
    if start and compiled(_REST).fullmatch(text, len(start)):
        return True
    return len(text) >= _SHORTEST_UNPREFIXED and compiled(_UNPREFIXED).fullmatch(text) is not None


def mask_prefixed(text: str) -> str:
    """``text`` with every word masked that begins as the keys of a vendor do and is long enough to be one."""
    present = [re.escape(start) for start in _STARTS if start in text]
    if not present:
        return text
    parts, position = [], 0
    for start in compiled("|".join(present)).finditer(text):
        at = start.start()
        if at < position or not compiled(_BEFORE).search(text[max(at - 4, 0) : at]):
            continue
        if rest := compiled(_REST).match(text, start.end()):
            parts += [text[position:at], mask(text[at : rest.end()])]
            position = rest.end()
    return "".join([*parts, text[position:]]) if parts else text


def unprefixed_keys(text: str) -> set[str]:
    """The words of a text that are keys by their looks, without a vendor's prefix; addresses hold ids of that form."""
    if len(text) < _SHORTEST_UNPREFIXED:
        return set()
    words = set(compiled(_LONG_WORD).findall(compiled(_URL).sub("", text) if "://" in text else text))
    return {found[0] for word in words if (found := compiled(_UNPREFIXED).match(word))}


def typed_keys(arguments: Iterable[str]) -> tuple[str, ...]:
    """The words of a command line that are keys by their looks, wherever they were typed."""
    words = (word for argument in arguments for word in (argument, argument.partition("=")[2]))
    return tuple(word for word in words if looks_like_key(word))
