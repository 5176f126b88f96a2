from __future__ import annotations

import asyncio
import threading
import tomllib
from typing import Any

import httpx

from provisioner.kimi_code.view import View
from provisioner.smoke.batch import PER_HOST, Batch, Progress, check_all
from provisioner.smoke.client import Runtime
from provisioner.smoke.options import Options
from tests.smoke.server import Chunks, Request, reply, serving, stream
from tests.smoke.streams import CHAT


def aliases(url: str, count: int, provider: str = "p") -> str:
    head = "" if provider != "p" else 'default_model = "p/0"\n'
    head += (
        f'[providers.{provider}]\ntype = "openai"\nbase_url = "{url}/v1"\napi_key = "sk-0123456789abcdef"\n'
    )
    return head + "".join(
        f'[models."{provider}/{n}"]\nprovider = "{provider}"\nmodel = "{n}"\nmax_context_size = 9000\n'
        for n in range(count)
    )


class Told(list[Progress]):
    """Progress, and word of the first test that is finished."""

    def __init__(self) -> None:
        super().__init__()
        self.finished = asyncio.Event()

    def append(self, step: Progress) -> None:
        super().append(step)
        if step.state == "finished":
            self.finished.set()


async def batch(text: str, names: list[str], told: list[Progress], jobs: int = 8, **options: Any) -> Batch:
    runtime = Runtime(lambda _url, timeout: httpx.AsyncClient(timeout=timeout), {}, lambda: 0.0)
    return await check_all(
        runtime,
        View.of(tomllib.loads(text), {}),
        names,
        Options(**options),
        jobs=jobs,
        watch=lambda alias, delta: None,
        progress=told.append,
    )


def test_results_keep_their_order_and_a_host_its_peace() -> None:
    def answer(request: Request) -> Chunks:
        return stream(0.25 if request.body["model"] in "02" else 0.05, CHAT)

    told: list[Progress] = []
    with serving(answer) as one, serving(answer) as other:
        text = aliases(one.url, 5) + aliases(other.url, 2, "q")
        names = [*(f"p/{n}" for n in range(5)), "q/1", "q/0", "nobody"]
        done = asyncio.run(batch(text, names, told))
    assert [result.alias for result in done.results] == names
    assert [result.verdict for result in done.results] == ["pass"] * 7 + ["fail"]
    assert one.most_at_once <= PER_HOST
    assert not done.interrupted
    finished = [step.alias for step in told if step.state == "finished"]
    assert sorted(finished) == sorted(names)
    assert finished.index("p/1") < finished.index("p/0")


def test_jobs_limit_all_hosts_together() -> None:
    with serving(stream(0.1, CHAT)) as one, serving(stream(0.1, CHAT)) as other:
        text = aliases(one.url, 3) + aliases(other.url, 3, "q")
        names = [f"{provider}/{n}" for n in range(3) for provider in "pq"]
        asyncio.run(batch(text, names, [], jobs=1))
    assert one.most_at_once == other.most_at_once == 1


def test_as_many_are_asked_at_once_as_there_are_jobs() -> None:
    """Nobody is answered before four are asked: with fewer in flight the wait would never end well."""
    together = threading.Barrier(4)

    def answer(_: Request) -> Chunks:
        together.wait(20)
        return stream(CHAT)

    with serving(answer) as one, serving(answer) as other:
        text = aliases(one.url, 6) + aliases(other.url, 6, "q")
        names = [f"{provider}/{n}" for provider in "pq" for n in range(6)]
        done = asyncio.run(batch(text, names, [], jobs=4))
    assert [result.verdict for result in done.results] == ["pass"] * 12
    assert one.most_at_once == other.most_at_once == PER_HOST


def test_waits_are_told() -> None:
    answers = iter([reply("429 Slow", retry_after_ms="40"), stream(CHAT)])
    told: list[Progress] = []
    with serving(lambda _: next(answers)) as server:
        asyncio.run(batch(aliases(server.url, 1), ["p/0"], told))
    assert [(step.state, step.seconds) for step in told] == [
        ("queued", 0),
        ("started", 0),
        ("asking", 0),
        ("waiting", 0.04),
        ("asking", 0),
        ("finished", 0),
    ]


def test_an_interruption_keeps_what_is_done() -> None:
    async def interrupted(url: str) -> Batch:
        told = Told()
        names = ["p/2", "p/0", "p/1", "p/3"]
        task = asyncio.create_task(batch(aliases(url, 4), names, told))
        await asyncio.wait_for(told.finished.wait(), 5)
        task.cancel()
        return await task

    with serving(lambda request: stream(CHAT) if request.body["model"] == "2" else stream(20.0)) as server:
        done = asyncio.run(interrupted(server.url))
    assert done.interrupted
    assert [result.alias for result in done.results] == ["p/2"]
