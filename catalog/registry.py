"""What a custom registry (api.json) means for config.toml, and what is amiss in it.

Source of the rules: Kimi Code 2.1.0. Entries that it skips are skipped; where it would write something unsafe or
give up on the whole document for one figure, the entry or the figure goes and a warning says so.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog import endpoint
from catalog.errors import DocumentInvalid
from catalog.models import DEFAULT_CONTEXT, Model, Provider, RegistryFinding, Skipped
from catalog.pointer import pointer
from catalog.reserved import INTERNAL_IDS, LOST_KEY, MANAGED_IDS
from catalog.untrusted import MAX_INTEGER, id_flaw, mapping, number, strings, text
from catalog.urls import shown
from catalog.wire import WIRES

if TYPE_CHECKING:
    from collections.abc import Iterator

# At the top of a registry it names the document's schema, for editors; it is no provider.
SCHEMA_KEY = "$schema"

_WIRES = tuple(name for name, wire in WIRES.items() if wire.in_registry)
_LONGEST_PLACE = 120  # that a message quotes
_CAPABILITY_FIELDS = ("tool_call", "reasoning", "modalities", "support_efforts")


class Registry(NamedTuple):
    """Everything that can be imported from a registry.

    Attributes:
        providers: in the document's order, each id once.
        warnings: what was skipped, dropped or looks wrong.
        env_hints: per provider id the variable that usually holds its key. Only ever shown: a registry that chose
            both the variable and the host could collect any secret.
        skipped: ids of entries that cannot be read; the registry still has them.
        nameless: whether there are tables of which not even the id can be read.
    """

    providers: tuple[Provider, ...]
    warnings: tuple[RegistryFinding, ...]
    env_hints: Mapping[str, str]
    skipped: frozenset[str] = frozenset()
    nameless: bool = False

    def may_have(self, provider_id: str) -> bool:
        """Whether it has this provider, or has it in a form that cannot be read."""
        return (
            self.nameless
            or provider_id in self.skipped
            or any(provider.id == provider_id for provider in self.providers)
        )


def read_registry(document: Any, url: str) -> Registry:
    """A fetched registry document as providers; ``url`` only tells errors where it came from.

    Raises:
        DocumentInvalid: it is not an object, nothing in it is usable, or it claims an id that is Kimi Code's own.
    """
    where = shown(url)
    if not isinstance(document, Mapping):
        raise DocumentInvalid("the registry is not a JSON object keyed by provider", where=where)
    registry = survey(document)
    for finding in registry.warnings:
        if finding.code == "reserved_id":
            raise DocumentInvalid(
                finding.message,
                hint="ask the registry's author to rename that provider",
                where=f"{where} {finding.pointer[:_LONGEST_PLACE]}",
            )
    if not registry.providers:
        from catalog.recognise import recognised

        foreign = recognised(dict(document), where)
        if foreign is not None:
            raise DocumentInvalid(foreign.message, hint=foreign.hint, where=where)
        raise DocumentInvalid(_nothing_usable(registry.warnings), where=where)
    return registry


def survey(document: Mapping[str, Any]) -> Registry:
    """What :func:`read_registry` makes of the document, also where it would refuse the whole of it."""
    found: list[RegistryFinding] = []
    providers: dict[str, Provider] = {}
    aliases: dict[str, tuple[str, str]] = {}  # by alias the provider's pointer and the model's key
    skipped: set[str] = set()
    nameless = False
    for key, value in document.items():
        if key == SCHEMA_KEY:
            continue
        at = pointer(key)
        flaw = _provider_flaw(key, value)
        if flaw is not None:
            found.append(_error(at, "provider_skipped", f"skipped: {flaw}"))
            skipped.add(text(mapping(value).get("id")) or key)
            nameless = nameless or (isinstance(value, dict) and text(value.get("id")) is None)
            continue
        provider = _provider(value, at, found)
        if provider.id in MANAGED_IDS:
            message = (
                f"the registry claims the provider id {provider.id!r}, which is reserved for Kimi Code itself"
            )
            found.append(_error(f"{at}/id", "reserved_id", message))
            continue
        if provider.id in providers:
            message = "an earlier entry has the same id: this one replaces it"
            found.append(_error(f"{at}/id", "duplicate_id", message))
            for model in providers[provider.id].models:
                aliases.pop(f"{provider.id}/{model.key}", None)
        found.extend(_collisions(provider, at, aliases))
        providers[provider.id] = provider
    hints = {p.id: name for p in providers.values() for name in p.env[:1]}
    unread = frozenset(skipped - providers.keys())
    return Registry(tuple(providers.values()), tuple(found), hints, unread, nameless)


def lint(
    document: Mapping[str, Any], registry: Registry, *, limit: int = 20, models: int = 2_000
) -> tuple[RegistryFinding, ...]:
    """Everything amiss in a registry: its warnings, then what the schema finds in other places.

    A wrongly typed optional field counts as absent when read, without a warning; the schema names it. At most
    ``limit`` of those are looked for, in the first ``models`` models: a schema takes its time.
    """
    from catalog import schema

    places = {warning.pointer for warning in registry.warnings}
    found: list[RegistryFinding] = []
    for key, value in document.items():
        if len(found) >= limit or models <= 0:
            break
        at = pointer(key)
        if at in places or key == SCHEMA_KEY:
            continue
        looked_at = _with_models(value, models)
        models -= 1 + len(looked_at["models"])
        for problem in schema.problems(
            looked_at, "registry", definition="provider", limit=limit - len(found)
        ):
            place = at + problem.pointer
            if not _within(place, places):
                found.append(
                    RegistryFinding(
                        place, f"ignored without a word: it {problem.message}", "warning", "ignored"
                    )
                )
    return (*registry.warnings, *found)


def _with_models(provider: dict[str, Any], most: int) -> dict[str, Any]:
    """``provider`` with so many of its models."""
    models = provider["models"]
    return provider if len(models) <= most else provider | {"models": dict(islice(models.items(), most))}


def _within(place: str, places: set[str]) -> bool:
    """Whether one of ``places`` is ``place`` or holds it."""
    steps = place.split("/")
    return any("/".join(steps[:length]) in places for length in range(1, len(steps) + 1))


def _error(place: str, code: str, message: str) -> RegistryFinding:
    return RegistryFinding(place, message, "error", code)


def _collisions(
    provider: Provider, at: str, aliases: dict[str, tuple[str, str]]
) -> Iterator[RegistryFinding]:
    """Aliases that another provider gives too: ``a`` with a model ``b/c``, and ``a/b`` with a model ``c``."""
    for model in provider.models:
        alias = f"{provider.id}/{model.key}"
        if alias in aliases:
            other = _place(*aliases[alias])
            message = f"its alias is that of {other}: this one replaces it"
            yield _error(_place(at, model.key), "duplicate_alias", message)
        aliases[alias] = at, model.key


def _place(provider: str, key: str) -> str:
    """The pointer to a model of the provider at ``provider``."""
    return f"{provider}/models{pointer(key)}"


def _nothing_usable(warnings: tuple[RegistryFinding, ...]) -> str:
    if not warnings:
        return "the registry is empty"
    first = warnings[0]
    place = first.pointer if len(first.pointer) <= _LONGEST_PLACE else f"{first.pointer[:_LONGEST_PLACE]}…"
    more = f" (and {len(warnings) - 1} more)" if len(warnings) > 1 else ""
    return f"the registry has no usable provider: {place} {first.message}{more}"


def _provider_flaw(key: str, value: Any) -> str | None:
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
    if LOST_KEY in (key, value["id"]):
        return f"Kimi Code loses what is called {LOST_KEY}"
    return id_flaw(value["id"])


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _provider(value: dict[str, Any], at: str, warnings: list[RegistryFinding]) -> Provider:
    wire = WIRES[value["type"]].name
    # As it is: a registry writes the base URL for the wire it names.
    base_url = value["api"]
    warnings.extend(
        RegistryFinding(f"{at}/api", doubt, "warning", "endpoint")
        for doubt in endpoint.doubts(wire, base_url)
    )
    models: list[Model] = []
    skipped: list[Skipped] = []
    for key, raw in value["models"].items():
        entry = mapping(raw)
        flaw = _model_flaw(key, entry)
        if flaw is not None:
            silently = "" if text(entry.get("id")) else ", by Kimi Code without a word"
            message = f"skipped{silently}: {flaw}"
            warnings.append(_error(_place(at, key), "model_skipped", message))
            skipped.append(Skipped(key, flaw, flawed=True))
            continue
        models.append(_model(key, entry))
        for field in _beyond(entry):
            message = "ignored: it is larger than any integer Kimi Code reads"
            warnings.append(_error(f"{_place(at, key)}/limit/{field}", "limit", message))
    if not models:
        message = "it has no usable model: a provider without aliases"
        warnings.append(RegistryFinding(f"{at}/models", message, "warning", "no_models"))
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
    if key == LOST_KEY:
        return f"Kimi Code loses what is called {LOST_KEY}"
    # Both go to config.toml: the key into the alias, the id into `model`.
    return id_flaw(model_id) or (id_flaw(key) if key != model_id else None)


def _model(key: str, entry: Mapping[str, Any]) -> Model:
    limits, modalities = mapping(entry.get("limit")), mapping(entry.get("modalities"))
    context, output = _limit(limits.get("context")), _limit(limits.get("output"))
    model_id = key if entry["id"] == key else entry["id"]  # one string instead of two
    efforts = _shared(strings(entry.get("support_efforts")))
    return Model(
        key=key,
        id=model_id,
        context=context or output or DEFAULT_CONTEXT,
        # No output_limit: Kimi Code writes none for a registry, and the field stays the user's own.
        capabilities=_capabilities(
            _boolean(entry.get("tool_call")),
            _boolean(entry.get("reasoning")),
            strings(modalities.get("input")),
            strings(modalities.get("output")),
            efforts,
        ),
        display_name=text(entry.get("name")) or model_id,
        support_efforts=efforts,
        default_effort=text(entry.get("default_effort")),
        context_known=context is not None or output is not None,
    )


@functools.lru_cache(maxsize=256)
def _shared(words: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The same words, kept once: thousands of models have the same few lists."""
    return words


