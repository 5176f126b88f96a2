"""Which protocol a provider of the catalog speaks.

The rules are those of Kimi Code 2.1.0, so that both tools write the same ``type`` for the same entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from catalog.untrusted import text

if TYPE_CHECKING:
    from collections.abc import Mapping

Wire = Literal["kimi", "openai", "openai_responses", "anthropic", "google-genai", "vertexai"]

WIRES: tuple[Wire, ...] = get_args(Wire)

# Protocols of their own that no wire speaks, by a part of the SDK's package name.
_PROPRIETARY = {"amazon-bedrock": "Amazon Bedrock", "cohere": "Cohere"}


def wire_of(entry: Mapping[str, Any]) -> tuple[Wire | None, bool]:
    """The wire of a published provider object (its models are not looked at), and whether it is a guess.

    Returns:
        ``(None, False)`` for an entry that no wire fits: a ``type`` that is unknown, or a proprietary protocol.
    """
    declared = text(entry.get("type"))
    if declared is not None:
        return next((wire for wire in WIRES if wire == declared), None), False
    npm = _lower(entry.get("npm"))
    named = _named(npm, _lower(entry.get("id")))
    if named is not None:
        return named, False
    return (None, False) if proprietary(npm) else ("openai", True)


def override_wire(npm: str) -> Wire:
    """The wire of one model whose SDK package differs from its provider's; unknown packages speak openai."""
    npm = npm.lower()
    if "anthropic" in npm:
        return "anthropic"
    if "vertex" in npm:
        return "vertexai"
    if "google" in npm:
        return "google-genai"
    return "openai"


def proprietary(npm: Any) -> str | None:
    """Whose own protocol an SDK package speaks, where it is one that no wire can; else None."""
    name = _lower(npm)
    return next((owner for part, owner in _PROPRIETARY.items() if part in name), None)


def can_switch_thinking_off(wire: Wire | None) -> bool:
    """Whether the protocol itself has a way to switch thinking off, whatever levels a model declares."""
    return wire in {"anthropic", "kimi"}


def _named(npm: str, provider_id: str) -> Wire | None:
    if "anthropic" in npm or "anthropic" in provider_id or "claude" in provider_id:
        return "anthropic"
    # Only the id tells Vertex apart: the package "@ai-sdk/google-vertex/anthropic" is Anthropic's protocol.
    if "vertex" in provider_id:
        return "vertexai"
    if "google" in npm or "google" in provider_id or "gemini" in provider_id:
        return "google-genai"
    if "openai" in npm or "openai" in provider_id:
        return "openai"
    return None


def _lower(value: Any) -> str:
    return value.lower() if isinstance(value, str) else ""
