"""What the filter leaves: every word typed must be found, in whatever case and order.

The last answers are kept: a list is asked for several times while it is moved through and drawn.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from provisioner.cli.prompts.list_state import filter_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provisioner.cli.manager.contents import Contents, ModelEntry, Opened, ProviderEntry


@lru_cache(maxsize=2)
def chosen_providers(contents: Contents, query: str) -> tuple[ProviderEntry, ...]:
    """The providers that match by their own words, or together with one of their models."""
    words = filter_words(query)
    return tuple(p for p in contents.providers if _found(p, words)) if words else contents.providers


@lru_cache(maxsize=2)
def chosen_models(opened: Opened, query: str) -> tuple[ModelEntry, ...]:
    """The models that match by alias, title or capabilities."""
    words = filter_words(query)
    return tuple(m for m in opened.models if not _missing(words, m.search)) if words else opened.models


def matching_aliases(provider: ProviderEntry, query: str) -> int | None:
    """How many of its models a provider is listed for; None where it is listed for its own words."""
    rest = _missing(filter_words(query), provider.search)
    return sum(not _missing(rest, alias.casefold()) for alias in provider.aliases) if rest else None


def _found(provider: ProviderEntry, words: list[str]) -> bool:
    rest = _missing(words, provider.search)
    return not rest or any(not _missing(rest, alias.casefold()) for alias in provider.aliases)


def _missing(words: Iterable[str], folded: str) -> list[str]:
    return [word for word in words if word not in folded]
