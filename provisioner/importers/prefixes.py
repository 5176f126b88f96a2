"""LiteLLM's names of models, ``provider/model``, which aider uses too: which service or wire a prefix means.

Source: https://docs.litellm.ai/docs/providers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import WireName

# By prefix the id in the models.dev catalog; a prefix that is missing here stands for itself.
_CATALOG = {
    "gemini": "google",
    "moonshot": "moonshotai",
    "together_ai": "togetherai",
    "fireworks_ai": "fireworks-ai",
    "zai": "zai",
    "dashscope": "alibaba",
    "perplexity": "perplexity",
    "nvidia_nim": "nvidia",
}
_WIRES: Mapping[str, WireName] = {"anthropic": "anthropic", "gemini": "google-genai"}
_LOCAL = {
    "ollama": "http://localhost:11434",
    "ollama_chat": "http://localhost:11434",
    "lm_studio": "http://localhost:1234/v1",
}
_OTHERS = {
    "azure": "Azure OpenAI",
    "azure_ai": "Azure AI",
    "bedrock": "Amazon Bedrock",
    "sagemaker": "Amazon SageMaker",
    "vertex_ai": "Google Vertex AI",
    "watsonx": "IBM watsonx",
    "cohere": "Cohere",
    "cohere_chat": "Cohere",
    "replicate": "Replicate",
    "databricks": "Databricks",
    "github_copilot": "GitHub Copilot",
    "chatgpt": "a ChatGPT account",
}
# What a bare model name means, by its beginning.
_BARE = {
    "claude": "anthropic",
    "gemini": "vertex_ai",
    **dict.fromkeys(("gpt-", "chatgpt", "o1", "o3", "o4"), "openai"),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name of a model means: its provider, its id there, where it is, and whose protocol bars it."""

    provider: str
    model: str
    wire: WireName
    catalog_id: str | None
    base_url: str | None = None
    barred: str | None = None


def meaning(name: str, provider: str | None = None, base_url: str | None = None) -> Meaning:
    """The meaning of ``name``, where the file does not give the provider or the address apart."""
    prefix, slash, rest = name.partition("/")
    if provider is None:
        provider = prefix if slash else _bare(name)
    model = rest if slash and prefix == provider else name
    if provider == "openai" and model.startswith("responses/"):
        return Meaning(
            provider, model.removeprefix("responses/"), "openai_responses", _of(provider, base_url), base_url
        )
    wire = _WIRES.get(provider, "openai")
    if provider in _LOCAL:
        base_url = (base_url or _LOCAL[provider]).rstrip("/")
        base_url += "" if base_url.endswith("/v1") else "/v1"
    if wire == "google-genai" and base_url:
        base_url = base_url.rstrip("/").removesuffix("/v1beta")
    return Meaning(provider, model, wire, _of(provider, base_url), base_url, _OTHERS.get(provider))


def _bare(name: str) -> str:
    return next((provider for start, provider in _BARE.items() if name.startswith(start)), "openai")


def _of(provider: str, base_url: str | None) -> str | None:
    return None if base_url else _CATALOG.get(provider, provider)
