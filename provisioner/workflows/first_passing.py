"""Makes the first alias that passes the test the default model: for CI, and for days when a provider is down."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from provisioner.config.read import read
from provisioner.errors import NotFound
from provisioner.kimi_code.view import View
from provisioner.workflows import set_default, test
from provisioner.workflows.near import near
from provisioner.workflows.outcome import Outcome, commit
from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.smoke.report import AliasResult
    from provisioner.workflows.watch import Watch


@dataclass(frozen=True)
class Request:
    """The aliases to try, in order; one that is no alias is a pattern for several, in the file's order."""

    wanted: tuple[str, ...]
    dry_run: bool = False


@dataclass(frozen=True)
class Result:
    """What became of it.

    Attributes:
        outcome: the change of the file; one of nothing where no alias passed.
        alias: the one that passed and is the default now; None where none did.
        tested: the results, in the order in which they were asked for.
        interrupted: Ctrl-C came before one passed.
    """

    outcome: Outcome
    alias: str | None
    tested: tuple[AliasResult, ...]
    interrupted: bool = False


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Tests one alias after the other, each as if it were default_model already, until one passes.

    A name that config.toml does not have fails like any other: another one may be there.

    Raises:
        NotFound: no alias is meant by any of the names and patterns.
        ConfigInvalid, ConfigUnwritable, Busy: config.toml.
    """
    aliases = _aliases(app, request.wanted)
    tested: list[AliasResult] = []
    for number, alias in enumerate(aliases, start=1):
        watch(f"testing {alias} ({number} of {len(aliases)})")
        found = test.run(app, test.Request(aliases=(alias,), as_default=True))
        tested += found.results
        if found.interrupted:
            return Result(_nothing(app, request), None, tuple(tested), interrupted=True)
        if all(one.verdict == "pass" for one in found.results):
            done = set_default.run(app, set_default.Request(alias, dry_run=request.dry_run), watch)
            return Result(done.outcome, alias, tuple(tested))
    return Result(_nothing(app, request), None, tuple(tested))


def _aliases(app: App, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The aliases that are meant, each once; a login of Kimi Code, which only it can test, only by its name."""
    view = View.of(read(app.config_path).data, app.env)
    known = view.sections.models
    free = [alias for alias in known if not view.is_login(view.provider_of(alias))]
    meant = {
        name: [name] if name in known else [alias for alias in free if fnmatchcase(alias, name)]
        for name in wanted
    }
    if not any(meant.values()):
        patterns = [f"{prefix}/*" for prefix, slash, _ in (alias.partition("/") for alias in free) if slash]
        hints = (near(name, [*patterns, *known]) for name in wanted)
        raise NotFound(
            "no alias matches " + " or ".join(f'"{name}"' for name in wanted),
            hint=next(filter(None, hints), "kimi provider list"),
            where=str(app.config_path),
        )
    return tuple(dict.fromkeys(alias for name, found in meant.items() for alias in found or [name]))


def _nothing(app: App, request: Request) -> Outcome:
    return commit(app, lambda data: data, dry_run=request.dry_run)
