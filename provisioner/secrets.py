"""Keys never reach a screen, a log or a file that is not config.toml: what masks them.

Source of the rule: everything that is shown or reported is masked unless the user asks for it by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from catalog.urls import masked_urls

if TYPE_CHECKING:
    from catalog.echoed import Echoes

# `source.apiKey` is camelCase in config.toml; everything else is snake_case.
_SECRET_KEYS = re.compile(r"(?i)(api_?key$|_key$|^key$|token|secret|password|authorization|^x-.*-key$)")
_NOT_SECRET_KEYS = frozenset({"reasoning_key", "api_key_env"})
_SHORT = 12
# The prefixes that vendors give their keys, and the forms of keys without one: hexadecimal, or a long word of small
# and capital letters and digits, which no id is.
PREFIXES = "(?:[spr]k-|[gr]sk_|sk_|gh[oprsu]_|github_pat_|glpat-|hf_|xox[a-z]-|xai-|nvapi-|pplx-|tvly-|r8_|fw_|AIza|AKIA|eyJ)"
_LOOKS_TYPED = (
    rf"{PREFIXES}[\w./+=-]{{8,}}|[0-9a-f]{{32,}}(?:\.\w+)?|(?=\w*[a-z])(?=\w*[A-Z])(?=\w*[0-9])\w{{24,}}"
)


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
    return re.fullmatch(_LOOKS_TYPED, text) is not None


def typed_keys(arguments: Iterable[str]) -> tuple[str, ...]:
    """The words of a command line that are keys by their looks, wherever they were typed."""
    words = (word for argument in arguments for word in (argument, argument.partition("=")[2]))
    return tuple(word for word in words if looks_like_key(word))
