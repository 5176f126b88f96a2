"""Many aliases at once: so many in all, fewer to one host, results in the order in which they were asked for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from provisioner.kimi_code.finding import Unusable
from provisioner.smoke.runner import check_alias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from provisioner.kimi_code.view import View
    from provisioner.smoke.answer import Delta
    from provisioner.smoke.client import Runtime
    from provisioner.smoke.options import CheckName, Options
    from provisioner.smoke.report import AliasResult

PER_HOST = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """How the test of an alias stands.

    Attributes:
        alias: its key in config.toml.
        state: ``queued`` (all of them, before the first starts), ``started``, ``asking`` (a request is sent), ``waiting`` (as long as its server asks), ``finished``.
        seconds: how long it waits.
        check: which check asks.
        result: what was found.
    """

    alias: str
    state: Literal["queued", "started", "asking", "waiting", "finished"]
    seconds: float = 0.0
    check: CheckName = "text"
    result: AliasResult | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """The results so far; ``interrupted`` where Ctrl-C came before the last."""

    results: tuple[AliasResult, ...]
    interrupted: bool


async def check_all(
    runtime: Runtime,
    view: View,
    aliases: Sequence[str],
    options: Options,
    *,
    jobs: int,
    watch: Callable[[str, Delta], None],
    progress: Callable[[Progress], None],
) -> Batch:
    """Tests ``aliases``, ``jobs`` at a time and :data:`PER_HOST` of one host.

    A cancellation, which is what Ctrl-C is here, ends what runs and keeps what is done.
    """
    turns = asyncio.Semaphore(max(1, jobs))
    hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_HOST))

    async def one(alias: str) -> AliasResult:
        async with hosts[_host(view, alias)], turns:
            progress(Progress(alias, "started"))
            result = await check_alias(
                runtime,
                view,
                alias,
                options,
                watch=lambda delta: watch(alias, delta),
                on_request=lambda check: progress(Progress(alias, "asking", check=check)),
                on_wait=lambda seconds: progress(Progress(alias, "waiting", seconds)),
            )
        progress(Progress(alias, "finished", result=result))
        return result

    for alias in aliases:
        progress(Progress(alias, "queued"))
    tasks = [asyncio.create_task(one(alias)) for alias in aliases]
    try:
        return Batch(tuple(await asyncio.gather(*tasks)), interrupted=False)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        return Batch(
            tuple(result for result in found if not isinstance(result, BaseException)), interrupted=True
        )


def _host(view: View, alias: str) -> str:
    """The host that serves an alias; the alias itself where that is not even known."""
    try:
        return urlsplit(view.target(alias).base_url).netloc
    except Unusable:
        return alias
