"""Who is to be asked, and how: an alias of config.toml resolved as Kimi Code resolves it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.untrusted import mapping, string
from catalog.wire import WIRES
from provisioner.kimi_code.auth import NO_KEY, EffectiveCredential, configured
from provisioner.kimi_code.finding import Unusable
from provisioner.kimi_code.owner import provider_name
from provisioner.secrets import is_secret_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import Wire
    from provisioner.kimi_code.finding import KeyPath
    from provisioner.kimi_code.first_turn import FirstTurn
    from provisioner.kimi_code.sections import Sections

_SHORTEST_SECRET = 8
_LONG = 20
_PLAIN_HEADERS = frozenset({"accept", "content-type", "user-agent"})


class Target(NamedTuple):
    """An alias, resolved.

    Attributes:
        alias: its key in config.toml.
        provider: the provider's id; empty for a model that needs none.
        provider_type: the provider's ``type``, else the model's ``protocol``; the wire's name may be another.
        model: the model's name on the wire.
        wire: how it is spoken to.
        base_url: the endpoint without a trailing slash.
        credential: None where Google's application default credentials have to be asked first.
        headers: the user's ``custom_headers``.
        capabilities: as the file declares them, overrides applied; what Kimi Code adds by name is not among them.
        turn: what Kimi Code would ask for.
        beta_api: the alias' ``beta_api``.
        reasoning_key: the member of a chat delta that holds reasoning.
        vertex: whether the endpoint is Vertex AI.
        project: the Google Cloud project of a request without a key to Vertex AI.
        location: the Google Cloud location of the same.
        source: the provider's ``source`` table.
        shell_key: the exported variable whose value Kimi Code would send, because the file has no key.
    """

    alias: str
    provider: str
    provider_type: str
    model: str
    wire: Wire
    base_url: str
    credential: EffectiveCredential | None
    headers: Mapping[str, str]
    capabilities: tuple[str, ...]
    turn: FirstTurn
    beta_api: bool = False
    reasoning_key: str | None = None
    vertex: bool = False
    project: str | None = None
    location: str | None = None
    source: Mapping[str, Any] = {}
    shell_key: str | None = None

    def __repr__(self) -> str:  # headers and source may hold keys
        return f"Target(alias={self.alias!r}, wire={self.wire.name!r}, base_url={self.base_url!r})"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the credential, and the values of headers that could be one.

        Words shorter than any real key (``unused``, ``1``) are none: masking them would garble every message.
        """
        known = [self.credential.value] if self.credential else []
        for name, value in self.headers.items():
            if is_secret_key(name) or (len(value) >= _LONG and name.lower() not in _PLAIN_HEADERS):
                known += [value, value.rpartition(" ")[2]]
        return tuple(value for value in known if len(value) >= _SHORTEST_SECRET)


def resolve(sections: Sections, alias: str, env: Mapping[str, str]) -> Target:
    """The target that ``alias`` stands for; the check of the default model is not part of it.

    Args:
        sections: the file as Kimi Code takes it in.
        alias: a key of its models.
        env: the environment at start-up.

    Raises:
        Unusable: no such alias, a login, or settings with which Kimi Code would not send a request.
    """
    from provisioner.kimi_code import base_url, first_turn  # an import resolves no alias

    model = model_of(sections, alias)
    provider_id, provider = provider_of(sections, alias, model)
    wire, provider_type = wire_of(alias, model, provider_id, provider)
    name = model.get("name", model.get("model"))
    if name is None:
        raise no_model(alias)
    table = first_turn.effective({**model, "model": name}, provider_type)
    if "max_context_size" not in table:
        raise no_context(alias)
    turn = first_turn.first_turn(table, provider_type, wire.name, sections.thinking)
    if turn.refusal is not None:
        raise Unusable(
            f"Kimi Code would not send a request: {turn.refusal}",
            f'off_effort = "none" in [models."{alias}"], or "thinking" among its capabilities',
            code="no_off_effort",
            path=("models", alias, "support_efforts"),
        )
    credential = configured(alias, model, provider_id, provider, env)
    keys = _shell_keys(wire, provider_type, provider)
    shell_key = None if credential else next((name for name in keys if env.get(name)), None)
    has_key = credential is not None or shell_key is not None
    endpoint = base_url.resolve(alias, model, provider_id, provider, wire, env, has_key=has_key)
    if shell_key or (credential is None and not endpoint.vertex):
        credential = _without_key(provider_id, wire, shell_key)
    target = Target(
        alias=alias,
        provider=provider_id,
        provider_type=provider_type,
        model=name,
        wire=wire,
        base_url=endpoint.base_url,
        credential=credential,
        headers=base_url.headers(provider_id, mapping(provider.get("custom_headers"))),
        capabilities=tuple(
            mapping(model.get("overrides")).get("capabilities", model.get("capabilities", ()))
        ),
        turn=turn,
        beta_api=model.get("beta_api") is True,
        reasoning_key=string(table.get("reasoning_key")).strip() or None,
        vertex=endpoint.vertex,
        project=endpoint.project,
        location=endpoint.location,
        source=mapping(provider.get("source")),
        shell_key=shell_key,
    )
    _check_path(target)
    return target


def model_of(sections: Sections, alias: str) -> Mapping[str, Any]:
    """The table of an alias.

    Raises:
        Unusable: there is none.
    """
    if alias in sections.models:
        return sections.models[alias]
    closest = _closest(alias, tuple(sections.models))
    raise Unusable(
        f"config.toml has no alias {alias!r}",
        f"kimi provider test {closest}" if closest else "kimi provider list",
        code="alias_unknown",
        path=("models", alias),
    )


