"""What a custom registry (api.json) means for config.toml, and what is amiss in it.

Source of the rules: Kimi Code 2.1.0. Entries that it skips are skipped; where it would write something unsafe or
give up on the whole document for one figure, the entry or the figure goes and a warning says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog import endpoint
from catalog.errors import DocumentInvalid
from catalog.models import Model, Problem, Provider, Skipped
from catalog.pointer import pointer
from catalog.reserved import INTERNAL_IDS, MANAGED_IDS
from catalog.untrusted import MAX_INTEGER, id_flaw, mapping, number, strings, text
from catalog.urls import shown
from catalog.wire import WIRES

if TYPE_CHECKING:
    from collections.abc import Mapping

# Kimi Code's figure for a model whose registry gives neither a context nor an output limit.
DEFAULT_CONTEXT = 131072

_WIRES = tuple(name for name, wire in WIRES.items() if wire.in_registry)
_CAPABILITY_FIELDS = ("tool_call", "reasoning", "modalities", "support_efforts")


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that can be imported from a registry.

    Attributes:
        providers: in the document's order, each id once.
        warnings: what was skipped, dropped or looks wrong.
        env_hints: per provider id the variable that usually holds its key. Only ever shown: a registry that chose
            both the variable and the host could collect any secret.
    """

    providers: tuple[Provider, ...]
    warnings: tuple[Problem, ...]
    env_hints: Mapping[str, str]


def read_registry(document: Any, url: str) -> Registry:
    """A fetched registry document as providers; ``url`` only tells errors where it came from.

    Raises:
        DocumentInvalid: it is not an object, nothing in it is usable, or it claims an id that is Kimi Code's own.
    """
    where = shown(url)
    if not isinstance(document, dict):
        raise DocumentInvalid("the registry is not a JSON object keyed by provider", where=where)
    warnings: list[Problem] = []
    providers: dict[str, Provider] = {}
    for key, value in document.items():
        at = pointer(key)
        flaw = _provider_flaw(value)
        if flaw is not None:
            warnings.append(Problem(at, f"skipped: {flaw}"))
            continue
        provider = _provider(value, at, warnings)
        if provider.id in MANAGED_IDS:
            raise DocumentInvalid(
                f"the registry claims the provider id {provider.id!r}, which is reserved for Kimi Code itself",
                hint="ask the registry's author to rename that provider",
                where=f"{where} {at}/id",
            )
        if provider.id in providers:
            warnings.append(Problem(f"{at}/id", "an earlier entry has the same id: this one replaces it"))
        providers[provider.id] = provider
    if not providers:
        raise DocumentInvalid(_nothing_usable(warnings), where=where)
    hints = {p.id: name for p in providers.values() for name in p.env[:1]}
    return Registry(tuple(providers.values()), tuple(warnings), hints)


def lint(document: Any, registry: Registry, *, limit: int = 20) -> tuple[Problem, ...]:
    """Everything amiss in a registry: its warnings, then what the schema finds in other places.

    A wrongly typed optional field counts as absent when read, without a warning; the schema names it.
    """
    from catalog import schema

    places = {warning.pointer for warning in registry.warnings}
    found = schema.problems(document, "registry", limit=limit)
    return (*registry.warnings, *(problem for problem in found if not _within(problem.pointer, places)))


def _within(place: str, places: set[str]) -> bool:
    return any(place == outer or place.startswith(f"{outer}/") for outer in places)


def _nothing_usable(warnings: list[Problem]) -> str:
    if not warnings:
        return "the registry is empty"
    first = warnings[0]
    more = f" (and {len(warnings) - 1} more)" if len(warnings) > 1 else ""
    return f"the registry has no usable provider: {first.pointer} {first.message}{more}"


