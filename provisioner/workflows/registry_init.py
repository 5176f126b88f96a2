"""A first api.json: from what config.toml has, or from an endpoint's own list. Nothing secret gets into it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.discovery import discover
from catalog.endpoint import for_wire, is_http_url
from catalog.models import Model, Provider
from catalog.registry import survey
from catalog.registry_write import registry_document
from catalog.reserved import RESERVED_IDS, is_login
from catalog.untrusted import id_flaw, mapping, positive_integer, string, strings, text
from catalog.urls import shown
from catalog.wire import WIRES
from provisioner.config import tables
from provisioner.config.read import read
from provisioner.errors import NotFound, UsageError
from provisioner.kimi_code.owner import provider_name
from provisioner.note import Note
from provisioner.workflows.entries import alias_tables, check_name
from provisioner.workflows.near import near
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.wire import Wire
    from provisioner.app import App
    from provisioner.workflows.credential import Credential
    from provisioner.workflows.watch import Watch

_REGISTRY_WIRES = [name for name, wire in WIRES.items() if wire.in_registry]


@dataclass(frozen=True)
class ListEndpoint:
    """An endpoint whose list of models becomes a provider called ``name``."""

    wire: str
    base_url: str
    name: str
    credential: Credential


@dataclass(frozen=True)
class Request:
    """What ``registry init`` asks for.

    Attributes:
        providers: ids in config.toml; empty takes all that a registry can hold.
        endpoint: the endpoint to ask instead.
    """

    providers: tuple[str, ...] = ()
    endpoint: ListEndpoint | None = None


@dataclass(frozen=True)
class Result:
    """The document, and what did not get into it."""

    document: dict[str, Any]
    providers: tuple[Provider, ...]
    notes: tuple[Note, ...]


class _LeftOut(Exception):
    """Something of config.toml that a registry cannot hold, and why."""


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Builds the document; nothing is written.

    Raises:
        UsageError: an unknown wire, an unusable URL or name, or a variable that is not set.
        NotFound: config.toml has no such provider, or none that a registry can hold.
        FetchFailed, CredentialRefused, DocumentInvalid, NotImportable: the endpoint's list.
        ConfigInvalid: config.toml cannot be read.
    """
    if request.endpoint is not None:
        provider = _listed(app, request.endpoint, watch)
        return Result(registry_document([provider]), (provider,), tuple(_unknown_contexts(provider)))
    data = read(app.config_path).data
    notes: list[Note] = []
    effective: dict[str, dict[str, Any]] = {}
    providers = []
    for name in _wanted(data, request.providers):
        try:
            providers.append(_configured(data, name, effective, notes))
        except _LeftOut as reason:
            notes.append(Note("provider_left_out", f"{name} was left out: {reason}"))
    if not providers:
        raise NotFound(
            "config.toml has no provider that a registry can hold" + "".join(f"; {n.message}" for n in notes),
            hint="kimi provider registry init --type WIRE --base-url URL --as NAME",
        )
    document = registry_document(providers)
    return Result(document, tuple(providers), (*notes, *_not_carried(effective, document)))


def _listed(app: App, endpoint: ListEndpoint, watch: Watch) -> Provider:
    check_name(endpoint.name)
    row = WIRES.get(endpoint.wire)
    if row is None or not row.in_registry:
        raise UsageError(
            f'a registry cannot name the wire "{endpoint.wire}"', hint=f"--type {' | '.join(_REGISTRY_WIRES)}"
        )
    if endpoint.name in RESERVED_IDS:
        raise UsageError(f'"{endpoint.name}" is reserved for Kimi Code itself', hint="--as NAME")
    base_url = for_wire(endpoint.base_url, row.name)
    if not is_http_url(base_url) or shown(base_url) != base_url:
        message = f"{shown(base_url)!r} is no http or https address without a user name, query and fragment"
        raise UsageError(message, hint="--base-url https://host/v1")
    key, variable = endpoint.credential.key, endpoint.credential.variable
    if variable is not None:
        key = app.env.get(variable)
        if not key:
            raise UsageError(f"the environment variable {variable} is not set", hint=f"export {variable}")
    watch(f"asking {shown(base_url)} for its models")
    models = discover(app.http.client, row.name, base_url, key)
    env = (variable,) if variable else ()
    return Provider(
        endpoint.name, endpoint.name, row.name, guessed=False, base_url=base_url, models=models, env=env
    )


def _unknown_contexts(provider: Provider) -> Iterable[Note]:
    unknown = [model.id for model in provider.models if not model.context_known]
    if unknown:
        named = ", ".join(unknown[:3]) + (", …" if unknown[3:] else "")
        yield Note("context_unknown", f"the context window of {named} is not known: fill in limit.context")


def _wanted(data: Mapping[str, Any], asked: tuple[str, ...]) -> Iterable[str]:
    known = tables.members(data, "providers")
    for name in asked:
        if name not in known:
            raise NotFound(f'config.toml has no provider "{name}"', hint=near(name, known))
    return dict.fromkeys(asked) or known


