"""What helps against a problem: one command or one line.

What the endpoint itself can tell cheaply (its list of models, whether a path answers) it is asked first; a hint that
is only a guess says "perhaps".
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from catalog.wire import WIRES
from provisioner.smoke import meaning
from provisioner.smoke.listing import models
from provisioner.smoke.probing import answers, places
from provisioner.smoke.wires import protocol_of

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.client import RequestOutcome
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


async def advise(session: Session, problem: Problem, outcome: RequestOutcome) -> Problem:
    """``problem``, which is that of ``outcome`` or plainer, with a hint, and its message made plainer where more is known."""
    target, style = session.target, outcome.error_style
    if problem.hint is not None:
        return problem
    if problem.kind == "not_sse" and outcome.page:
        return await _missing_path(session, problem)
    wrong_wire = await _wrong_wire(session, problem, style)
    if wrong_wire is not None:
        return wrong_wire
    kind: Kind | None = problem.kind
    if problem.kind == "stream_error":
        kind = meaning.cause(f"{problem.type} {problem.code} {problem.message}", problem.code)
    match kind:
        case "auth":
            return _auth(target, problem)
        case "forbidden":
            return _forbidden(target, problem)
        case "model_not_found":
            return await _missing_model(session, problem)
        case "not_found_url":
            return await _missing_path(session, problem)
        case "redirect":
            return _redirected(target, problem)
    return replace(problem, hint=_plain_hint(target, problem, kind or problem.kind))


def _plain_hint(target: Target, problem: Problem, kind: Kind) -> str | None:
    again = f"kimi provider test {target.alias}"
    match kind:
        case "rate_limit" | "server":
            wait = problem.retry_after_s
            return f"wait {wait:.0f} s, then {again}" if wait else f"{again}, a little later"
        case "quota":
            return f"top up the account of provider {target.provider}, then {again}"
        case "not_sse" | "protocol":
            return f"check base_url and type in [providers.{target.provider}]"
        case "truncated" | "stream_error" | "timeout" | "bad_json":
            return again
        case "unreadable":
            return f"report it to those who run {urlsplit(target.base_url).netloc}; until then use another model or endpoint"
        case "refused":
            return f"start the server, or correct base_url in [providers.{target.provider}]"
        case "dns":
            return f"correct base_url in [providers.{target.provider}], or the network"
        case "proxy":
            return f"set NO_PROXY={urlsplit(target.base_url).hostname}, or correct HTTPS_PROXY"
        case _:
            return None


def _redirected(target: Target, problem: Problem) -> Problem:
    """What Kimi Code would do: its fetch follows, and only ``Authorization`` does not go along."""
    if problem.status in (307, 308):
        keeps = "Authorization" not in protocol_of(target).auth(target)
        key = "with the key" if keeps else "without the key"
        would = f"Kimi Code would follow it with the whole prompt, {key}"
    else:
        would = "Kimi Code would follow it with a GET, without the prompt"
    return replace(
        problem,
        message=f"{problem.message.rstrip('. ')}. {would}",
        hint=f"base_url in [providers.{target.provider}]: the address it redirects to, if you trust it",
    )


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
                hint=f'base_url = "{other}" in [providers.{target.provider}], if the key is from there; else correct {origin}',
            )
    return replace(problem, hint=f"correct {origin}")


def _forbidden(target: Target, problem: Problem) -> Problem:
    if _GATE.search(problem.message) or "/coding" in urlsplit(target.base_url).path:
        return replace(
            problem,
            message=f"{problem.message.rstrip('. ')}. Perhaps the endpoint admits only certain clients; Kimi Code itself may pass",
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
        message = f"{said}. Yet the endpoint lists it: perhaps the account may not use it"
        return replace(problem, message=message, hint=f"model in {where}: another of {', '.join(listed[:5])}")
    if listed:
        closest = difflib.get_close_matches(target.model, listed, n=3, cutoff=0.6)
        if closest:
            message = f"{said}. The endpoint lists {', '.join(closest)}"
            return replace(problem, message=message, hint=f'perhaps model = "{closest[0]}" in {where}')
        message = f"{problem.message.rstrip('. ')}. None of the {len(listed)} models that the endpoint lists has a name like it"
        return replace(problem, message=message, hint=f"model in {where}: one of {', '.join(listed[:5])}, …")
    if target.vertex and target.location != "global":
        return replace(
            problem, hint=f'perhaps GOOGLE_CLOUD_LOCATION = "global" in [providers.{target.provider}.env]'
        )
    return replace(problem, hint=f"correct model in {where}")


async def _missing_path(session: Session, problem: Problem) -> Problem:
    """Nothing of the wire is found at base_url: where else on the same host something answers is found out."""
    target = session.target
    if problem.kind == "not_found_url" and await answers(session, target.wire.name, target.base_url):
        # The very path answers an empty request, so it is the model that is missing, whatever the words.
        return await _missing_model(session, replace(problem, kind="model_not_found"))
    where, said = f"[providers.{target.provider}]", problem.message.rstrip(". ")
    listed = await models(session) is not None
    candidates = protocol_of(target).other_bases(target.base_url)
    if not listed:
        for base_url in candidates[:_TRIES]:
            if await models(session, base_url) is not None or await answers(
                session, target.wire.name, base_url
            ):
                message = f"{said}. {base_url} answers"
                return replace(problem, message=message, hint=f'base_url = "{base_url}" in {where}')
    for wire, base_url in places(target):
        if await answers(session, wire, base_url):
            message = f"{said}. The host speaks {wire} at {base_url}"
            return replace(problem, message=message, hint=_other_wire(target, wire, base_url))
    if listed:
        return replace(
            problem,
            message=f"{said}. base_url is right, it answers with a list of models",
            hint=f"perhaps another type in {where}: none of the paths of the others answered either",
        )
    if candidates:
        return replace(problem, hint=f'perhaps base_url = "{candidates[0]}" in {where}')
    return replace(problem, hint=f"correct base_url in {where}")


async def _wrong_wire(session: Session, problem: Problem, style: str | None) -> Problem | None:
    """Another wire than the configured one, told by what came back."""
    target = session.target
    spoken, certain = None, False
    if problem.kind == "protocol" and (found := re.search(r"speaks (\S+), not", problem.message)):
        spoken, certain = found.group(1), True
    elif problem.kind in ("auth", "bad_request") and _NEEDS_API_KEY_HEADER.search(problem.message):
        spoken = "anthropic"
    elif problem.kind in ("not_found_url", "auth") and style != "openai":
        spoken = style
    elif problem.kind == "not_found_url":
        spoken = "openai"
    if spoken is None or WIRES[spoken].family == target.wire.family:
        return None
    base_url = next((base for wire, base in places(target) if wire == spoken), target.base_url)
    if not certain:
        certain = spoken != "google-genai" and await answers(session, spoken, base_url)
    if not certain and problem.kind == "not_found_url":
        return None  # where else to look is found out there
    message = problem.message
    if problem.kind != "protocol":
        message = f"{message.rstrip('. ')}. The answer is one of the {spoken} wire"
    hint = _other_wire(target, spoken, base_url)
    return replace(problem, message=message, hint=hint if certain else f"perhaps {hint}")


def _other_wire(target: Target, wire: str, base_url: str) -> str:
    if target.wire.name != target.provider_type:
        return f'protocol = "{wire}" in [models."{target.alias}"]'
    moved = f' and base_url = "{base_url}"' if base_url != target.base_url else ""
    return f'type = "{wire}"{moved} in [providers.{target.provider}]'
