"""Which credential belongs to an alias, by Kimi Code's own order.

The model's own ``api_key``, then the provider's ``api_key``, the variable that its ``api_key_env`` names, and its
``env`` sub-table under the names that its ``type`` reads. Where the file has none, Kimi Code sends the word ``unused``,
or the key that its SDKs find in the shell: the smoke test sends the word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from catalog.reserved import is_login
from catalog.untrusted import mapping, string
from catalog.wire import WIRES
from provisioner.kimi_code.finding import Unusable
from provisioner.secrets import is_secret_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.kimi_code.finding import KeyPath

# What Kimi Code sends where there is no key.
NO_KEY = "unused"
_PAIRS = (("api_key", "api_key_env"), ("api_key_env", "oauth"), ("api_key", "oauth"))


class EffectiveCredential(NamedTuple):
    """What proves who is asking.

    Attributes:
        kind: ``key`` as configured, ``token`` from Google's application default credentials, or ``none`` for the word
            that stands in for a key.
        value: the secret.
        origin: where it was found, for people.
        quota_project: the project a token's use is billed to, if the credential names one.
    """

    kind: Literal["key", "token", "none"]
    value: str
    origin: str
    quota_project: str | None = None

    def __repr__(self) -> str:  # the value is the secret
        return f"EffectiveCredential(kind={self.kind!r}, origin={self.origin!r})"


class Declared(NamedTuple):
    """The credential that a provider's table declares.

    Attributes:
        kind: ``key`` in the file, ``variable`` of the shell, ``table`` for the ``env`` sub-table, ``login`` of Kimi Code,
            ``none``.
        name: the key of the table that holds it, or the variable.
    """

    kind: Literal["key", "variable", "table", "login", "none"]
    name: str = ""


def declared(provider: Mapping[str, Any], wire_name: str | None = None) -> Declared:
    """What Kimi Code would take for the credential of ``provider``; a contradiction is not looked for.

    ``wire_name`` is the protocol of a model where the provider has no ``type``.
    """
    if string(provider.get("api_key")).strip():
        return Declared("key", "api_key")
    if variable := string(provider.get("api_key_env")).strip():
        return Declared("variable", variable)
    if name := _name_in_table(provider, wire_name):
        return Declared("table", name)
    return Declared("login") if is_login(provider) else Declared("none")


def unread(provider: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names in the ``env`` sub-table that hold a key which nobody reads, and those that Kimi Code reads instead.

    Both are empty where the provider has a credential, or a type that reads none.
    """
    wire = WIRES.get(string(provider.get("type")))
    if wire is None or declared(provider).kind != "none":
        return (), ()
    table = mapping(provider.get("env"))
    names = tuple(name for name in table if is_secret_key(name) and string(table[name]).strip())
    others = tuple(name for name in names if name not in wire.env_keys)
    return (others, wire.env_keys) if others else ((), ())


def configured(
    alias: str,
    model: Mapping[str, Any],
    provider_id: str,
    provider: Mapping[str, Any],
    env: Mapping[str, str],
) -> EffectiveCredential | None:
    """The credential that config.toml gives an alias; None where it gives none.

    ``env`` is the environment at start-up, for ``api_key_env``.

    Raises:
        Unusable: two contradicting ones, an unset variable, a login, or a key that no header can carry.
    """
    at: KeyPath = ("models", alias)
    own = string(model.get("api_key")).strip()
    if is_login(model):
        raise (
            _contradiction(f'[models."{alias}"]', at, "api_key", "oauth")
            if own
            else _login(f"alias {alias!r}", at)
        )
    if own:
        return _key(own, "api_key", f'[models."{alias}"]', (*at, "api_key"))
    return _of_provider(provider_id, provider, string(model.get("protocol")) or None, env)


def _of_provider(
    provider_id: str, provider: Mapping[str, Any], protocol: str | None, env: Mapping[str, str]
) -> EffectiveCredential | None:
    at: KeyPath = ("providers", provider_id)
    where = f"[providers.{provider_id}]"
    present = {name for name in ("api_key", "api_key_env") if string(provider.get(name)).strip()}
    found = declared(provider, protocol)
    if is_login(provider):
        present |= {"oauth", *([f"env.{found.name}"] if found.kind == "table" else [])}
    for first, second in (*_PAIRS, (f"env.{found.name}", "oauth")):
        if {first, second} <= present:
            raise _contradiction(where, at, first, second)
    match found.kind:
        case "key":
            return _key(string(provider["api_key"]).strip(), "api_key", where, (*at, "api_key"))
        case "variable":
            value = env.get(found.name, "").strip()
            if value:
                return _key(value, found.name, "the environment", (*at, "api_key_env"))
            raise Unusable(
                f"{where} takes its key from the variable {found.name}, which is not set",
                f"export {found.name}=…",
                code="variable_unset",
                path=(*at, "api_key_env"),
            )
        case "table":
            value = mapping(provider.get("env"))[found.name].strip()
            return _key(value, found.name, f"[providers.{provider_id}.env]", (*at, "env", found.name))
        case "login":
            raise _login(f"provider {provider_id!r}", at)
    return None


def _name_in_table(provider: Mapping[str, Any], wire_name: str | None) -> str | None:
    """The name under which the ``env`` sub-table holds a key that Kimi Code reads."""
    wire = WIRES.get(string(provider.get("type")) or wire_name or "")
    table = mapping(provider.get("env"))
    names = wire.env_keys if wire else ()
    # The first that is not empty is taken, even where it is blank.
    name = next((name for name in names if string(table.get(name))), None)
    return name if name and string(table[name]).strip() else None


def _contradiction(where: str, at: KeyPath, first: str, second: str) -> Unusable:
    return Unusable(
        f"{where} has both {first} and {second}, which exclude each other",
        f"remove one of them from {where}",
        code="credential_conflict",
        path=(*at, second),
    )


def _login(whose: str, at: KeyPath) -> Unusable:
    return Unusable(
        f"{whose} uses a login that Kimi Code itself holds; only Kimi Code can test it",
        'kimi -p "say hi"',
        code="login",
        path=(*at, "oauth"),
        untestable=True,
    )


def _key(key: str, name: str, where: str, path: KeyPath) -> EffectiveCredential:
    if key.isascii() and key.isprintable():
        return EffectiveCredential("key", key, f"{name} in {where}")
    raise Unusable(
        f"{name} in {where} holds characters that no header can carry (line ends, quotes from a document, other scripts)",
        f"copy the key again, as plain text, into {name}",
        code="key_unsendable",
        path=path,
    )
