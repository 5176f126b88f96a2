"""Keeps what tests found, and looks back at it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from provisioner.errors import Busy, NotFound
from provisioner.formatting import Spread, moment, spread
from provisioner.history import store
from provisioner.history.run import Run
from provisioner.seen_keys import without_keys
from provisioner.workflows.near import near

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provisioner.app import App


@dataclass(frozen=True)
class Request:
    """Whose history: that of ``aliases``, or of every alias that has one."""

    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Past:
    """The kept runs of one alias, oldest first; at least one."""

    alias: str
    runs: tuple[Run, ...]

    @property
    def alike(self) -> tuple[Run, ...]:
        """The runs whose request was as large as the newest one's: the times of others tell another story."""
        return tuple(run for run in self.runs if run.size == self.runs[-1].size)

    @property
    def first_token_ms(self) -> Spread | None:
        """Milliseconds until the first token."""
        return spread(run.first_token_ms for run in self.alike)

    @property
    def total_ms(self) -> Spread | None:
        """Milliseconds until the end."""
        return spread(run.total_ms for run in self.alike)

    @property
    def tokens_per_second(self) -> Spread | None:
        """Output tokens a second."""
        return spread(run.tokens_per_second for run in self.alike)

    @property
    def verdicts(self) -> Mapping[str, int]:
        """How many runs passed, failed, and could not be told."""
        counts = Counter(run.verdict for run in self.runs)
        return {"passed": counts["pass"], "failed": counts["fail"], "unknown": counts["unknown"]}


@dataclass(frozen=True)
class Result:
    """The histories in the order asked for, else in order of their aliases."""

    pasts: tuple[Past, ...]

    def document(self) -> dict[str, Any]:
        """The JSON document of `test --history --json`."""
        return {"aliases": [_document(past) for past in self.pasts]}

    def last_tests(self) -> dict[str, Any]:
        """The last run of each alias in the form of `test --json`, with nothing where nothing was kept of it."""
        verdicts = Counter(past.runs[-1].verdict for past in self.pasts)
        return {
            "results": [_as_result(past.runs[-1]) for past in self.pasts],
            "summary": {
                "passed": verdicts["pass"],
                "failed": verdicts["fail"],
                "unknown": verdicts["unknown"],
            },
        }


def run(app: App, request: Request) -> Result:
    """Reads the kept runs of config.toml's aliases.

    Raises:
        NotFound: an alias of the request has none.
    """
    runs = store.load(store.file_of(app.state_dir, app.config_path))
    for alias in request.aliases:
        if alias not in runs:
            raise NotFound(
                f'no test of "{alias}" is on record',
                hint=near(alias, runs, otherwise=f"kimi provider test {alias}"),
                where=str(app.config_path),
            )
    return Result(tuple(Past(alias, tuple(runs[alias])) for alias in request.aliases or sorted(runs)))


def record(app: App, results: Iterable[Mapping[str, Any]]) -> str | None:
    """Keeps ``results``, the objects of `test --json`; returns why it could not, where it could not.

    A history that cannot be kept is no reason for a test to fail. A name that config.toml does not even give a
    provider has no history, nor has one that is a key by its looks.
    """
    at = round(app.clock(), 3)
    runs = [_remembered(result, at) for result in results if result["provider"] is not None]
    runs = [run for run in runs if run.alias == without_keys(run.alias)]
    if not runs:
        return None
    try:
        store.append(store.file_of(app.state_dir, app.config_path), runs)
    except OSError as error:
        return f"no history is kept in {app.state_dir}: {error.strerror or error}"
    except Busy as error:
        return f"this run is not kept: {error.message}"
    return None


def _remembered(result: Mapping[str, Any], at: float) -> Run:
    timing, usage, error = result["timing"], result["usage"], result["error"]
    return Run(
        at=at,
        alias=result["alias"],
        provider=without_keys(result["provider"]),
        model=result["model"] and without_keys(result["model"]),
        wire=result["wire"],
        verdict=result["verdict"],
        error=error and error["kind"],
        first_token_ms=timing["first_token_ms"],
        total_ms=timing["total_ms"],
        tokens_per_second=timing["tokens_per_second"],
        output_tokens=usage and usage["output"],
        size=result["request"] and result["request"]["size"],
    )


def _as_result(run: Run) -> dict[str, Any]:
    error = {
        "kind": run.error,
        "message": f"as it was on {moment(run.at)}",
        "status": None,
        "type": None,
        "code": None,
        "hint": f"kimi provider test {run.alias}",
    }
    return {
        "alias": run.alias,
        "provider": run.provider,
        "model": run.model,
        "wire": run.wire,
        "url": None,
        "verdict": run.verdict,
        "request": None,
        "checks": [],
        "timing": {
            "connect_ms": None,
            "first_token_ms": run.first_token_ms,
            "first_text_ms": None,
            "total_ms": run.total_ms,
            "tokens_per_second": run.tokens_per_second,
        },
        "usage": None,
        "cost_usd": None,
        "error": error if run.error else None,
        "notes": [],
    }


def _document(past: Past) -> dict[str, Any]:
    return {
        "alias": past.alias,
        "summary": past.verdicts,
        "first_token_ms": _spread(past.first_token_ms),
        "total_ms": _spread(past.total_ms),
        "tokens_per_second": _spread(past.tokens_per_second),
        "runs": [{key: value for key, value in asdict(run).items() if key != "alias"} for run in past.runs],
    }


def _spread(found: Spread | None) -> dict[str, float] | None:
    return {name: round(figure, 1) for name, figure in asdict(found).items()} if found else None
