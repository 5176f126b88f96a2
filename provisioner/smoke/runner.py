"""The test of one alias, from config.toml to a result."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog.untrusted import string
from provisioner.kimi_code import shell
from provisioner.kimi_code.finding import Unusable
from provisioner.note import Note
from provisioner.smoke import adc, first_prompt
from provisioner.smoke.answer import Answer
from provisioner.smoke.checks import text, thinking, tools, video, vision
from provisioner.smoke.problem import Problem
from provisioner.smoke.report import AliasResult, Check, Sent, verdict_of
from provisioner.smoke.session import Session
from provisioner.smoke.timing import Timing
from provisioner.smoke.verdict import notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provisioner.kimi_code.target import Target
    from provisioner.kimi_code.view import View
    from provisioner.smoke.answer import Delta
    from provisioner.smoke.client import Runtime
    from provisioner.smoke.options import CheckName, Options

_PROBES = {"tools": tools.check, "thinking": thinking.check, "vision": vision.check, "video": video.check}


def _unwatched(_: object) -> None:
    """A watcher that shows nothing."""


async def check_alias(
    runtime: Runtime,
    view: View,
    alias: str,
    options: Options,
    *,
    watch: Callable[[Delta], None] = _unwatched,
    on_request: Callable[[CheckName], None] = _unwatched,
    on_wait: Callable[[float], None] = _unwatched,
) -> AliasResult:
    """Tests ``alias`` of config.toml, as Kimi Code reads it.

    Args:
        runtime: what the requests need.
        view: config.toml as Kimi Code reads it; nothing is sent where it would send nothing.
        alias: a key of its ``[models]``.
        options: what to ask.
        watch: sees each answer as it arrives.
        on_request: is told before each request which check it belongs to.
        on_wait: is told the seconds that a server asks us to wait, before the wait.

    Nothing in the result holds a key: what a server echoed is masked.
    """
    try:
        target = view.check(alias)
        if target.credential is None:
            target = target._replace(credential=await asyncio.to_thread(adc.credential, target))
    except Unusable as error:
        return _unusable(alias, view, error)
    session = Session(
        runtime,
        target,
        timeout_s=options.timeout_s,
        retries=options.retries,
        watch=watch,
        on_request=on_request,
        on_wait=on_wait,
    )
    first = await text.check(session, size=options.size)
    timing = first.asked.outcome.timing
    probes = [await _probe(session, name, after=first.check) for name in options.checks if name != "text"]
    checks = [first.check, *probes, *_thresholds(options, timing, first.check)]
    return AliasResult(
        alias=alias,
        provider=target.provider,
        model=target.model,
        wire=target.wire.name,
        url=first.asked.url,
        verdict=verdict_of(checks),
        checks=tuple(checks),
        answer=first.asked.outcome.answer,
        timing=timing,
        error=_with_fix(first.problem, first.check, alias),
        notes=(*shell.notes(target, view.env), *_notes(target), *_notes_on(first)),
        request=Sent(options.size, first.asked.size),
        spent=tuple(session.spent),
        source=target.source if target.source.get("kind") == "modelsDev" else {},
    )


async def _probe(session: Session, name: CheckName, after: Check) -> Check:
    if after.verdict != "pass":
        return Check(name, "skipped", "the text check did not pass")
    session.check = name
    return await _PROBES[name](session)


def _thresholds(options: Options, timing: Timing, after: Check) -> list[Check]:
    found = []
    if options.max_ttft_s is not None:
        limit, figure = options.max_ttft_s * 1000, timing.first_token_ms
        found.append(
            _threshold(
                "max_ttft",
                figure,
                f"first token after {_s(figure)}, at most {_s(limit)} allowed",
                after,
                ok=figure is not None and figure <= limit,
            )
        )
    if options.min_tps is not None:
        rate = timing.tokens_per_second
        shown = "no rate" if rate is None else f"{rate:.1f} tokens/s"
        found.append(
            _threshold(
                "min_tps",
                rate,
                f"{shown}, at least {options.min_tps:g} wanted",
                after,
                ok=rate is not None and rate >= options.min_tps,
            )
        )
    return found


def _threshold(name: str, figure: float | None, detail: str, after: Check, *, ok: bool) -> Check:
    if after.verdict != "pass":
        return Check(name, "skipped", "the text check did not pass")
    if figure is None:
        return Check(name, "unknown", detail)
    return Check(name, "pass" if ok else "fail", detail)


def _s(milliseconds: float | None) -> str:
    return "no time" if milliseconds is None else f"{milliseconds / 1000:.2f} s"


def _notes(target: Target) -> tuple[Note, ...]:
    found: list[Note] = []
    turn = target.turn
    if turn.context < first_prompt.TOKENS:
        found.append(
            Note(
                "small_context",
                f"Kimi Code's first prompt alone is about {first_prompt.TOKENS:,} tokens; max_context_size is {turn.context:,}",
            )
        )
    elif (
        target.wire.name == "openai"
        and turn.limit_key == "max_output_size"
        and turn.limit + first_prompt.TOKENS > turn.context
    ):
        found.append(
            Note(
                "tight_context",
                f"max_output_size = {turn.limit} leaves less than the {first_prompt.TOKENS:,} tokens of Kimi Code's first prompt "
                "in the context: servers that count prompt and output together will refuse it",
            )
        )
    return tuple(found)


def _with_fix(problem: Problem | None, check: Check, alias: str) -> Problem | None:
    """``problem`` whose hint also names the command that writes the lines in it."""
    if problem is None or not check.changes:
        return problem
    hint = problem.hint or " and ".join(change.line() for change in check.changes)
    return replace(problem, hint=f"{hint} (kimi provider test {alias} --fix writes it)")


def _notes_on(first: text.TextCheck) -> Iterator[Note]:
    """What the first request showed beside its verdict."""
    if failed := first.asked.failed:
        times = "time" if len(failed) == 1 else "times"
        yield Note("retried", f"tried again {len(failed)} {times}, as Kimi Code does, after: {failed[-1]}")
    if first.check.verdict == "pass":
        yield from notes(first.asked.outcome)


def _unusable(alias: str, view: View, error: Unusable) -> AliasResult:
    table = view.sections.models.get(alias, {})
    problem = Problem("config", error.message, hint=error.hint, transient=error.untestable, path=error.path)
    check = Check("text", "unknown" if error.untestable else "fail", error.message)
    return AliasResult(
        alias=alias,
        provider=view.provider_of(alias),
        model=string(table.get("name", table.get("model"))) or None,
        wire=None,
        url=None,
        verdict=verdict_of((check,)),
        checks=(check,),
        answer=Answer(),
        timing=Timing(),
        error=problem,
    )
