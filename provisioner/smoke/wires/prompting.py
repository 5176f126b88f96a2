"""The words that every wire sends around a prompt, so that a first turn has the shape of Kimi Code's own."""

from __future__ import annotations

import base64

SYSTEM = "You are being checked for readiness. Answer briefly."
# Kimi Code sends its session's id for the provider's prompt cache; every test is its own session.
SESSION = "session_00000000-0000-4000-8000-000000000000"


def data_url(png: bytes) -> str:
    """A PNG as a ``data:`` URL."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
