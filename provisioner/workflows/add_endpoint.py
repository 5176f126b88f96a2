"""Adds any endpoint that speaks one of the six wires: a local server, a gateway, a provider no catalog knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.discovery import discover
from catalog.endpoint import doubts, for_wire, is_http_url
from catalog.models import DEFAULT_CONTEXT, Model, Provider
from catalog.untrusted import id_flaw, mapping, string
from catalog.urls import shown
from catalog.wire import WIRES
from provisioner.config import tables
from provisioner.config.read import read
from provisioner.errors import ConfigInvalid, NotFound, UsageError
from provisioner.kimi_code.auth import NO_KEY
from provisioner.kimi_code.base_url import headers as custom_headers
from provisioner.kimi_code.finding import Unusable
from provisioner.note import Note
from provisioner.workflows.consent import Consent, agree, claims, same_endpoint, taken_notes
from provisioner.workflows.credential import Credential, settled
from provisioner.workflows.default_alias import default_alias
from provisioner.workflows.entries import alias_tables, check_name, provider_table
from provisioner.workflows.near import near
from provisioner.workflows.outcome import Outcome, cleared_notes, commit, refusal_note
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import WireName
    from provisioner.app import App
    from provisioner.workflows.watch import Watch

# How many models a note names before it trails off.
_NAMED = 3


class Request(NamedTuple):
    """What ``add --type W --base-url URL --as NAME`` asks for.

    Attributes:
        wire: one of the six.
        base_url: the endpoint, by the wire's own convention.
        name: the provider's id in config.toml.
        credential: a key or the variable that holds it; a local server may need none.
        models: (id, context in tokens or None) pairs; empty asks the endpoint for its list.
        only: ids out of that list, each perhaps with its context (``ID:CONTEXT``); empty takes all of it.
        default_model: a model id that becomes default_model.
        consent: to take over a provider of another endpoint.
        dry_run: plan, write nothing.
    """

    wire: str
    base_url: str
    name: str
    credential: Credential = Credential()
    models: tuple[tuple[str, int | None], ...] = ()
    only: tuple[str, ...] = ()
    default_model: str | None = None
    consent: Consent = Consent()
    dry_run: bool = False


class Result(NamedTuple):
    """What came of it; ``discovered`` says whether the models are the endpoint's own list."""

    outcome: Outcome
    provider: Provider
    discovered: bool
    notes: tuple[Note, ...]


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Finds out the endpoint's models, unless they are named, and writes provider and aliases.

    Raises:
        ConsentNeeded: it would take over a provider or alias of somebody else.
        UsageError: an unknown wire, an unusable URL, name or model id, or models both named and picked.
        NotFound: ``default_model`` is none of the models, or ``only`` names one that the list does not have.
        FetchFailed, CredentialRefused, DocumentInvalid, NotImportable: the endpoint's list of models.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
    """
    wire, base_url = _checked(request)
    seen = read(app.config_path)
    existing = tables.provider_in(seen.data, request.name)
    models, discovered = named(request.models), False
    if not models:
        key = _key_to_ask_with(app, request, existing, base_url)
        watch(f"asking {shown(base_url)} for its models")
        headers = _headers_to_ask_with(request.name, existing, base_url)
        listed = discover(app.http.client, wire, base_url, key, headers)
        models, discovered = _of_list(listed, request.only), True
    provider = Provider(request.name, request.name, wire, guessed=False, base_url=base_url, models=models)
    default = default_alias((provider,), request.default_model)
    taken: list[str] = []

    def edit(data: dict[str, Any]) -> dict[str, Any]:
        credential = settled(
            request.credential,
            tables.provider_in(data, request.name),
            provider_id=request.name,
            wire=wire,
            base_url=base_url,
            otherwise={"api_key": NO_KEY},
        )
        table = provider_table(provider, credential=credential, source=None)
        entries = {provider.id: tables.Entry(table, alias_tables(provider.id, provider))}
        taken[:] = claims(data, entries, lambda _, old: "source" not in old and same_endpoint(old, table))
        data = tables.with_providers(data, entries)
        agree(taken, request.consent, str(app.config_path))
        return tables.with_default_model(data, default) if default else data

    outcome = commit(app, edit, dry_run=request.dry_run, watch=watch, seen=seen)
    return Result(
        outcome=outcome,
        provider=provider,
        discovered=discovered,
        notes=(
            *(Note("base_url_doubtful", f"{shown(base_url)}: {doubt}") for doubt in doubts(wire, base_url)),
            *_context_notes(models),
            *_key_notes(outcome.data, request.name),
            *taken_notes(taken),
            *cleared_notes(outcome),
            *refusal_note(app, outcome.data, (provider,)),
        ),
    )


def _checked(request: Request) -> tuple[WireName, str]:
    row = WIRES.get(request.wire)
    if row is None:
        raise UsageError(f'"{request.wire}" is no wire', hint=f"--type {' | '.join(WIRES)}")
    wire = row.name
    base_url = for_wire(request.base_url, wire)
    check_name(request.name)
    if request.models and request.only:
        raise UsageError(
            "models that are named and models of the endpoint's list were given", hint="--model or --only"
        )
    for model, _ in request.models:
        if flaw := id_flaw(model) if model else "its id is empty":
            raise UsageError(f"{model!r} cannot name a model: {flaw}", hint="--model ID[:CONTEXT]")
    if not is_http_url(base_url):
        raise UsageError(f"{request.base_url!r} is no http or https URL", hint="--base-url https://host/v1")
    return wire, base_url


def named(models: tuple[tuple[str, int | None], ...]) -> tuple[Model, ...]:
    """Models of which only the ids are known, and perhaps their contexts."""
    return tuple(
        Model(
            key=name,
            id=name,
            context=context or DEFAULT_CONTEXT,
            capabilities=("tool_use",),
            context_known=context is not None,
        )
        for name, context in dict(models).items()
    )


def _of_list(listed: tuple[Model, ...], only: tuple[str, ...]) -> tuple[Model, ...]:
    """The wanted models, in the list's order. A stated context wins over what the list says."""
    ids = {model.id for model in listed}
    stated: dict[str, int | None] = {}
    for wanted in only:
        name, context = (wanted, None) if wanted in ids else named_model(wanted)
        if name not in ids:
            raise NotFound(f'the endpoint lists no model "{name}"', hint=near(name, ids))
        stated[name] = context
    return tuple(
        _with_context(model, stated.get(model.id)) for model in listed if not only or model.id in stated
    )


