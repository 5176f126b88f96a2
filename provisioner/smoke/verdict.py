"""From what a request brought to pass, fail or could-not-tell.

*Pass* demands what Kimi Code needs: at least one streamed delta, text or a tool call among them, a finish reason,
and usage. *Fail* is a finding about the alias: as config.toml stands, Kimi Code's first turn goes wrong, today
and tomorrow: a refused key, an unknown model, a refused parameter, an exhausted account, a body that is no
stream. *Unknown* is everything that says nothing about the alias: the server is busy or broken (429 by rate,
5xx), cannot be reached from here (DNS, refused, TLS, proxy, time-out), or sends us elsewhere (a redirect, which a
test with a key in its hand does not follow).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.smoke.report import Check

if TYPE_CHECKING:
    from provisioner.smoke.answer import Answer
    from provisioner.smoke.problem import Problem

_COULD_NOT_TELL = frozenset({"rate_limit", "server", "redirect", "dns", "refused", "proxy", "timeout"})


def could_not_tell(problem: Problem) -> bool:
    """Whether ``problem`` leaves open how the alias is."""
    return problem.transient or problem.kind in _COULD_NOT_TELL


def judge(name: str, answer: Answer, problem: Problem | None) -> Check:
    """The check ``name`` on one streamed answer."""
    if problem is not None:
        return Check(name, "unknown" if could_not_tell(problem) else "fail", problem.message)
    if answer.finish_kind == "filter":
        return Check(name, "fail", f"a harmless prompt was filtered (finish reason {answer.finish_raw})")
    if answer.finish_kind == "error":
        return Check(name, "fail", f"the model ended in error (finish reason {answer.finish_raw})")
    if not answer.texts and not answer.tool_calls:
        came = "only reasoning came" if answer.reasonings else "nothing came"
        return Check(name, "fail", f"{came}, and no text (finish reason {answer.finish_raw})")
    if answer.usage is None or answer.usage.output is None:
        return Check(name, "fail", "no usage was reported: Kimi Code could not tell how full the context is")
    return Check(name, "pass", "streamed, finished and counted")
