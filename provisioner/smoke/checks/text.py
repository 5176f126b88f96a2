"""``text``: does Kimi Code's own first request get an answer that Kimi Code can use?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from provisioner.smoke import context, oversize
from provisioner.smoke.advice import advise
from provisioner.smoke.parameters import asked_output, explain, names_limit
from provisioner.smoke.probe import Probe
from provisioner.smoke.problem import Problem
from provisioner.smoke.server_context import told
from provisioner.smoke.verdict import judge

if TYPE_CHECKING:
    from provisioner.smoke.probe import Size
    from provisioner.smoke.report import Check, Correction
    from provisioner.smoke.session import Asked, Session

FIRST_TURN = Probe("Say hi in one short sentence.")
# What the least request that is refused too may say more plainly than the first one did.
_DEEPER = ("auth", "model_not_found", "not_found_url", "quota", "forbidden")


@dataclass(frozen=True, slots=True)
class TextCheck:
    """The check, the request it rests on, and the problem with its hint if there was one."""

    check: Check
    asked: Asked
    problem: Problem | None


async def check(session: Session, *, size: Size) -> TextCheck:
    """Sends the first request; where a server refuses it, smaller ones tell whether size, shape or key is the cause."""
    probe = replace(FIRST_TURN, size=size)
    asked = await (session.ask_least(probe) if size == "least" else session.ask(probe))
    problem = asked.outcome.problem
    changes: tuple[Correction, ...] = ()
    if problem is not None and size == "full" and oversize.may_be(problem):
        small = (await session.ask(FIRST_TURN)).outcome.problem
        if small is None:
            problem, changes = oversize.explain(session.target, asked.body, problem)
    if problem is not None and problem.kind == "bad_request" and problem.hint is None and size != "least":
        least = (await session.ask_least(FIRST_TURN)).outcome.problem
        if least is not None and least.kind in _DEEPER:
            problem = least
        elif least is None or least.kind != "bad_request" or names_limit(asked.body, problem):
            problem, changes = explain(session.target, asked.body, problem)
    check = judge("text", asked.outcome, problem)
    if check.verdict == "pass" and size == "small":
        problem, changes = await _without_room(session, asked)
        check = judge("text", asked.outcome, problem)
    if problem is not None:
        problem = await advise(session, problem, asked.outcome)
    return TextCheck(replace(check, changes=changes), asked, problem)


async def _without_room(session: Session, asked: Asked) -> tuple[Problem | None, tuple[Correction, ...]]:
    """What a local server says of its context may show that a first turn of real size has no room in it."""
    says = await told(session)
    if says is None:
        return None, ()
    output = asked_output(asked.body) or 0
    found = context.shortage(session.target, says.tokens, output, shares_output=says.shares_output)
    if found is None:
        return None, ()
    return Problem("config", found.message, hint=found.hint), found.changes
