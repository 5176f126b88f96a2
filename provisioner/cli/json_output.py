"""What a command prints with ``--json``."""

from __future__ import annotations

from typing import Any

from provisioner.cli.error_text import program_name
from provisioner.cli.terminal import echo, spoken

# Lists of what we say ourselves. Elsewhere a message may be a server's.
_OURS = ("notes", "findings", "fixed", "failures")


def print_json(document: Any, *, with_keys: bool = False) -> None:
    """The one document on stdout.

    What JSON has no form for is its text: a hand may have put a date into config.toml.
    """
    import json

    echo(json.dumps(worded(document), ensure_ascii=False, indent=2, default=str), with_keys=with_keys)


def worded(document: Any) -> Any:
    """``document`` with the commands in its hints and notes spelled as the user calls them."""
    return _worded(document, program_name(), ours=False)


def _worded(value: Any, program: str, *, ours: bool) -> Any:
    if isinstance(value, list):
        return [_worded(item, program, ours=ours) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: spoken(item, program)
        if isinstance(item, str) and (key == "hint" or (ours and key == "message"))
        else _worded(item, program, ours=key in _OURS)
        for key, item in value.items()
    }
