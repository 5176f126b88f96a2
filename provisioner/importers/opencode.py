"""opencode: ``provider`` in opencode.json or opencode.jsonc, and the keys that ``opencode auth login`` keeps.

Source: https://opencode.ai/docs/providers, https://opencode.ai/docs/config, and files that opencode 1.18 wrote.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping, sequence, string, text
from catalog.wire import proprietary, wire_of
from provisioner.importers.found import Found, headers_of, model, variable_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.models import Model
    from catalog.wire import WireName

_REFERENCE = re.compile(r"\{(env|file):([^{}]*)\}")
_OTHERS = {"azure": "Azure OpenAI", "vertex": "Google Vertex AI", "gitlab": "GitLab Duo"}


def read(documents: Mapping[str, Any]) -> tuple[Found, ...]:
    """The providers of ``config`` and ``auth``; either may be missing."""
    config, auth = mapping(documents.get("config")), mapping(documents.get("auth"))
    providers = mapping(config.get("provider"))
    off = [string(name) for name in sequence(config.get("disabled_providers"))]
    return tuple(
        Found(name, refused="it is switched off (disabled_providers)")
        if name in off
        else _found(name, mapping(providers.get(name)), mapping(auth.get(name)))
        for name in dict.fromkeys((*providers, *auth))
    )


def _found(name: str, entry: Mapping[str, Any], auth: Mapping[str, Any]) -> Found:
    options = mapping(entry.get("options"))
    npm = text(entry.get("npm")) or ""
    variable, key, notes = _key(options.get("apiKey"), entry.get("env"), auth)
    if auth.get("type") in ("oauth", "wellknown") and key is None and variable is None:
        return Found(name, refused="opencode is logged in there with an account, and has no API key for it")
    other = proprietary(npm) or next((who for part, who in _OTHERS.items() if part in npm), None)
    if other:
        return Found(name, refused=f"it speaks to {other} by a protocol that Kimi Code does not have")
    base_url = text(options.get("baseURL")) or text(entry.get("api"))
    if base_url and _REFERENCE.search(base_url):
        return Found(name, refused="its address stands in a variable: name it with --type and --base-url")
    wire = _wire(npm) if npm else None
    if wire == "google-genai" and base_url:
        base_url = base_url.rstrip("/").removesuffix("/v1beta")
    return Found(
        name,
        # Without a package of its own a provider that the catalog knows is what the catalog says.
        wire=wire,
        base_url=base_url,
        catalog_id=None if npm and base_url else name,
        models=_models(entry.get("models")),
        beside_catalog=True,
        variable=variable,
        key=key,
        needs_key=bool(notes),
        headers=headers_of(options.get("headers")),
        notes=notes,
    )


def _wire(npm: str) -> WireName:
    # The AI SDK's own OpenAI package asks /responses; the compatible one asks /chat/completions.
    if npm == "@ai-sdk/openai":
        return "openai_responses"
    return wire_of({"npm": npm})[0] or "openai"


def _key(given: Any, named: Any, auth: Mapping[str, Any]) -> tuple[str | None, str | None, tuple[str, ...]]:
    """The variable or the key: of the file's ``apiKey``, else of the login, else of the variables it names."""
    value = text(given)
    reference = _REFERENCE.fullmatch(value) if value else None
    if reference and reference[1] == "env":
        return variable_name(reference[2]), None, ()
    if reference:
        return None, None, ("its key stands in a file of its own, which is not read",)
    if value:
        return None, value, ()
    if auth.get("type") == "api" and (key := text(auth.get("key"))):
        return None, key, ()
    return next((name for item in sequence(named) if (name := variable_name(item))), None), None, ()


def _models(entries: Any) -> tuple[Model, ...]:
    found = []
    for name, value in mapping(entries).items():
        entry = mapping(value)
        limit = mapping(entry.get("limit"))
        inputs = sequence(mapping(entry.get("modalities")).get("input"))
        found.append(
            model(
                text(entry.get("id")) or name,
                key=name,
                shown=entry.get("name"),
                context=limit.get("context"),
                output=limit.get("output"),
                tools=entry.get("tool_call"),
                thinking=entry.get("reasoning"),
                images="image" in inputs if inputs else entry.get("attachment"),
            )
        )
    return tuple(one for one in found if one)
