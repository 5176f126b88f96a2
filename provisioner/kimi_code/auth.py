"""Which key belongs to an alias, by Kimi Code's own order.

``api_key``, then the variable that ``api_key_env`` names, then the ``env`` sub-table. Nothing else of the shell
environment is read. Checked against Kimi Code 2.1.0: without any key it stops before it sends a request, on every
wire, also for servers that would need none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from catalog.untrusted import string
from catalog.wire import WIRES
from provisioner.kimi_code.unusable import Unusable

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Credential:
    """What proves who is asking.

    Attributes:
        kind: ``key`` as configured, or ``token`` from Google's application default credentials.
        value: the secret.
        origin: where it was found, for people.
        quota_project: the project a token's use is billed to, if the credential names one.
    """

    kind: Literal["key", "token"]
    value: str = field(repr=False)
    origin: str
    quota_project: str | None = None


def configured(
    provider_id: str,
    provider: Mapping[str, Any],
    model: Mapping[str, Any],
    variables: Mapping[str, str],
    env: Mapping[str, str],
    *,
    required: bool,
) -> Credential | None:
    """The key that config.toml gives a model; None where it gives none and none is ``required``.

    Args:
        provider_id: for messages.
        provider: the provider's table.
        model: the alias' table: Kimi Code reads an ``api_key`` there too.
        variables: the provider's ``env`` sub-table.
        env: the environment at start-up, for ``api_key_env``.
        required: whether the wire cannot do without a key.

    Raises:
        Unusable: no key, two contradicting ones, an unset variable, or a key that no header can carry.
    """
    where = f"[providers.{provider_id}]"
    if key := string(model.get("api_key")).strip():
        return _key(key, "api_key", "the alias' own table")
    key, variable = string(provider.get("api_key")).strip(), string(provider.get("api_key_env")).strip()
    both = [name for name in ("api_key", "api_key_env", "oauth") if provider.get(name)]
    if len(both) > 1:
        raise Unusable(
            f"{where} has both {both[0]} and {both[1]}, which exclude each other", f"remove one from {where}"
        )
    if key:
        return _key(key, "api_key", where)
    if variable:
        value = env.get(variable, "").strip()
        if not value:
            raise Unusable(
                f"{where} takes its key from the variable {variable}, which is not set",
                f"export {variable}=…",
            )
        return _key(value, variable, "the environment")
    for name in WIRES[string(provider.get("type"))].env_keys:
        if value := variables.get(name, "").strip():
            return _key(value, name, f"[providers.{provider_id}.env]")
    if provider.get("oauth"):
        raise Unusable(
            f"provider {provider_id!r} uses a login that Kimi Code itself holds; only Kimi Code can test it",
            'kimi -p "say hi"',
            untestable=True,
        )
    if required:
        raise Unusable(
            f"provider {provider_id!r} has no key, and Kimi Code asks for one even where the server needs none",
            f'api_key = "…" in {where} (any word will do for a server that needs none)',
        )
    return None


def _key(key: str, name: str, where: str) -> Credential:
    if all("!" <= character <= "~" for character in key):
        return Credential("key", key, f"{name} in {where}")
    raise Unusable(
        f"{name} in {where} holds characters that no key has (white space, quotes from a document, other scripts)",
        f"copy the key again, as plain text, into {name}",
    )
