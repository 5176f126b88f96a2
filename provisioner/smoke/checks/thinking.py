"""``thinking``: reasoning is seen when it is on, and not when a model that can do without is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.smoke.capabilities import claims, remedy, with_capability, without_capability
from provisioner.smoke.probe import Probe
from provisioner.smoke.report import Check
from provisioner.smoke.verdict import could_not_tell

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.answer import Answer
    from provisioner.smoke.session import Session

PROMPT = "A train leaves at 10:47 and arrives at 14:15 after two stops of 9 minutes. How long did it move? One line."


async def check(session: Session) -> Check:
    """The check, compared with what the alias claims."""
    target = session.target
    claimed = claims(target, "thinking")
    on = await session.ask(Probe(PROMPT, thinking="on" if claimed else "as_configured"))
    problem, thought = on.outcome.problem, thinks(on.outcome.answer)
    if problem is not None and could_not_tell(problem):
        return Check("thinking", "unknown", problem.message)
    if not claimed:
        return _unclaimed(target, thought=thought)
    if problem is not None or not thought:
        what = f"it refuses to be asked: {problem.message}" if problem else "no reasoning is seen or counted"
        changes = without_capability(target, "thinking")
        if problem is None and target.wire.name == "anthropic" and target.turn.adaptive is not False:
            # Adaptive thinking is the model's own choice, request by request.
            return Check("thinking", "unknown", "the model chose not to think about an easy question")
        return Check("thinking", "fail", f"config.toml claims thinking, but {what}{remedy(changes)}", changes)
    if target.turn.always_thinks or not can_say_off(target):
        return Check("thinking", "pass", "reasoning is seen")
    return await _off(session)


async def _off(session: Session) -> Check:
    target = session.target
    off = await session.ask(Probe(PROMPT, thinking="off"))
    problem = off.outcome.problem
    if problem is not None and could_not_tell(problem):
        return Check("thinking", "unknown", f"on is on; off could not be tried: {problem.message}")
    if problem is None and not thinks(off.outcome.answer):
        return Check("thinking", "pass", "on is on, off is off")
    what = f"off is refused: {problem.message}" if problem else "it thinks when told not to"
    changes = with_capability(target, "always_thinking")
    return Check(
        "thinking", "fail", f"config.toml says that thinking can be off, but {what}{remedy(changes)}", changes
    )


def _unclaimed(target: Target, *, thought: bool) -> Check:
    if not thought:
        return Check("thinking", "pass", "no reasoning is seen, and config.toml claims none")
    changes = with_capability(target, "thinking")
    return Check(
        "thinking", "pass", f"the model thinks, and config.toml does not say so{remedy(changes)}", changes
    )


def thinks(answer: Answer) -> bool:
    """Whether reasoning was shown, or at least counted."""
    return bool(answer.reasonings) or bool(answer.usage and answer.usage.reasoning)


def can_say_off(target: Target) -> bool:
    """Whether the wire has a word for "off" for this alias."""
    return not target.wire.wants_off_effort or target.turn.off_effort is not None
