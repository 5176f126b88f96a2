"""From what a request brought to pass, fail or could-not-tell, and to what is worth knowing beside.

*Pass* means that Kimi Code answers: its reader gets through the stream, and finds text or a tool call in it that no
safety policy blocked. *Fail* is a finding about the alias: as config.toml stands, Kimi Code's first turn goes wrong,
today and tomorrow: a refused key, an unknown model, a refused parameter, an exhausted account, a stream that it
cannot read. One failure Kimi Code does not notice: a stream that was cut, which it takes for whole. *Unknown* is
everything that says nothing about the alias: the server is busy or broken (429 by rate, 5xx), cannot be reached from
here (DNS, refused, proxy, time-out), or sends us to another host, where no key is sent to find out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.note import Note
from provisioner.smoke.report import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.smoke.client import RequestOutcome
    from provisioner.smoke.problem import Problem

_COULD_NOT_TELL = frozenset({"rate_limit", "server", "redirect", "dns", "refused", "proxy", "timeout"})


def could_not_tell(problem: Problem) -> bool:
    """Whether ``problem`` leaves open how the alias is."""
    return problem.transient or problem.kind in _COULD_NOT_TELL


def judge(name: str, outcome: RequestOutcome, problem: Problem | None) -> Check:
    """The check ``name`` on one streamed answer; ``problem`` is that of the outcome, perhaps in plainer words."""
    if problem is not None:
        return Check(name, "unknown" if could_not_tell(problem) else "fail", problem.message)
    answer, message = outcome.answer, outcome.message
    if outcome.filtered:
        return Check(name, "fail", f"a harmless prompt was filtered (finish reason {answer.finish_raw})")
    if message is not None and message.trouble is not None:
        ended = f"finish reason {answer.finish_raw}" if answer.finish_raw else "no finish reason"
        return Check(
            name, "fail", f"{message.trouble} came, and no text ({ended}): Kimi Code reports an error"
        )
    return Check(name, "pass", "streamed and finished")


def notes(outcome: RequestOutcome) -> Iterator[Note]:
    """What is worth knowing of an answer that passes."""
    answer = outcome.answer
    if answer.usage is None or answer.usage.output is None:
        yield Note("no_usage", "the server reports no usage: Kimi Code counts the tokens by itself")
    if answer.finish_raw is None:
        yield Note("no_finish_reason", "the stream ended without a finish reason: Kimi Code does not mind")
    elif answer.finish_kind in ("error", "length", "filter"):
        yield Note(
            "odd_finish",
            f"the finish reason is {answer.finish_raw}: Kimi Code takes what came for the answer",
        )
    if not answer.text.strip() and not answer.tool_calls:
        yield Note("blank_answer", "the answer is nothing but white space")
    if answer.unread is not None:
        yield Note(
            "reasoning_key",
            f"reasoning comes as {answer.unread!r}: Kimi Code 2.1.0 shows it only as reasoning_content, reasoning_details or "
            f'reasoning; reasoning_key = "{answer.unread}" on the alias lets it send the name back',
        )
    if outcome.left_open:
        yield Note(
            "left_open",
            "the server keeps the connection open after its answer, and Kimi Code waits for its end",
        )
