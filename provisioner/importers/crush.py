"""Crush: ``providers`` in crush.json, the user's own and the one that Crush keeps keys in.

Source: https://github.com/charmbracelet/crush (README, schema.json).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping, sequence, text
from provisioner.importers.found import Found, headers_of, model, variable_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import WireName

_WIRES: Mapping[str, WireName] = {
    "openai": "openai",
    "openai-compat": "openai",
    "anthropic": "anthropic",
    "gemini": "google-genai",
}
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
# Ids by which Crush knows what the models.dev catalog calls otherwise.
_CATALOG = {"gemini": "google", "zhipu": "zhipuai"}


def read(documents: Mapping[str, Any]) -> tuple[Found, ...]:
    """The providers of ``config``."""
    providers = mapping(mapping(documents.get("config")).get("providers"))
    return tuple(_found(name, mapping(entry)) for name, entry in providers.items())


def _found(name: str, entry: Mapping[str, Any]) -> Found:
    if entry.get("disable") is True:
        return Found(name, refused="it is switched off (disable)")
    if mapping(entry.get("oauth")):
        return Found(name, refused="Crush is logged in there with an account, and has no API key for it")
    kind, base_url = text(entry.get("type")), text(entry.get("base_url"))
    if kind is not None and kind not in _WIRES:
        return Found(name, refused=f'its type is "{kind}", a protocol that Kimi Code does not have')
    if base_url and "$" in base_url:
        return Found(name, refused="its address stands in a variable: name it with --type and --base-url")
    value = text(entry.get("api_key"))
    named = _VARIABLE.fullmatch(value) if value else None
    command = value is not None and named is None and "$" in value
    return Found(
        name,
        wire=_WIRES[kind or "openai"] if base_url else None,
        base_url=base_url,
        catalog_id=None if base_url else _CATALOG.get(name, name),
        models=tuple(one for item in sequence(entry.get("models")) if (one := _model(mapping(item)))),
        beside_catalog=True,
        variable=variable_name(named[1]) if named else None,
        key=None if named or command else value,
        needs_key=command,
        headers=headers_of(entry.get("extra_headers")),
        notes=("its key is what a command prints, which is not run",) if command else (),
    )


def _model(entry: Mapping[str, Any]) -> Any:
    return model(
        entry.get("id"),
        shown=entry.get("name"),
        context=entry.get("context_window"),
        output=entry.get("default_max_tokens"),
        thinking=entry.get("can_reason"),
        images=entry.get("supports_attachments"),
    )
