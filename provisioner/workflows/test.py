"""Tests model aliases: the smoke test's many-at-once, with config.toml read and the result collected."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from provisioner.config.read import read
from provisioner.smoke.client import World
from provisioner.smoke.report import document, summary
from provisioner.smoke.runner import Options, check_alias

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.app import App
    from provisioner.smoke.answer import Delta
    from provisioner.smoke.report import AliasResult


@dataclass(frozen=True)
class Request:
    """Which aliases to test, and how."""

    aliases: tuple[str, ...]
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Result:
    """The results, in the order of the request."""

    results: tuple[AliasResult, ...]

    def document(self) -> dict[str, Any]:
        """The JSON document of `test --json`."""
        return {"results": [document(result) for result in self.results], "summary": summary(self.results)}


def run(
    app: App, request: Request, watch: Callable[[str, Delta], None] = lambda _alias, _delta: None
) -> Result:
    """Tests the aliases of ``request``."""
    data = read(app.config_path).data
    world = World(app.http.async_client, app.env, app.clock)

    async def everything() -> tuple[AliasResult, ...]:
        found = [
            await check_alias(world, data, alias, request.options, partial(watch, alias))
            for alias in request.aliases
        ]
        return tuple(found)

    return Result(asyncio.run(everything()))
