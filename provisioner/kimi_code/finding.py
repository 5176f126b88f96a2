"""What is wrong with config.toml in Kimi Code's eyes, with its place."""

from __future__ import annotations

from typing import Literal, NamedTuple

KeyPath = tuple[str, ...]


class Finding(NamedTuple):
    """One thing to know about the file.

    Attributes:
        code: stable, in snake_case.
        severity: ``error`` where Kimi Code refuses, drops something or sends a key astray; else ``warning``.
        path: the keys from the top of the file to the one that is meant; it need not be there (a missing key).
        message: what, in one sentence. It never holds a key.
        hint: the line or command that ends it.
    """

    code: str
    severity: Literal["error", "warning"]
    path: KeyPath
    message: str
    hint: str | None = None


class Unusable(Exception):
    """Nothing can be sent for an alias: config.toml does not say enough, or says something impossible.

    ``untestable`` is set where Kimi Code itself would send something that a test must not.
    """

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        code: str = "unusable",
        path: KeyPath = (),
        untestable: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.path = path
        self.untestable = untestable

    @property
    def finding(self) -> Finding:
        """The same as data."""
        return Finding(self.code, "error", self.path, self.message, self.hint)