def _provider_flaw(value: Any) -> str | None:
    """Why a value of the document is no provider; None when it is one."""
    if not isinstance(value, dict):
        return "it is not an object"
    missing = [field for field in ("id", "name", "api") if text(value.get(field)) is None]
    if missing:
        return f"{_listed(missing)} must be a non-empty string"
    if value.get("type") not in _WIRES:
        return f"type must be one of {', '.join(_WIRES)}"
    if not isinstance(value.get("models"), dict):
        return "models must be an object keyed by model"
    if not endpoint.is_http_url(value["api"]):
        return "api is not an http or https address"
    if value["id"] in INTERNAL_IDS:
        return "its id is a name that Kimi Code uses inside itself"
    return id_flaw(value["id"])


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _provider(value: dict[str, Any], at: str, warnings: list[Problem]) -> Provider:
    wire = WIRES[value["type"]].name
    # As it is: a registry writes the base URL for the wire it names.
    base_url = value["api"]
    warnings.extend(Problem(f"{at}/api", doubt) for doubt in endpoint.doubts(wire, base_url))
    models: list[Model] = []
    skipped: list[Skipped] = []
    for key, raw in value["models"].items():
        model_at = f"{at}/models{pointer(key)}"
        entry = mapping(raw)
        flaw = _model_flaw(key, entry)
        if flaw is not None:
            warnings.append(Problem(model_at, f"skipped: {flaw}"))
            skipped.append(Skipped(key, flaw))
        else:
            models.append(_model(key, entry, model_at, warnings))
    if not models:
        warnings.append(Problem(f"{at}/models", "it has no usable model: a provider without aliases"))
    return Provider(
        id=value["id"],
        name=value["name"],
        wire=wire,
        guessed=False,
        base_url=base_url,
        models=tuple(models),
        skipped=tuple(skipped),
        env=tuple(name.strip() for name in strings(value.get("env")) or () if name.strip()),
    )


def _model_flaw(key: str, entry: Mapping[str, Any]) -> str | None:
    model_id = text(entry.get("id"))
    if model_id is None:
        return "its id must be a non-empty string"
    # Both go to config.toml: the key into the alias, the id into `model`.
    return id_flaw(model_id) or id_flaw(key)


def _model(key: str, entry: Mapping[str, Any], at: str, warnings: list[Problem]) -> Model:
    limits = mapping(entry.get("limit"))
    context = _limit(limits, "context", at, warnings)
    output = _limit(limits, "output", at, warnings)
    model_id = entry["id"]
    return Model(
        key=key,
        id=model_id,
        context=context or output or DEFAULT_CONTEXT,
        # No output_limit: Kimi Code writes none for a registry, and the field stays the user's own.
        capabilities=_capabilities(entry),
        display_name=text(entry.get("name")) or model_id,
        support_efforts=strings(entry.get("support_efforts")),
        default_effort=text(entry.get("default_effort")),
        context_known=context is not None or output is not None,
    )


def _limit(limits: Mapping[str, Any], field: str, at: str, warnings: list[Problem]) -> int | None:
    found = number(limits.get(field))
    if found is None or found <= 0:
        return None
    if found > MAX_INTEGER:
        warnings.append(
            Problem(f"{at}/limit/{field}", "ignored: it is larger than any integer Kimi Code reads")
        )
        return None
    return math.floor(found) or None


def _capabilities(entry: Mapping[str, Any]) -> tuple[str, ...]:
    modalities = mapping(entry.get("modalities"))
    inputs = strings(modalities.get("input"))
    outputs = strings(modalities.get("output"))
    efforts = strings(entry.get("support_efforts"))
    tool_call = entry.get("tool_call")
    reasoning = entry.get("reasoning")
    stated = isinstance(tool_call, bool) or isinstance(reasoning, bool)
    if not stated and inputs is None and outputs is None and efforts is None:
        return ("tool_use",)
    present = {
        "tool_use": tool_call is True,
        "thinking": reasoning is True or bool(efforts),
        "image_in": "image" in (inputs or ()),
        "video_in": "video" in (inputs or ()),
        "image_out": "image" in (outputs or ()),
        "audio_out": "audio" in (outputs or ()),
    }
    return tuple(name for name, has in present.items() if has)
