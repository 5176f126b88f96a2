"""llm: extra-openai-models.yaml, and the keys of ``llm keys set`` in keys.json.

Source: https://llm.datasette.io/en/stable/other-models.html, and files that llm 0.36 wrote and read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from catalog.untrusted import mapping, sequence, text
from catalog.urls import is_loopback
from provisioner.importers.found import Found, headers_of, model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog.wire import WireName

# Names of keys that llm and its plugins look for, by the id of the service in the models.dev catalog.
_SERVICES = {
    "openai": "openai",
    "anthropic": "anthropic",
    "claude": "anthropic",
    "gemini": "google",
    "mistral": "mistral",
    "openrouter": "openrouter",
    "groq": "groq",
    "deepseek": "deepseek",
    "grok": "xai",
    "fireworks": "fireworks-ai",
    "cerebras": "cerebras",
    "moonshot": "moonshotai",
}


def read(documents: Mapping[str, Any]) -> tuple[Found, ...]:
    """The endpoints of ``models``, one for each address and key, and the services that ``keys`` has a key of."""
    keys = {n: key for n, value in mapping(documents.get("keys")).items() if (key := text(value))}
    keys = {name: key for name, key in keys.items() if not name.startswith("//")}
    groups: dict[tuple[str | None, WireName, str | None], list[Mapping[str, Any]]] = {}
    for item in sequence(documents.get("models")):
        entry = mapping(item)
        wire: WireName = "openai_responses" if entry.get("responses") else "openai"
        address = text(entry.get("api_base"))
        groups.setdefault((address, wire, text(entry.get("api_key_name"))), []).append(entry)
    found = list(_endpoints(groups, keys))
    used = {name for _, _, name in groups} - {"openai"}
    for name, key in keys.items():
        if name in _SERVICES:
            found.append(Found(_SERVICES[name], catalog_id=_SERVICES[name], key=key))
        elif name not in used:
            found.append(Found(name, refused="only a key of it is there, and no address"))
    return tuple(found)


def _endpoints(
    groups: Mapping[tuple[str | None, WireName, str | None], list[Mapping[str, Any]]],
    keys: Mapping[str, str],
) -> Iterator[Found]:
    ids: dict[str, int] = {}
    for (address, wire, key_name), entries in groups.items():
        if address is None:  # another model of OpenAI's
            continue
        name = key_name or _host(address)
        ids[name] = ids.get(name, 0) + 1
        name = name if ids[name] == 1 else f"{name}-{ids[name]}"
        if any(text(entry.get("api_type")) or text(entry.get("api_version")) for entry in entries):
            yield Found(name, refused="it needs an api_type or api_version, which Kimi Code does not send")
            continue
        chat = [entry for entry in entries if not entry.get("completion")]
        if not chat:
            yield Found(name, refused="it completes text and does not chat (completion: true)")
            continue
        models = (
            model(
                entry.get("model_name"),
                tools=None if entry.get("supports_tools") else False,
                images=entry.get("vision"),
                thinking=entry.get("reasoning"),
            )
            for entry in chat
        )
        headers = headers_of(chat[0].get("headers"))
        yield Found(
            name,
            wire=wire,
            base_url=address,
            models=tuple({one.id: one for one in models if one}.values()),
            key=keys.get(key_name or ""),
            needs_key=key_name is not None,
            headers=headers,
        )


def _host(address: str) -> str:
    try:
        host = urlsplit(address).hostname or "endpoint"
    except ValueError:
        return "endpoint"
    return "local" if is_loopback(host) else host
