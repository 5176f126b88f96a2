"""``text``: does Kimi Code's own first request get a streamed, finished and counted answer?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from provisioner.smoke.advice import advise
from provisioner.smoke.parameters import explain, names_limit
from provisioner.smoke.probe import Probe, Tool
from provisioner.smoke.verdict import judge

if TYPE_CHECKING:
    from provisioner.smoke.problem import Problem
    from provisioner.smoke.report import Change, Check
    from provisioner.smoke.session import Asked, Session

CLOCK = Tool(
    "get_time",
    "Tells what time it is in a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The name of the city."}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
FIRST_TURN = Probe("Say hi in one short sentence.", tool=CLOCK)
# What a minimal request that is refused too may say more plainly than the first one did.
_DEEPER = ("auth", "model_not_found", "not_found_url", "quota", "forbidden")


@dataclass(frozen=True, slots=True)
class Found:
    """The check, the request it rests on, and the problem with its hint if there was one."""

    check: Check
    asked: Asked
    problem: Problem | None


async def check(session: Session, *, minimal: bool) -> Found:
    """Sends the first request, and a minimal one where a server refuses it: is it a parameter, or key and model?"""
    probe = replace(FIRST_TURN, tool=None) if minimal else FIRST_TURN
    asked = await (session.ask_least(probe) if minimal else session.ask(probe))
    problem, style = asked.outcome.problem, asked.outcome.error_style
    changes: tuple[Change, ...] = ()
    if problem is not None and problem.kind == "bad_request" and not minimal:
        least = (await session.ask_least(replace(FIRST_TURN, tool=None))).outcome.problem
        if least is not None and least.kind in _DEEPER:
            problem = least
        elif least is None or least.kind != "bad_request" or names_limit(asked.body, problem):
            problem, changes = explain(session.target, asked.body, problem)
    if problem is not None:
        problem = await advise(session, problem, style)
    found = replace(judge("text", asked.outcome.answer, problem), changes=changes)
    return Found(found, asked, problem)
