"""``kimi provider test --history``: how an alias has done so far, drawn in characters.

Every row says in words what it draws, so that it can be heard as well as seen.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from provisioner import formatting
from provisioner.cli.changes import count
from provisioner.cli.error_text import program_name
from provisioner.cli.json_output import print_json, worded
from provisioner.cli.terminal import clean, echo, styled
from provisioner.cli.verdict_lines import COLOURS
from provisioner.history.chart import ASCII, BLOCKS, Glyphs, sparkline
from provisioner.workflows import history, write_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from provisioner.app import App
    from provisioner.formatting import Spread
    from provisioner.history.run import Run, Verdict

# The longest words about a row of figures take 44 columns of 80; this is what the rest has room for.
_NAME = 11
_DRAWN = 20
_OPTIONS = frozenset({"aliases", "history", "config", "as_json", "debug", "report"})


def show(app: App, aliases: tuple[str, ...], *, as_json: bool, report: Path | None) -> None:
    """Prints the history of ``aliases``, or of every alias that has one, and writes it to a page.

    Raises:
        NotFound: one of ``aliases`` has none.
        ReportUnwritable: the page cannot be written.
    """
    write_reports.check(report)
    result = history.run(app, history.Request(aliases))
    if report:
        write_reports.run(app, write_reports.Request(worded(result.last_tests()), report))
    if as_json:
        print_json(result.document())
        return
    if not result.pasts:
        echo(f"No test is on record yet: {program_name()} test ALIAS")
        return
    glyphs = BLOCKS if _speaks_unicode(sys.stdout.encoding) else ASCII
    for past in result.pasts:
        for line in block(past, glyphs):
            echo(line)
        echo()
    marks = "  ".join(f"{_mark(verdict, glyphs)} {verdict}" for verdict in COLOURS)
    echo(f"{marks}   oldest run first, bars from zero")


def refuse_other_options(context: click.Context) -> None:
    """Refuses options that say how to test.

    Raises:
        click.UsageError: one of them was given.
    """
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name not in _OPTIONS and source is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"--history tests nothing: {parameter.opts[0]} has no place there", context
            )


def _speaks_unicode(encoding: str | None) -> bool:
    try:
        "".join((BLOCKS.levels, BLOCKS.gap, *BLOCKS.verdicts.values())).encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def block(past: history.Past, glyphs: Glyphs) -> Iterator[str]:
    """The lines about one alias, at most 80 columns wide but for its name."""
    drawn, newest = past.runs[-_DRAWN:], past.runs[-1]
    width = len(drawn)
    counts = ", ".join(f"{number} {name}" for name, number in past.verdicts.items() if number)
    yield styled(clean(past.alias), bold=True)
    yield f"  {count(len(past.runs), 'run')} since {formatting.moment(past.runs[0].at)}: {counts}"
    verdicts = "".join(_mark(run.verdict, glyphs) for run in drawn)
    yield f"  {'verdict':<{_NAME}} {verdicts}  last {newest.verdict}, {formatting.moment(newest.at)}"
    rows: tuple[tuple[str, Callable[[Run], float | None], Spread | None, Callable[[float], str]], ...] = (
        ("first token", lambda run: run.first_token_ms, past.first_token_ms, formatting.duration),
        ("total", lambda run: run.total_ms, past.total_ms, formatting.duration),
        ("tokens/s", lambda run: run.tokens_per_second, past.tokens_per_second, formatting.number),
    )
    for name, figure, spread, shown in rows:
        if spread:
            bars = sparkline([figure(run) if run.size == newest.size else None for run in drawn], glyphs)
            yield f"  {name:<{_NAME}} {bars:<{width}}  {spread.describe(shown)}"
    yield from _last_trouble(past.runs)


def _last_trouble(runs: Iterable[Run]) -> Iterator[str]:
    troubled = [run for run in runs if run.error]
    if troubled:
        yield f"  {'last error':<{_NAME}} {clean(troubled[-1].error or '')}, {formatting.moment(troubled[-1].at)}"


def _mark(verdict: Verdict, glyphs: Glyphs) -> str:
    return styled(glyphs.verdicts[verdict], fg=COLOURS[verdict])
