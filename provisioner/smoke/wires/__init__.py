"""The wires, by the ``type`` or ``protocol`` that config.toml gives them. A new one is a file and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.smoke.wires.anthropic import Anthropic
from provisioner.smoke.wires.google_genai import GoogleGenAI
from provisioner.smoke.wires.kimi import Kimi
from provisioner.smoke.wires.openai import OpenAI
from provisioner.smoke.wires.openai_responses import OpenAIResponses
from provisioner.smoke.wires.vertexai import VertexAI

if TYPE_CHECKING:
    from provisioner.smoke.wires.base import Wire

WIRES: dict[str, Wire] = {
    wire.name: wire for wire in (Kimi(), OpenAI(), OpenAIResponses(), Anthropic(), GoogleGenAI(), VertexAI())
}
