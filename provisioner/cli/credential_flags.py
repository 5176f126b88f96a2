"""Keys from the command line, standard input or the environment, in the one order that the help promises."""

from __future__ import annotations

import sys

from provisioner.errors import UsageError
from provisioner.workflows.credential import Credential, clean_key

# A key is a line. A file or a server's answer that was piped in by mistake is not read to its end.
_STDIN_LIMIT = 16 * 1024
REGISTRY_VARIABLE = "KIMI_REGISTRY_API_KEY"


def from_stdin(flag: str) -> str:
    """The key on standard input.

    Raises:
        UsageError: standard input is closed, empty, or holds no key.
    """
    text = sys.stdin.read(_STDIN_LIMIT)
    return clean_key(text, f"what {flag} read from standard input")


def credential(
    key: str | None, *, stdin: bool, variable: str | None, fallback: str | None, stdin_flag: str
) -> Credential:
    """The credential that was given: a key, the name of a variable, or none.

    ``fallback`` is the value of KIMI_REGISTRY_API_KEY; it counts only where no flag says anything.

    Raises:
        UsageError: more than one was given, or it cannot be a key.
    """
    if sum((key is not None, stdin, variable is not None)) > 1:
        raise UsageError("more than one credential was given", hint="give one of the flags")
    if stdin:
        return Credential(key=from_stdin(stdin_flag))
    if key is not None:
        return Credential(key=clean_key(key))
    if variable is not None:
        return Credential(variable=variable)
    if fallback and fallback.strip():
        return Credential(key=clean_key(fallback, REGISTRY_VARIABLE))
    return Credential()


def unbroken(text: str) -> str:
    """A pasted key without the white space that line breaks and tables put into it."""
    return "".join(text.split())


def key_flaw(text: str) -> str | None:
    """What is wrong with a typed key; None when it can be one."""
    try:
        clean_key(unbroken(text))
    except UsageError as error:
        return error.message
    return None
