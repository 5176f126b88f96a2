"""``kimi provider test``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import completion_values, options
from provisioner.cli.error_text import note, program_name
from provisioner.cli.examples import WithExamples
from provisioner.cli.exit_codes import INTERRUPTED
from provisioner.cli.json_output import print_json, worded
from provisioner.cli.terminal import echo, echo_error
from provisioner.smoke.retry import RETRIES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from provisioner.smoke.report import AliasResult
    from provisioner.workflows.test import Result

_CHECKS = ("text", "tools", "thinking", "vision", "video")
UNKNOWN = 7
_FILE = options.PATH


def _named(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """The checks in a list separated by commas."""
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    for name in names:
        if name not in _CHECKS:
            raise click.BadParameter(f"{name!r} is none of {', '.join(_CHECKS)}", context, parameter)
    return names


@click.command(
    cls=WithExamples,
    examples=(
        "kimi provider test openai/gpt-5",
        "kimi provider test --all -j 8 --junit results.xml",
        "kimi provider test --provider acme --check tools,vision --fix",
        "kimi provider test --history --report models.html",
    ),
)
@click.argument("aliases", nargs=-1, metavar="ALIAS…", shell_complete=completion_values.aliases)
@options.option(
    "--provider",
    "providers",
    multiple=True,
    metavar="ID",
    shell_complete=completion_values.providers,
    help="All aliases of this provider; repeats.",
)
@options.option("--all", "everything", is_flag=True, help="All aliases of config.toml.")
@options.option(
    "--check",
    "checks",
    callback=_named,
    default="text",
    metavar="LIST",
    shell_complete=lambda _context, _parameter, incomplete: completion_values.in_list(_CHECKS, incomplete),
    help="What to try: text, tools, thinking, vision, video, separated by commas. Text is always first.",
)
@options.option(
    "--full",
    is_flag=True,
    help="Send a first turn of Kimi Code's own size: 84 kB, 25 tools, some 20,000 tokens. Other checks stay small.",
)
@options.option("--minimal", is_flag=True, help="Send the least request instead of Kimi Code's first one.")
@options.option("--fix", is_flag=True, help="Change config.toml where a check finds it untrue.")
@options.option(
    "--dry-run", is_flag=True, help="With --fix: show the change as a masked diff; write nothing."
)
@options.option(
    "-j", "--jobs", type=click.IntRange(1, 64), default=4, show_default=True, help="How many at once."
)
@options.option(
    "--timeout",
    type=click.FloatRange(1),
    default=180.0,
    show_default=True,
    metavar="SECONDS",
    help="For each alias, all its requests together.",
)
@options.option(
    "--retries",
    type=click.IntRange(0, 9),
    default=RETRIES,
    show_default=True,
    metavar="N",
    help="How often to try again what Kimi Code tries again: 5xx, 429, an empty answer, a broken connection.",
)
@options.option(
    "--max-ttft",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Fail where the first token comes later.",
)
@options.option(
    "--min-tps",
    type=click.FloatRange(0, min_open=True),
    metavar="NUMBER",
    help="Fail where fewer tokens come in a second; a rate that cannot be measured is no verdict.",
)
@options.option(
    "--unknown-ok", is_flag=True, help="Exit 0, not 7, where nothing failed but something could not be told."
)
@options.option("--history", is_flag=True, help="Show how the aliases did in earlier tests; test nothing.")
@options.option(
    "--report",
    type=_FILE,
    metavar="FILE",
    help="Write an HTML page: results, diagnosis, history; with --history, of the last runs.",
)
@options.option(
    "--junit", type=_FILE, metavar="FILE", help="Write JUnit XML; what could not be told is an error there."
)
@options.config
@options.as_json
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    aliases: tuple[str, ...],
    providers: tuple[str, ...],
    everything: bool,
    checks: tuple[Any, ...],
    full: bool,
    minimal: bool,
    fix: bool,
    dry_run: bool,
    jobs: int,
    timeout: float,
    retries: int,
    max_ttft: float | None,
    min_tps: float | None,
    unknown_ok: bool,
    history: bool,
    report: Path | None,
    junit: Path | None,
    config: Path | None,
    as_json: bool,
) -> int:
    """Ask models what Kimi Code will ask them first, and say whether it would answer.

    Exits 0 when all pass, 1 when one fails (6 when all that fail were refused their key), 7 when none fails but one
    could not be told.
    """
    if full and minimal:
        raise click.UsageError("--full and --minimal exclude each other", context)
    if dry_run and not fix:
        raise click.UsageError("--dry-run needs --fix", context)
    app = options.app_of(context, config)
    if history:
        from provisioner.cli import test_history

        test_history.refuse_other_options(context)
        test_history.show(app, aliases, as_json=as_json, report=report)
        return 0
    from provisioner.cli.live import watching
    from provisioner.smoke.options import Options
    from provisioner.workflows import test, write_reports

    write_reports.check(report, junit)
    request = test.Request(
        aliases=aliases,
        options=Options(
            checks,
            "full" if full else "least" if minimal else "small",
            timeout,
            retries,
            max_ttft,
            min_tps,
        ),
        providers=providers,
        everything=everything,
        jobs=jobs,
        fix=fix,
        dry_run=dry_run,
    )
    with watching(single=len(aliases) == 1 and not providers and not everything and not as_json) as shown:
        result = test.run(app, request, shown.arrived, shown.progress)
    if as_json:
        print_json(result.document())
    else:
        _show(result)
    write_reports.run(app, write_reports.Request(worded(result.document()), report, junit))
    code = INTERRUPTED if result.interrupted else exit_code(result.results)
    return 0 if code == UNKNOWN and unknown_ok else code


def exit_code(results: Iterable[AliasResult]) -> int:
    """1 when a test failed, 6 when all that failed were refused their key; 7 when one could not tell; else 0."""
    every = tuple(results)
    failed = [found for found in every if found.verdict == "fail"]
    if failed:
        return 6 if all(found.error is not None and found.error.kind == "auth" for found in failed) else 1
    return UNKNOWN if any(found.verdict == "unknown" for found in every) else 0


def _show(result: Result) -> None:
    from provisioner.cli.verdict_lines import lines

    for found in result.results:
        for line in lines(found, program_name()):
            echo(line)
    for alias in result.skipped:
        _note(f"{alias} is left out: its provider is a login that Kimi Code itself holds")
    if result.outcome is not None:
        from provisioner.cli.changes import show

        show("test", result.outcome, [f"Set {change.line()}." for change in result.fixed], as_json=False)
    for change in result.unfixed:
        _note(f"{change.line()} is for you to write: the alias' overrides say otherwise")
    if result.unrecorded:
        _note(result.unrecorded)
    if len(result.results) > 1 or result.interrupted:
        echo_error(_summary(result.results, interrupted=result.interrupted))


def _note(text: str) -> None:
    echo_error(note(text, program_name()))


def _summary(results: tuple[AliasResult, ...], *, interrupted: bool) -> str:
    from provisioner.smoke.report import summary

    counted = summary(results)
    counts = f"{counted['passed']} passed, {counted['failed']} failed, {counted['unknown']} could not be told"
    return f"Interrupted: {counts}; the rest was not tested." if interrupted else f"{counts}."
