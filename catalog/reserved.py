"""What in config.toml is Kimi Code's own: ids that nobody else may use, and its logins."""

from __future__ import annotations

from typing import Any

# Providers that Kimi Code itself sets up. Its own import refuses a whole registry that claims one.
MANAGED_IDS = frozenset({"managed:kimi-code", "kimi-code", "moonshot-cn", "moonshot-ai"})
# Names that Kimi Code gives to what it adds in memory; it strips tables of these names from the file.
INTERNAL_IDS = frozenset({"__kimi_env__", "__kimi_env_model__", "__secondary__"})
# A key that JavaScript takes for an object's prototype: what Kimi Code puts under it is gone without a word.
LOST_KEY = "__proto__"
RESERVED_IDS = MANAGED_IDS | INTERNAL_IDS


def is_login(provider: Any) -> bool:
    """Whether a provider table is a login that Kimi Code wrote itself: never replaced, never removed."""
    return isinstance(provider, dict) and "oauth" in provider
