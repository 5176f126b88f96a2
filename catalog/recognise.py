"""What a document is that was given in place of a registry, and the command that takes it.

Told apart by the members that only one kind of document has. Forms: models.dev's api.json, OpenAI's, Anthropic's,
Google's and Ollama's lists of models, opencode's configuration, catwalk's providers and Crush's configuration.
"""

from __future__ import annotations

import shlex
from typing import Any, NamedTuple

from catalog.listing import entries
from catalog.untrusted import mapping, string, text
from catalog.urls import shown
from catalog.wire import WIRES, override_wire

_ADD = "kimi provider add"


class Foreign(NamedTuple):
    """Another kind of document: ``message`` names it, ``hint`` is the command for it."""

    message: str
    hint: str


def recognised(document: Any, where: str) -> Foreign | None:
    """What a parsed document is that is no registry; None when it is nothing that is known.

    Args:
        document: parsed JSON.
        where: its address as it may be shown; a file's path for a file.
    """
    url = where if where.startswith(("http://", "https://")) else None
    found = _one_provider(document) or _other_tool(document) or _catalog(document, url)
    return found or _error(document) or _models(document, url)


def _one_provider(document: Any) -> Foreign | None:
    if (
        isinstance(mapping(document).get("models"), dict)
        and text(document.get("api"))
        and text(document.get("id"))
    ):
        return Foreign(
            "this is one provider, and a registry is an object keyed by provider",
            f'ask the registry\'s author to write it as {{"{document["id"]}": {{…}}}}',
        )
    return None


def _other_tool(document: Any) -> Foreign | None:
    whole = mapping(document)
    if "opencode.ai" in string(whole.get("$schema")) or _any_with(whole.get("provider"), "npm", "options"):
        return _configuration("opencode's configuration", whole.get("provider"))
    if _any_with(whole.get("providers"), "base_url", "api_endpoint", "baseUrl"):
        return _configuration("another tool's configuration", whole.get("providers"))
    members = document if isinstance(document, list) else [document]
    if any("api_endpoint" in mapping(member) and "models" in mapping(member) for member in members):
        return _configuration(
            "a list of providers in catwalk's form", {str(n): m for n, m in enumerate(members)}
        )
    return None


def _configuration(what: str, providers: Any) -> Foreign:
    """The command for the first provider whose address is written down."""
    for key, value in mapping(providers).items():
        entry = mapping(value)
        holders = (mapping(entry.get("options")), entry)
        fields = ("baseURL", "base_url", "api_endpoint", "baseUrl")
        url = next((text(h.get(f)) for h in holders for f in fields if text(h.get(f))), None)
        if url is not None and "$" not in url:
            kind = string(entry.get("type"))
            kind = "google-genai" if kind == "gemini" else kind  # catwalk's word
            wire = kind if kind in WIRES else override_wire(string(entry.get("npm")) or kind)
            name = text(entry.get("id")) or key
            return Foreign(f"this is {what}", _endpoint(wire, shown(url), name))
    return Foreign(f"this is {what}", _endpoint("WIRE", "URL", "NAME"))


def is_catalog(document: Any) -> bool:
    """Whether a parsed document has the form of models.dev's api.json."""
    return any(
        isinstance(mapping(value).get("models"), dict) and ("npm" in value or "doc" in value)
        for value in mapping(document).values()
    )


def _catalog(document: Any, url: str | None) -> Foreign | None:
    if is_catalog(document):
        option = f" --url {shlex.quote(url)}" if url else " --url URL"
        return Foreign(
            "this is a catalog in the form of models.dev",
            f"{_ADD} ID{option}, or kimi provider catalog list{option}",
        )
    return None


def _error(document: Any) -> Foreign | None:
    whole = mapping(document)
    if "error" in whole and not any(mapping(value).get("models") for value in whole.values()):
        return Foreign(
            "the server answered with an error in place of a document", "check the address and the token"
        )
    return None


def _models(document: Any, url: str | None) -> Foreign | None:
    members = entries(document)
    wire = next((wire for member in members if (wire := _wire_of(member))), None)
    if wire is None and mapping(document).get("object") == "list":  # OpenAI's, without a model in it
        wire = "openai"
    if wire is None:
        return None
    return Foreign(
        "this is an endpoint's list of models",
        _endpoint(wire, _base(url, wire) if url else "URL", "NAME"),
    )


def _wire_of(member: dict[str, Any]) -> str | None:
    """The wire of the endpoint that a member of a list of models came from; None for something else."""
    if string(member.get("name")).startswith("models/"):
        return "google-genai"
    if member.get("type") == "model" and "display_name" in member:
        return "anthropic"
    named = any(text(member.get(field)) for field in ("id", "model", "key", "name"))
    return "openai" if named and "models" not in member else None


def _base(url: str, wire: str) -> str:
    """The base URL of the endpoint whose list is at ``url``."""
    base = url.partition("?")[0].rstrip("/")
    if wire == "google-genai":
        return base.removesuffix("/models").removesuffix("/v1beta")
    if wire == "anthropic":
        return base.removesuffix("/models").removesuffix("/v1")
    # Ollama's and LM Studio's own lists stand beside the OpenAI ones.
    for own in ("/api/tags", "/api/v0/models", "/api/v1/models"):
        if base.endswith(own):
            return base.removesuffix(own) + "/v1"
    return base.removesuffix("/models")


def _endpoint(wire: str, url: str, name: str) -> str:
    return f"{_ADD} --type {wire} --base-url {shlex.quote(url)} --as {shlex.quote(name)}"


def _any_with(providers: Any, *members: str) -> bool:
    return any(member in mapping(value) for value in mapping(providers).values() for member in members)
