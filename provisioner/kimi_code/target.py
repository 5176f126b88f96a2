"""Who is to be asked, and how: an alias of config.toml resolved as Kimi Code resolves it.

The shell environment is consulted for one thing only: the variable that ``api_key_env`` names.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping, string
from catalog.wire import WIRES
from provisioner.kimi_code import base_url, first_turn
from provisioner.kimi_code.auth import configured
from provisioner.kimi_code.unusable import Unusable
from provisioner.secrets import is_secret_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.wire import Wire
    from provisioner.kimi_code.auth import Credential

_SHORTEST_SECRET = 8
_LONG = 20
_PLAIN_HEADERS = frozenset({"accept", "content-type", "user-agent"})


@dataclass(frozen=True, slots=True)
class Target:
    """An alias, resolved.

    Attributes:
        alias: its key in config.toml.
        provider: the provider's id.
        provider_type: the provider's ``type``; differs from the wire's name with a per-model ``protocol``.
        model: the model's name on the wire.
        wire: how it is spoken to.
        base_url: the endpoint without a trailing slash.
        credential: None where Google's application default credentials have to be asked first.
        headers: the user's ``custom_headers``.
        capabilities: as the file declares them, overrides applied; what Kimi Code adds by name is not among them.
        turn: what Kimi Code would ask for.
        beta_api: the alias' ``beta_api``.
        reasoning_key: the member of a chat delta that holds reasoning.
        project: Google Cloud project; only where the endpoint is Vertex AI.
        location: Google Cloud location; ``global`` when none is set.
        source: the provider's ``source`` table.
    """

    alias: str
    provider: str
    provider_type: str
    model: str
    wire: Wire
    base_url: str
    credential: Credential | None
    headers: Mapping[str, str] = field(repr=False)
    capabilities: tuple[str, ...]
    turn: first_turn.FirstTurn
    beta_api: bool = False
    reasoning_key: str | None = None
    vertex: bool = False
    project: str | None = None
    location: str | None = None
    source: Mapping[str, Any] = field(default_factory=dict, repr=False)

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


def resolve(data: Mapping[str, Any], alias: str, env: Mapping[str, str]) -> Target:
    """The target that ``alias`` stands for.

    Args:
        data: config.toml, parsed.
        alias: a key of ``[models]``.
        env: the environment at start-up, for ``api_key_env``.

    Raises:
        Unusable: no such alias, no credential, or settings with which Kimi Code would not send a request.
    """
    models = mapping(data.get("models"))
    model = models.get(alias)
    if not isinstance(model, dict):
        closest = _closest(alias, models)
        raise Unusable(
            f"config.toml has no alias {alias!r}",
            f"kimi provider test {closest}" if closest else "kimi provider list",
        )
    provider_id, provider = _provider(data, alias, model)
    wire, provider_type = _wire(alias, model, provider_id, provider)
    name = string(model.get("model"))
    if not name.strip():
        raise Unusable(f"alias {alias!r} names no model", f'model = "…" in [models."{alias}"]')
    table = first_turn.effective(model, provider_type)
    _check_sizes(alias, table)
    turn = first_turn.first_turn(table, provider_type, wire.name, mapping(data.get("thinking")))
    if turn.refusal is not None:
        raise Unusable(
            f"Kimi Code would not send a request: {turn.refusal}",
            f'off_effort = "none" in [models."{alias}"], or "thinking" among its capabilities',
        )
    variables = {key: string(value) for key, value in mapping(provider.get("env")).items()}
    place = base_url.resolve(provider_id, provider, model, variables, wire)
    declared = mapping(model.get("overrides")).get("capabilities", model.get("capabilities"))
    target = Target(
        alias=alias,
        provider=provider_id,
        provider_type=provider_type,
        model=name,
        wire=wire,
        base_url=place.base_url,
        credential=configured(provider_id, provider, model, variables, env, required=wire.needs_key),
        headers=base_url.headers(provider_id, mapping(provider.get("custom_headers"))),
        capabilities=tuple(string(entry) for entry in declared) if isinstance(declared, list) else (),
        turn=turn,
        beta_api=model.get("beta_api") is True,
        reasoning_key=string(table.get("reasoning_key")).strip() or None,
        vertex=place.vertex,
        project=place.project,
        location=place.location,
        source=mapping(provider.get("source")),
    )
    _check_place(target)
    return target


def _provider(data: Mapping[str, Any], alias: str, model: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    providers = mapping(data.get("providers"))
    name = string(model.get("provider")) or string(data.get("default_provider"))
    provider = providers.get(name)
    if isinstance(provider, dict):
        return name, provider
    closest = _closest(name, providers)
    raise Unusable(
        f"alias {alias!r} belongs to provider {name!r}, which config.toml does not have",
        f'provider = "{closest}" in [models."{alias}"]' if closest else f"kimi provider add {name}",
    )


def _wire(
    alias: str, model: Mapping[str, Any], provider_id: str, provider: Mapping[str, Any]
) -> tuple[Wire, str]:
    provider_type = string(provider.get("type"))
    if provider_type not in WIRES:
        closest = _closest(provider_type, WIRES) or "openai"
        raise Unusable(
            f"provider {provider_id!r} has the unknown type {provider_type!r}; known are {', '.join(WIRES)}",
            f'type = "{closest}" in [providers.{provider_id}]',
        )
    protocol = model.get("protocol")
    if protocol is None:
        return WIRES[provider_type], provider_type
    if protocol not in ("anthropic", "openai_responses"):
        raise Unusable(
            f"alias {alias!r} has the protocol {protocol!r}; Kimi Code knows anthropic and openai_responses",
            f'remove protocol from [models."{alias}"]',
        )
    return WIRES[protocol], provider_type


def _check_sizes(alias: str, table: Mapping[str, Any]) -> None:
    for key in ("max_context_size", "max_output_size"):
        value = table.get(key)
        if value is None and key != "max_context_size":
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise Unusable(
                f"alias {alias!r} has no usable {key}: Kimi Code wants a whole number of at least 1",
                f'{key} = 131072 in [models."{alias}"]',
            )


def _check_place(target: Target) -> None:
    where = f"[providers.{target.provider}]"
    if pasted := base_url.pasted_path(target.wire, target.base_url):
        raise Unusable(
            f"base_url ends in {pasted}, to which Kimi Code appends its own path",
            f'base_url = "{target.base_url.removesuffix(pasted)}" in {where}',
        )
    if target.wire.family == "google" and re.search(r"\.\.|[?&#]", target.model):
        raise Unusable(
            f"the model name {target.model!r} cannot stand in a URL",
            f'model = "gemini-…" in [models."{target.alias}"]',
        )
    if target.wire.name == "vertexai" and target.credential is None and not target.project:
        raise Unusable(
            f"provider {target.provider!r} names no Google Cloud project, and has no key for express mode",
            f'GOOGLE_CLOUD_PROJECT = "…" in [providers.{target.provider}.env]; the shell is not read',
        )


def _closest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), None)
