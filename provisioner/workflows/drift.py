"""How one provider of config.toml differs from what its source says now: pure functions, no network, no file.

``refresh`` writes what comes of them; the manager and doctor may ask the same of documents that are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from catalog.untrusted import mapping
from catalog.urls import shown
from provisioner.config import tables
from provisioner.config.merge import fingerprint, merged, untouched
from provisioner.config.tables import CATALOG
from provisioner.errors import ConfigInvalid
from provisioner.kimi_code.owner import provider_name
from provisioner.workflows.consent import new_places
from provisioner.workflows.entries import alias_tables, provider_table
from provisioner.workflows.imports import Record, owned_fields, record_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from catalog.models import Provider
    from provisioner.workflows.consent import Consent

Kind = Literal[
    "changed",  # upstream changed a field that the user did not: it is brought up to date
    "added",  # a new model or provider, and what was asked includes it
    "removed",  # retired upstream, and untouched since it was written
    "kept",  # retired upstream, but the user changed it or uses it; or upstream has it in a form that cannot be read
    "conflict",  # both changed it: the user's stays
    "unsure",  # nobody knows who changed it: what stands there stays
    "moved",  # another endpoint or wire
    "claimed",  # an id or alias that belongs to somebody else
    "price",  # of a model; config.toml holds none
]
_ENDPOINT_FIELDS = frozenset({"protocol", "base_url"})


@dataclass(frozen=True)
class DriftFinding:
    """One difference.

    Attributes:
        kind: what it is and what is done about it.
        provider: the provider's id in config.toml.
        message: one line, without keys.
        alias: where it is about one model.
        field: where it is about one field.
        before: what stands there; None for nothing.
        after: what upstream says; None for nothing.
        held: whether it waits for the user's consent.
    """

    kind: Kind
    provider: str
    message: str
    alias: str | None = None
    field: str | None = None
    before: Any = None
    after: Any = None
    held: bool = False


@dataclass(frozen=True)
class Drift:
    """What a refresh makes of one provider.

    Attributes:
        findings: every difference worth telling.
        aliases: the alias tables to write; unchanged ones are left out.
        removed: aliases to remove.
        endpoint: ``type`` and ``base_url`` to write; None where they stay.
        record: what to remember afterwards; None where everything waits for consent.
    """

    findings: tuple[DriftFinding, ...] = ()
    aliases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    endpoint: Mapping[str, Any] | None = None
    record: Record | None = None


def drift(
    data: Mapping[str, Any],
    source: Mapping[str, Any],
    base: Record | None,
    now: Provider,
    offered: int,
    consent: Consent,
    commented: Collection[str] = (),
) -> Drift:
    """Compares the provider ``now.id`` of config.toml with what upstream says now.

    Args:
        data: config.toml.
        source: the provider's ``source``, or the one that it is about to get.
        base: what was written last; None when nobody knows.
        now: upstream's provider with the models that were asked for.
        offered: how many models it has upstream, asked for or not.
        consent: ``take_over`` also removes retired models that are in use.
        commented: aliases whose tables hold comments, which are the user's.
    """
    return _Comparison(data, source, base, now, offered, consent, commented).run()


class _Comparison:
    def __init__(
        self,
        data: Mapping[str, Any],
        source: Mapping[str, Any],
        base: Record | None,
        now: Provider,
        offered: int,
        consent: Consent,
        commented: Collection[str],
    ) -> None:
        self._commented = commented
        self._data, self._base, self._consent = data, base, consent
        self._source, self._now = source, now
        self._owned = owned_fields(source)
        self._name = now.id
        self._provider = tables.provider_in(data, now.id)
        self._models = tables.members(data, "models")
        self._record = record_of(now, source, offered)
        self._found: list[DriftFinding] = []
        self._write: dict[str, Mapping[str, Any]] = {}

    def run(self) -> Drift:
        endpoint = self._endpoint()
        if any(finding.held for finding in self._found):
            return Drift(tuple(self._found))
        upstream = alias_tables(self._name, self._now)
        for alias, table in upstream.items():
            self._alias(alias, table)
        self._unknown(upstream)
        removed, kept = self._retired(upstream)
        self._found += self._prices()
        held = {finding.alias for finding in self._found if finding.held}
        aliases = {a: b for a, b in self._record.aliases.items() if a not in held}
        record = self._record._replace(aliases={**aliases, **kept})
        return Drift(tuple(self._found), self._write, removed, endpoint, record)

    def _say(self, kind: Kind, message: str, **more: Any) -> None:
        self._found.append(DriftFinding(kind, self._name, message, **more))

    def _endpoint(self) -> dict[str, Any] | None:
        """``type`` and ``base_url`` where they are to change; tells when upstream moved."""
        new = provider_table(self._now, credential={}, source=None)
        was, will = tables.endpoint(self._provider), tables.endpoint(new)
        if was == will:
            return None
        moved = f"{shown(was[1]) or 'the default endpoint'} ({was[0]}) to {shown(will[1]) or 'the default endpoint'} ({will[0]})"
        more = {"field": "base_url", "before": shown(was[1]), "after": shown(will[1])}
        if self._base is not None and self._base.endpoint == fingerprint(will):
            if self._base.assumed:
                self._say("unsure", f"{self._name}: the endpoint is not upstream's; it stays", **more)
            return None  # the user's own
        if self._base is not None and not self._base.assumed and self._base.endpoint != fingerprint(was):
            self._say("conflict", f"{self._name}: you and upstream changed the endpoint; yours stays", **more)
            return None
        if self._base is None and self._source.get("kind") == CATALOG:
            self._say("unsure", f"{self._name}: the endpoint is not the catalog's; it stays", **more)
            return None
        flaw = self._follows(new)
        if flaw is not None:
            self._say("moved", f"{self._name} moved from {moved}: {flaw}", held=True, **more)
            return None
        self._say("moved", f"{self._name} moved from {moved}", **more)
        return new

    def _follows(self, new: Mapping[str, Any]) -> str | None:
        """Why the provider may not go to the new endpoint; None when it may."""
        try:
            tables.refuse_carried(self._provider, self._name, new)
        except ConfigInvalid as error:
            return f"{error.message}; {error.hint}"
        key, token = self._provider.get("api_key"), self._source.get("apiKey")
        if self._provider.get("api_key_env") or (key and key != token):
            again = f"kimi provider remove {self._name}, then add it again"
            return f"its key was given for the old endpoint and does not follow: {again}"
        if aliases := self._with_own_keys(token):
            return f"the api_key of {', '.join(aliases)} was given for the old endpoint and does not follow: take it out"
        if not self._consent.endpoint_change:
            command = f"kimi provider refresh {self._name} --accept-endpoint-change"
            return f"nothing of it was changed; if that is right: {command}"
        return None

    def _with_own_keys(self, token: Any) -> list[str]:
        """Aliases whose own key goes to the provider's endpoint. One with both of these has an endpoint of its own."""
        return [
            alias
            for alias, table in self._models.items()
            if provider_name(table) == self._name
            and table.get("api_key") not in (None, "", token)
            and not (table.get("protocol") and table.get("base_url"))
        ]

    def _alias(self, alias: str, table: Mapping[str, Any]) -> None:
        current = self._models.get(alias)
        known = None if self._base is None else self._base.aliases.get(alias)
        if current is None:
            self._new(alias, table, was_there=known is not None)
        elif provider_name(current) != self._name and known is None:
            self._claim(alias, table, current)
        elif isinstance(current, dict):
            self._merge(alias, table, current, known)

    def _new(self, alias: str, table: Mapping[str, Any], *, was_there: bool) -> None:
        if was_there:
            return  # the user took it out
        if self._base is None and self._source.get("kind") == CATALOG:
            self._say("unsure", f"{alias}: new, or not chosen at the import; it stays out", alias=alias)
            return
        if self._leads_elsewhere(alias, table):
            return
        self._say("added", f"{alias}: new upstream", alias=alias)
        self._write[alias] = table

    def _leads_elsewhere(self, alias: str, table: Mapping[str, Any]) -> bool:
        """Whether the provider's key would go to a new host with this model; it is held then."""
        there = new_places(self._data, self._name, {alias: table})
        if there:
            message = f"{alias}: new upstream, at {there[alias]}: the key does not follow; add {self._name} again with its key"
            self._say("moved", message, alias=alias, field="base_url", after=there[alias], held=True)
        return bool(there)

    def _claim(self, alias: str, table: Mapping[str, Any], current: Any) -> None:
        mine = f"{alias}: upstream claims it, but it is of {provider_name(current) or 'your own making'}"
        if not self._consent.endpoint_change:
            self._say(
                "claimed",
                f"{mine}; it stays: kimi provider refresh {self._name} --accept-endpoint-change gives it away",
                alias=alias,
                held=True,
            )
            return
        if self._leads_elsewhere(alias, table):
            return
        self._say("claimed", f"{mine}; it was given away", alias=alias)
        kept = {"overrides": current["overrides"]} if "overrides" in mapping(current) else {}
        self._write[alias] = {**table, **kept}

    def _merge(
        self, alias: str, table: Mapping[str, Any], current: dict[str, Any], known: Mapping[str, str] | None
    ) -> None:
        assumed = self._base is not None and self._base.assumed
        new, differences = merged(known, current, table, self._owned, assumed=assumed)
        for difference in differences:
            name, before, after = difference.name, difference.before, difference.after
            where: dict[str, Any] = {"alias": alias, "field": name, "before": before, "after": after}
            says = f"{alias}: {name} {_words(before)} → {_words(after)}"
            if difference.kind == "changed" and name in _ENDPOINT_FIELDS:
                for endpoint_field in _ENDPOINT_FIELDS:
                    _restore(new, current, endpoint_field)
                self._say(
                    "moved",
                    f"{says}: the key does not follow; add {self._name} again with its key",
                    held=True,
                    **where,
                )
            elif difference.kind == "changed":
                self._say("changed", says, **where)
            elif difference.kind == "conflict":
                self._say("conflict", f"{says} upstream, but you changed it too; yours stays", **where)
            else:
                self._say("unsure", f"{says} upstream; who changed it is not known; it stays", **where)
        if new != current:
            self._write[alias] = new

    def _unknown(self, upstream: Mapping[str, Any]) -> None:
        """Aliases that upstream does not have, where nothing is written down that could tell whose they are."""
        if self._base is not None and not self._base.assumed:
            return
        known = self._base.aliases if self._base is not None else {}
        for alias, table in self._models.items():
            if provider_name(table) == self._name and alias not in upstream and alias not in known:
                self._say("unsure", f"{alias}: yours, or retired upstream; it stays", alias=alias)

    def _retired(self, upstream: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, Mapping[str, str]]]:
        """Aliases to remove; and what to go on remembering of those that stay because they are in use."""
        if self._base is None:
            return (), {}
        removed, kept = [], {}
        unread = {f"{self._name}/{model.id}": model.reason for model in self._now.skipped if model.flawed}
        for alias, known in self._base.aliases.items():
            current = self._models.get(alias)
            if alias in upstream or not isinstance(current, dict) or provider_name(current) != self._name:
                continue
            if alias in unread:
                self._say("kept", f"{alias}: upstream has it, but {unread[alias]}; it stays", alias=alias)
                kept[alias] = known
            elif alias in self._commented or not untouched(known, current, self._owned):
                self._say(
                    "kept", f"{alias}: retired upstream; it stays, because you changed its table", alias=alias
                )
            elif (use := used_by(self._data, alias)) and not self._consent.take_over:
                self._say(
                    "kept",
                    f"{alias}: retired upstream; it stays, because {use} names it (kimi provider refresh {self._name} --yes removes it)",
                    alias=alias,
                )
                kept[alias] = known
            else:
                self._say("removed", f"{alias}: retired upstream", alias=alias)
                removed.append(alias)
        return tuple(removed), kept

    def _prices(self) -> Iterator[DriftFinding]:
        if self._base is None:
            return
        for alias, cost in self._record.costs.items():
            was = self._base.costs.get(alias)
            if was is not None and was != cost and alias in self._models:
                message = (
                    f"{alias}: price per million tokens (in, out, cached) {_price(was)} → {_price(cost)}"
                )
                yield DriftFinding("price", self._name, message, alias=alias, before=was, after=cost)


def used_by(data: Mapping[str, Any], alias: str) -> str | None:
    """The setting that names this alias: ``default_model`` or ``secondary_model``; None when none does."""
    if data.get("default_model") == alias:
        return "default_model"
    secondary = data.get("secondary_model")
    if isinstance(secondary, dict):
        pool = secondary.get("models")
        if secondary.get("default_model") == alias or (isinstance(pool, dict) and alias in pool):
            return "secondary_model"
    return None


def _restore(new: dict[str, Any], current: Mapping[str, Any], name: str) -> None:
    new.pop(name, None)
    if name in current:
        new[name] = current[name]


def _words(value: Any) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return shown(value) if isinstance(value, str) and "://" in value else str(value)


def _price(cost: list[float | None]) -> str:
    return "/".join("?" if part is None else f"${part:g}" for part in cost)
