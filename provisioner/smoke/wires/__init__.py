"""How each wire of ``catalog/wire.py`` is spoken, by its name. A new one is a file and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.smoke.wires.anthropic import Anthropic
from provisioner.smoke.wires.google import Google
from provisioner.smoke.wires.kimi import Kimi
from provisioner.smoke.wires.openai import OpenAI
from provisioner.smoke.wires.openai_responses import OpenAIResponses

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.wires.base import Protocol

PROTOCOLS: dict[str, Protocol] = {
    "openai": OpenAI(),
    "anthropic": Anthropic(),
    "openai_responses": OpenAIResponses(),
    "google-genai": Google(),
    "kimi": Kimi(),
    "vertexai": Google(),
}


def protocol_of(target: Target) -> Protocol:
    """How ``target`` is spoken to."""
    return PROTOCOLS[target.wire.name]
