"""The test of one alias, from config.toml to a result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from provisioner.secrets import scrub
from provisioner.smoke.answer import Answer
from provisioner.smoke.client import ask
from provisioner.smoke.probe import Probe, Tool
from provisioner.smoke.problem import Problem
from provisioner.smoke.report import AliasResult, Check, verdict_of
from provisioner.smoke.target import resolve
from provisioner.smoke.timing import Timing
from provisioner.smoke.unusable import Unusable
from provisioner.smoke.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from provisioner.smoke.answer import Delta
    from provisioner.smoke.client import World

CLOCK = Tool(
    "get_time",
    "Tells the time in a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city's name."}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
FIRST_TURN = Probe("Say hi in one short sentence.", tool=CLOCK)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of the test of each alias.

    Attributes:
        timeout_s: the cap on one alias, in seconds, all its requests together.
    """

    timeout_s: float = 300.0


async def check_alias(
    world: World,
    data: Mapping[str, Any],
    alias: str,
    options: Options,
    watch: Callable[[Delta], None] = lambda _: None,
) -> AliasResult:
    """Tests ``alias`` of the parsed config.toml ``data``; ``watch`` sees the answer as it arrives.

    Nothing in the result holds a key: what a server echoed is masked.
    """
    try:
        target = resolve(data, alias, world.env)
    except Unusable as error:
        return _unusable(alias, data, error)
    request = target.wire.request(target, FIRST_TURN)
    outcome = await ask(world, request, target.wire.reader(target), total_s=options.timeout_s, watch=watch)
    problem = outcome.problem and _scrubbed_problem(outcome.problem, target.secrets)
    checks = (judge("text", outcome.answer, problem),)
    return AliasResult(
        alias=alias,
        provider=target.provider,
        model=target.model,
        wire=target.wire.name,
        url=request.url,
        verdict=verdict_of(checks),
        checks=checks,
        answer=_scrubbed_answer(outcome.answer, target.secrets),
        timing=outcome.timing,
        error=problem,
    )


def _unusable(alias: str, data: Mapping[str, Any], error: Unusable) -> AliasResult:
    problem = Problem("config", error.message, hint=error.hint)
    models = data.get("models")
    model = models.get(alias) if isinstance(models, dict) else None
    table = model if isinstance(model, dict) else {}
    check = Check("text", "unknown" if error.untestable else "fail", error.message)
    return AliasResult(
        alias=alias,
        provider=table.get("provider"),
        model=table.get("model"),
        wire=None,
        url=None,
        verdict=verdict_of((check,)),
        checks=(check,),
        answer=Answer(),
        timing=Timing(),
        error=problem,
    )


def _scrubbed_problem(problem: Problem, secrets: Iterable[str]) -> Problem:
    known = tuple(secrets)
    return replace(
        problem,
        message=scrub(problem.message, known),
        type=problem.type and scrub(problem.type, known),
        code=scrub(problem.code, known) if isinstance(problem.code, str) else problem.code,
    )


def _scrubbed_answer(answer: Answer, secrets: Iterable[str]) -> Answer:
    known = tuple(secrets)
    return replace(answer, texts=[scrub(answer.text, known)], reasonings=[scrub(answer.reasoning, known)])
