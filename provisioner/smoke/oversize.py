"""A first turn of real size that a server did not answer, although it answers a small one: what its size runs into."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provisioner.smoke import context, first_prompt, limits
from provisioner.smoke.cause import Cause
from provisioner.smoke.parameters import asked_output, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.kimi_code.target import Target
    from provisioner.smoke.problem import Problem
    from provisioner.smoke.report import Correction

# Troubles that no smaller request would be spared.
_WHATEVER_THE_SIZE = frozenset(
    {
        "auth",
        "model_not_found",
        "not_found_url",
        "quota",
        "redirect",
        "dns",
        "refused",
        "tls",
        "proxy",
        "config",
    }
)
_OVER_CONTEXT = re.compile(
    r"context.{0,20}(?:length|size|window|overflow)|exceed_context|n_ctx|max_model_len|max_seq_len"
    r"|(?:prompt|input|request).{0,30}too (?:long|many tokens)|maximum (?:prompt|input).{0,20}(?:length|tokens)"
    r"|tokens to keep from the initial prompt",
    re.IGNORECASE,
)
_A_MINUTE = re.compile(r"tokens per min|\bTPM\b", re.IGNORECASE)
_LIMIT = re.compile(r"limit:?\s*(\d(?:[\d,]*\d)?)", re.IGNORECASE)
_TOOLS = re.compile(
    r"too many (?:tools|functions)|(?:tools|functions).{0,40}(?:at most|maximum|limit|too (?:many|long))",
    re.IGNORECASE,
)


def may_be(problem: Problem) -> bool:
    """Whether a smaller request may be spared this problem."""
    return problem.kind not in _WHATEVER_THE_SIZE


def explain(
    target: Target, body: Mapping[str, Any], problem: Problem
) -> tuple[Problem, tuple[Correction, ...]]:
    """``problem`` with its cause named, and the changes of config.toml that end it.

    Args:
        target: whose request it was.
        body: the request of real size that was not answered; a small one was.
        problem: what became of it.
    """
    finding = _finding(target, body, problem.message)
    if finding is not None:
        return named(problem, finding), finding.changes
    size = len(json.dumps(body, separators=(",", ":")))
    message = f"a small request is answered, one of a first turn's size ({size / 1000:.0f} kB) is not: {problem.message}"
    return replace(problem, message=message), ()


def _finding(target: Target, body: Mapping[str, Any], said: str) -> Cause | None:
    if _A_MINUTE.search(said):
        allowed = _LIMIT.search(said)
        number = f"{allowed.group(1)} tokens" if allowed else "fewer tokens"
        return Cause(
            f"the account may send {number} a minute, and Kimi Code's first turn takes about {first_prompt.TOKENS:,}",
            f"raise the rate limit of the account of provider {target.provider}, or choose a model with a higher one",
            kind="quota",
        )
    if _OVER_CONTEXT.search(said):
        return _context(target, asked_output(body) or 0, said)
    if _TOOLS.search(said):
        return Cause(
            f"Kimi Code offers {len(first_prompt.around('full').tools)} tools, more than this server takes; "
            "no setting leaves them out",
            f"choose a model or an endpoint other than {target.alias}",
            kind="bad_request",
        )
    return None


def _context(target: Target, output: int, said: str) -> Cause:
    found = limits.allowed(said, output)
    if found is None:
        return Cause(
            f"Kimi Code's first prompt is about {first_prompt.TOKENS:,} tokens, more than this server's context holds "
            f"beside the {output:,} of output that are asked for",
            f'start the server with a larger context, or lower max_output_size in [models."{target.alias}"]',
            kind="bad_request",
        )
    short = context.shortage(target, found.tokens, output)
    return replace(short or context.together(target, found.tokens, output), kind="bad_request")
