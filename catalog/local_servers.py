"""What llama.cpp, LM Studio and Ollama say of their models beside the OpenAI-compatible list, which lacks limits."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from catalog.listing import Listed, boolean, entries, read_openai, size
from catalog.untrusted import mapping, strings, text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_NUM_CTX = re.compile(r"^num_ctx\s+(\d{1,15})\s*$", re.MULTILINE)


class Ask(Protocol):
    """Asks for a JSON object; with a question it is POSTed. The object is empty where there is none."""

    def __call__(self, url: str, question: Any = None, /) -> Mapping[str, Any]:
        """The object at ``url``."""


def enriched(models: list[Listed], owners: Collection[str | None], base_url: str, ask: Ask) -> list[Listed]:
    """The models with what a local server's own interface adds; unchanged for any other server.

    Args:
        models: from the OpenAI-compatible list.
        owners: the ``owned_by`` values of that list, by which these servers are known.
        base_url: of the list; the servers' own interface lies at its root, beside ``/v1``.
        ask: asks for a JSON object.
    """
    root = base_url.removesuffix("/v1")
    if "llamacpp" in owners:
        return _llama_cpp(models, root, ask)
    if "organization_owner" in owners:
        return _lm_studio(models, root, ask)
    if "library" in owners or (_is_near(root) and "version" in ask(f"{root}/api/version")):
        return _ollama(models, root, ask)
    return models


def _llama_cpp(models: list[Listed], root: str, ask: Ask) -> list[Listed]:
    """The list gives the context that the model was trained with; what counts is the one the server runs with."""
    if len(models) != 1:  # a router: asking it about a model would load it
        return models
    properties = ask(f"{root}/props")
    senses = mapping(properties.get("modalities"))
    running = size(mapping(properties.get("default_generation_settings")).get("n_ctx"))
    return [
        replace(
            models[0],
            context=running or models[0].context,
            tools=boolean(mapping(properties.get("chat_template_caps")).get("supports_tools")),
            image=boolean(senses.get("vision")),
            audio=boolean(senses.get("audio")),
        )
    ]


def _lm_studio(models: list[Listed], root: str, ask: Ask) -> list[Listed]:
    read = [read_openai(entry) for entry in entries(ask(f"{root}/api/v0/models"))]
    known = {entry.id: entry for entry in read if entry is not None}
    return [known.get(model.id, model) for model in models]


def _ollama(models: list[Listed], root: str, ask: Ask) -> list[Listed]:
    found: list[Listed] = []
    for number, model in enumerate(models):
        shown = ask(f"{root}/api/show", {"model": model.id})
        if not shown:  # each further question might have to wait for its time-out
            return found + models[number:]
        found.append(_shown_by_ollama(model, shown))
    return found


def _shown_by_ollama(model: Listed, shown: Mapping[str, Any]) -> Listed:
    details = mapping(shown.get("model_info"))
    architecture = text(details.get("general.architecture"))
    # A num_ctx of the model's own settings is what it runs with, whatever it could hold.
    fixed = _NUM_CTX.search(text(shown.get("parameters")) or "")
    capabilities = strings(shown.get("capabilities"))
    found = replace(
        model, context=size(int(fixed[1])) if fixed else size(details.get(f"{architecture}.context_length"))
    )
    if capabilities is None:
        return found
    return replace(
        found,
        chat="completion" in capabilities,
        tools="tools" in capabilities,
        thinking="thinking" in capabilities,
        image="vision" in capabilities,
    )


def _is_near(url: str) -> bool:
    """Whether a host is this machine or on its network: strangers are not asked whether they are an Ollama."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(".local")
