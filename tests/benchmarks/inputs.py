"""What the commands work on: registries, config files and catalogs of stated sizes, made here and the same each time."""

from __future__ import annotations

import json
import random
from typing import Any

_MODEL = {
    "limit": {"context": 200_000, "output": 32_000},
    "tool_call": True,
    "reasoning": True,
    "modalities": {"input": ["text", "image"], "output": ["text"]},
}
# The package names of a catalog that lead to a wire, some more often than others as in models.dev.
_PACKAGES = ("@ai-sdk/openai-compatible",) * 7 + ("@ai-sdk/anthropic", "@ai-sdk/openai", "@ai-sdk/google")
# Models of the largest provider; the next have ever fewer. 150 providers come to some 5,000 models and 2 MB.
_MOST_MODELS = 525
_PROVIDERS = 150


def registry(providers: int, models: int) -> bytes:
    """A registry (api.json) of ``providers`` with ``models`` each."""
    document = {
        f"p{i}": {
            "id": f"p{i}",
            "name": f"Provider {i}",
            "api": f"https://p{i}.example/v1",
            "type": "openai",
            "models": {
                f"model-{j}": {
                    "id": f"model-{j}",
                    "name": f"Model {j}",
                    **_MODEL,
                    "support_efforts": ["low", "medium", "high"],
                }
                for j in range(models)
            },
        }
        for i in range(providers)
    }
    return json.dumps(document).encode()


def config(aliases: int) -> str:
    """A config.toml with one provider and so many aliases."""
    head = '[providers.p]\ntype = "openai"\nbase_url = "https://p.example/v1"\napi_key = "sk-none"\n'
    tables = [
        f'[models."p/m{i}"]\nprovider = "p"\nmodel = "m{i}"\nmax_context_size = 200000\n'
        f'capabilities = ["tool_use", "thinking"]\ndisplay_name = "M {i}"\n'
        for i in range(aliases)
    ]
    return "\n".join([head, *tables])


def catalog(times: int) -> bytes:
    """A catalog in the form of models.dev, as large as it is (2 MB), or so many ``times`` that.

    The first provider is called ``anthropic``.
    """
    draw = random.Random(11)
    providers = [_catalog_provider(i, draw) for i in range(_PROVIDERS * times)]
    return json.dumps({provider["id"]: provider for provider in providers}).encode()


def _catalog_provider(number: int, draw: random.Random) -> dict[str, Any]:
    name = "anthropic" if number == 0 else f"vendor-{number}"
    package = "@ai-sdk/anthropic" if number == 0 else draw.choice(_PACKAGES)
    provider = {
        "id": name,
        "env": [f"{name.upper().replace('-', '_')}_API_KEY"],
        "npm": package,
        "name": name.title(),
        "doc": f"https://docs.{name}.example/models",
        "models": {},
    }
    if package == "@ai-sdk/openai-compatible":
        provider["api"] = f"https://api.{name}.example/v1"
    rank = (number + 9) % _PROVIDERS  # anthropic is of middling size
    models = [_catalog_model(i, draw) for i in range(1 + round(_MOST_MODELS / (rank + 1) ** 0.75))]
    return {**provider, "models": {model["id"]: model for model in models}}


def _catalog_model(number: int, draw: random.Random) -> dict[str, Any]:
    family = draw.choice(("swift", "grand", "deep", "nano"))
    return {
        "id": f"{family}-{number}",
        "name": f"{family.title()} {number}",
        "family": family,
        "attachment": draw.random() < 0.5,
        "reasoning": draw.random() < 0.5,
        "tool_call": draw.random() < 0.9,
        "temperature": True,
        "knowledge": "2025-03",
        "release_date": f"2025-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        "last_updated": f"2025-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        "modalities": {"input": draw.choice((["text"], ["text", "image"])), "output": ["text"]},
        "open_weights": draw.random() < 0.3,
        "cost": {"input": draw.randint(1, 30) / 10, "output": draw.randint(10, 150) / 10, "cache_read": 0.3},
        "limit": {"context": draw.choice((128_000, 200_000, 1_048_576)), "output": 32_000},
    }
