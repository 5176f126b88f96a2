"""Brings catalog and registry imports up to date, field by field, and keeps what the user changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.documents import DEFAULT_CATALOG_URL, CatalogRequest
from catalog.errors import CatalogError
from catalog.urls import shown
from provisioner.config import tables
from provisioner.config.layout import LayoutUnknown, commented
from provisioner.config.merge import fingerprint, untouched
from provisioner.config.read import BOM, read
from provisioner.config.tables import CATALOG
from provisioner.errors import ProvisionerError
from provisioner.kimi_code.owner import provider_name
from provisioner.note import Note
from provisioner.workflows import imports
from provisioner.workflows.apply_drift import apply_drift
from provisioner.workflows.consent import Consent, claims, guard_loss, is_new_to_token
from provisioner.workflows.drift import DriftFinding, drift, used_by
from provisioner.workflows.outcome import Outcome, cleared_notes, commit
from provisioner.workflows.upstream import SourceAnswer, SourceFailure, Upstream, UpstreamProvider
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.documents import Provenance
    from provisioner.app import App
    from provisioner.workflows.watch import Watch

_SHRINK = "if that is right, repeat the command with --accept-shrink"


class Request(NamedTuple):
    """What ``refresh`` asks for.

    Attributes:
        providers: ids in config.toml; empty for every import that names its source.
        catalog_url: of the catalog that a named provider without a source is looked up in.
        check: only say whether there is drift.
        dry_run: show the change, write nothing.
        offline: compare with the documents that are kept.
        accept_shrink: take a document that lost more than half of its providers or models.
        consent: to moved endpoints and claims (``endpoint_change``), to removing what is in use (``take_over``).
    """

    providers: tuple[str, ...] = ()
    catalog_url: str = DEFAULT_CATALOG_URL
    check: bool = False
    dry_run: bool = False
    offline: bool = False
    accept_shrink: bool = False
    consent: Consent = Consent()


class Result(NamedTuple):
    """What came of it.

    Attributes:
        outcome: the change of config.toml.
        findings: every difference, in the order of the sources.
        sources: where each document came from.
        failures: sources that could not be asked.
        notes: what to know beside.
    """

    outcome: Outcome
    findings: tuple[DriftFinding, ...]
    sources: tuple[Provenance, ...]
    failures: tuple[SourceFailure, ...]
    notes: tuple[Note, ...]

    @property
    def drifted(self) -> bool:
        """Whether config.toml is not what its sources say, the user's own changes apart. Prices are not in it."""
        return bool(self.outcome.plan) or any(finding.kind != "price" for finding in self.findings)

    @property
    def held(self) -> bool:
        """Whether something waits for consent."""
        return any(finding.held for finding in self.findings)


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Asks every source, compares, and writes what upstream alone changed. A source that fails stops no other.

    Raises:
        NotFound: one of the named providers is not in config.toml, or the catalog has none of its id.
        UsageError: one of them has no source to refresh from.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
    """
    return AskedSources(app, request, watch).result(dry_run=request.dry_run or request.check)


class AskedSources:
    """The answers of the sources, to be looked at first and then written: the same ones both times.

    Raises:
        NotFound, UsageError, ConfigInvalid, Busy: as :func:`run`.
    """

    def __init__(self, app: App, request: Request, watch: Watch = silent) -> None:
        self._app, self._request, self._watch = app, request, watch
        self._seen = read(app.config_path)
        self._known = imports.load(app)
        self._commented = _commented(self._seen.text or "")
        access = CatalogRequest(
            request.catalog_url, offline=request.offline, accept_shrink=request.accept_shrink
        )
        self._sources = Upstream(app, self._seen.data, request.providers, access, watch)
        self._answers = list(self._sources.answers())

    def findings(self) -> tuple[DriftFinding, ...]:
        """Every difference, without the cost of planning the change."""
        findings: list[DriftFinding] = []
        data = self._seen.data
        for answer in self._answers:
            data = self._apply(data, answer, findings, {})
        return tuple(findings)

    def result(self, *, dry_run: bool) -> Result:
        """Writes what upstream alone changed, or with ``dry_run`` only plans it.

        Raises:
            ConfigInvalid, ConfigUnwritable, Busy: config.toml.
        """
        findings: list[DriftFinding] = []
        records: dict[str, imports.Record] = {}

        def edit(data: dict[str, Any]) -> dict[str, Any]:
            findings.clear()
            records.clear()
            for answer in self._answers:
                data = self._apply(data, answer, findings, records)
            return data

        outcome = commit(self._app, edit, dry_run=dry_run, watch=self._watch, seen=self._seen)
        if not outcome.dry_run and records:
            self._sources.notes += imports.save_notes(imports.save(self._app, records, outcome.data))
        notes = (*self._sources.notes, *cleared_notes(outcome))
        return Result(
            outcome, tuple(findings), tuple(self._sources.provenances), tuple(self._sources.failures), notes
        )

    def _apply(
        self,
        data: dict[str, Any],
        answer: SourceAnswer,
        findings: list[DriftFinding],
        records: dict[str, imports.Record],
    ) -> dict[str, Any]:
        """``data`` with what one source changed. A document that lost most of its models changes nothing."""
        before = data
        found: list[DriftFinding] = []
        made: dict[str, imports.Record] = {}
        try:
            if not self._request.accept_shrink:
                self._guard(answer)
            for said in answer.said:
                if said.provider.id in answer.new:
                    data = self._new(data, said, answer, found, made)
                else:
                    data = self._update(data, said, found, made)
            data = self._gone(data, answer, found)
            found += [
                DriftFinding("kept", name, f"{name}: its entry upstream cannot be read; it stays")
                for name in answer.unread
            ]
        except CatalogError as error:
            self._fail(answer.url, error)
            return before
        findings += found
        records.update(made)
        return data

    def _fail(self, url: str, error: CatalogError) -> None:
        if all(
            failure.error.__class__ is not error.__class__ or failure.url != shown(url)
            for failure in self._sources.failures
        ):
            self._sources.failures.append(SourceFailure(shown(url), error))

    def _base(self, said: UpstreamProvider) -> imports.Record | None:
        """What was written last, if that is known of this very source."""
        known = self._known.get(said.provider.id)
        if known is not None and known.source == imports.source_print(said.source):
            return known
        return said.assumed

    def _update(
        self,
        data: dict[str, Any],
        said: UpstreamProvider,
        findings: list[DriftFinding],
        records: dict[str, imports.Record],
    ) -> dict[str, Any]:
        name = said.provider.id
        base = self._base(said)
        found = drift(
            data, said.source, base, said.provider, said.offered, self._request.consent, self._commented
        )
        findings += found.findings
        if found.record is None:
            return data
        records[name] = found.record
        if (base is None or base.assumed) and any(f.kind == "unsure" for f in found.findings):
            self._note_unrecorded(name)
        return apply_drift(data, name, said.source, found)

    def _note_unrecorded(self, name: str) -> None:
        said = (
            f"{name}: nothing tells what its last import wrote to this file, so what differs and may be yours stays; "
            "add it again to take all that upstream says"
        )
        if all(note.message != said for note in self._sources.notes):
            self._sources.notes.append(Note("no_record", said))

    def _new(
        self,
        data: dict[str, Any],
        said: UpstreamProvider,
        answer: SourceAnswer,
        findings: list[DriftFinding],
        records: dict[str, imports.Record],
    ) -> dict[str, Any]:
        """A provider that the registry has and config.toml's part of the registry has not."""
        name = said.provider.id
        known = self._known.get(name)
        if (
            name not in tables.members(data, "providers")
            and known
            and known.source == imports.source_print(said.source)
        ):
            return data  # the user removed it
        entry = {name: answer.new[name]}
        taken = claims(data, entry, lambda *_: False)
        if taken and not self._request.consent.endpoint_change:
            findings.append(
                DriftFinding(
                    "claimed",
                    name,
                    f"the registry now has {name}, which would take over {', '.join(taken)}: "
                    "kimi provider refresh --accept-endpoint-change gives it away",
                    held=True,
                )
            )
            return data
        token, base_url = str(said.source.get("apiKey") or ""), said.provider.base_url or ""
        if not self._request.consent.endpoint_change and is_new_to_token(data, answer.url, token, base_url):
            there = shown(base_url)
            findings.append(
                DriftFinding(
                    "moved",
                    name,
                    f"{name}: new in the registry, at {there}, where its token does not go yet; "
                    "if that is right: kimi provider refresh --accept-endpoint-change",
                    field="base_url",
                    after=there,
                    held=True,
                )
            )
            return data
        try:
            data = tables.with_providers(data, entry)
        except ProvisionerError as error:
            findings.append(DriftFinding("claimed", name, f"{name}: {error.message}", held=True))
            return data
        findings.append(
            DriftFinding(
                "claimed" if taken else "added",
                name,
                f"{name}: new in the registry, with {said.offered} models",
            )
        )
        records[name] = imports.record_of(said.provider, said.source, said.offered)
        return data

    def _gone(
        self, data: dict[str, Any], answer: SourceAnswer, findings: list[DriftFinding]
    ) -> dict[str, Any]:
        """Providers that the source no longer has: removed from a registry's if they are as they were written."""
        for name in answer.gone:
            known = self._known.get(name)
            source = tables.provider_in(data, name).get("source", {})
            if source.get("kind") == CATALOG or known is None or self._is_the_users(data, name, known):
                findings.append(
                    DriftFinding(
                        "kept", name, f"{name}: gone upstream; it stays: kimi provider remove {name}"
                    )
                )
                continue
            findings.append(DriftFinding("removed", name, f"{name}: gone upstream"))
            data = tables.without_providers(data, [name])
        return data

    def _is_the_users(self, data: Mapping[str, Any], name: str, known: imports.Record) -> bool:
        own = {alias for alias, t in tables.members(data, "models").items() if provider_name(t) == name}
        return bool(own & self._commented) or not _as_written(data, name, known)

    def _guard(self, answer: SourceAnswer) -> None:
        """Refuses a document that lost more than half of what it gave before.

        Raises:
            ShrinkRefused: it did.
        """
        where = shown(answer.url)
        known = [(said.offered, base.offered) for said in answer.said if (base := self._base(said))]
        gone = [self._known[name].offered for name in answer.gone if name in self._known]
        had = sum(offered for _, offered in known) + sum(gone)
        lost = max(0, had - sum(offered for offered, _ in known))
        guard_loss(had, lost, what="models", where=where, hint=_SHRINK)
        guard_loss(
            len(known) + len(answer.gone), len(answer.gone), what="providers", where=where, hint=_SHRINK
        )


def _commented(text: str) -> set[str]:
    """Aliases whose tables hold comments; none where the text has a form that is not known."""
    try:
        return {path[1] for path in commented(text.removeprefix(BOM)) if path[:1] == ("models",) and path[1:]}
    except LayoutUnknown:
        return set()


def _as_written(data: Mapping[str, Any], name: str, known: imports.Record) -> bool:
    """Whether a provider and its aliases hold nothing of the user's."""
    table = tables.provider_in(data, name)
    owned = imports.owned_fields(table.get("source", {}))
    plain = table.keys() <= {"type", "base_url", "api_key", "source"}
    own_key = table.get("api_key") not in (None, table.get("source", {}).get("apiKey"))
    mine = {a: t for a, t in tables.members(data, "models").items() if provider_name(t) == name}
    return (
        plain
        and not own_key
        and fingerprint(tables.endpoint(table)) == known.endpoint
        and all(a in known.aliases and untouched(known.aliases[a], t, owned) for a, t in mine.items())
        and not any(used_by(data, alias) for alias in mine)
    )
