"""aider: the models, keys and addresses of .aider.conf.yml.

Source: https://aider.chat/docs/config/aider_conf.html, https://aider.chat/docs/config/api-keys.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping, sequence, text
from provisioner.importers.found import Found, model
from provisioner.importers.prefixes import meaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.importers.prefixes import Meaning

_MODELS = ("model", "weak-model", "editor-model")


def read(documents: Mapping[str, Any]) -> tuple[Found, ...]:
    """The services of ``config`` that it names a model or a key of."""
    config = mapping(documents.get("config"))
    exported = dict(_pairs(config.get("set-env")))
    keys = {name.lower(): value for name, value in _pairs(config.get("api-key"))}
    for maker in ("openai", "anthropic"):
        if own := text(config.get(f"{maker}-api-key")):
            keys[maker] = own
    openai = text(config.get("openai-api-base")) or exported.get("OPENAI_API_BASE")
    wanted: dict[str, list[Meaning]] = {}
    for field in _MODELS:
        if wanted_name := text(config.get(field)):
            one = meaning(wanted_name)
            if one.provider == "openai":
                one = meaning(wanted_name, base_url=openai)
            wanted.setdefault(one.provider, []).append(one)
    for provider in keys:
        wanted.setdefault(provider, [])
    return tuple(_found(provider, models, keys, exported, openai) for provider, models in wanted.items())


def _found(
    provider: str,
    models: list[Meaning],
    keys: Mapping[str, str],
    exported: Mapping[str, str],
    openai: str | None,
) -> Found:
    one = models[0] if models else meaning(f"{provider}/", base_url=openai if provider == "openai" else None)
    if one.barred:
        return Found(provider, refused=f"it goes to {one.barred} by a protocol that Kimi Code does not have")
    named = (model(each.model) for each in models)
    return Found(
        provider,
        wire=one.wire,
        base_url=one.base_url,
        catalog_id=one.catalog_id,
        models=tuple({m.id: m for m in named if m}.values()),
        # aider itself exports PROVIDER_API_KEY for `--api-key provider=…`, and litellm reads it.
        key=keys.get(provider) or exported.get(f"{provider.upper()}_API_KEY"),
    )


def _pairs(value: Any) -> Iterator[tuple[str, str]]:
    """``name=value`` strings, a list of them or one."""
    for item in [value] if isinstance(value, str) else sequence(value):
        name, equals, rest = item.partition("=") if isinstance(item, str) else ("", "", "")
        if equals and name.strip() and rest.strip():
            yield name.strip(), rest.strip()
