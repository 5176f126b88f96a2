"""Looks config.toml over, and sets right what has exactly one right answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog import schema
from provisioner.config.places import Place, Places
from provisioner.config.read import BOM, read
from provisioner.doctor import file, kimi_code, rules
from provisioner.doctor.issue import Issue, edited, error
from provisioner.errors import ConfigInvalid, ConfigUnwritable
from provisioner.secrets import holds_secret
from provisioner.workflows import stale
from provisioner.workflows.outcome import Outcome, commit
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from provisioner.app import App
    from provisioner.config.read import ConfigFile
    from provisioner.kimi_code.finding import Finding
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Request:
    """Whether to set right what can be, and whether only to show how."""

    fix: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class PlacedFinding:
    """A finding at its place; ``fixable`` where ``--fix`` ends it."""

    finding: Finding
    place: Place
    fixable: bool


@dataclass(frozen=True)
class Result:
    """What the file is like.

    Attributes:
        path: config.toml.
        findings: what is wrong with it now, in the order of the file.
        fixed: what a second look did not find any more; for a dry run what it would not.
        outcome: the change; None where none was asked for, or none was possible.
        schema_comment: the line that, put first, switches on completion in an editor; None where one is there.
    """

    path: Path
    findings: tuple[PlacedFinding, ...]
    fixed: tuple[PlacedFinding, ...] = ()
    outcome: Outcome | None = field(default=None, repr=False)
    schema_comment: str | None = None


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Finds, and fixes when asked to. A missing file has no findings.

    Raises:
        ConfigInvalid: config.toml cannot be read at all. That it is no text or no TOML is a finding.
        ConfigUnwritable, Busy: it cannot be fixed here.
    """
    path = app.config_path
    try:
        seen = read(path)
    except ConfigInvalid as invalid:
        if invalid.place is None:
            raise
        code = "invalid_toml" if "TOML" in invalid.message else "invalid_utf8"
        found = error(code, (), invalid.message, invalid.hint or "").finding
        return Result(path, (PlacedFinding(found, Place(*invalid.place), fixable=False),))
    if seen.text is None:
        return Result(path, ())
    issues = _issues(app, seen)
    if not request.fix:
        return Result(path, _placed(issues, seen))

    def edit(data: dict[str, Any]) -> dict[str, Any]:
        return _cured(data, app.env)

    outcome = commit(app, edit, dry_run=request.dry_run, watch=watch, seen=seen)
    if request.dry_run:
        rest = [
            *rules.issues(outcome.data, app.env),
            *_of_file(app, seen.data),
            *stale.issues(app, seen.data),
        ]
        rest = [issue for issue in rest if issue.finding.code != file.READABLE]
        return _compared(seen, issues, rest, seen, outcome)
    if any(issue.finding.code == file.READABLE for issue in _of_file(app, outcome.data)):
        _make_private(path)
    after = read(path)
    return _compared(seen, issues, _issues(app, after), after, outcome)


def _compared(
    seen: ConfigFile, before: list[Issue], rest: list[Issue], after: ConfigFile, outcome: Outcome
) -> Result:
    left = {(issue.finding.code, issue.finding.path) for issue in rest}
    fixed = [issue for issue in before if (issue.finding.code, issue.finding.path) not in left]
    comment = None if "#:schema " in (after.text or "") else f"#:schema {schema.path('config').as_uri()}"
    return Result(seen.path, _placed(rest, after), _placed(fixed, seen), outcome, comment)


def _issues(app: App, seen: ConfigFile) -> list[Issue]:
    return [
        *_of_file(app, seen.data),
        *rules.issues(seen.data, app.env),
        *stale.issues(app, seen.data),
    ]


def _of_file(app: App, data: Mapping[str, Any]) -> list[Issue]:
    return list(file.issues(app.config_path, app.env, secrets=holds_secret(data)))


def _placed(issues: Iterable[Issue], seen: ConfigFile) -> tuple[PlacedFinding, ...]:
    places = Places((seen.text or "").removeprefix(BOM))
    found = (
        PlacedFinding(
            issue.finding,
            places.of(issue.finding.path),
            fixable=bool(issue.edits) or issue.finding.code == file.READABLE,
        )
        for issue in issues
    )
    return tuple(sorted(found, key=lambda item: item.place))


def _cured(data: dict[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    """``data`` with all fixes that drop no section, again until no further one shows."""
    for _ in range(_ROUNDS):
        fixes = [issue for issue in rules.issues(data, env) if issue.edits]
        cured = _with_fixes(data, fixes, env)
        if cured is data:
            break
        data = cured
    return data


_ROUNDS = 5  # what is fixed may have hidden what else is wrong there


def _with_fixes(data: dict[str, Any], fixes: list[Issue], env: Mapping[str, str]) -> dict[str, Any]:
    """A key that nobody read, once it is spelt right, may have a value that Kimi Code drops the section for."""
    known = kimi_code.dropped(data, env)
    together = edited(data, (edit for issue in fixes for edit in issue.edits))
    if not fixes or kimi_code.dropped(together, env) <= known:
        return together if fixes else data
    for issue in fixes:
        tried = edited(data, issue.edits)
        if kimi_code.dropped(tried, env) <= known:
            data = tried
    return data


def _make_private(path: Path) -> None:
    try:
        file.make_private(path)
    except OSError as problem:
        raise ConfigUnwritable(
            f"the mode of {path.name} cannot be changed: {(problem.strerror or str(problem)).lower()}",
            hint="ask its owner to",
            where=str(path),
        ) from problem