def _limit(value: Any) -> int | None:
    if type(value) is int:
        return value if 0 < value <= MAX_INTEGER else None
    found = number(value)
    return math.floor(found) or None if found is not None and 0 < found <= MAX_INTEGER else None


def _beyond(entry: Mapping[str, Any]) -> list[str]:
    """Limits that are larger than any integer Kimi Code reads."""
    limits = mapping(entry.get("limit"))
    return [field for field in ("context", "output") if (number(limits.get(field)) or 0) > MAX_INTEGER]


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


@functools.lru_cache(maxsize=256)
def _capabilities(
    tool_call: bool | None,
    reasoning: bool | None,
    inputs: tuple[str, ...] | None,
    outputs: tuple[str, ...] | None,
    efforts: tuple[str, ...] | None,
) -> tuple[str, ...]:
    """What is stated; None stands for what is not. Kept: thousands of models state the same."""
    if (tool_call, reasoning, inputs, outputs, efforts) == (None,) * 5:
        return ("tool_use",)
    present = {
        "tool_use": bool(tool_call),
        "thinking": bool(reasoning) or bool(efforts),
        "image_in": "image" in (inputs or ()),
        "video_in": "video" in (inputs or ()),
        "image_out": "image" in (outputs or ()),
        "audio_out": "audio" in (outputs or ()),
    }
    return tuple(name for name, has in present.items() if has)
