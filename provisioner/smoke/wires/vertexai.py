"""``vertexai``: Gemini on Vertex AI, by Google's application default credentials or by key (express mode)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from provisioner.smoke.unusable import Unusable
from provisioner.smoke.wires.google import Google

if TYPE_CHECKING:
    from provisioner.smoke.target import Target


class VertexAI(Google):
    """Vertex AI. Without a key the credentials are Google's, and the path names the project."""

    name: ClassVar[str] = "vertexai"
    needs_key: ClassVar[bool] = False

    def check(self, target: Target) -> None:
        """Application default credentials need a project to be billed to."""
        super().check(target)
        if target.credential is None and not target.project:
            raise Unusable(
                f"provider {target.provider!r} names no Google Cloud project, and has no key for express mode",
                f'GOOGLE_CLOUD_PROJECT = "…" in [providers.{target.provider}.env]; the shell is not read',
            )