def _with_context(model: Model, context: int | None) -> Model:
    return model if context is None else model._replace(context=context, context_known=True)


def named_model(text: str) -> tuple[str, int | None]:
    """``ID`` or ``ID:CONTEXT``; an id may itself hold colons (``llama3:8b``), so only a number counts as context."""
    name, colon, context = text.rpartition(":")
    if colon and name and context.isascii() and context.isdigit() and int(context) > 0:
        return name, int(context)
    return text, None


def _key_to_ask_with(app: App, request: Request, existing: dict[str, Any], base_url: str) -> str | None:
    """The key for the endpoint's list: the given one, the named variable's, or the one kept for this endpoint."""
    fields = settled(
        request.credential,
        existing,
        provider_id=request.name,
        wire=request.wire,
        base_url=base_url,
        otherwise={},
    )
    variable = fields.get("api_key_env")
    if variable is None:
        return fields.get("api_key")
    if not app.env.get(variable):
        raise UsageError(
            f"the environment variable {variable} is not set, and the endpoint's list may need the key",
            hint=f"export {variable}, or name the models with --model ID",
        )
    return app.env[variable]


def _headers_to_ask_with(name: str, existing: Mapping[str, Any], base_url: str) -> dict[str, str]:
    """The ``custom_headers`` of the provider, where they were written for this endpoint; they may hold a secret.

    Raises:
        ConfigInvalid: HTTP cannot carry one of them.
    """
    if string(existing.get("base_url")).rstrip("/") != base_url.rstrip("/"):
        return {}
    own = {k: v for k, v in mapping(existing.get("custom_headers")).items() if isinstance(v, str)}
    try:
        return custom_headers(name, own)
    except Unusable as error:
        raise ConfigInvalid(error.message, hint=error.hint) from error


def _key_notes(data: Mapping[str, Any], name: str) -> list[Note]:
    if tables.provider_in(data, name).get("api_key") != NO_KEY:
        return []
    return [
        Note(
            "placeholder_key",
            f'api_key = "{NO_KEY}" stands in for a key: Kimi Code sends that word where there is none, but wants one of the provider of default_model; '
            "a server that asks for none ignores it",
        )
    ]


def _context_notes(models: tuple[Model, ...]) -> list[Note]:
    unknown = [model.id for model in models if not model.context_known]
    if not unknown:
        return []
    named = ", ".join(unknown[:_NAMED]) + (", …" if unknown[_NAMED:] else "")
    return [
        Note(
            "context_unknown",
            f"the context window of {named} is not known; {DEFAULT_CONTEXT} was written: "
            "say it with --only ID:CONTEXT, or --model ID:CONTEXT without its list",
        )
    ]
