"""Which credential an imported provider gets: the one that was given, else the one that already stands there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from catalog.wire import WIRES
from provisioner.config import tables
from provisioner.errors import UsageError
from provisioner.kimi_code.auth import declared
from provisioner.secrets import looks_like_key
from provisioner.seen_keys import given

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Credential:
    """A key as given by the user, or the name of the environment variable that holds it; at most one is set.

    Raises:
        UsageError: both are, or the variable has no variable's name.
    """

    def __init__(self, key: str | None = None, variable: str | None = None) -> None:
        self.key, self.variable = key, variable
        if key is not None and variable is not None:
            raise UsageError("a key and --api-key-env exclude each other", hint="give one of them")
        if variable is None:
            return
        if looks_like_key(variable) or not _VARIABLE.fullmatch(variable):
            raise UsageError(  # a key that was typed here is not repeated
                "what was given for --api-key-env is not the name of an environment variable",
                hint="name the variable that holds the key, or pass the key with --api-key-stdin",
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Credential) and self.fields == other.fields

    def __hash__(self) -> int:
        return hash((self.key, self.variable))

    @property
    def fields(self) -> dict[str, str]:
        """The keys of a provider table that carry it: ``api_key``, ``api_key_env`` or none."""
        if self.variable is not None:
            return {"api_key_env": self.variable}
        return {} if self.key is None else {"api_key": self.key}


def clean_key(text: str, what: str = "the key") -> str:
    """A pasted key without the white space around it.

    Raises:
        UsageError: it is empty, or holds anything but printable ASCII: no HTTP header could carry it.
    """
    key = text.strip()
    if not key:
        raise UsageError(f"{what} is empty")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise UsageError(
            f"{what} holds characters that no HTTP header can carry", hint="copy it again, alone"
        )
    given(key)
    return key


def is_for(existing: Mapping[str, Any], wire: str, base_url: str | None) -> bool:
    """Whether a provider table's credential was given for this endpoint: no key follows a provider to another."""
    return existing.get("base_url") == base_url and existing.get("type") == wire


def settled(
    given: Credential,
    existing: Mapping[str, Any],
    *,
    provider_id: str,
    wire: str,
    base_url: str | None,
    otherwise: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The credential fields for a provider table that replaces ``existing`` (empty when there is none).

    Without a given credential the one in the file is kept, but only for the endpoint that it was given for.
    ``otherwise`` stands in where a server may need none.

    Raises:
        UsageError: none was given and none can be kept, and the provider needs one.
    """
    if given.fields:
        return given.fields
    kept = {name: str(existing[name]) for name in ("api_key", "api_key_env") if existing.get(name)}
    if kept and is_for(existing, wire, base_url):
        return kept
    if not WIRES[wire].needs_key or declared({**existing, "type": wire}).kind == "table":
        return {}
    if otherwise is not None:
        return dict(otherwise)
    moved = (
        f"its endpoint changed from {tables.shown_endpoint(existing)} "
        f"to {tables.shown_endpoint({'type': wire, 'base_url': base_url or ''})}, "
        "so the key in config.toml is not reused; "
    )
    raise UsageError(
        f'no key for provider "{provider_id}": {moved if kept else ""}give one',
        hint="--api-key-stdin, --api-key-env NAME or KIMI_REGISTRY_API_KEY",
    )
