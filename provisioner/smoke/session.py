"""The requests of one alias' test: one deadline, one tally of tokens, and patience where a server asks for it."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from provisioner.secrets import scrub
from provisioner.smoke import retry
from provisioner.smoke.answer import Answer, ToolCall, Usage
from provisioner.smoke.client import RequestOutcome, ask
from provisioner.smoke.wires import protocol_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.kimi_code.target import Target
    from provisioner.smoke.answer import Delta
    from provisioner.smoke.client import Runtime
    from provisioner.smoke.options import CheckName
    from provisioner.smoke.probe import Probe
    from provisioner.smoke.problem import Problem

_LONGEST = 1024 * 1024
_RETRIED = ("max_tokens", "max_completion_tokens", "max_output_tokens", "stream_options")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was sent, and what came of it.

    ``turn`` gives the model's turn in the wire's own form; ask for it only when the calls in it are sound. ``failed``
    says why each earlier attempt was no answer.
    """

    url: str
    body: dict[str, Any]
    outcome: RequestOutcome
    turn: Callable[[], list[dict[str, Any]]]
    failed: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The bytes of the body."""
        return len(json.dumps(self.body))


class Session:
    """Asks a target, again and again if need be, until its time is up.

    Attributes:
        runtime: what the requests need.
        target: who is asked; it has its credential.
        spent: the usage of each request so far that reported one.
        check: the name of the check that asks now.
    """

    def __init__(
        self,
        runtime: Runtime,
        target: Target,
        *,
        timeout_s: float,
        retries: int = retry.RETRIES,
        watch: Callable[[Delta], None],
        on_request: Callable[[CheckName], None],
        on_wait: Callable[[float], None],
    ) -> None:
        self.runtime = runtime
        self.target = target
        self.spent: list[Usage] = []
        self.check: CheckName = "text"
        self._until = time.monotonic() + timeout_s
        self._attempts = retries + 1
        self._watch = watch
        self._on_request = on_request
        self._on_wait = on_wait

    async def ask(self, probe: Probe) -> Asked:
        """One request, tried again as Kimi Code does, as often as there are retries and as long as there is time."""
        request = protocol_of(self.target).request(self.target, probe)
        failed: list[str] = []
        for attempt in range(1, self._attempts + 1):
            reader = protocol_of(self.target).reader(self.target)
            self._on_request(self.check)
            outcome = await ask(
                self.runtime,
                request,
                reader,
                total_s=self.left(),
                secrets=self.target.secrets,
                watch=self._watch,
            )
            if outcome.answer.usage is not None:
                self.spent.append(outcome.answer.usage)
            wait = retry.wait_s(outcome, attempt)
            if attempt == self._attempts or not retry.worth_it(outcome) or wait >= self.left():
                break
            trouble = outcome.problem.message if outcome.problem is not None else "an empty answer"
            failed.append(_shown(trouble, self.target.secrets))
            self._on_wait(wait)
            await asyncio.sleep(wait)
        return Asked(request.url, request.body, self._clean(outcome), reader.turn, tuple(failed))

    async def ask_least(self, probe: Probe) -> Asked:
        """The least request, once more without what a 400 names: servers differ on these members, and only on these."""
        least = replace(probe, size="least")
        asked = await self.ask(least)
        problem = asked.outcome.problem
        if problem is None or problem.kind != "bad_request":
            return asked
        named = frozenset(name for name in _RETRIED if name in problem.message and name in asked.body)
        return await self.ask(replace(least, without=named)) if named else asked

    def left(self) -> float:
        """Seconds until the deadline."""
        return max(0.0, self._until - time.monotonic())

    def _clean(self, outcome: RequestOutcome) -> RequestOutcome:
        """Nothing that leaves this session holds the key, whatever a server echoes."""
        secrets = self.target.secrets
        problem = outcome.problem and _clean_problem(outcome.problem, secrets)
        return replace(outcome, answer=_clean_answer(outcome.answer, secrets), problem=problem)


def _clean_problem(problem: Problem, secrets: tuple[str, ...]) -> Problem:
    return replace(
        problem,
        message=_shown(problem.message, secrets),
        type=problem.type and _shown(problem.type, secrets),
        code=_shown(problem.code, secrets),
    )


def _clean_answer(answer: Answer, secrets: tuple[str, ...]) -> Answer:
    calls = [
        ToolCall(
            _shown(call.id, secrets),
            _shown(call.name, secrets),
            [_shown("".join(call.pieces), secrets)],
            _shown(call.value, secrets),
        )
        for call in answer.tool_calls
    ]
    return replace(
        answer,
        texts=[_shown(answer.text, secrets)] if answer.texts else [],
        reasonings=[_shown(answer.reasoning, secrets)] if answer.reasonings else [],
        tool_calls=calls,
        finish_raw=_shown(answer.finish_raw, secrets),
        unread=_shown(answer.unread, secrets),
    )


def _shown(value: Any, secrets: tuple[str, ...]) -> Any:
    """``value`` without secrets, and with every string in it fit to be printed.

    Of one that nobody could read the beginning is kept. Servers escape characters beyond the BMP as two halves, and cut them apart; a half alone is no character.
    """
    if isinstance(value, str):
        whole = value[:_LONGEST].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        # The ellipsis comes last: behind one the beginning of a key that is cut off is not seen for what it is.
        return scrub(whole, secrets) + ("…" if len(value) > _LONGEST else "")
    if isinstance(value, dict):
        return {_shown(key, secrets): _shown(member, secrets) for key, member in value.items()}
    return [_shown(member, secrets) for member in value] if isinstance(value, list) else value
