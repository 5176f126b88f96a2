"""The works that are measured: a command line each, what is there before it, and what it should cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

REGISTRIES = ((1, 1), (10, 50), (100, 100), (300, 300))
CATALOGS = {"catalog": 1, "catalog-x10": 10}

Tool = Literal["ours", "Kimi Code"]


@dataclass(frozen=True)
class State:
    """What a home holds: a config.toml with so many aliases (None: there is none), then what ``commands`` left."""

    aliases: int | None = None
    commands: tuple[str, ...] = ()

    def after(self, command: str) -> State:
        return State(self.aliases, (*self.commands, command))


@dataclass(frozen=True)
class Goal:
    """What a work may cost: ratios to the other side's time and peak memory, and a memory in MiB."""

    time: float | None = None
    memory: float | None = None
    mib: float | None = None


@dataclass(frozen=True)
class Work:
    """One command.

    Attributes:
        name: what stands in the table.
        command: what follows ``kimi provider``; ``{server}`` and ``{secure}`` are the base URLs of the file server.
        goal: what it should cost at most.
        state: what the home holds before it; its commands are run by the tool that is measured.
        against: the work of ours that is divided by; None: the same work done by Kimi Code.
        curve: the growth curve that this is a point of, and the size at which.
    """

    name: str
    command: str
    goal: Goal = Goal()
    state: State = State()
    against: str | None = None
    curve: tuple[str, int] | None = None


def _add(providers: int, models: int, server: str = "{server}") -> str:
    return f"add {server}/{providers}x{models}.json"


def _catalog(name: str = "catalog", server: str = "{server}") -> str:
    return f"--url {server}/{name}.json"


def _list(aliases: int, goal: Goal = Goal()) -> Work:
    name = f"list, {aliases:,} aliases"
    return Work(name, "list", goal, State(aliases), curve=("list", aliases))


def _add_new(providers: int, models: int, goal: Goal = Goal(), against: str | None = None) -> Work:
    name = f"add {providers}x{models}"
    curve = ("add", providers * models)
    return Work(name, _add(providers, models), goal, against=against, curve=curve)


def _remove(providers: int, models: int, goal: Goal = Goal(), against: str | None = None) -> Work:
    name = f"remove one of {providers}x{models}"
    before = State().after(_add(providers, models))
    return Work(name, "remove p0", goal, before, against=against, curve=("remove", providers * models))


_ANTHROPIC = "catalog add anthropic --api-key k "
_FETCHED = State().after(f"catalog list {_catalog()}")

WORKS = (
    Work("--version", "--version", Goal(0.02, 0.05)),
    Work("--help", "--help", Goal(0.05, 0.05)),
    _list(0),
    _list(500, Goal(0.045, 0.06)),
    _list(10_000, Goal(0.12, 0.10)),
    _list(90_000),
    Work("catalog list, warm", f"catalog list {_catalog()}", Goal(0.06, 0.06), _FETCHED),
    Work("catalog list, cold", f"catalog list {_catalog()}", Goal(0.15, 0.12), curve=("catalog list", 1)),
    Work("catalog list, cold, https", f"catalog list {_catalog(server='{secure}')}", Goal(0.15, 0.12)),
    Work(
        "catalog list, cold, ten times the catalog",
        f"catalog list {_catalog('catalog-x10')}",
        curve=("catalog list", 10),
    ),
    Work("catalog add anthropic, warm", _ANTHROPIC + _catalog(), Goal(0.09, 0.08), _FETCHED),
    _add_new(1, 1, Goal(0.14)),
    Work("add 1x1, https", _add(1, 1, "{secure}"), Goal(0.14)),
    _add_new(10, 50, Goal(0.16)),
    _remove(10, 50, Goal(0.10, 0.06)),
    _add_new(100, 100, Goal(0.035)),
    Work("add 100x100, unchanged", _add(100, 100), Goal(0.02), State().after(_add(100, 100))),
    _remove(100, 100, Goal(0.25, 0.15)),
    _add_new(300, 300, Goal(9, 5, 250), against="add 100x100"),
    _remove(300, 300, Goal(9, 5, 250), against="remove one of 100x100"),
)
