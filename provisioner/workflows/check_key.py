"""Tries a key before it is written: one cheap request to a model, sent as Kimi Code will send its own.

A list of models would cost nothing and prove nothing: many are public and answer to any key. A verdict is honest or
it is none: what does not speak of the key (a busy server, a redirect, an unknown model) leaves it open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from provisioner.workflows.watch import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.app import App
    from provisioner.smoke.problem import Problem
    from provisioner.workflows.watch import Watch

_WAIT_S = 20.0
# The fewest output tokens that every wire accepts; an empty answer is an answer all the same.
_TOKENS = 16

Verdict = Literal["valid", "invalid", "unknown"]


@dataclass(frozen=True)
class Request:
    """What to try.

    Attributes:
        data: config.toml as it would be after the change that is planned, keys included.
        alias: the model to ask; a cheap one.
        wait_s: after so many seconds without a whole answer nothing is known.
    """

    data: Mapping[str, Any] = field(repr=False)
    alias: str
    wait_s: float = _WAIT_S


@dataclass(frozen=True)
class Result:
    """What came of it.

    Attributes:
        verdict: whether the server took the key.
        detail: why, in one line without the key; empty where there is nothing to add.
        hint: what ends it.
    """

    verdict: Verdict
    detail: str = ""
    hint: str | None = None


def run(app: App, request: Request, watch: Watch = silent) -> Result:
    """Asks the model for a few tokens. Nothing is raised for what a server or the network does."""
    import asyncio

    from provisioner.kimi_code.finding import Unusable
    from provisioner.kimi_code.view import View
    from provisioner.secrets import scrub
    from provisioner.smoke.client import Runtime, ask
    from provisioner.smoke.probe import Probe
    from provisioner.smoke.wires import protocol_of

    try:
        target = View.of(request.data, app.env).target(request.alias)
    except Unusable as error:
        return Result("unknown", error.message, error.hint)
    if target.credential is None or target.credential.kind == "none":
        return Result("unknown", "there is no key to try")
    watch(f"trying the key on {target.model}")
    message = protocol_of(target).request(target, Probe("Say hi.", size="least", limit=_TOKENS))
    runtime = Runtime(app.http.model_client, app.env, app.clock)
    reader = protocol_of(target).reader(target)
    outcome = asyncio.run(ask(runtime, message, reader, total_s=request.wait_s, secrets=target.secrets))
    if outcome.problem is None:
        return Result("valid")
    verdict, detail, hint = _judged(outcome.problem)
    return Result(verdict, scrub(detail, target.secrets), hint)


def _judged(problem: Problem) -> tuple[Verdict, str, str | None]:
    if problem.kind == "auth":
        return "invalid", problem.message, problem.hint
    if problem.kind == "quota":
        # Only an account that the key opened can have run out of credit.
        return "valid", f"the account is out of credit: {problem.message}", problem.hint
    return "unknown", problem.message, problem.hint
