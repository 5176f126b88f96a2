"""Tests model aliases: which ones, all at once, what they cost, and with ``fix`` what config.toml should have said."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from provisioner.config.places import Places
from provisioner.config.read import BOM, read
from provisioner.errors import NotFound, UsageError
from provisioner.kimi_code.view import View
from provisioner.smoke.batch import Batch, check_all
from provisioner.smoke.client import Runtime
from provisioner.smoke.options import Options
from provisioner.smoke.report import document, summary
from provisioner.workflows.history import record
from provisioner.workflows.near import near
from provisioner.workflows.price import Prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from provisioner.app import App
    from provisioner.config.read import ConfigFile
    from provisioner.smoke.answer import Delta
    from provisioner.smoke.batch import Progress
    from provisioner.smoke.report import AliasResult, Correction
    from provisioner.workflows.outcome import Outcome

JOBS = 4


@dataclass(frozen=True)
class Request:
    """Which aliases to test, and how.

    Attributes:
        aliases: by name; a name that config.toml does not have is a result too, with a near one as its hint.
        providers: all aliases of these.
        everything: all aliases of the file.
        options: what each of them is asked.
        jobs: how many at once.
        as_default: test the one alias that is named as if it were default_model, which decides whether anything runs.
        fix: change config.toml where a check found it untrue, and test again what was changed.
        dry_run: with ``fix``, only show the change.
    """

    aliases: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)
    providers: tuple[str, ...] = ()
    everything: bool = False
    jobs: int = JOBS
    as_default: bool = False
    fix: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Result:
    """What was found.

    Attributes:
        results: in the order of the request, else of the file.
        skipped: aliases of logins that Kimi Code itself holds, left out of a test of many.
        interrupted: Ctrl-C came before the last result; the others are not among ``results``.
        fixed: what was changed in config.toml, or with ``dry_run`` would be.
        unfixed: what would have to be changed where a tool does not write: in ``overrides``.
        outcome: the change of the file; None where there was nothing to fix or ``fix`` was not asked for.
        unrecorded: why the results could not be added to the history, where they could not.
    """

    results: tuple[AliasResult, ...]
    skipped: tuple[str, ...] = ()
    interrupted: bool = False
    fixed: tuple[Correction, ...] = ()
    unfixed: tuple[Correction, ...] = ()
    outcome: Outcome | None = None
    unrecorded: str | None = None

    def document(self) -> dict[str, Any]:
        """The JSON document of `test --json`: ``schemas/output/test.schema.json``."""
        return {
            "results": [document(result) for result in self.results],
            "summary": summary(self.results),
            "interrupted": self.interrupted,
            "fixed": [change.line() for change in self.fixed],
        }


def _unwatched(_alias: str, _delta: Delta) -> None:
    """A watcher that shows nothing."""


def _unheeded(_progress: Progress) -> None:
    """A listener that shows nothing."""


def run(
    app: App,
    request: Request,
    watch: Callable[[str, Delta], None] = _unwatched,
    progress: Callable[[Progress], None] = _unheeded,
) -> Result:
    """Tests the aliases of ``request``.

    Args:
        app: paths, clock, environment and HTTP factory.
        request: what to test.
        watch: sees each answer as it arrives.
        progress: is told when a test starts, waits and ends.

    Raises:
        UsageError: the request names nothing to test.
        NotFound: a provider that config.toml does not have.
        ConfigInvalid: config.toml cannot be read.
        ConfigUnwritable, Busy: ``fix`` could not write it.
    """
    file = read(app.config_path)
    data = file.data
    aliases, skipped = _chosen(View.of(data, app.env), request)

    def tested(file: ConfigFile, aliases: Sequence[str]) -> Batch:
        return completed(app, file, asyncio.run(ask(app, file, aliases, request, watch, progress)))

    batch = tested(file, aliases)
    result = Result(batch.results, skipped, batch.interrupted)
    if request.fix:
        result = _fixed(app, data, request, result)
    if result.outcome is not None and result.outcome.written and not result.interrupted:
        # What counts is how the aliases are now.
        again = [found.alias for found in result.results if _changed(found, result.fixed)]
        batch = tested(read(app.config_path), again)
        now = {found.alias: found for found in batch.results}
        results = tuple(now.get(found.alias, found) for found in result.results)
        result = replace(result, results=results, interrupted=batch.interrupted)
    return replace(result, unrecorded=record(app, map(document, result.results)))


async def ask(
    app: App,
    file: ConfigFile,
    aliases: Sequence[str],
    request: Request,
    watch: Callable[[str, Delta], None] = _unwatched,
    progress: Callable[[Progress], None] = _unheeded,
) -> Batch:
    """Asks the models behind ``aliases`` of ``file`` what ``request`` says; a cancellation keeps what is done."""
    default = {"default_model": aliases[0]} if request.as_default else {}
    return await check_all(
        Runtime(app.http.model_client, app.env, app.clock),
        View.of({**file.data, **default}, app.env),
        aliases,
        request.options,
        jobs=request.jobs,
        watch=watch,
        progress=progress,
    )


def completed(app: App, file: ConfigFile, batch: Batch) -> Batch:
    """``batch``, each result with what it cost and with the line of the file that is to blame."""
    prices = Prices(app)
    results = (replace(one, cost=prices.cost(one)) for one in batch.results)
    return replace(batch, results=_with_lines(file, results))


def _with_lines(file: ConfigFile, results: Iterable[AliasResult]) -> tuple[AliasResult, ...]:
    """``results``, each told where in the file the key is that is to blame for it."""
    places = Places((file.text or "").removeprefix(BOM))

    def told(result: AliasResult) -> AliasResult:
        error = result.error
        if error is None or not _stands(file.data, error.path[:2]):
            return result
        message = f"{error.message} ({file.path}:{places.of(error.path).line})"
        checks = tuple(
            replace(check, detail=message) if check.detail == error.message else check
            for check in result.checks
        )
        return replace(result, error=replace(error, message=message), checks=checks)

    return tuple(map(told, results))


def _stands(data: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether the file has these keys: there is no line to name for an alias that is not there."""
    below: Any = data
    for key in path:
        if not isinstance(below, dict) or key not in below:
            return False
        below = below[key]
    return bool(path)