def _configured(
    data: Mapping[str, Any], name: str, effective: dict[str, dict[str, Any]], notes: list[Note]
) -> Provider:
    """One provider; ``effective`` gets its alias tables, overrides applied, under the aliases of an import."""
    table = tables.provider_in(data, name)
    wire = _wire(name, table)
    base_url = _base_url(table, wire)
    models: dict[str, Model] = {}
    own = f"{name}/"
    entries = tables.members(data, "models").items()
    # An import calls every alias <provider>/<key>: those that are called so already come first.
    for alias, entry in sorted(entries, key=lambda item: not item[0].startswith(own)):
        if not isinstance(entry, dict) or provider_name(entry) != name:
            continue
        has = {**entry, **mapping(entry.get("overrides"))}
        has.pop("overrides", None)
        try:
            model = _model(alias.removeprefix(own), has, wire, base_url)
            _refuse_twice(model.key, models, name)
        except _LeftOut as reason:
            notes.append(Note("model_left_out", f"{alias} was left out: {reason}"))
            continue
        models[model.key] = model
        effective[own + model.key] = has
        if not alias.startswith(own):
            notes.append(Note("alias", f"{alias} will be called {own}{model.key}"))
    if not models:
        raise _LeftOut("none of its models can be in a registry")
    variable = text(table.get("api_key_env"))
    return Provider(
        name,
        name,
        wire.name,
        guessed=False,
        base_url=base_url,
        models=tuple(models.values()),
        env=(variable,) if variable else (),
    )


def _refuse_twice(key: str, models: Mapping[str, Model], provider_id: str) -> None:
    """``x`` and ``p/x`` may both be aliases of ``p``, and would both become ``p/x``."""
    if key in models:
        raise _LeftOut(f"another alias of {provider_id} becomes {provider_id}/{key} too")


def _wire(name: str, table: Mapping[str, Any]) -> Wire:
    if is_login(table) or name in RESERVED_IDS:
        raise _LeftOut("it is Kimi Code's own")
    flaw = id_flaw(name)
    if flaw:
        raise _LeftOut(flaw)
    wire = WIRES.get(string(table.get("type")))
    if wire is None:
        raise _LeftOut("its type is no wire")
    if not wire.in_registry:
        raise _LeftOut(f"a registry cannot name the wire {wire.name}")
    return wire


def _base_url(table: Mapping[str, Any], wire: Wire) -> str:
    """The endpoint that Kimi Code uses without a look at the shell: the registry must name it."""
    env = mapping(table.get("env"))
    stated = (text(table.get("base_url")), *(text(env.get(name)) for name in wire.env_base_urls))
    url = next(filter(None, stated), wire.default_base_url) or ""
    if not is_http_url(url):
        raise _LeftOut("its base_url is no http or https address")
    if shown(url) != url:
        raise _LeftOut("its base_url may hold a secret (a user name, a query or a fragment)")
    return url


def _model(key: str, entry: Mapping[str, Any], wire: Wire, base_url: str) -> Model:
    model_id = text(entry.get("model"))
    flaw = "it names no model" if model_id is None else id_flaw(model_id) or id_flaw(key)
    if model_id is None or flaw:
        raise _LeftOut(flaw or "")
    for name, own, provider_s in (
        ("protocol", entry.get("protocol"), wire.name),
        ("base_url", entry.get("base_url"), base_url),
    ):
        if own not in (None, provider_s):
            raise _LeftOut(
                f"it has a {name} of its own, which a registry cannot say; make it a provider of its own"
            )
    context = positive_integer(entry.get("max_context_size"))
    return Model(
        key=key,
        id=model_id,
        context=context or 0,
        context_known=context is not None,
        output_limit=positive_integer(entry.get("max_output_size")),
        capabilities=strings(entry.get("capabilities")),
        display_name=text(entry.get("display_name")),
        support_efforts=strings(entry.get("support_efforts")),
        default_effort=text(entry.get("default_effort")),
    )


def _not_carried(effective: Mapping[str, Mapping[str, Any]], document: Mapping[str, Any]) -> Iterable[Note]:
    """What an import of the document writes otherwise than config.toml has it: told by reading it back."""
    for provider in survey(document).providers:
        changed: Counter[str] = Counter()
        for alias, written in alias_tables(provider.id, provider).items():
            has = effective[alias]
            changed.update(
                field for field in {**has, **written} if not _same(has.get(field), written.get(field))
            )
        if changed:
            counted = ", ".join(f"{field} ({count})" for field, count in sorted(changed.items()))
            yield Note(
                "not_carried", f"{provider.id}: an import will not write these as they are here: {counted}"
            )


def _same(one: Any, other: Any) -> bool:
    """Capabilities are a set; everything else is as it is."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return bool(one == other)
