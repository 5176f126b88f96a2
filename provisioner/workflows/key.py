"""A new key for a provider, wherever the old one stands; or the key taken out of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.errors import CredentialRefused
from catalog.models import Model
from catalog.reserved import is_login
from catalog.untrusted import string, strings
from catalog.wire import WIRES
from provisioner.config import rotate, tables
from provisioner.config.read import read
from provisioner.config.values import dotted
from provisioner.errors import ConfigInvalid, NotFound, ProviderManaged, UsageError
from provisioner.kimi_code.owner import provider_name
from provisioner.note import Note
from provisioner.workflows import check_key
from provisioner.workflows.default_alias import best_alias
from provisioner.workflows.near import near
from provisioner.workflows.outcome import Outcome, commit
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.app import App
    from provisioner.config.rotate import Rotated
    from provisioner.workflows.credential import Credential
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Request:
    """The provider and its new credential.

    Attributes:
        provider: its id.
        credential: a key, or the variable that holds it from now on.
        accept: write a key that the server refused, or one in the place of a variable.
        dry_run: only plan it; the key is not tried.
    """

    provider: str
    credential: Credential
    accept: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Result:
    """What was changed.

    Attributes:
        outcome: of the file.
        providers: those with another key now; more than one where a registry's providers share it.
        aliases: models that had the same key of their own.
        notes: what to know about it.
    """

    outcome: Outcome
    providers: tuple[str, ...]
    aliases: tuple[str, ...]
    notes: tuple[Note, ...]


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Tries the new credential on one of the provider's models, then writes it.

    Raises:
        NotFound: no such provider.
        ProviderManaged: it is a login of Kimi Code.
        UsageError: it takes its key from a variable, and a key was given.
        CredentialRefused: the server refused the new key.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
    """
    seen = read(app.config_path)
    planned = _rotated(app, request, seen.data)
    notes = []
    if planned.providers and not request.dry_run:
        notes += _tried(app, request, planned.data, watch)
    outcome = commit(
        app,
        lambda data: _rotated(app, request, data).data,
        dry_run=request.dry_run,
        watch=watch,
        seen=seen,
    )
    return Result(
        outcome,
        planned.providers,
        planned.aliases,
        (*notes, *_notes(app, request, planned)),
    )


def require(app: App, provider_id: str) -> None:
    """Refuses a provider that cannot get a key, before a person is asked for one.

    Raises:
        NotFound, ProviderManaged, ConfigInvalid, Busy: as :func:`run`.
    """
    _table(app, read(app.config_path).data, provider_id)


def _table(app: App, data: Mapping[str, Any], provider_id: str) -> dict[str, Any]:
    known = tables.members(data, "providers")
    where = str(app.config_path)
    if provider_id not in known:
        raise NotFound(
            f'provider "{provider_id}" not found',
            hint=near(provider_id, known, otherwise="kimi provider list"),
            where=where,
        )
    table = known[provider_id]
    if not isinstance(table, dict):
        raise ConfigInvalid(
            f"`{dotted(('providers', provider_id))}` in config.toml is not a table",
            hint=f"kimi provider remove {provider_id}, then add it again",
            where=where,
        )
    if is_login(table):
        raise ProviderManaged(
            f'provider "{provider_id}" is a login of Kimi Code and has no key to change',
            hint="log in again in Kimi Code",
            where=where,
        )
    return table


def _rotated(app: App, request: Request, data: Mapping[str, Any]) -> Rotated:
    table = _table(app, data, request.provider)
    wire = WIRES.get(str(table.get("type")))
    old = rotate.current_key(table, wire.env_keys if wire else ())
    variable = table.get("api_key_env")
    if request.credential.key is not None and not old and variable and not request.accept:
        raise UsageError(
            f'provider "{request.provider}" takes its key from the variable {variable}: give the new key to that',
            hint=f"kimi provider key {request.provider} --yes, to write a key to config.toml instead",
            where=str(app.config_path),
        )
    return rotate.rotated(data, request.provider, old, request.credential.fields)


def _tried(app: App, request: Request, data: Mapping[str, Any], watch: Watch) -> list[Note]:
    """What trying came to, where that is worth a word.

    Raises:
        CredentialRefused: the server refused it, and it is not written all the same.
    """
    models = {
        alias: Model(alias, string(table.get("model")), 1, capabilities=strings(table.get("capabilities")))
        for alias, table in tables.members(data, "models").items()
        if isinstance(table, dict) and provider_name(table) == request.provider
    }
    default = string(data.get("default_model"))
    alias = default if default in models else best_alias(models)
    if alias is None:
        return [Note("untried", f"the key was not tried: {request.provider} has no model to ask")]
    tried = check_key.run(app, check_key.Request(data, alias), watch)
    if tried.verdict == "invalid" and not request.accept:
        raise CredentialRefused(
            f"the new key was refused, and nothing was written: {tried.detail}",
            hint=tried.hint or f"kimi provider key {request.provider} --yes, to write it all the same",
            where=alias,
        )
    if tried.verdict == "valid" and not tried.detail:
        return []
    said = {
        "valid": "the key works, but",
        "invalid": "the key was refused:",
        "unknown": "whether the key works is not known:",
    }[tried.verdict]
    return [Note("tried", f"{said} {tried.detail}")]


def _notes(app: App, request: Request, planned: Rotated) -> list[Note]:
    if not planned.providers:
        return []
    table = tables.provider_in(planned.data, request.provider)
    variable, key = request.credential.variable, table.get("api_key")
    source = table.get("source")
    token = source.get("apiKey") if isinstance(source, dict) else None
    notes = []
    if planned.left:
        notes.append(
            Note("still_there", f"the old key still stands in {', '.join(map(dotted, planned.left[:9]))}")
        )
    if variable and any(path[-2:] == ("source", "apiKey") for path in planned.left):
        notes.append(
            Note(
                "registry_token",
                "source.apiKey stays: with it Kimi Code asks the registry at each start, and it reads no variable "
                "there; providers that the registry adds then get it as their api_key",
            )
        )
    if variable:
        notes.append(Note("in_backups", f"the old key is still in the versions kept in {app.backups}"))
    if key and isinstance(token, str) and key != token and rotate.registry_of(table):
        notes.append(
            Note(
                "registry_token",
                f"source.apiKey is {'another key' if token else 'empty'} and stays: Kimi Code writes it over api_key "
                f"when it starts; kimi provider key {request.provider} --to-env NAME keeps a key of its own",
            )
        )
    return notes
