"""``tools``: a tool is offered; its call must parse and fit the schema; its result must be taken up in the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provisioner.smoke.first_prompt.small import CLOCK
from provisioner.smoke.probe import Continuation, Probe
from provisioner.smoke.report import Check
from provisioner.smoke.verdict import could_not_tell

if TYPE_CHECKING:
    from provisioner.smoke.session import Session

PROMPT = "Use the get_time tool to find out what time it is in Paris, then tell me the time."
_MINUTES = "37"
_RESULT = json.dumps({"city": "Paris", "time": f"14:{_MINUTES}"})


async def check(session: Session) -> Check:
    """The check. Whether the file claims ``tool_use`` does not matter: Kimi Code sends its tools to every model."""
    trouble, conclusive = await _trouble(session)
    if not trouble:
        return Check("tools", "pass", "called, parsed, fitted, answered")
    if not conclusive:
        return Check("tools", "unknown", trouble)
    return Check("tools", "fail", f"{trouble}: Kimi Code sends tools to every model and cannot work without")


async def _trouble(session: Session) -> tuple[str, bool]:
    """What went wrong, empty where all went well; and whether it is a finding about the model."""
    probe = Probe(PROMPT)
    asked = await session.ask(probe)
    problem = asked.outcome.problem
    if problem is not None:
        return f"the request was not answered: {problem.message}", not could_not_tell(problem)
    calls = asked.outcome.answer.tool_calls
    if not calls:
        return "the model answered in words instead of calling the tool", True
    for call in calls:
        if wrong := misfit(call.name, call.arguments):
            return wrong, True
    made = asked.outcome.message.calls if asked.outcome.message is not None else []
    if len(made) != len(calls) or any(misfit(call.name, call.arguments) for call in made):
        return f"Kimi Code would put its {len(calls)} calls together wrongly, as {len(made)}", True
    results = tuple((call.id, call.name, _RESULT) for call in calls)
    answered = await session.ask(replace(probe, continuation=Continuation(tuple(asked.turn()), results)))
    problem = answered.outcome.problem
    if problem is not None:
        return f"the result of the call was refused: {problem.message}", not could_not_tell(problem)
    text = answered.outcome.answer.text
    if not text.strip():
        return "the result of the call got no answer in words", True
    return ("", True) if _MINUTES in text else ("the answer does not use the result of the call", False)


def misfit(name: str, arguments: Any) -> str:
    """Why a call cannot be carried out; empty where it can."""
    from jsonschema import Draft202012Validator
    from referencing import Registry

    if name != CLOCK.name:
        return f"the model called {name!r} where {CLOCK.name!r} was asked for"
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            return f"the arguments of the call are not JSON: {arguments[:80]}"
    registry: Registry[Any] = Registry()
    if not Draft202012Validator(CLOCK.parameters, registry=registry).is_valid(arguments):
        return f"the arguments of the call do not fit its schema: {json.dumps(arguments)[:80]}"
    return ""
