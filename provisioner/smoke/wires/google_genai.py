"""``google-genai``: the Gemini API, or Vertex AI where the provider's ``env`` table names project and location."""

from __future__ import annotations

from typing import ClassVar

from provisioner.smoke.wires.google import Google


class GoogleGenAI(Google):
    """Gemini by key. On Vertex AI a key means express mode: a path without the project."""

    name: ClassVar[str] = "google-genai"
