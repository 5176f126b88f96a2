"""Runs a work in turn with Kimi Code's, and keeps what each run cost."""

from __future__ import annotations

import shlex
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.inputs import config
from tests.benchmarks.process import Cost, Home

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from tests.benchmarks.file_server import Addresses
    from tests.benchmarks.works import State, Tool, Work


@dataclass(frozen=True)
class Figures:
    """What the runs of one work cost, by tool, in the order in which they took turns."""

    work: Work
    costs: Mapping[Tool, list[Cost]]

    def seconds(self, tool: Tool) -> float:
        return statistics.median(cost.seconds for cost in self.costs[tool])

    def cpu(self, tool: Tool) -> float:
        return statistics.median(cost.cpu for cost in self.costs[tool])

    def memory(self, tool: Tool) -> float:
        """MiB."""
        return statistics.median(cost.memory for cost in self.costs[tool]) / 2**20


class Bench:
    """The tools, each in its home, and the states of these homes that works begin with.

    Args:
        tools: the command of each.
        addresses: what the placeholders of a work's commands stand for.
        folder: where homes and states are kept.
        needed: the states that some work begins with.
    """

    def __init__(
        self, tools: Mapping[Tool, str], addresses: Addresses, folder: Path, needed: Collection[State]
    ) -> None:
        trust = {"SSL_CERT_FILE": addresses.certificate, "NODE_EXTRA_CA_CERTS": addresses.certificate}
        self._tools = tools
        self._addresses = addresses
        self._folder = folder
        self._homes = {tool: Home(folder / tool.replace(" ", "-").lower(), trust) for tool in tools}
        self._needed = needed
        self._states: dict[tuple[Tool, State], Path] = {}

    def measure(self, work: Work, *, rounds: int, seconds: float) -> Figures:
        """Runs ``work`` so many ``rounds``, each tool once in a round; fewer where ``seconds`` have passed before."""
        tools: list[Tool] = ["ours"] if work.against else list(self._tools)
        states = {tool: self._state(tool, work.state) for tool in tools}
        costs: dict[Tool, list[Cost]] = {tool: [] for tool in tools}
        started = time.monotonic()
        while len(costs["ours"]) < rounds:
            for tool in tools:
                self._homes[tool].put_back(states[tool])
                costs[tool].append(self._run(tool, work.command))
            if time.monotonic() - started > seconds:
                break
        for tool in tools:
            self._keep(tool, work.state.after(work.command))
        return Figures(work, costs)

    def _state(self, tool: Tool, state: State) -> Path:
        """Where a state is saved; it is made where no work has left it."""
        if (tool, state) not in self._states:
            self._homes[tool].clear(None if state.aliases is None else config(state.aliases))
            for command in state.commands:
                self._run(tool, command)
            self._keep(tool, state)
        return self._states[tool, state]

    def _keep(self, tool: Tool, state: State) -> None:
        """Saves what a home holds, if a work begins with it."""
        if state in self._needed and (tool, state) not in self._states:
            place = self._folder / f"state-{len(self._states)}"
            self._homes[tool].save(place)
            self._states[tool, state] = place

    def _run(self, tool: Tool, command: str) -> Cost:
        prefix = "" if tool == "ours" or command.startswith("--version") else "provider "
        words = (prefix + command).format(server=self._addresses.http, secure=self._addresses.https)
        return self._homes[tool].run(shlex.split(f"{self._tools[tool]} {words}"))