def provider_of(sections: Sections, alias: str, model: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Id and table of a model's provider; an empty id and table where a ``base_url`` of its own does without.

    Raises:
        Unusable: it names one that is not there, or none and has no ``base_url``.
    """
    named = provider_name(model, sections.default_provider)
    if named is None:
        if string(model.get("base_url")).strip():
            return "", {}
        raise Unusable(
            f"alias {alias!r} names no provider",
            f'provider = "…" in [models."{alias}"]',
            code="provider_missing",
            path=("models", alias, "provider"),
        )
    if named in sections.providers:
        return named, sections.providers[named]
    closest = _closest(named, tuple(sections.providers))
    raise Unusable(
        f"alias {alias!r} belongs to provider {named!r}, which config.toml does not have",
        f'provider = "{closest}" in [models."{alias}"]' if closest else f"kimi provider add {named}",
        code="provider_missing",
        path=("models", alias, "provider_id" if "provider_id" in model else "provider"),
    )


def wire_of(
    alias: str, model: Mapping[str, Any], provider_id: str, provider: Mapping[str, Any]
) -> tuple[Wire, str]:
    """The wire that a model is spoken to in, and the type that its provider counts as.

    The model's ``protocol`` decides, else the provider's ``type``. A provider of Moonshot's, or of Vertex AI, keeps its
    own conventions on the protocol that they are built on.

    Raises:
        Unusable: neither names a protocol. ``vertexai`` alone names none.
    """
    kind, protocol = string(provider.get("type")), model.get("protocol")
    own = WIRES.get(kind)
    if protocol is None and own is not None and own.runs_by_type:
        return own, kind
    if protocol is not None:
        stays = own is not None and own.protocol == protocol
        return (own if own is not None and stays else WIRES[protocol]), kind or protocol
    at: KeyPath = ("models", alias, "protocol")
    where = f'[models."{alias}"]'
    if own is not None:
        raise Unusable(
            f'alias {alias!r} names no protocol: Kimi Code 2.1.0 writes type = "{kind}" and refuses to run it',
            f'protocol = "{own.protocol}" in {where}',
            code="protocol_missing",
            path=at,
        )
    if not provider_id:
        raise Unusable(
            f"alias {alias!r} has no provider and names no protocol",
            f'protocol = "openai" in {where}',
            code="protocol_missing",
            path=at,
        )
    known = ", ".join(name for name, wire in WIRES.items() if wire.runs_by_type)
    closest = _closest(kind, tuple(WIRES)) or "openai"
    told = f"has the unknown type {kind!r}" if kind else "has no type"
    raise Unusable(
        f"provider {provider_id!r} {told}; known are {known}",
        f'type = "{closest}" in [providers.{provider_id}]',
        code="type_unknown",
        path=("providers", provider_id, "type"),
    )


def no_model(alias: str) -> Unusable:
    """The error of an alias that names no model."""
    return Unusable(
        f"alias {alias!r} names no model",
        f'model = "…" in [models."{alias}"]',
        code="model_missing",
        path=("models", alias, "model"),
    )


def no_context(alias: str) -> Unusable:
    """The error of a model without a context size."""
    return Unusable(
        f"alias {alias!r} has no max_context_size, without which Kimi Code does not run it",
        f'max_context_size = 131072 in [models."{alias}"]',
        code="context_missing",
        path=("models", alias, "max_context_size"),
    )


def _shell_keys(wire: Wire, provider_type: str, provider: Mapping[str, Any]) -> tuple[str, ...]:
    """The exported variables that stand in for a key. Moonshot's go with the provider, whatever is spoken to it."""
    if provider_type == "kimi" and wire.family != "google":
        return WIRES["kimi"].shell_keys
    variables = mapping(provider.get("env"))
    on_vertex = wire.family == "google" and string(variables.get("GOOGLE_CLOUD_PROJECT")).strip()
    return WIRES["vertexai"].shell_keys if on_vertex else wire.shell_keys


def _without_key(provider_id: str, wire: Wire, shell_key: str | None) -> EffectiveCredential:
    """What is sent where the file has no key."""
    if wire.family == "google" and shell_key is None:
        raise Unusable(
            f"provider {provider_id!r} has no key, and Kimi Code cannot ask Google's API without one",
            f'api_key = "…" in [providers.{provider_id}]',
            code="credential_missing",
            path=("providers", provider_id, "api_key"),
        )
    return EffectiveCredential("none", NO_KEY, "the word that stands in for a key")


def _check_path(target: Target) -> None:
    from provisioner.kimi_code import base_url

    if pasted := base_url.pasted_path(target.wire, target.base_url):
        raise Unusable(
            f"base_url ends in {pasted}, to which Kimi Code appends its own path",
            f'base_url = "{target.base_url.removesuffix(pasted)}" in [providers.{target.provider}]',
            code="base_url_pasted",
            path=("providers", target.provider, "base_url"),
        )
    if target.wire.family == "google" and re.search(r"\.\.|[?&#]", target.model):
        raise Unusable(
            f"the model name {target.model!r} cannot stand in a URL",
            f'model = "gemini-…" in [models."{target.alias}"]',
            code="model_unsendable",
            path=("models", target.alias, "model"),
        )


@lru_cache(maxsize=64)  # the same provider is missing to all its aliases
def _closest(name: str, known: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, n=1, cutoff=0.5)), None)