def _changed(result: AliasResult, fixed: tuple[Correction, ...]) -> bool:
    return any(change in fixed for check in result.checks for change in check.changes)


def _chosen(view: View, request: Request) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The aliases to test, each once, and those that are left out."""
    models, providers = view.sections.models, view.sections.providers
    for name in request.providers:
        if name not in providers:
            hint = near(name, providers, otherwise="kimi provider list")
            raise NotFound(f"config.toml has no provider {name!r}", hint=hint)
    many = [alias for alias in models if request.everything or view.provider_of(alias) in request.providers]
    managed = {alias for alias in many if view.is_login(view.provider_of(alias))} - set(request.aliases)
    chosen = dict.fromkeys([*request.aliases, *(alias for alias in many if alias not in managed)])
    if not chosen and not managed:
        if many or request.everything or request.providers:
            raise NotFound("config.toml has no alias to test", hint="kimi provider add")
        raise UsageError("nothing to test is named", hint="kimi provider test ALIAS, --provider ID or --all")
    return tuple(chosen), tuple(alias for alias in many if alias in managed)


def _tables(data: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    found = data.get(key)
    return (
        {name: table for name, table in found.items() if isinstance(table, dict)}
        if isinstance(found, dict)
        else {}
    )


def _fixed(app: App, data: Mapping[str, Any], request: Request, result: Result) -> Result:
    """Writes what the checks found, except over the user's own ``overrides``, which no tool touches."""
    wanted = dict.fromkeys(
        change for found in result.results for check in found.checks for change in check.changes
    )
    unfixed = tuple(change for change in wanted if _is_overridden(data, change))
    fixed = tuple(change for change in wanted if change not in unfixed)
    if not fixed:
        return replace(result, unfixed=unfixed)
    from provisioner.workflows.outcome import commit

    outcome = commit(app, lambda current: _with(current, fixed), dry_run=request.dry_run)
    return replace(result, fixed=fixed, unfixed=unfixed, outcome=outcome)


def _is_overridden(data: Mapping[str, Any], change: Correction) -> bool:
    table = _tables(data, change.table[0]).get(change.table[-1], {}) if len(change.table) > 1 else {}
    overrides = table.get("overrides")
    return isinstance(overrides, dict) and change.key in overrides


def _with(data: dict[str, Any], changes: tuple[Correction, ...]) -> dict[str, Any]:
    """``data`` with ``changes``; a table that has gone meanwhile stays gone."""
    for change in changes:
        data = _put(data, change.table, change)
    return data


def _put(table: dict[str, Any], path: tuple[str, ...], change: Correction) -> dict[str, Any]:
    if not path:
        return {**table, change.key: change.applied(table.get(change.key))}
    below = table.get(path[0], {} if len(path) == 1 and path[0] == "thinking" else None)
    return {**table, path[0]: _put(below, path[1:], change)} if isinstance(below, dict) else table
