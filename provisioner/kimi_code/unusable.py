"""The one exception of this package: what stops a test before anything is sent."""

from __future__ import annotations


class Unusable(Exception):
    """config.toml does not say enough, or says something impossible: nothing can be sent.

    ``message`` says what, ``hint`` is the line or command that mends it. ``untestable`` is set where Kimi Code
    itself could do more than this test can.
    """

    def __init__(self, message: str, hint: str | None = None, *, untestable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.untestable = untestable
