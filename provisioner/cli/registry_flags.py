"""What the commands that read a registry have in common: its token, and standard input as a source."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from provisioner.cli import credential_flags, options
from provisioner.errors import UsageError

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.cli.options import F

_STDIN = "-"


def token_options(command: F) -> F:
    """``--token`` and ``--token-stdin``."""
    for one in (
        options.option("--token-stdin", is_flag=True, help="Read the registry's token from standard input."),
        options.option(
            "--token", metavar="T", help="The registry's token. Falls back to KIMI_REGISTRY_API_KEY."
        ),
    ):
        command = one(command)
    return command


def token_of(app: App, token: str | None, *, token_stdin: bool) -> str | None:
    """The token for the registry's address.

    Raises:
        UsageError: two were given, or it cannot be a token.
    """
    return credential_flags.credential(
        token,
        stdin=token_stdin,
        variable=None,
        fallback=app.env.get(credential_flags.REGISTRY_VARIABLE),
        stdin_flag="--token-stdin",
    ).key


def stdin_for(*sources: str, token_stdin: bool) -> bytes:
    """Standard input, where one of ``sources`` is ``-``; no byte more than a document may have and one.

    Raises:
        UsageError: the token is to be read from there too.
    """
    if _STDIN not in sources:
        return b""
    if token_stdin:
        raise UsageError("the document and the token cannot both come from standard input", hint="--token T")
    from catalog.http_limits import LIMITS

    return sys.stdin.buffer.read(LIMITS.body + 1)
