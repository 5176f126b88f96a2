"""What one model of the catalog means for config.toml, or why it is left out.

Source of the rules: Kimi Code 2.1.0, whose tables for the same document must mean the same, key by key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog import endpoint, wire
from catalog.models import Cost, Model, Skipped
from catalog.untrusted import (
    MAX_INTEGER,
    contains,
    day,
    id_flaw,
    mapping,
    number,
    positive_integer,
    text,
    truthy,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import WireName

_EMBED = re.compile(r"(?:\A|[-_/])embed(?:\Z|[-_/])")


class Host(NamedTuple):
    """The provider as one of its models sees it: its wire, and the endpoint that the catalog declares."""

    wire: WireName | None
    api: str | None


def read_model(key: str, raw: Any, host: Host, variables: Mapping[str, str]) -> Model | Skipped:
    """One published model object as a :class:`Model`, or the reason for leaving it out.

    Args:
        key: under which the catalog keeps it: names a model that has no id.
        raw: the published object; anything may be in it.
        host: the provider it belongs to.
        variables: values for ``${VAR}`` in the model's own endpoint.
    """
    entry = mapping(raw)
    model_id = text(entry.get("id"))
    if model_id is None:
        return Skipped(key, "it has no id", flawed=True)
    limits = mapping(entry.get("limit"))
    context = positive_integer(limits.get("context"))
    flaw = id_flaw(model_id) or _no_chat(entry)
    if flaw is not None:
        return Skipped(model_id, flaw)
    if context is None:
        return Skipped(model_id, "it declares no context size", flawed=True)
    if context > MAX_INTEGER:
        return Skipped(model_id, "its context size is not a credible number", flawed=True)
    route = _route(entry.get("provider"), host, variables)
    if isinstance(route, str):
        return Skipped(model_id, route)
    thinking = _thinking(entry)
    spoken = route.protocol or host.wire
    always = thinking.always and not (spoken and wire.WIRES[spoken].switches_thinking_off)
    input_limit = positive_integer(limits.get("input"))
    output_limit = positive_integer(limits.get("output"))
    return Model(
        key=model_id,
        id=model_id,
        context=context,
        input_limit=None if input_limit is None else min(input_limit, context),
        output_limit=output_limit if output_limit is not None and output_limit <= MAX_INTEGER else None,
        capabilities=_capabilities(entry, thinking.on, always) or None,
        display_name=text(entry.get("name")),
        reasoning_key=_reasoning_key(entry.get("interleaved")),
        support_efforts=thinking.efforts,
        off_effort=thinking.off,
        protocol=route.protocol,
        base_url=route.base_url,
        cost=_cost(entry.get("cost")),
        released=day(entry.get("release_date")),
        status=text(entry.get("status")),
    )


def _no_chat(entry: Mapping[str, Any]) -> str | None:
    outputs = mapping(entry.get("modalities")).get("output")
    if isinstance(outputs, list | str) and "text" not in outputs:
        return "it does not answer with text"
    status = entry.get("status")
    if status in ("deprecated", "alpha"):
        return f"its status is {status}"
    if any(marks_embedding(entry.get(field)) for field in ("family", "id", "name")):
        return "it is an embedding model"
    return None


def marks_embedding(value: Any) -> bool:
    """Whether a family, id or name says that a model makes embeddings and cannot chat."""
    lower = value.lower() if isinstance(value, str) else ""
    return "embedding" in lower or _EMBED.search(lower) is not None


class _Thinking(NamedTuple):
    on: bool
    efforts: tuple[str, ...] | None
    off: str | None
    always: bool


def _thinking(entry: Mapping[str, Any]) -> _Thinking:
    """Reads ``reasoning`` and ``reasoning_options``; of several ``effort`` lists the last one counts.

    ``none`` is no level: it is how a model is told not to think.
    """
    efforts: tuple[str, ...] | None = None
    off: str | None = None
    toggle = False
    options = entry.get("reasoning_options")
    for option in map(mapping, options if isinstance(options, list) else ()):
        values = option.get("values")
        if option.get("type") == "toggle":
            toggle = True
        elif option.get("type") == "effort" and isinstance(values, list):
            levels = [level for value in values if (level := text(value)) is not None]
            silent = next((level for level in levels if level.lower() == "none"), None)
            off = silent or ("none" if None in values else off)
            efforts = tuple(level for level in levels if level.lower() != "none") or efforts
    return _Thinking(
        on=truthy(entry.get("reasoning")) or efforts is not None or toggle,
        efforts=efforts,
        off=off,
        # Levels, and no way to say "do not".
        always=efforts is not None and off is None and not toggle,
    )


def _capabilities(entry: Mapping[str, Any], thinking: bool, always: bool) -> tuple[str, ...]:
    inputs = mapping(entry.get("modalities")).get("input")
    tool_call = entry.get("tool_call")
    present = {
        "image_in": contains(inputs, "image"),
        "video_in": contains(inputs, "video"),
        "audio_in": contains(inputs, "audio"),
        "always_thinking" if always else "thinking": thinking,
        "tool_use": tool_call is None or truthy(tool_call),
        "dynamically_loaded_tools": entry.get("dynamically_loaded_tools") is True,
    }
    return tuple(name for name, has in present.items() if has)


def _reasoning_key(interleaved: Any) -> str | None:
    field = text(mapping(interleaved).get("field"))
    return (field.strip() or None) if field is not None else None


class _Route(NamedTuple):
    protocol: WireName | None = None
    base_url: str | None = None


def _route(override: Any, host: Host, variables: Mapping[str, str]) -> _Route | str:
    """How a model with a ``provider`` override of its own is reached, or why it cannot be.

    config.toml knows one kind of model that speaks another wire than its provider: anthropic, with its endpoint.
    Importing any other under the provider's wire would speak the wrong protocol to it.
    """
    if not isinstance(override, dict):
        return _Route()
    npm = override.get("npm")
    owner = wire.proprietary(npm)
    if owner is not None:
        return f"it speaks {owner}'s own protocol"
    spoken = wire.override_wire(npm) if isinstance(npm, str) else host.wire
    if spoken is None:
        return _Route()
    own = override.get("api")
    if isinstance(own, str):
        own = endpoint.fill(own, variables)
    api = host.api if own is None else text(own)
    usable = api if api is not None and endpoint.PLACEHOLDER not in api else None
    if spoken == host.wire:
        if isinstance(own, str) and endpoint.PLACEHOLDER in own:
            return "its own endpoint has variables to fill in"
        return _Route() if usable is None or usable == host.api else _route_to(usable, spoken, None)
    if spoken != "anthropic":
        return f"it speaks another wire ({spoken}) than its provider"
    if usable is None:
        return "it speaks another wire (anthropic) than its provider, at an endpoint that is not known"
    return _route_to(usable, spoken, spoken)


def _route_to(url: str, spoken: WireName, protocol: WireName | None) -> _Route | str:
    base_url = endpoint.for_wire(url, spoken)
    if not endpoint.is_http_url(base_url):
        return "its own endpoint is not an http or https address"
    return _Route(protocol, base_url)


def _cost(raw: Any) -> Cost | None:
    cost = mapping(raw)
    prices = [number(cost.get(field)) for field in ("input", "output", "cache_read")]
    return None if all(price is None for price in prices) else Cost(*prices)
