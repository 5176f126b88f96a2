"""Keys that Kimi Code does not find, or will not keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping, string
from provisioner.doctor.issue import error, shown, warning
from provisioner.kimi_code import auth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.doctor.issue import Issue
    from provisioner.kimi_code.finding import KeyPath as Path


def issues(providers: Mapping[str, Mapping[str, Any]]) -> Iterator[Issue]:
    """Keys under a name that nobody reads, and keys that the start-up refresh overwrites."""
    for provider_id, provider in providers.items():
        path = ("providers", provider_id)
        yield from _unread(provider, path)
        yield from _differs(provider, path)


def _unread(provider: Mapping[str, Any], path: Path) -> Iterator[Issue]:
    there, read = auth.unread(provider)
    for name in there:
        here = (*path, "env", name)
        is_clear = len(there) == 1 and len(read) == 1
        edits = ((here, None), ((*path, "env", read[0]), provider["env"][name])) if is_clear else ()
        yield error(
            "env_key_unread",
            here,
            f"{shown(path)} has a key under {name} in its env table, which Kimi Code does not read: "
            f"for {provider['type']} it reads {' or '.join(read)}",
            f"rename it to {read[0]} in {shown((*path, 'env'))}",
            *edits,
        )


def _differs(provider: Mapping[str, Any], path: Path) -> Iterator[Issue]:
    source, key = mapping(provider.get("source")), string(provider.get("api_key"))
    token = string(source.get("apiKey"))
    if source.get("kind") == "apiJson" and key and token and key != token:
        message = (
            f"api_key of {shown(path)} differs from its source.apiKey: the refresh at Kimi Code's next start "
            "overwrites it with that"
        )
        yield warning("key_overwritten", (*path, "api_key"), message, f"kimi provider key {path[1]}")
