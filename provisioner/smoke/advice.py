"""What mends a problem: one command or one line, and where it pays the endpoint's own list of models is asked first."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from provisioner.smoke import refusal
from provisioner.smoke.listing import models
from provisioner.smoke.wires import protocol_of

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.problem import Kind, Problem
    from provisioner.smoke.session import Session

# Platforms that are two: a key of one is unknown to the other.
_SIBLINGS = (
    ("api.moonshot.ai", "api.moonshot.cn"),
    ("dashscope-intl.aliyuncs.com", "dashscope.aliyuncs.com"),
    ("api.z.ai", "open.bigmodel.cn"),
    ("api.minimax.io", "api.minimaxi.com"),
    ("api.siliconflow.com", "api.siliconflow.cn"),
)
_GATE = re.compile(
    r"coding (?:agent|plan|tool|client)|client (?:is )?not (?:allowed|supported)|user[- ]agent", re.IGNORECASE
)
_NEEDS_API_KEY_HEADER = re.compile(r"x-api-key|anthropic-version", re.IGNORECASE)
_TRIES = 2
# Wires whose error formats are one and the same.
_FAMILIES = {
    "kimi": "openai",
    "openai": "openai",
    "openai_responses": "openai",
    "anthropic": "anthropic",
    "google-genai": "google",
    "vertexai": "google",
}


async def advise(session: Session, problem: Problem, style: str | None) -> Problem:
    """``problem`` with a hint, and its message made plainer where more is known.

    ``style`` is the wire whose error format the refusal was written in, if that is plain.
    """
    target = session.target
    if problem.hint is not None:
        return problem
    wrong_wire = _wrong_wire(target, problem, style)
    if wrong_wire is not None:
        return wrong_wire
    kind: Kind | None = problem.kind
    if problem.kind == "stream_error":
        kind = refusal.meaning(f"{problem.type} {problem.code} {problem.message}")
    match kind:
        case "auth":
            return _auth(target, problem)
        case "forbidden":
            return _forbidden(target, problem)
        case "model_not_found":
            return await _missing_model(session, problem)
        case "not_found_url":
            return await _missing_path(session, problem)
    return replace(problem, hint=_plain_hint(target, problem, kind or problem.kind))


def _plain_hint(target: Target, problem: Problem, kind: Kind) -> str | None:
    again = f"kimi provider test {target.alias}"
    match kind:
        case "rate_limit" | "server":
            wait = problem.retry_after_s
            return f"wait {wait:.0f} s, then {again}" if wait else f"{again}, a little later"
        case "quota":
            return f"top up the account of provider {target.provider}, then {again}"
        case "redirect":
            return f"base_url in [providers.{target.provider}]: the address it redirects to, if you trust it"
        case "not_sse" | "protocol":
            return f"check base_url and type in [providers.{target.provider}]"
        case "truncated" | "stream_error" | "timeout" | "bad_json":
            return again
        case "refused":
            return f"start the server, or mend base_url in [providers.{target.provider}]"
        case "dns":
            return f"mend base_url in [providers.{target.provider}], or the network"
        case "proxy":
            return f"set NO_PROXY={urlsplit(target.base_url).hostname}, or mend HTTPS_PROXY"
        case _:
            return None


def _auth(target: Target, problem: Problem) -> Problem:
    origin = target.credential.origin if target.credential else f"[providers.{target.provider}]"
    host = urlsplit(target.base_url).hostname or ""
    for pair in _SIBLINGS:
        if host in pair:
            sibling = pair[0] if host == pair[1] else pair[1]
            other = target.base_url.replace(host, sibling, 1)
            return replace(
                problem,
                message=f"{problem.message.rstrip('. ')}. {host} and {sibling} are separate platforms with separate keys",
                hint=f'base_url = "{other}" in [providers.{target.provider}], if the key is from there; else mend {origin}',
            )
    return replace(problem, hint=f"mend {origin}")


def _forbidden(target: Target, problem: Problem) -> Problem:
    if _GATE.search(problem.message) or "/coding" in urlsplit(target.base_url).path:
        return replace(
            problem,
            message=f"{problem.message.rstrip('. ')}. The endpoint may admit only certain clients; Kimi Code itself may pass",
            hint=f'kimi -p "say hi" -m {target.alias}',
            transient=True,
        )
    return replace(
        problem, hint=f"check that the account of provider {target.provider} may use {target.model} from here"
    )


async def _missing_model(session: Session, problem: Problem) -> Problem:
    target = session.target
    listed = await models(session)
    where = f'[models."{target.alias}"]'
    said = problem.message.rstrip(". ")
    if listed and target.model in listed:
        message = f"{said}. Yet the endpoint lists it: the account may not be allowed to use it"
        return replace(problem, message=message, hint=f"model in {where}: another of {', '.join(listed[:5])}")
    if listed:
        closest = difflib.get_close_matches(target.model, listed, n=3, cutoff=0.6)
        if closest:
            message = f"{said}. The endpoint lists {', '.join(closest)}"
            return replace(problem, message=message, hint=f'model = "{closest[0]}" in {where}')
        message = f"{problem.message.rstrip('. ')}. None of the {len(listed)} models that the endpoint lists has a name like it"
        return replace(problem, message=message, hint=f"model in {where}: one of {', '.join(listed[:5])}, …")
    if target.vertex and target.location != "global":
        return replace(problem, hint=f'GOOGLE_CLOUD_LOCATION = "global" in [providers.{target.provider}.env]')
    return replace(problem, hint=f"mend model in {where}")


async def _missing_path(session: Session, problem: Problem) -> Problem:
    target = session.target
    where = f"[providers.{target.provider}]"
    sibling = {"openai": "openai_responses", "kimi": "openai_responses", "openai_responses": "openai"}
    if target.wire.name in sibling and await models(session) is not None:
        message = f"{problem.message.rstrip('. ')}. base_url is right, it answers with a list of models"
        return replace(problem, message=message, hint=_other_wire(target, sibling[target.wire.name]))
    candidates = protocol_of(target).other_bases(target.base_url)
    for base_url in candidates[:_TRIES]:
        if await models(session, base_url) is not None:
            message = f"{problem.message.rstrip('. ')}. {base_url} answers with a list of models"
            return replace(problem, message=message, hint=f'base_url = "{base_url}" in {where}')
    if candidates:
        return replace(problem, hint=f'base_url = "{candidates[0]}" in {where}')
    return replace(problem, hint=f"mend base_url in {where}")


def _wrong_wire(target: Target, problem: Problem, style: str | None) -> Problem | None:
    """Another wire than the configured one, told by what came back. The key is sent nowhere else to find out."""
    own = _FAMILIES[target.wire.name]
    spoken = None
    if problem.kind == "protocol" and (found := re.search(r"speaks (\S+), not", problem.message)):
        spoken = found.group(1)
    elif problem.kind in ("auth", "bad_request") and _NEEDS_API_KEY_HEADER.search(problem.message):
        spoken = "anthropic"
    elif problem.kind in ("not_found_url", "auth") and style != "openai":
        spoken = style
    elif problem.kind == "not_found_url":
        spoken = "openai"
    if style is None and spoken == "openai" and problem.kind != "protocol":
        return None
    if spoken is None or _FAMILIES[spoken] == own:
        return None
    message = problem.message
    if problem.kind != "protocol":
        message = f"{message.rstrip('. ')}. The answer is one of the {spoken} wire"
    return replace(problem, message=message, hint=_other_wire(target, spoken))


def _other_wire(target: Target, wire: str) -> str:
    if target.wire.name != target.provider_type:
        return f'protocol in [models."{target.alias}"]: the endpoint speaks {wire}'
    versioned = re.search(r"/v\d+[a-z]*\Z", target.base_url)
    base = f' and base_url = "{target.base_url}/v1"' if wire == "openai" and not versioned else ""
    return f'type = "{wire}"{base} in [providers.{target.provider}]'
