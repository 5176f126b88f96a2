"""What subscribers of a registry will see when one version of it replaces another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog.models import Model, Provider
    from catalog.registry import Registry

Kind = Literal["moved", "removed", "added", "changed"]
# The most dangerous first: the order in which differences are told.
_ORDER: tuple[Kind, ...] = ("moved", "removed", "added", "changed")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Attributes:
        kind: ``moved`` is another endpoint or wire: keys go elsewhere.
        provider: the provider's id.
        alias: of the model; None where it is about the provider.
        field: its name in config.toml, or ``env`` for the hint; None where something came or went as a whole.
        before: None for nothing.
        after: None for nothing.
    """

    kind: Kind
    provider: str
    alias: str | None = None
    field: str | None = None
    before: Any = None
    after: Any = None


def differences(old: Registry, new: Registry) -> tuple[Difference, ...]:
    """Every difference that an import or a refresh would show, moved endpoints first.

    Names of providers, the order of entries and what no import reads are not among them.
    """
    was = {provider.id: provider for provider in old.providers}
    now = {provider.id: provider for provider in new.providers}
    found: list[Difference] = []
    for name in dict.fromkeys((*was, *now)):
        if name in was and name in now:
            found += _of_provider(was[name], now[name])
            found += _of_fields(
                name, None, {"env": old.env_hints.get(name)}, {"env": new.env_hints.get(name)}
            )
        else:
            found.append(Difference("removed" if name in was else "added", name))
    return tuple(sorted(found, key=lambda difference: _ORDER.index(difference.kind)))


def _of_provider(was: Provider, now: Provider) -> Iterator[Difference]:
    for field, before, after in (("type", was.wire, now.wire), ("base_url", was.base_url, now.base_url)):
        if before != after:
            yield Difference("moved", now.id, None, field, before, after)
    old, new = {model.key: model for model in was.models}, {model.key: model for model in now.models}
    for key in dict.fromkeys((*old, *new)):
        alias = f"{now.id}/{key}"
        if key in old and key in new:
            yield from _of_fields(now.id, alias, _fields(old[key]), _fields(new[key]))
        else:
            yield Difference("removed" if key in old else "added", now.id, alias)


def _of_fields(
    provider: str, alias: str | None, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Difference]:
    for name, before in was.items():
        if before != now[name]:
            yield Difference("changed", provider, alias, name, before, now[name])


def _fields(model: Model) -> dict[str, Any]:
    """What a registry says of a model, under the names of config.toml."""
    return {
        "model": model.id,
        "max_context_size": model.context,
        "capabilities": _list(model.capabilities),
        "display_name": model.display_name,
        "support_efforts": _list(model.support_efforts),
        "default_effort": model.default_effort,
    }


def _list(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)
