"""The provider that an alias belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def provider_name(model: Any, default_provider: str | None = None) -> str | None:
    """The id under which the table of an alias looks for its provider; None where it names none."""
    if not isinstance(model, dict):
        model = {}
    named = model.get("provider_id", model.get("provider", default_provider))
    return named if isinstance(named, str) else None


def default_provider(data: Mapping[str, Any]) -> str | None:
    """The provider of models that name none, of a parsed file."""
    return named(data.get("default_provider", data.get("defaultProvider")))


def named(value: Any) -> str | None:
    """The name in ``default_model`` or ``default_provider``; None where there is none."""
    return value if isinstance(value, str) and value.strip() else None
