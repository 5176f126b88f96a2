"""Sizes that Kimi Code accepts and that a model will stumble over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog import first_prompt
from catalog.reserved import is_login
from catalog.untrusted import mapping, string
from catalog.wire import WIRES
from provisioner.doctor.issue import shown, warning
from provisioner.kimi_code.first_turn import effective
from provisioner.kimi_code.owner import provider_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.doctor.issue import Issue


def issues(
    providers: Mapping[str, Mapping[str, Any]], models: Mapping[str, Mapping[str, Any]]
) -> Iterator[Issue]:
    """Sizes of aliases; a missing output limit is told once a provider."""
    unlimited: dict[str, list[str]] = {}
    for alias, model in models.items():
        owner = provider_name(model) or ""
        provider = mapping(providers.get(owner))
        known = effective(model, string(provider.get("type") or model.get("protocol")))
        yield from _sizes(alias, model, known)
        row = WIRES.get(string(model.get("protocol") or provider.get("type")))
        knows_ceiling = row is None or row.family == "anthropic"
        if "max_output_size" not in known and not knows_ceiling and not is_login(provider):
            unlimited.setdefault(owner, []).append(alias)
    for owner, aliases in unlimited.items():
        path = ("models", aliases[0])
        more = f" (and {len(aliases) - 1} more of {owner})" if aliases[1:] else ""
        message = (
            f"{shown(path)}{more} has no max_output_size: Kimi Code then asks for as many tokens as the whole context "
            "holds, which many servers refuse"
        )
        yield warning("max_output_size_missing", path, message, f"max_output_size = … in {shown(path)}")


def _sizes(alias: str, model: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Issue]:
    table = ("models", alias)
    context = known.get("max_context_size")
    if not isinstance(context, int):
        return
    overrides = mapping(model.get("overrides"))

    def path(key: str) -> tuple[str, ...]:
        return (*table, "overrides", key) if key in overrides else (*table, key)

    if context < first_prompt.TOKENS:
        message = (
            f"the context of {shown(table)} is {context:,} tokens; Kimi Code's first prompt alone takes about "
            f"{first_prompt.TOKENS:,}"
        )
        yield warning(
            "context_small", path("max_context_size"), message, f"choose another model than {alias}"
        )
    for key in ("max_output_size", "max_input_size"):
        if isinstance(size := known.get(key), int) and size > context:
            message = f"{key} of {shown(table)}, {size:,}, is above its max_context_size, {context:,}"
            yield warning(
                f"{key}_above_context", path(key), message, f"correct one of the two in {shown(table)}"
            )
