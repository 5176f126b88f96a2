"""``test --all``: how long so many models take that each think for 100 ms, how many are asked at once, at what memory."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tests.benchmarks import model_server
from tests.benchmarks.process import Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LATENCY = 0.1
_HOSTS = 8
_JOBS = 16  # two for each host, which is as many as one host gets
_ALIASES = (50, 200, 800)


def lines(ours: str, folder: Path) -> Iterator[str]:
    """A line for each number of aliases."""
    yield f"test --all -j {_JOBS}, {_HOSTS} hosts, {_LATENCY * 1000:g} ms each"
    for aliases in _ALIASES:
        home = Home(folder / f"test-{aliases}", {})
        with model_server.serving(_HOSTS, _LATENCY) as models:
            home.clear(_config(models.ports, aliases))
            cost = home.run([*shlex.split(ours), "test", "--all", "-j", str(_JOBS)])
        least = aliases / _JOBS * _LATENCY
        yield (
            f"{f'{aliases} aliases':<42} {cost.seconds:6.2f} s, of which {least:5.2f} s are the models', {cost.cpu:5.2f} s CPU"
            f"   most in flight {models.most_in_flight} (goal {_JOBS})   {cost.memory / 2**20:5.1f} MiB"
        )


def _config(ports: list[int], aliases: int) -> str:
    providers = [
        f'[providers.p{i}]\ntype = "openai"\nbase_url = "http://127.0.0.1:{port}/v1"\napi_key = "sk-0123456789abcdef"\n'
        for i, port in enumerate(ports)
    ]
    models = [
        f'[models."p{i % len(ports)}/m{i}"]\nprovider = "p{i % len(ports)}"\nmodel = "m{i}"\nmax_context_size = 200000\n'
        'capabilities = ["tool_use"]\n'
        for i in range(aliases)
    ]
    return "\n".join(['default_model = "p0/m0"\n', *providers, *models])
