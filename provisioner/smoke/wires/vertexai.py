"""``vertexai``: Gemini on Vertex AI, by Google's application default credentials or by key (express mode)."""

from __future__ import annotations

from typing import ClassVar

from provisioner.smoke.wires.google import Google


class VertexAI(Google):
    """Vertex AI. Without a key the credentials are Google's, and the path names the project."""

    name: ClassVar[str] = "vertexai"
