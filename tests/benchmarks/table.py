"""The figures as lines of text: one a work, with its goal, and a mark where that is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.measure import Figures

HEAD = f"{'work':<42} {'rounds':>6} {'Kimi Code':>20} {'ours':>20} {'(CPU)':>8}  {'time':>7} {'goal':>6}   {'memory':>7} {'goal':>6}"


def row(figures: Figures, done: Mapping[str, Figures]) -> str:
    """The line of one work; ``done`` has those that it may be compared with."""
    work, costs = figures.work, figures.costs
    ours = figures.seconds("ours"), figures.memory("ours")
    other = None
    if work.against:
        beside = done[work.against]
        other = beside.seconds("ours"), beside.memory("ours")
    elif "Kimi Code" in costs:
        other = figures.seconds("Kimi Code"), figures.memory("Kimi Code")
    line = f"{work.name:<42} {len(costs['ours']):>6} "
    line += f"{_cost(*other) if other and not work.against else '':>20} {_cost(*ours):>20} {figures.cpu('ours'):>6.3f} s"
    if other is None:
        return line
    missed = []
    for what, ratio, goal in (
        ("time", ours[0] / other[0], work.goal.time),
        ("memory", ours[1] / other[1], work.goal.memory),
    ):
        line += f"  {ratio:>7.3f} {goal if goal is not None else '':>6} "
        if goal is not None and ratio > goal:
            missed.append(what)
    if work.goal.mib is not None and ours[1] > work.goal.mib:
        missed.append(f"{work.goal.mib:g} MiB")
    return line + (f"  MISSED: {', '.join(missed)}" if missed else "")


def _cost(seconds: float, memory: float) -> str:
    return f"{seconds:.3f} s {memory:>6.1f} MiB"
