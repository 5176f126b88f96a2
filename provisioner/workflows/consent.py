"""What an import may do to what is not its own, and what it is told when it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.errors import ShrinkRefused
from catalog.untrusted import mapping, string
from catalog.urls import origin as place
from catalog.urls import shown
from catalog.wire import WIRES
from provisioner.config import tables
from provisioner.errors import ConsentNeeded, UsageError
from provisioner.kimi_code.owner import provider_name
from provisioner.note import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_NAMED = 5  # how many claims an error spells out


class Consent(NamedTuple):
    """What the user agreed to.

    Attributes:
        take_over: replace what another source or a person put there (``--yes``).
        endpoint_change: let the registry's own token follow a provider to another endpoint. No header, ``env``
            value or other key ever follows.
    """

    take_over: bool = False
    endpoint_change: bool = False


def claims(
    data: Mapping[str, Any],
    entries: Mapping[str, tables.Entry],
    is_own: Callable[[str, Mapping[str, Any]], bool],
) -> list[str]:
    """What ``entries`` would take from somebody else, a phrase each; empty when they take nothing.

    ``is_own`` says of a provider that stands in the file under one of their ids whether it is the same import.
    """
    providers, models = tables.members(data, "providers"), tables.members(data, "models")
    found = [
        f'provider "{name}" ({origin(providers[name])})'
        for name in entries
        if isinstance(providers.get(name), dict) and not is_own(name, providers[name])
    ]
    for name, entry in entries.items():
        for alias in entry.aliases:
            owner = provider_name(models.get(alias))
            if alias in models and owner != name:
                found.append(f'alias "{alias}" (of {owner!r})' if owner else f'alias "{alias}" (by hand)')
    return found


def agree(taken: Collection[str], consent: Consent, where: str) -> None:
    """Refuses to take over what is not the import's own.

    Raises:
        ConsentNeeded: something would be taken and ``consent`` does not cover it.
    """
    if not taken or consent.take_over:
        return
    named = list(taken)[:_NAMED]
    more = f" and {len(taken) - len(named)} more" if len(taken) > len(named) else ""
    raise ConsentNeeded(
        f"the import would take over {', '.join(named)}{more}",
        hint="if that is right, repeat the command with --yes; or choose another name with --as or --only",
        where=where,
    )


def taken_notes(taken: Collection[str]) -> list[Note]:
    """A note for each thing that was taken over."""
    return [Note("taken_over", f"taken over: {phrase}") for phrase in taken]


def same_endpoint(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the requests of two provider tables go to the same place over the same wire."""
    return tables.endpoint(one) == tables.endpoint(other)


def new_places(
    data: Mapping[str, Any], name: str, aliases: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Those of ``aliases`` that would take the key of the provider ``name`` to a host that does not get it now.

    Each with its address, for people. Models of a catalog may have endpoints of their own.
    """
    provider = tables.provider_in(data, name)
    wire = WIRES.get(string(provider.get("type")))
    standing = tables.members(data, "models").values()
    known = {
        _place(string(provider.get("base_url")) or (wire.default_base_url if wire else None)),
        *(_place(table.get("base_url")) for table in standing if provider_name(table) == name),
    }
    urls = {alias: string(table.get("base_url")) for alias, table in aliases.items()}
    return {alias: shown(url) for alias, url in urls.items() if url and _place(url) not in known}


def is_new_to_token(data: Mapping[str, Any], url: str, token: str, base_url: str) -> bool:
    """Whether ``base_url`` is at a host that the token of the registry at ``url`` does not go to now.

    It goes to the registry itself, and to those of its providers in config.toml that have no other key.
    """
    if not token:
        return False
    own = (tables.provider_in(data, name) for name in tables.members(data, "providers"))
    served = (p for p in own if mapping(p.get("source")).get("url") == url and p.get("api_key") == token)
    there = _place(base_url)
    return there is None or there not in {_place(url), *(_place(p.get("base_url")) for p in served)}


def refuse_new_places(
    data: Mapping[str, Any], name: str, aliases: Mapping[str, Mapping[str, Any]], otherwise: str
) -> None:
    """A key that stands in config.toml was given for the hosts that get it now. ``otherwise`` is the way without one.

    Raises:
        UsageError: a model has another host now.
    """
    for alias, url in new_places(data, name, aliases).items():
        raise UsageError(
            f"{alias} is at {url} now, so the key in config.toml is not reused; give one",
            hint=f"--api-key-stdin, --api-key-env NAME, or {otherwise}",
        )


def _place(url: Any) -> tuple[str, str, int] | None:
    try:
        return place(string(url)) if url else None
    except ValueError:  # written by hand
        return None


def origin(provider: Mapping[str, Any]) -> str:
    """Where a provider table came from, for people."""
    source = provider.get("source")
    if not isinstance(source, dict):
        return "not by this import"
    url = source.get("url")
    return f"from {shown(url)}" if isinstance(url, str) else "of another source"


def guard_loss(had: int, lost: int, *, what: str, where: str, hint: str) -> None:
    """Refuses a document in which more than half of what it gave before is gone.

    Raises:
        ShrinkRefused: it is.
    """
    if lost * 2 > had:
        raise ShrinkRefused(f"{lost} of {had} {what} would go", hint=hint, where=where)
